"""People who sign in."""

import pytest
from django.db import IntegrityError

from makewhole.rooms.identity.models import Role, User


@pytest.mark.django_db
def test_ids_of_people_rise_with_time() -> None:
    first = User.objects.create_user("wang", role=Role.BUYER, buyer_id="b-1")
    second = User.objects.create_user("li", role=Role.BUYER, buyer_id="b-2")
    assert first.id < second.id
    assert first.id.version == 7


@pytest.mark.django_db
def test_an_operator_is_what_createsuperuser_makes() -> None:
    assert User.objects.create_superuser("root-operator").role == Role.OPERATOR


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.BUYER, Role.MERCHANT, "king"])
def test_a_person_without_a_party_or_with_an_unknown_role_is_refused(role: str) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create_user("nobody", role=role)
