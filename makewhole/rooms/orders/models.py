"""Tables of orders, and the record other rooms work with."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from makewhole.core.allocation.allocate import allocate
from makewhole.core.allocation.model import Allocation
from makewhole.core.order.model import Order as CoreOrder
from makewhole.rooms.ids import new_id


@dataclass(frozen=True)
class OrderRecord:
    """One stored order. `id` is the house's own; the shop's number is `order.id`, unique within `shop_id`."""

    id: UUID
    order: CoreOrder
    shop_id: str

    @cached_property
    def allocation(self) -> Allocation:
        """Every line's share of what was paid, worked out when first asked for."""
        return allocate(self.order)


class Shop(models.Model):
    """A shop that hands in orders; its id is the word given at import, such as `olist`."""

    id = models.CharField(_("shop"), max_length=64, primary_key=True)
    created_at = models.DateTimeField(_("known since"))

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")

    def __str__(self) -> str:
        return self.id


class Merchant(models.Model):
    """A merchant who sold something, under the name last told."""

    id = models.CharField(_("merchant's id"), max_length=128, primary_key=True)
    name = models.CharField(_("name"), max_length=500)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")

    def __str__(self) -> str:
        return self.name or self.id


class Buyer(models.Model):
    """A buyer, under the name last told; empty when no shop gave one."""

    id = models.CharField(_("buyer's id"), max_length=128, primary_key=True)
    name = models.CharField(_("name"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")

    def __str__(self) -> str:
        return self.name or self.id


class Order(models.Model):
    """One order. `document` is the whole order as `write_order` writes it; the columns repeat what is searched by."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shop = models.ForeignKey(Shop, models.PROTECT, verbose_name=_("shop"), db_index=False)
    number = models.CharField(_("order number"), max_length=128)
    checkout_id = models.CharField(_("checkout"), max_length=128, blank=True)
    merchant_id = models.CharField(_("merchant's id"), max_length=128)
    buyer_id = models.CharField(_("buyer's id"), max_length=128)
    market = models.CharField(_("market"), max_length=16)
    currency = models.CharField(_("currency"), max_length=3)
    paid_minor = models.BigIntegerField(_("paid, in minor units"))
    placed_at = models.DateTimeField(_("placed at"))
    signed_at = models.DateTimeField(_("signed at"), null=True)
    completed_at = models.DateTimeField(_("completed at"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    document = models.JSONField(_("order document"))
    imported_at = models.DateTimeField(_("imported at"))
    updated_at = models.DateTimeField(_("updated at"))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = (
            models.UniqueConstraint(fields=("shop", "number"), name="orders_order_number"),
            models.CheckConstraint(condition=Q(paid_minor__gte=0), name="orders_order_paid"),
            models.CheckConstraint(condition=Q(updated_at__gte=F("imported_at")), name="orders_order_updated"),
        )
        indexes = (
            models.Index(fields=("buyer_id", "-placed_at", "-id"), name="orders_order_of_buyer"),
            models.Index(fields=("merchant_id", "-placed_at", "-id"), name="orders_order_of_merchant"),
            models.Index(fields=("checkout_id",), condition=~Q(checkout_id=""), name="orders_order_of_checkout"),
        )

    def __str__(self) -> str:
        return self.number
