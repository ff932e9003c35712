"""Tables of people, programs and their requests."""

from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from makewhole.rooms.ids import new_id


class Role(models.TextChoices):
    """What a person does here; it decides which portal they enter and which actions the action table grants."""

    BUYER = "buyer", _("Buyer")
    MERCHANT = "merchant", _("Merchant")
    AGENT = "agent", _("Agent")
    OPERATOR = "operator", _("Operator")


class People(UserManager["User"]):
    """Makes users; somebody with every permission is an operator unless said otherwise."""

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
    role = models.CharField(max_length=16, choices=Role.choices)
    buyer_id = models.CharField(max_length=200, blank=True, default="")
    merchant_id = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    """Preferred language of pages and notices, such as `zh-hans`; empty means that of the browser."""

    objects = People()

    class Meta:
        db_table = "identity_user"
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=~models.Q(role=Role.MERCHANT) | ~models.Q(merchant_id=""),
                name="user_merchant_named",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.BUYER) | ~models.Q(buyer_id=""),
                name="user_buyer_named",
            ),
        ]


class ApiKey(models.Model):
    """A program's key. Only a digest of its secret is stored; `prefix` is what people see of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16, unique=True)
    secret_sha256 = models.BinaryField(max_length=32)
    scopes = models.JSONField(default=list)
    merchant_id = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "identity_api_key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Receipt(models.Model):
    """What one request with an idempotency key was and what it was answered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    request_sha256 = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_receipt"
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="receipt_once_per_actor_and_key")]
        indexes = [models.Index(fields=["created_at"], name="receipt_by_age")]
