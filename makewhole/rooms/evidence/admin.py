"""Evidence in the back office: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from makewhole.rooms.evidence.models import Exhibit, Upload


class LookOnly(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Exhibit)
class ExhibitAdmin(LookOnly):
    """Recorded facts of exhibits; the files themselves are served by the portals alone."""

    list_display = ["id", "side", "kind", "title", "case_id", "merchant_id", "scan", "uploaded_at"]
    list_filter = ["side", "kind", "scan"]
    search_fields = ["id", "case_id", "order_id", "sha256"]
    ordering = ["-uploaded_at"]


@admin.register(Upload)
class UploadAdmin(LookOnly):
    """Files on their way."""

    list_display: list[Any] = ["id", "file_name", "received_bytes", "size_bytes", "started_at", "expires_at"]
    ordering = ["-started_at"]
