"""Tables of cases. Hot paths write them by the SQL of `store`; these classes make the schema and the admin."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from makewhole.core.case.model import Outcome
from makewhole.core.words import Stage

ID_LENGTH = 200
WORD_LENGTH = 32


class Case(models.Model):
    """One claim: `state` is the core's case as of event `sequence`; the columns repeat what lists are made of."""

    id = models.UUIDField(primary_key=True, editable=False)
    merchant_id = models.CharField(_("merchant's id"), max_length=ID_LENGTH)
    buyer_id = models.CharField(_("buyer's id"), max_length=ID_LENGTH)
    order_id = models.UUIDField(_("order"))
    order_number = models.CharField(_("order number"), max_length=ID_LENGTH)
    title = models.CharField(_("what it is about"), max_length=500, blank=True)
    market = models.CharField(_("market"), max_length=16)
    currency = models.CharField(_("currency"), max_length=3)
    stage = models.CharField(_("stage"), max_length=WORD_LENGTH, choices=[(each.value, each.value) for each in Stage])
    reasons = models.JSONField(_("reasons"))
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=WORD_LENGTH, blank=True, choices=[(each.value, each.value) for each in Outcome]
    )
    wanted_minor = models.BigIntegerField(_("asked for, in minor units"))
    agreed_minor = models.BigIntegerField(_("agreed or ruled, in minor units"), null=True)
    paid_minor = models.BigIntegerField(_("paid or on its way, in minor units"), default=0)
    advanced_minor = models.BigIntegerField(_("laid out by the fund, in minor units"), default=0)
    next_step = models.CharField(_("next step"), max_length=WORD_LENGTH, blank=True)
    next_debtor = models.CharField(_("whose turn it is"), max_length=WORD_LENGTH, blank=True)
    next_due_at = models.DateTimeField(_("due at"), null=True)
    agent_id = models.CharField(_("agent"), max_length=ID_LENGTH, blank=True, default="")
    sequence = models.PositiveIntegerField(_("events"))
    seal = models.BinaryField(_("hash of the last event"), max_length=32)
    state = models.JSONField(_("state"))

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = (
            models.CheckConstraint(
                condition=Q(stage="closed", next_due_at=None, next_step="") & Q(closed_at__isnull=False)
                | ~Q(stage="closed") & Q(closed_at=None, next_due_at__isnull=False) & ~Q(next_step=""),
                name="cases_case_never_stuck",
            ),
            models.CheckConstraint(condition=Q(paid_minor__gte=0), name="cases_case_paid"),
        )
        indexes = (
            models.Index(fields=("order_id",), name="cases_case_of_order"),
            models.Index(fields=("buyer_id", "-opened_at", "-id"), name="cases_case_of_buyer"),
            models.Index(fields=("merchant_id", "-opened_at", "-id"), name="cases_case_of_merchant"),
            models.Index(fields=("-opened_at", "-id"), name="cases_case_by_age"),
            models.Index(fields=("agent_id",), condition=~Q(agent_id=""), name="cases_case_of_agent"),
        )

    def __str__(self) -> str:
        return str(self.id)


class Event(models.Model):
    """One thing that happened. Rows are added only; the database refuses anything else.

    `position` orders the feed over all cases, `sequence` one case. `data` is the core's payload with its `next`.
    """

    position = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField(_("number within the case"))
    merchant_id = models.CharField(_("merchant's id"), max_length=ID_LENGTH)
    kind = models.CharField(_("what happened"), max_length=WORD_LENGTH)
    at = models.DateTimeField(_("when"))
    role = models.CharField(_("role"), max_length=WORD_LENGTH)
    actor_id = models.CharField(_("who"), max_length=ID_LENGTH)
    data = models.JSONField(_("details"))
    seal = models.BinaryField(_("hash"), max_length=32)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = (models.UniqueConstraint(fields=("case", "sequence"), name="cases_event_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.sequence} {self.kind}"


class Obligation(models.Model):
    """An open obligation: who must do what by when. It is removed when met or passed; the events keep its history."""

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="obligations")
    order_id = models.UUIDField(_("order"))
    merchant_id = models.CharField(_("merchant's id"), max_length=ID_LENGTH)
    step = models.CharField(_("step"), max_length=WORD_LENGTH)
    debtor = models.CharField(_("debtor"), max_length=WORD_LENGTH)
    due_at = models.DateTimeField(_("due at"))
    on_silence = models.CharField(_("what follows on silence"), max_length=WORD_LENGTH)

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        indexes = (
            models.Index(fields=("due_at",), name="cases_obligation_due"),
            models.Index(
                fields=("merchant_id", "due_at", "id"),
                condition=Q(debtor="merchant"),
                name="cases_obligation_of_merchant",
            ),
            models.Index(
                fields=("due_at", "id"),
                condition=Q(step__in=("rule", "rule_appeal")),
                name="cases_obligation_of_panel",
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} by {self.debtor}"


class Hold(models.Model):
    """Units of an order line in open cases: never more than were bought."""

    pk = models.CompositePrimaryKey("order_id", "line_id")
    order_id = models.UUIDField(_("order"))
    line_id = models.CharField(_("line"), max_length=ID_LENGTH)
    merchant_id = models.CharField(_("merchant's id"), max_length=ID_LENGTH)
    quantity = models.PositiveIntegerField(_("units bought"))
    held = models.PositiveIntegerField(_("units in open cases"))

    class Meta:
        verbose_name = _("held units")
        verbose_name_plural = _("held units")
        constraints = (
            models.CheckConstraint(condition=Q(held__gte=0, held__lte=F("quantity")), name="cases_hold_within_line"),
        )
