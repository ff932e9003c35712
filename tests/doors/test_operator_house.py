"""Operators and the house: today's alarms, cases, keys shown once, webhooks sent again, rules with their history."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from makewhole.core.case.model import Case
from makewhole.core.words import Role, Text
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.identity import queries as identity
from makewhole.rooms.identity.models import ApiKey, Scope
from makewhole.rooms.identity.service import make_key
from makewhole.rooms.notices import service as notices
from makewhole.rooms.notices.models import Delivery, DeliveryState, Endpoint
from makewhole.rooms.notices.ports import Channel, NoticeRefused, courier, register
from tests.doors.forms import confirmed, form, send, text
from tests.doors.panel import disputed
from tests.doors.shop import MERCHANT_ID

pytestmark = pytest.mark.django_db
KEYS = "/operator/keys/"


@pytest.fixture
def operator(sandbox: Sandbox, browser_of: Callable[[Role], Client]) -> Client:
    return browser_of(Role.OPERATOR)


@pytest.fixture
def case(sandbox: Sandbox, db: None) -> Case:
    return disputed("D-1", timezone.now(), photos=True)


def test_today_counts_clocks_and_leads_to_them(operator: Client, case: Case) -> None:
    page = text(operator.get("/operator/"))
    assert "Open cases 1" in page
    assert "With the platform 1" in page
    assert "手冲咖啡杯" in text(operator.get("/operator/cases/?waiting_for=platform"))
    assert "No case fits" in text(operator.get("/operator/cases/?waiting_for=buyer"))
    assert operator.get("/operator/cases/?stage=nonsense").status_code == 400


def test_what_the_fund_could_not_pay_is_an_alarm_until_it_is_read(operator: Client, case: Case) -> None:
    words = {"order_number": "D-1", "short": "¥12.00", "next": Text("请等待。", "Wait.")}
    notice = notices.Notice(Role.OPERATOR, "", "case.payment_short.fund_tried", words, UUID(case.id), MERCHANT_ID)
    notices.send([notice], timezone.now())
    assert "1 case could not be paid in full, not even by the fund." in text(operator.get("/operator/"))
    page = operator.get("/operator/notices/")
    operator.post("/operator/notices/read/", form(page, "read/"))
    assert "not even by the fund" not in text(operator.get("/operator/"))


def test_a_case_shows_its_money_and_no_exhibit(operator: Client, case: Case) -> None:
    page = operator.get(f"/operator/cases/{case.id}/")
    assert "Exhibits and conversation are for the parties and their panel." in text(page)
    assert case.exhibits == () or str(case.exhibits[0][0]) not in page.content.decode()
    assert operator.get("/operator/cases/0193a000-0000-7000-8000-000000000000/").status_code == 404


def test_a_key_is_shown_once(operator: Client) -> None:
    typed = {"name": "Order export", "scope": "shop", "shop_id": "main"}
    made = send(operator, KEYS, KEYS, **typed)
    secret = made.content.decode().split('<code class="secret" translate="no">')[1].split("</code>")[0]
    key = identity.live_keys().get()
    assert secret.startswith("mw")
    assert key.prefix in secret
    assert made.headers["Cache-Control"].count("no-store") == 1
    assert secret not in operator.get(KEYS).content.decode()


def test_trap_04_one_form_makes_one_key(operator: Client) -> None:
    filled = {**form(operator.get(KEYS), KEYS), "name": "Export", "scope": "shop"}
    operator.post(KEYS, filled)
    again = operator.post(KEYS, filled, follow=True)
    assert "cannot be shown again" in text(again)
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "scope": "shop"}, "Give the key a name"),
        ({"name": "x"}, "Choose one."),
        ({"name": "x", "scope": "everything"}, "Choose one."),
        ({"name": "x", "scope": "merchant"}, "Name the merchant the key acts for."),
        ({"name": "x", "scope": "operator", "merchant_id": "m"}, "Clear this."),
        ({"name": "x", "scope": "merchant", "merchant_id": "m", "shop_id": "s"}, "Clear this."),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_its_field(operator: Client, typed: dict[str, str], said: str) -> None:
    answer = operator.post(KEYS, typed)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not ApiKey.objects.exists()


def test_a_revoked_key_is_gone_after_one_more_question(operator: Client) -> None:
    key, _secret = make_key("Old export", {Scope.SHOP}, timezone.now())
    place = f"{KEYS}{key.id}/revoke/"
    asked = operator.post(place)
    assert identity.live_keys().exists()
    assert confirmed(operator, asked, place).headers["Location"] == KEYS
    assert not identity.live_keys().exists()
    assert operator.post(f"{KEYS}0193a000-0000-7000-8000-000000000000/revoke/").status_code == 404


@pytest.fixture
def endpoint(db: None) -> Endpoint:
    """An address that answered a delivery with 500 until there were no tries left."""
    now = timezone.now() - timedelta(hours=1)

    class Anywhere:
        def check(self, address: str) -> None:
            if not address.startswith("https://"):
                raise NoticeRefused("url", Text("网址", "address"), "url")

    registered = courier(Channel.WEBHOOK)
    register(Channel.WEBHOOK, Anywhere())  # type: ignore[arg-type]
    try:
        made = notices.add_endpoint("https://shop.example/hooks", MERCHANT_ID, (), "The shop", now)
    finally:
        register(Channel.WEBHOOK, registered)
    notices.publish("case.opened", {"case_id": "1"}, MERCHANT_ID, now)
    Delivery.objects.update(state=DeliveryState.FAILED, next_attempt_at=None, finished_at=now, attempts=1)
    return made


def test_failed_deliveries_are_seen_and_sent_again(operator: Client, endpoint: Endpoint) -> None:
    base = f"/operator/webhooks/{endpoint.id}/"
    assert "https://shop.example/hooks" in text(operator.get("/operator/webhooks/"))
    assert "case.opened" in text(operator.get(f"{base}?state=failed"))
    assert "Nothing was sent here yet" in text(operator.get(f"{base}?state=delivered"))
    answer = operator.post(f"{base}replay/", form(operator.get(base), f"{base}replay/"), follow=True)
    assert "1 delivery is sent again." in text(answer)
    assert Delivery.objects.get().state == DeliveryState.WAITING


def test_an_endpoint_is_switched_off_and_on(operator: Client, endpoint: Endpoint) -> None:
    base = f"/operator/webhooks/{endpoint.id}/"
    operator.post(f"{base}switch-off/", form(operator.get(base), f"{base}switch-off/"))
    assert "Switched off" in text(operator.get(base))
    refused = operator.post(f"{base}replay/", follow=True)
    assert "Switch it on first" in text(refused)
    operator.post(f"{base}switch-on/", form(operator.get(base), f"{base}switch-on/"))
    assert Endpoint.objects.get().disabled_at is None
    assert operator.post(f"{base}dance/").status_code == 404


@pytest.mark.parametrize("base", ["/operator/rules/", "/rules/"])
def test_rules_are_searched_in_both_languages_and_have_a_history(operator: Client, base: str) -> None:
    assert "Fresh and perishable goods" in text(operator.get(f"{base}cn/?q=鲜活易腐"))
    assert "Fresh and perishable goods" in text(operator.get(f"{base}cn/?q=perishable"))
    assert "No rule fits" in text(operator.get(f"{base}cn/?q=unicorn"))
    page = text(operator.get(f"{base}cn/cn-consumer-25-return/"))
    assert "checked against the official text" in page
    assert "Consumer Rights Protection Law (2013), art. 25" in page
    assert "2014-03-15 – until changed" in page


def test_rules_of_a_day_gone_by_are_those_in_force_then(operator: Client) -> None:
    assert "Goods bought online may be returned" not in text(operator.get("/operator/rules/cn/?on=2013-01-01"))
    assert operator.get("/operator/rules/cn/?on=yesterday").status_code == 400
    assert operator.get("/operator/rules/cn/?layer=nonsense").status_code == 400
    assert operator.get("/operator/rules/mars/").status_code == 404
    assert operator.get("/operator/rules/cn/no-such-rule/").status_code == 404
