"""One claim as its buyer sees it, and what the buyer does: figures first, once, and nothing typed is lost."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from makewhole.core.case import commands as c
from makewhole.core.case.model import Case
from makewhole.core.words import Reason, Remedy, Role, Stage
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.cases import queries as cases
from tests.doors.forms import confirmed, form, send, text
from tests.doors.shop import AGENT, BUYER, MERCHANT, Time, claim, document, give, sell

pytestmark = pytest.mark.django_db


def now_of(case: Case) -> Case:
    return cases.read_case(UUID(case.id), BUYER, timezone.now()).case


def page_of(case: Case) -> str:
    return f"/buyer/cases/{case.id}/"


@pytest.fixture
def claimed(sandbox: Sandbox, db: None) -> Case:
    """A claim about a fault, waiting for the merchant."""
    (order_id,) = sell(document("A-1", now=timezone.now()))
    return claim(order_id, Reason.QUALITY, Remedy.RETURN_AND_REFUND, defect_kind="visible")


@pytest.fixture
def offered(claimed: Case) -> Case:
    """The merchant offers 30.00 instead."""
    offer = c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=3_000)
    return give(claimed, c.MakeOffer(proposal=offer, note="先退您 30 元可以吗？"), MERCHANT)


def test_the_page_says_where_it_stands_who_is_next_and_what_silence_brings(buyer: Client, claimed: Case) -> None:
    page = text(buyer.get(page_of(claimed)))
    assert "Next: Merchant Answer the claim" in page
    assert "If nothing happens by then, the claim counts as accepted." in page
    assert "You opened a case: return and refund" in page
    assert "Visible from outside" in page


def test_a_claim_of_others_looks_like_none(stranger: Client, claimed: Case) -> None:
    assert stranger.get(page_of(claimed)).status_code == 404
    assert stranger.post(f"{page_of(claimed)}withdraw/", {"confirmed": "yes"}).status_code == 404
    assert now_of(claimed).is_open


@pytest.mark.parametrize("name", ["accept_claim", "rule", "fly_to_the_moon"])
def test_what_is_no_action_of_a_buyer_is_not_found(buyer: Client, claimed: Case, name: str) -> None:
    assert buyer.post(f"{page_of(claimed)}{name}/", {"confirmed": "yes"}).status_code == 404


def test_an_action_opened_by_its_address_leads_to_the_claim(buyer: Client, claimed: Case) -> None:
    assert buyer.get(f"{page_of(claimed)}withdraw/").headers["Location"] == page_of(claimed)


def test_the_offer_stands_beside_what_the_rules_give(buyer: Client, offered: Case) -> None:
    page = text(buyer.get(page_of(offered)))
    assert "The rules give Buyer asks Merchant offers" in page
    assert "Price of the goods 手冲咖啡杯（雾蓝） ¥129.00 ¥129.00 ¥30.00" in page
    assert "先退您 30 元可以吗？" in page


def test_trap_04_accepting_asks_once_more_and_happens_once(buyer: Client, offered: Case) -> None:
    place = f"{page_of(offered)}accept_offer/"
    asked = send(buyer, page_of(offered), "accept_offer/")
    assert "Price of the goods ¥30.00" in text(asked)
    assert "This cannot be undone." in text(asked)
    assert now_of(offered).agreed is None
    yes = {**form(asked, place), "confirmed": "yes"}
    first, second = (buyer.post(place, yes) for _ in range(2))
    assert first.status_code == second.status_code == 303
    after = now_of(offered)
    assert after.agreed is not None
    assert len(after.payments) == 1
    assert "Done: Accept the offer" in text(buyer.get(page_of(offered)))


def test_what_was_agreed_to_on_a_page_no_longer_true_does_nothing(buyer: Client, offered: Case) -> None:
    asked = send(buyer, page_of(offered), "accept_offer/")
    give(offered, c.SubmitEvidence(note="另附快递底单。"), MERCHANT)
    told = confirmed(buyer, asked, f"{page_of(offered)}accept_offer/")
    assert told.status_code == 422
    assert "The case has moved on" in text(told)
    assert now_of(offered).agreed is None


def test_a_form_sent_again_with_other_content_does_nothing(buyer: Client, claimed: Case) -> None:
    place = f"{page_of(claimed)}submit_evidence/"
    filled = {**form(buyer.get(page_of(claimed)), "submit_evidence/"), "note": "第一句。"}
    buyer.post(place, filled)
    buyer.post(place, {**filled, "note": "另一句。"})
    assert "sent before with other content" in text(buyer.get(page_of(claimed)))
    assert now_of(claimed).sequence == 2


def test_asking_for_more_than_is_due_is_told_with_the_limit_and_the_note_stays(buyer: Client, offered: Case) -> None:
    told = send(
        buyer, page_of(offered), "revise_claim/", remedy="return_and_refund", amount_minor="900.00", note="请全额退。"
    )
    assert told.status_code == 422
    assert "¥900.00" in text(told)
    sent = form(told, "revise_claim/")
    assert (sent["amount_minor"], sent["note"]) == ("900.00", "请全额退。")


def test_asking_for_something_else_gives_the_merchant_the_word(buyer: Client, offered: Case) -> None:
    send(buyer, page_of(offered), "revise_claim/", remedy="return_and_refund", amount_minor="100.00", note="")
    after = now_of(offered)
    assert after.demand.total_minor == 10_000
    assert after.next_obligation is not None
    assert after.next_obligation.debtor == "merchant"


def test_calling_the_platform_in(buyer: Client, offered: Case) -> None:
    send(buyer, page_of(offered), "escalate/", note="商家的方案太低。")
    assert now_of(offered).stage is Stage.MEDIATION
    assert "With the platform" in text(buyer.get(page_of(offered)))


def test_withdrawing_asks_once_more_and_then_nothing_can_be_done(buyer: Client, claimed: Case) -> None:
    asked = send(buyer, page_of(claimed), "withdraw/")
    confirmed(buyer, asked, f"{page_of(claimed)}withdraw/")
    assert not now_of(claimed).is_open
    page = buyer.get(page_of(claimed))
    assert "Withdrawn" in text(page)
    assert "accept_offer/" not in page.content.decode()


@pytest.mark.parametrize(
    ("told", "shown"),
    [("杭州市余杭区 9 号 退货组 收", "杭州市余杭区 9 号 退货组 收"), ("", "told us no address for returns")],
    ids=["told by the shop", "told by nobody"],
)
def test_who_sends_goods_back_is_told_where(buyer: Client, told: str, shown: str) -> None:
    (order_id,) = sell(document("back-1", now=timezone.now(), return_address=told))
    case = claim(order_id, Reason.QUALITY, Remedy.RETURN_AND_REFUND, defect_kind="visible")
    assert "Where to send it" not in text(buyer.get(page_of(case)))
    give(case, c.AcceptClaim(), MERCHANT)
    page = text(buyer.get(page_of(case)))
    assert "Where to send it" in page
    assert shown in page
    give(case, c.ShipBack(carrier="顺丰", tracking_number="SF1"), BUYER)
    assert "Where to send it" not in text(buyer.get(page_of(case)))


def test_goods_go_back_with_their_freight_and_the_money_follows(buyer: Client, claimed: Case, sandbox: Sandbox) -> None:
    give(claimed, c.AcceptClaim(), MERCHANT)
    send(buyer, page_of(claimed), "ship_back/", carrier="顺丰", tracking_number="SF123", freight_minor="12.00")
    case = give(claimed, c.ConfirmReturn(), MERCHANT)
    assert case.payments[0].total_minor == 12_900 + 500 + 1_200
    time = Time(sandbox, timezone.now())
    time.pass_hours(100)
    page = text(buyer.get(page_of(claimed)))
    assert "You received ¥146.00." in page
    assert "¥134.00 arrived on" in page
    money = text(buyer.get("/buyer/money/"))
    assert "¥134.00 Arrived Back by the way you paid" in money
    assert "¥12.00 Arrived Paid out to you" in money


def test_a_missing_field_is_told_where_it_is_missing(buyer: Client, claimed: Case) -> None:
    give(claimed, c.AcceptClaim(), MERCHANT)
    told = send(buyer, page_of(claimed), "ship_back/", carrier="顺丰", tracking_number="")
    assert told.status_code == 422
    assert "This is needed." in text(told)
    assert form(told, "ship_back/")["carrier"] == "顺丰"


def test_a_ruling_shows_findings_reasons_and_rules_and_can_be_appealed_once(buyer: Client, offered: Case) -> None:
    start = timezone.now()
    give(offered, c.Escalate(), BUYER, start)
    for side in (BUYER, MERCHANT):
        give(offered, c.FinishEvidence(), side, start)
    finding = c.Finding("goods_defective", False, "照片看不出裂痕。", ())
    give(offered, c.Rule(findings=(finding,), reasons="证据不足。"), AGENT, start + timedelta(minutes=1))
    page = text(buyer.get(page_of(offered)))
    assert "The claim is dismissed" in page
    assert "the goods are defective: no" in page
    assert "证据不足。" in page
    assert "There is an appeal." not in page
    asked = send(buyer, page_of(offered), "appeal/", grounds="补充检测报告。")
    assert "补充检测报告。" in text(asked)
    confirmed(buyer, asked, f"{page_of(offered)}appeal/")
    assert now_of(offered).stage is Stage.APPEAL
    assert "There is an appeal. Until it is decided, this ruling is not carried out." in text(
        buyer.get(page_of(offered))
    )


def test_goods_sent_anew_are_no_money(buyer: Client, sandbox: Sandbox) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    case = claim(order_id, Reason.ITEM_MISSING, Remedy.RESHIP)
    give(case, c.AcceptClaim(), MERCHANT)
    assert "¥0.00" not in text(buyer.get("/buyer/cases/"))
    page = text(buyer.get(page_of(case)))
    assert "What you get" in page
    assert "Your money" not in page


def test_messages_lead_to_the_claim_and_are_read_then(buyer: Client, offered: Case, staff: dict[Role, object]) -> None:
    listed = buyer.get("/buyer/notices/")
    assert "new" in text(listed)
    href = listed.content.decode().split('class="notice-subject" href="')[1].split('"')[0]
    assert buyer.get(href).headers["Location"] == page_of(offered)
    assert '<span class="nav-count">1</span>' in buyer.get("/buyer/notices/").content.decode()
    buyer.post("/buyer/notices/read/")
    assert "nav-count" not in buyer.get("/buyer/notices/").content.decode()


def test_a_message_of_others_leads_nowhere(stranger: Client, offered: Case) -> None:
    assert stranger.get(f"/buyer/notices/{offered.id}/").headers["Location"] == "/buyer/notices/"


def test_points_come_back_as_points(buyer: Client, sandbox: Sandbox) -> None:
    now = timezone.now()
    payments = [
        {"id": "p1", "means": "money", "provider": "sandbox", "reference": "pay-1", "amount_minor": 24_800},
        {"id": "p2", "means": "points", "reference": "points-of-lin", "amount_minor": 2_000, "units": 200},
    ]
    (order_id,) = sell(document("A-1", now=now, payments=payments))
    give(claim(order_id, quantity=2, now=now), c.AcceptClaim(), MERCHANT, now)
    Time(sandbox, now).pass_hours(3)
    page = text(buyer.get("/buyer/money/"))
    assert "Points 200" in page
    assert "¥248.00 Arrived Back by the way you paid" in page
    assert "¥20.00 Arrived Points (200)" in page
