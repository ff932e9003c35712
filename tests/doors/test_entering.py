"""A shop's buyer comes from the shop's own pages: by a token that only the shop can get, and only for ten minutes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from makewhole.core.words import Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.identity import service
from makewhole.rooms.identity.models import ApiKey, Scope, User
from tests.doors import shop

pytestmark = pytest.mark.django_db


def token_for(buyer_id: str, *, shop_id: str = "shop", minutes_ago: int = 0) -> str:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    _, key = service.make_key("The shop", [Scope.SHOP], at, shop_id=shop_id)
    return service.make_shop_token(service.caller_of_bearer(key, at), buyer_id, at)


def whoever_is_in(browser: Client) -> User | None:
    return User.objects.filter(pk=browser.session.get("_auth_user_id")).first()


@pytest.fixture
def phone() -> Client:
    """A browser nobody has signed in with, which keeps to the rules of real ones."""
    return Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})


def test_a_link_lets_the_buyer_in_at_the_order_the_shop_names(phone: Client, sandbox: Sandbox) -> None:
    (order_id,) = shop.sell(shop.document("n-1", now=timezone.now()))
    answer = phone.get("/enter/", {"token": token_for(shop.BUYER_ID), "order": "n-1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/buyer/orders/{order_id}/")
    assert "no-store" in answer.headers["Cache-Control"]
    page = phone.get(answer.headers["Location"])
    assert "手冲咖啡杯" in page.content.decode()


def test_a_form_on_the_shops_page_does_the_same(phone: Client) -> None:
    answer = phone.post(
        "/enter/", {"token": token_for("b-9"), "next": "/buyer/cases/"}, headers={"Origin": "https://shop.example"}
    )
    assert answer.headers["Location"] == "/buyer/cases/"
    person = whoever_is_in(phone)
    assert person is not None
    assert (person.role, person.buyer_id) == (Role.BUYER, "b-9")


def test_without_a_place_to_go_it_is_the_buyers_orders(phone: Client) -> None:
    assert phone.get("/enter/", {"token": token_for("b-9")}).headers["Location"] == "/buyer/"


def test_nobody_is_led_away_to_another_site(phone: Client) -> None:
    answer = phone.get("/enter/", {"token": token_for("b-9"), "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/buyer/"


@pytest.mark.parametrize(
    ("number", "shop_id", "buyer_id"),
    [("n-2", "shop", shop.BUYER_ID), ("n-1", "shop", "b-9"), ("n-1", "another", shop.BUYER_ID)],
    ids=["unknown", "of another buyer", "of another shop"],
)
def test_an_order_that_is_not_theirs_is_as_unknown_as_one_there_is_not(
    phone: Client, sandbox: Sandbox, number: str, shop_id: str, buyer_id: str
) -> None:
    shop.sell(shop.document("n-1", now=timezone.now()))
    answer = phone.get("/enter/", {"token": token_for(buyer_id, shop_id=shop_id), "order": number}, follow=True)
    assert answer.redirect_chain == [("/buyer/", 302)]
    assert f"Order {number} has not arrived here yet" in answer.content.decode()


def revoked() -> str:
    token = token_for("b-9")
    service.revoke_key(ApiKey.objects.get(), timezone.now())
    return token


def changed() -> str:
    token = token_for("b-9")
    return token[:-1] + ("A" if token[-1] != "A" else "B")


def closed() -> str:
    token = token_for("b-9")
    person = service.visit_of_shop_token(token, timezone.now()).person
    User.objects.filter(pk=person.pk).update(is_active=False)
    return token


@pytest.mark.parametrize(
    "token",
    [lambda: "", lambda: "mwt_x", lambda: token_for("b-9", minutes_ago=11), revoked, changed, closed],
    ids=["none", "nonsense", "eleven minutes old", "of a revoked key", "changed", "of a closed account"],
)
def test_whom_no_valid_token_names_is_told_where_to_begin_anew(phone: Client, token: Callable[[], str]) -> None:
    answer = phone.get("/enter/", {"token": token()})
    assert answer.status_code == 403
    assert "open it from there again" in answer.content.decode()
    assert whoever_is_in(phone) is None


def test_whoever_used_the_device_before_is_signed_out(merchant: Client) -> None:
    before = merchant.session.session_key
    merchant.get("/enter/", {"token": token_for("b-9")})
    person = whoever_is_in(merchant)
    assert person is not None
    assert person.buyer_id == "b-9"
    assert merchant.session.session_key != before


def test_a_turned_away_visitor_signs_nobody_out(merchant: Client) -> None:
    before = whoever_is_in(merchant)
    merchant.get("/enter/", {"token": "mwt_x"})
    assert whoever_is_in(merchant) == before
