"""The sandbox bank's own side: what it took in, what it was asked for, what it will tell, and its statement."""

from django.db import models
from django.db.models import F, Q


class SandboxCapture(models.Model):
    """A payment the bank took from a buyer. `refunded_minor` went back, or is under way."""

    reference = models.CharField(max_length=200, primary_key=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "payments_sandbox_capture"
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="sandbox_capture_refunded",
            ),
        ]


class SandboxShare(models.Model):
    """What of a payment is for one order; a checkout over several merchants is one payment with several shares."""

    key = models.CharField(max_length=250, primary_key=True)
    reference = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    captured_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "payments_sandbox_share"


class SandboxPayment(models.Model):
    """A refund, payout or transfer the bank was asked for; `key` is its idempotency key."""

    key = models.CharField(max_length=200, primary_key=True)
    kind = models.CharField(max_length=16)
    target = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    round = models.IntegerField()
    reference = models.CharField(max_length=64)
    state = models.CharField(max_length=16)
    ending = models.CharField(max_length=16)
    twice = models.BooleanField()
    next_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "payments_sandbox_payment"
        constraints = [models.UniqueConstraint(fields=["reference"], name="sandbox_payment_reference")]
        indexes = [
            models.Index(fields=["next_at"], name="sandbox_payment_due", condition=Q(next_at__isnull=False)),
        ]


class SandboxEvent(models.Model):
    """A webhook to deliver; `deliver_at` is empty once it was delivered as often as it should be."""

    id = models.CharField(max_length=64, primary_key=True)
    body = models.TextField()
    deliver_at = models.DateTimeField(null=True)
    times_left = models.IntegerField(default=1)
    attempts = models.IntegerField(default=0)
    last_status = models.IntegerField(default=0)

    class Meta:
        db_table = "payments_sandbox_event"
        indexes = [
            models.Index(fields=["deliver_at"], name="sandbox_event_due", condition=Q(deliver_at__isnull=False)),
        ]


class SandboxLine(models.Model):
    """A line of the bank's statement; payments taken in are read from the captures."""

    reference = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=200, blank=True)
    round = models.IntegerField(default=0)
    target = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "payments_sandbox_line"


class SandboxDispute(models.Model):
    """A chargeback at the buyer's bank."""

    reference = models.CharField(max_length=64, primary_key=True)
    capture = models.ForeignKey(SandboxCapture, models.PROTECT)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8)

    class Meta:
        db_table = "payments_sandbox_dispute"
