"""The back office shows cases and lets nobody change them."""

import pytest
from django.test import Client

from makewhole.rooms.identity.models import User
from tests.rooms.cases.stage import claim, numbered, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("chief", password="x"))
    return client


def test_cases_and_obligations_are_looked_at(office: Client) -> None:
    (order_id,) = sell(numbered("A-1"))
    case = claim(order_id)
    for page in ("/admin/cases/case/", f"/admin/cases/case/{case.id}/change/", "/admin/cases/obligation/"):
        answer = office.get(page)
        assert answer.status_code == 200, page
        assert "respond" in answer.content.decode()


def test_nothing_is_added_or_changed_by_hand(office: Client) -> None:
    (order_id,) = sell(numbered("A-1"))
    case = claim(order_id)
    assert office.get("/admin/cases/case/add/").status_code == 403
    assert office.post(f"/admin/cases/case/{case.id}/change/", {"stage": "closed"}).status_code == 403
    assert office.post(f"/admin/cases/case/{case.id}/delete/", {"post": "yes"}).status_code == 403
