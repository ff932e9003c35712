"""Back office of orders: looked at, never edited; orders come in by import."""

import json

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from makewhole.rooms.orders.models import Buyer, Merchant, Order, Shop


class ReadOnlyAdmin(ModelAdmin):
    """Nothing here is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Orders with their whole document."""

    list_display = ("number", "shop", "merchant_id", "buyer_id", "market", "paid_minor", "currency", "placed_at")
    list_filter = ("shop", "market", "currency")
    search_fields = ("number__exact", "merchant_id__exact", "buyer_id__exact", "checkout_id__exact")
    ordering = ("-id",)
    date_hierarchy = "placed_at"
    show_full_result_count = False
    exclude = ("document",)
    readonly_fields = ("whole_document",)

    @admin.display(description=_("order document"))
    def whole_document(self, order: Order) -> str:
        return json.dumps(order.document, ensure_ascii=False, indent=1)


@admin.register(Merchant)
class MerchantAdmin(ReadOnlyAdmin):
    """Merchants by name."""

    list_display = ("name", "id")
    search_fields = ("name", "id__exact")
    ordering = ("name",)


@admin.register(Buyer)
class BuyerAdmin(ReadOnlyAdmin):
    """Buyers by name."""

    list_display = ("name", "id")
    search_fields = ("name", "id__exact")
    ordering = ("name",)


@admin.register(Shop)
class ShopAdmin(ReadOnlyAdmin):
    """Shops that hand in orders."""

    list_display = ("id", "created_at")
    ordering = ("id",)
