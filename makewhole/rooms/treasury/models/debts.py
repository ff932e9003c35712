"""What merchants owe the fund: advances and the recourse taken for them (I8)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from makewhole.rooms.treasury.models.books import Transfer
from makewhole.rooms.treasury.models.fields import key


class Advance(models.Model):
    """Money the fund laid out for a merchant. What is neither recovered nor written off is outstanding."""

    id = models.UUIDField(primary_key=True)
    reference = key(unique=True)
    order_id = models.UUIDField(db_index=True)
    merchant_id = key()
    case_id = models.UUIDField(null=True)
    asset = key()
    amount_minor = models.BigIntegerField()
    recovered_minor = models.BigIntegerField(default=0)
    written_off_minor = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "treasury_advance"
        verbose_name = _("advance")
        verbose_name_plural = _("advances")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=F("recovered_minor") + F("written_off_minor")), name="advance_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, recovered_minor__gte=0, written_off_minor__gte=0),
                name="advance_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant_id", "asset", "made_at", "id"],
                name="advance_outstanding",
                condition=Q(amount_minor__gt=F("recovered_minor") + F("written_off_minor")),
            ),
        ]


class Recourse(models.Model):
    """One transfer's share in paying an advance back, or in writing it off. `source` is the account it came from."""

    id = models.BigAutoField(primary_key=True)
    advance = models.ForeignKey(Advance, models.PROTECT, related_name="recourse")
    transfer = models.ForeignKey(Transfer, models.PROTECT, db_index=False)
    merchant_id = key()
    source = models.CharField(max_length=16)
    amount_minor = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "treasury_recourse"
        verbose_name = _("recourse")
        verbose_name_plural = _("recourse")
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="recourse_amount")]
