"""Notices in the back office: to look at, never to change. Secrets are not shown."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from makewhole.rooms.notices.models import Attempt, Delivery, Endpoint, Notice


class LookOnly(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Notice)
class NoticeAdmin(LookOnly):
    list_display = ["created_at", "to_role", "to_id", "template", "subject_zh", "subject_en", "read_at"]
    list_filter = ["to_role", "template"]
    search_fields = ["to_id", "case_id"]
    ordering = ["-id"]


@admin.register(Endpoint)
class EndpointAdmin(LookOnly):
    list_display = ["url", "merchant_id", "created_at", "failing_since", "disabled_at", "disabled_why"]
    exclude = ["secret", "previous_secret"]
    search_fields = ["url", "merchant_id"]
    ordering = ["-id"]


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    list_display = ["created_at", "channel", "address", "endpoint", "state", "attempts", "next_attempt_at"]
    list_filter = ["channel", "state"]
    list_select_related = ["endpoint"]
    search_fields = ["id", "address", "merchant_id"]
    ordering = ["-id"]


@admin.register(Attempt)
class AttemptAdmin(LookOnly):
    list_display = ["at", "delivery", "number", "arrived", "status", "answer"]
    list_filter = ["arrived", "status"]
    list_select_related = ["delivery"]
    ordering = ["-id"]
