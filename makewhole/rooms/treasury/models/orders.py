"""What belongs to one order: its escrow, payments, chargebacks, and what is due on it."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from makewhole.core.words import Head
from makewhole.rooms.treasury.models.fields import key, one_of


class ChargebackState(StrEnum):
    OPEN = "open"
    LOST = "lost"
    WON = "won"


class Escrow(models.Model):
    """An order's payments in safe keeping. `settle_due_at` is when the rest goes to the merchant."""

    order_id = models.UUIDField(primary_key=True)
    order_number = key()
    merchant_id = key()
    buyer_id = key()
    currency = models.CharField(max_length=3)
    settle_due_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "treasury_escrow"
        verbose_name = _("escrow")
        verbose_name_plural = _("escrows")
        indexes = [
            models.Index(
                fields=["settle_due_at"],
                name="escrow_to_settle",
                condition=Q(settled_at__isnull=True, settle_due_at__isnull=False),
            ),
            models.Index(fields=["buyer_id"], name="escrow_by_buyer"),
            models.Index(fields=["merchant_id"], name="escrow_held_for", condition=Q(settled_at__isnull=True)),
        ]


class Payment(models.Model):
    """One payment of an order.

    `returned_minor` went back or is under way; `lost_minor` was taken by the buyer's bank (part of `returned_minor`),
    of which `credited_minor` has been counted against dues. `shares` is a list of [line, head, amount].
    """

    id = models.BigAutoField(primary_key=True)
    order_id = models.UUIDField()
    merchant_id = key()
    payment_id = key()
    position = models.IntegerField()
    means = models.CharField(max_length=8)
    provider = key(blank=True)
    provider_reference = key(blank=True)
    amount_minor = models.BigIntegerField()
    units = models.BigIntegerField()
    shares = models.JSONField()
    paid_at = models.DateTimeField(null=True)
    returned_minor = models.BigIntegerField(default=0)
    lost_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "treasury_payment"
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["order_id", "payment_id"], name="payment_once"),
            models.CheckConstraint(
                condition=Q(returned_minor__gte=0, returned_minor__lte=F("amount_minor")), name="payment_returned"
            ),
            models.CheckConstraint(
                condition=Q(credited_minor__gte=0, credited_minor__lte=F("lost_minor")), name="payment_credited"
            ),
        ]
        indexes = [models.Index(fields=["provider_reference"], name="payment_by_reference")]


class HeadBalance(models.Model):
    """What is due, under way and paid on one line and head of loss, over all cases of the order (I2)."""

    id = models.BigAutoField(primary_key=True)
    order_id = models.UUIDField()
    merchant_id = key()
    line_id = key()
    head = one_of(Head)
    cap_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField()
    pending_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "treasury_head"
        verbose_name = _("head of loss")
        verbose_name_plural = _("heads of loss")
        constraints = [
            models.UniqueConstraint(fields=["order_id", "line_id", "head"], name="head_once"),
            models.CheckConstraint(
                condition=Q(due_minor__lte=F("cap_minor")) & Q(due_minor__gte=F("pending_minor") + F("paid_minor")),
                name="head_never_above_due",
            ),
            models.CheckConstraint(condition=Q(pending_minor__gte=0, paid_minor__gte=0), name="head_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["order_id"],
                name="head_still_due",
                condition=Q(due_minor__gt=F("pending_minor") + F("paid_minor")),
            ),
        ]


class CaseDue(models.Model):
    """What one case grants on a line and head; the head's due is the sum over its cases."""

    id = models.BigAutoField(primary_key=True)
    order_id = models.UUIDField()
    merchant_id = key()
    case_id = models.UUIDField()
    line_id = key()
    head = one_of(Head)
    due_minor = models.BigIntegerField()

    class Meta:
        db_table = "treasury_case_due"
        verbose_name = _("due of a case")
        verbose_name_plural = _("dues of cases")
        constraints = [
            models.UniqueConstraint(fields=["order_id", "case_id", "line_id", "head"], name="case_due_once"),
            models.CheckConstraint(condition=Q(due_minor__gte=0), name="case_due_not_negative"),
        ]


class Chargeback(models.Model):
    """The buyer's bank disputes a payment. While it is open, refunds on that payment wait."""

    id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(db_index=True)
    merchant_id = key()
    payment_id = key()
    provider = key()
    reference = key()
    amount_minor = models.BigIntegerField()
    state = one_of(ChargebackState)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "treasury_chargeback"
        verbose_name = _("chargeback")
        verbose_name_plural = _("chargebacks")
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="chargeback_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="chargeback_amount"),
        ]
