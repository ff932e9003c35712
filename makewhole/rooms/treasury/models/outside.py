"""What providers told: webhook events taken in, and their statements."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from makewhole.rooms.treasury.models.books import Transfer
from makewhole.rooms.treasury.models.fields import key


class ProviderEvent(models.Model):
    """A webhook event of a provider that was acted on; the same event again changes nothing."""

    id = models.BigAutoField(primary_key=True)
    provider = key()
    event_id = key()
    kind = key()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "treasury_provider_event"
        verbose_name = _("provider's event")
        verbose_name_plural = _("provider's events")
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")]


class StatementLine(models.Model):
    """One line of a provider's statement and the transfer it proves; `difference` says why there is none.

    `amount_minor` is positive for money the provider took in for us and negative for money it sent out.
    """

    id = models.BigAutoField(primary_key=True)
    provider = key()
    reference = key()
    kind = key()
    our_key = key(blank=True)
    round = models.IntegerField(default=0)
    payment_reference = key(blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_at = models.DateTimeField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="statement_line")
    difference = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "treasury_statement_line"
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        constraints = [models.UniqueConstraint(fields=["provider", "reference"], name="statement_line_once")]
        indexes = [
            models.Index(fields=["provider", "booked_at"], name="statement_line_by_time"),
            models.Index(fields=["id"], name="statement_line_open", condition=models.Q(transfer__isnull=True)),
        ]
