"""Back office of the treasury: everything to look at, nothing to edit; money moves through the service alone."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from makewhole.rooms.treasury import models


class LookOnly(ModelAdmin):
    """Nothing here is added, changed or deleted by hand."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LookOnlyRows(TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EntryRows(LookOnlyRows):
    model = models.Entry
    fields = ("account", "amount_minor", "before_minor", "after_minor", "posted_at")


class PartRows(LookOnlyRows):
    model = models.Part
    fields = ("line_id", "head", "payer", "amount_minor")


class RecourseRows(LookOnlyRows):
    model = models.Recourse
    fields = ("source", "amount_minor", "transfer", "taken_at")


@admin.register(models.Account)
class AccountAdmin(LookOnly):
    list_display = ("kind", "owner", "merchant_id", "asset", "posted_minor", "pending_out_minor")
    list_filter = ("kind", "asset")
    search_fields = ("owner__exact", "merchant_id__exact")
    ordering = ("-id",)


@admin.register(models.Transfer)
class TransferAdmin(LookOnly):
    list_display = ("act", "reference", "state", "merchant_id", "created_at", "resolved_at")
    list_filter = ("act", "state")
    search_fields = ("reference__exact", "order_id__exact", "merchant_id__exact")
    ordering = ("-id",)
    inlines = (EntryRows,)


@admin.register(models.Intent)
class IntentAdmin(LookOnly):
    list_display = ("id", "kind", "state", "amount_minor", "asset", "provider", "round", "attempts", "last_error")
    list_filter = ("state", "kind", "provider")
    search_fields = ("id__exact", "order_id__exact", "provider_reference__exact", "merchant_id__exact")
    ordering = ("-id",)
    inlines = (PartRows,)


@admin.register(models.Advance)
class AdvanceAdmin(LookOnly):
    list_display = (
        "reference",
        "merchant_id",
        "asset",
        "amount_minor",
        "recovered_minor",
        "written_off_minor",
        "made_at",
    )
    search_fields = ("reference__exact", "merchant_id__exact", "order_id__exact")
    ordering = ("-id",)
    inlines = (RecourseRows,)


@admin.register(models.Escrow)
class EscrowAdmin(LookOnly):
    list_display = ("order_number", "merchant_id", "buyer_id", "currency", "settle_due_at", "settled_at")
    search_fields = ("order_number__exact", "order_id__exact", "merchant_id__exact", "buyer_id__exact")
    ordering = ("-order_id",)


@admin.register(models.Payment)
class PaymentAdmin(LookOnly):
    list_display = ("order_id", "payment_id", "means", "provider", "amount_minor", "returned_minor", "lost_minor")
    search_fields = ("order_id__exact", "provider_reference__exact")
    ordering = ("-id",)


@admin.register(models.HeadBalance)
class HeadBalanceAdmin(LookOnly):
    list_display = ("order_id", "line_id", "head", "cap_minor", "due_minor", "pending_minor", "paid_minor")
    search_fields = ("order_id__exact",)
    ordering = ("-id",)


@admin.register(models.Chargeback)
class ChargebackAdmin(LookOnly):
    list_display = ("reference", "provider", "order_id", "amount_minor", "state", "opened_at", "closed_at")
    list_filter = ("state", "provider")
    search_fields = ("reference__startswith", "order_id__exact")
    ordering = ("-id",)


@admin.register(models.StatementLine)
class StatementLineAdmin(LookOnly):
    list_display = ("provider", "reference", "kind", "amount_minor", "currency", "booked_at", "difference")
    list_filter = ("provider", "kind")
    search_fields = ("reference__exact", "payment_reference__exact")
    ordering = ("-id",)


@admin.register(models.Fund)
class FundAdmin(LookOnly):
    list_display = ("asset", "stripes", "approval_limit_minor")
