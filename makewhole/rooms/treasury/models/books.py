"""The ledger: accounts, transfers, entries, and the fund's terms."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from makewhole.core.ledger.model import UNBOUNDED, AccountKind, TransferState
from makewhole.rooms.treasury.models.fields import key, one_of


class Account(models.Model):
    """One account of the ledger. What is available is posted less pending out."""

    id = models.BigAutoField(primary_key=True)
    merchant_id = key()
    kind = one_of(AccountKind)
    owner = key()
    asset = key()
    posted_minor = models.BigIntegerField(default=0)
    pending_out_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "treasury_account"
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "asset", "merchant_id"], name="account_once"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(UNBOUNDED)) | Q(posted_minor__gte=F("pending_out_minor")),
                name="account_floor",
            ),
            models.CheckConstraint(condition=Q(pending_out_minor__gte=0), name="account_pending_out"),
        ]
        # Only the fund is looked up by kind. An index over every kind would tempt the planner, which knows nothing of
        # fresh tables, to find a thousand accounts one by one among all those of their kind.
        indexes = [models.Index(fields=["asset"], condition=Q(kind="fund"), name="account_of_fund")]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner} ({self.asset})"


class Transfer(models.Model):
    """One business act. While pending it has no entries, only the `planned` ones; entries are written when posted."""

    id = models.UUIDField(primary_key=True)
    act = models.CharField(max_length=32)
    reference = key()
    state = one_of(TransferState)
    merchant_id = key(blank=True)
    order_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    planned = models.JSONField(null=True)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "treasury_transfer"
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.UniqueConstraint(fields=["reference", "act"], name="transfer_once"),
            models.CheckConstraint(
                condition=Q(state="pending", resolved_at__isnull=True)
                | Q(resolved_at__isnull=False) & ~Q(state="pending"),
                name="transfer_resolved",
            ),
        ]
        indexes = [
            models.Index(fields=["order_id"], name="transfer_by_order", condition=Q(order_id__isnull=False)),
            models.Index(fields=["created_at", "id"], name="transfer_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.reference}"


class Entry(models.Model):
    """One account's part of a posted transfer. Append only; a trigger refuses everything else."""

    id = models.BigAutoField(primary_key=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", db_index=False)
    amount_minor = models.BigIntegerField()
    before_minor = models.BigIntegerField()
    after_minor = models.BigIntegerField()
    posted_at = models.DateTimeField()

    class Meta:
        db_table = "treasury_entry"
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(after_minor=F("before_minor") + F("amount_minor")), name="entry_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["account", "id"], name="entry_by_account")]


class Fund(models.Model):
    """The terms of the guarantee fund in one asset. A payment above the limit does not go out by itself."""

    asset = models.CharField(max_length=200, primary_key=True)
    stripes = models.IntegerField()
    approval_limit_minor = models.BigIntegerField()

    class Meta:
        db_table = "treasury_fund"
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        constraints = [
            models.CheckConstraint(condition=Q(stripes__gte=1, stripes__lte=64), name="fund_stripes"),
            models.CheckConstraint(condition=Q(approval_limit_minor__gte=0), name="fund_approval_limit"),
        ]
