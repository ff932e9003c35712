"""Tables of people, programs and their requests."""

from enum import StrEnum
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from makewhole.core.words import Role
from makewhole.rooms.ids import new_id

PERSON_ROLES = {
    Role.BUYER: _("Buyer"),
    Role.MERCHANT: _("Merchant"),
    Role.AGENT: _("Agent"),
    Role.OPERATOR: _("Operator"),
}
"""The roles a person can sign in with; the system never signs in."""


class Scope(StrEnum):
    """What an API key may do.

    `shop` hands in orders and acts for its buyers through shop tokens, `merchant` acts for one merchant, `operator`
    for the platform. `read_only` takes writing away; alone it reads what an operator, or one merchant, may read.
    """

    SHOP = "shop"
    MERCHANT = "merchant"
    OPERATOR = "operator"
    READ_ONLY = "read_only"


class People(UserManager["User"]):
    """Makes users; somebody with every permission is an operator unless said otherwise."""

    use_in_migrations = False

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        return super().create_superuser(username, email, password, **{"role": Role.OPERATOR, **extra_fields})


class User(AbstractUser):
    """A person who signs in.

    A buyer acts for the shop's buyer `buyer_id`, a member of a merchant's staff for `merchant_id`; agents and
    operators act for the platform and carry neither.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.CharField(
        _("role"), max_length=16, choices=[(role.value, name) for role, name in PERSON_ROLES.items()]
    )
    buyer_id = models.CharField(_("buyer's id in the shop"), max_length=200, blank=True, default="")
    merchant_id = models.CharField(_("merchant's id"), max_length=200, blank=True, default="")
    language = models.CharField(_("preferred language"), max_length=10, blank=True, default="")
    """Preferred language of pages and notices, such as `zh-hans`; empty means that of the browser."""

    objects: ClassVar[People] = People()

    class Meta:
        db_table = "identity_user"
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=[*PERSON_ROLES]), name="user_role_known"),
            models.CheckConstraint(
                condition=models.Q(role=Role.MERCHANT) ^ models.Q(merchant_id=""), name="user_merchant_named"
            ),
            models.CheckConstraint(
                condition=models.Q(role=Role.BUYER) ^ models.Q(buyer_id=""), name="user_buyer_named"
            ),
        ]
        indexes = [
            models.Index(fields=["buyer_id"], condition=~models.Q(buyer_id=""), name="user_by_buyer"),
            models.Index(fields=["merchant_id"], condition=~models.Q(merchant_id=""), name="user_by_merchant"),
        ]


class ApiKey(models.Model):
    """A program's key. Only a digest of its secret is stored; `prefix` is what people see of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=200)
    prefix = models.CharField(_("prefix"), max_length=16, unique=True)
    secret_sha256 = models.BinaryField(max_length=32)
    scopes = models.JSONField(_("scopes"), default=list)
    merchant_id = models.CharField(_("merchant's id"), max_length=200, blank=True, default="")
    shop_id = models.CharField(_("shop's id"), max_length=64, blank=True, default="")
    """The shop whose orders a key with the scope shop hands in."""
    created_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    class Meta:
        db_table = "identity_api_key"
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Receipt(models.Model):
    """What one request with an idempotency key was, and what it was answered.

    `caller` names who asked (see `Caller.name`). `status` is the HTTP status of the answer; 0 stands only inside the
    transaction that is still working on it.
    """

    pk = models.CompositePrimaryKey("caller", "key")
    caller = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    request_sha256 = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_receipt"
        indexes = [models.Index(fields=["created_at"], name="receipt_by_age")]
