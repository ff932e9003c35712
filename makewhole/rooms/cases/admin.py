"""Back office of cases: looked at, never edited; every change is a command through the service."""

import json

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from makewhole.rooms.cases.models import Case, Event, Obligation


class LookedAtOnly:
    """Nothing here is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class EventsOfCase(LookedAtOnly, TabularInline):
    """What happened, in order."""

    model = Event
    fields = ("sequence", "kind", "at", "role", "actor_id")
    readonly_fields = fields
    ordering = ("sequence",)
    extra = 0


class ObligationsOfCase(LookedAtOnly, TabularInline):
    """What is owed now."""

    model = Obligation
    fields = ("step", "debtor", "due_at", "on_silence")
    readonly_fields = fields
    ordering = ("due_at",)
    extra = 0


@admin.register(Case)
class CaseAdmin(LookedAtOnly, ModelAdmin):
    """Cases with their events, obligations and whole state."""

    list_display = (
        "id",
        "order_number",
        "merchant_id",
        "stage",
        "outcome",
        "next_step",
        "next_debtor",
        "next_due_at",
        "opened_at",
    )
    list_filter = ("stage", "outcome", "market", "next_debtor")
    search_fields = ("id__exact", "order_number__exact", "merchant_id__exact", "buyer_id__exact")
    ordering = ("-opened_at", "-id")
    date_hierarchy = "opened_at"
    show_full_result_count = False
    exclude = ("state", "seal")
    readonly_fields = ("whole_state", "last_seal")
    inlines = (ObligationsOfCase, EventsOfCase)

    @admin.display(description=_("state"))
    def whole_state(self, case: Case) -> str:
        return json.dumps(case.state, ensure_ascii=False, indent=1)

    @admin.display(description=_("hash of the last event"))
    def last_seal(self, case: Case) -> str:
        return bytes(case.seal).hex()


@admin.register(Obligation)
class ObligationAdmin(LookedAtOnly, ModelAdmin):
    """All open obligations, the most urgent first."""

    list_display = ("step", "debtor", "due_at", "merchant_id", "case")
    list_filter = ("step", "debtor")
    search_fields = ("merchant_id__exact", "case__id__exact")
    ordering = ("due_at",)
    show_full_result_count = False
