"""Reads on people and keys."""

from uuid import UUID

from django.db.models import QuerySet

from makewhole.core.words import Role
from makewhole.rooms.identity.models import ApiKey, User


def people_of_merchant(merchant_id: str) -> QuerySet[User]:
    """The active staff of a merchant, by name."""
    return User.objects.filter(merchant_id=merchant_id, role=Role.MERCHANT, is_active=True).order_by("username")


def people_of_buyer(buyer_id: str) -> QuerySet[User]:
    """The active accounts that act for a buyer of the shop, by name."""
    return User.objects.filter(buyer_id=buyer_id, role=Role.BUYER, is_active=True).order_by("username")


def people_of_role(role: Role) -> QuerySet[User]:
    """The active people of a role, by name."""
    return User.objects.filter(role=role, is_active=True).order_by("username")


def live_keys() -> QuerySet[ApiKey]:
    """The keys that were not revoked, newest first."""
    return ApiKey.objects.filter(revoked_at=None).order_by("-created_at")


def key(key_id: UUID) -> ApiKey | None:
    """One key, revoked or not; None when there is none."""
    return ApiKey.objects.filter(pk=key_id).first()
