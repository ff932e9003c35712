"""What leaves the house: instructions, intents and their parts."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from makewhole.core.words import Head, Party
from makewhole.rooms.treasury.models.books import Transfer
from makewhole.rooms.treasury.models.fields import key, one_of


class IntentState(StrEnum):
    """How far an amount is on its way out of the house.

    `held`: waits for the end of a chargeback. `claimed`: the money is set aside, the provider does not know yet.
    `sent`: the provider was asked, or is about to be: only the same request may ever follow. `settled`: the provider
    confirmed. `failed`: it refused for good or brought the money back; the same intent can be tried again.
    `replaced`: it failed and the money took another road.
    """

    HELD = "held"
    CLAIMED = "claimed"
    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"
    REPLACED = "replaced"


class IntentKind(StrEnum):
    """What leaves the house: the roads of a payout, a merchant's own money, or (`prior`) what the shop itself gave."""

    REFUND = "refund"
    PAYOUT = "payout"
    WALLET = "wallet"
    CHARGEBACK = "chargeback"
    PRIOR = "prior"
    DEPOSIT_OUT = "deposit_out"
    MERCHANT_OUT = "merchant_out"


class Instruction(models.Model):
    """A payment instruction that was carried out, and its result: the same reference never pays twice."""

    reference = models.CharField(max_length=200, primary_key=True)
    order_id = models.UUIDField()
    merchant_id = key()
    case_id = models.UUIDField(null=True)
    body_sha256 = models.CharField(max_length=64)
    result = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "treasury_instruction"
        verbose_name = _("payment instruction")
        verbose_name_plural = _("payment instructions")


class Intent(models.Model):
    """One amount on its way out. `id` is the idempotency key at the provider for as long as the intent lives.

    `round` counts how often the provider said for good that it failed; `attempts` how often it was asked.
    """

    id = models.UUIDField(primary_key=True)
    instruction = key(blank=True)
    order_id = models.UUIDField(null=True)
    merchant_id = key()
    case_id = models.UUIDField(null=True)
    kind = one_of(IntentKind)
    payment_id = key(blank=True)
    provider = key(blank=True)
    payment_reference = key(blank=True)
    asset = key()
    amount_minor = models.BigIntegerField()
    units = models.BigIntegerField(default=0)
    state = one_of(IntentState)
    round = models.IntegerField(default=1)
    attempts = models.IntegerField(default=0)
    provider_reference = key(blank=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, db_index=False)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "treasury_intent"
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.UniqueConstraint(
                fields=["instruction", "kind", "payment_id"], name="intent_once", condition=~Q(kind="chargeback")
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_reference"],
                name="intent_provider_reference",
                condition=~Q(provider_reference=""),
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="intent_amount"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="intent_to_carry_out", condition=Q(next_attempt_at__isnull=False)
            ),
            models.Index(fields=["order_id"], name="intent_by_order"),
            models.Index(
                fields=["id"],
                name="intent_under_way",
                condition=Q(state__in=["held", "claimed", "sent", "failed"]),
            ),
        ]


class Part(models.Model):
    """What of an intent falls on which line and head, and who owes it."""

    id = models.BigAutoField(primary_key=True)
    intent = models.ForeignKey(Intent, models.PROTECT, related_name="parts")
    order_id = models.UUIDField(db_index=True)
    merchant_id = key()
    payment_id = key(blank=True)
    line_id = key()
    head = one_of(Head)
    payer = one_of(Party)
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "treasury_part"
        verbose_name = _("part of a payout")
        verbose_name_plural = _("parts of payouts")
