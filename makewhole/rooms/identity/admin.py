"""Back office of people and keys."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from makewhole.rooms import clock
from makewhole.rooms.identity import service
from makewhole.rooms.identity.models import ApiKey, User

admin.site.unregister(Group)


@admin.register(User)
class PeopleAdmin(UserAdmin, ModelAdmin):
    """People: who they are and in whose place they act."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "role", "buyer_id", "merchant_id", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "first_name", "buyer_id", "merchant_id")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "email", "language")}),
        (_("Acts for"), {"fields": ("role", "buyer_id", "merchant_id")}),
        (_("Back office"), {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "role", "buyer_id", "merchant_id", "usable_password", "password1", "password2")},
        ),
    )


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    """Keys: seen, and revoked; they are made where their text can be shown once."""

    list_display = ("name", "prefix", "scopes", "merchant_id", "shop_id", "created_at", "last_used_at", "revoked_at")
    search_fields = ("name", "prefix", "merchant_id")
    exclude = ("secret_sha256",)
    readonly_fields = ("prefix", "scopes", "merchant_id", "shop_id", "created_at", "last_used_at", "revoked_at")
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        for key in chosen:
            service.revoke_key(key, clock.now())
