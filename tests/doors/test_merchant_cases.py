"""One claim as the merchant sees it, and what the merchant does: accept, offer, refuse, send, inspect, pay."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from makewhole.core.case import commands as c
from makewhole.core.case.model import Case
from makewhole.core.words import Head, Reason, Remedy, Stage
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.evidence import queries as evidence
from makewhole.rooms.treasury import service as treasury
from tests.doors.forms import confirmed, form, send, text
from tests.doors.shop import BUYER, MERCHANT, MERCHANT_ID, Time, claim, document, give, sell

pytestmark = pytest.mark.django_db
GOODS, FREIGHT, GOODWILL = "due.1.goods", "due.1.freight_out", "due.1.goodwill"


def now_of(case: Case) -> Case:
    return cases.read_case(UUID(case.id), MERCHANT, timezone.now()).case


def page_of(case: Case) -> str:
    return f"/merchant/cases/{case.id}/"


@pytest.fixture
def claimed(sandbox: Sandbox, db: None) -> Case:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    return claim(order_id, Reason.QUALITY, Remedy.RETURN_AND_REFUND, defect_kind="visible")


@pytest.fixture
def missing(sandbox: Sandbox, db: None) -> Case:
    """A claim that an item was missing; its price is wanted back."""
    (order_id,) = sell(document("A-1", now=timezone.now()))
    return claim(order_id)


def test_the_page_says_what_is_asked_by_when_and_what_silence_costs(merchant: Client, claimed: Case) -> None:
    page = text(merchant.get(page_of(claimed)))
    assert "Your turn Answer the claim" in page
    assert "Saying nothing costs ¥134.00." in page
    assert "箱子里只有一只杯子" in page
    assert "林悦" in page


def test_who_is_done_with_a_claim_is_led_to_the_next(merchant: Client, claimed: Case) -> None:
    assert "Next in your queue" not in text(merchant.get(page_of(claimed)))
    (order_id,) = sell(document("A-2", now=timezone.now()))
    later = claim(order_id)
    send(merchant, page_of(claimed), "refuse_claim/", note="签收时完好。")
    answered = merchant.get(page_of(claimed))
    assert "Next in your queue" in text(answered)
    assert f'href="{page_of(later)}"' in answered.content.decode()


def test_where_else_a_buyer_may_turn_is_told_to_the_buyer(merchant: Client, buyer: Client, claimed: Case) -> None:
    assert "Where else you can turn" not in text(merchant.get(page_of(claimed)))
    assert "Where else you can turn" in text(buyer.get(f"/buyer/cases/{claimed.id}/"))


def test_claims_of_other_shops_look_like_none_and_buyers_have_no_business_here(
    other_merchant: Client, buyer: Client, claimed: Case
) -> None:
    assert other_merchant.get(page_of(claimed)).status_code == 404
    assert other_merchant.post(f"{page_of(claimed)}accept_claim/", {"confirmed": "yes"}).status_code == 404
    assert buyer.get(page_of(claimed)).status_code == 403
    assert buyer.post(f"{page_of(claimed)}accept_claim/", {"confirmed": "yes"}).status_code == 403
    assert now_of(claimed).agreed is None


def test_trap_04_accepting_shows_the_figures_and_pays_once(merchant: Client, missing: Case) -> None:
    place = f"{page_of(missing)}accept_claim/"
    asked = send(merchant, page_of(missing), "accept_claim/")
    assert "Price of the goods ¥129.00" in text(asked)
    assert "To the buyer in all ¥134.00" in text(asked)
    yes = {**form(asked, place), "confirmed": "yes"}
    assert {merchant.post(place, yes).status_code for _ in range(3)} == {303}
    after = now_of(missing)
    assert [payment.total_minor for payment in after.payments] == [13_400]
    page = text(merchant.get(page_of(missing)))
    assert "The money of this claim" in page
    assert "Refund to the buyer" in page


def test_an_offer_is_bounded_by_what_is_due_line_by_line(merchant: Client, claimed: Case) -> None:
    page = text(merchant.get(page_of(claimed)))
    assert "The buyer asks ¥129.00; at most ¥129.00 is due." in page
    told = send(
        merchant, page_of(claimed), "make_offer/",
        **{"remedy": "partial_refund", GOODS: "129.01", FREIGHT: "abc", "note": "抱歉。"},
    )  # fmt: skip
    assert told.status_code == 422
    assert "At most ¥129.00 is due." in text(told)
    assert "This is not an amount." in text(told)
    sent = form(told, "make_offer/")
    assert (sent[GOODS], sent[FREIGHT], sent["note"]) == ("129.01", "abc", "抱歉。")
    assert now_of(claimed).offer is None


def test_an_offer_carries_amounts_per_line_and_goodwill_beyond_what_is_due(merchant: Client, claimed: Case) -> None:
    send(
        merchant, page_of(claimed), "make_offer/",
        **{"remedy": "partial_refund", GOODS: "40.00", GOODWILL: "5.00", "note": "先退一部分可以吗？"},
    )  # fmt: skip
    offer = now_of(claimed).offer
    assert offer is not None
    assert {(due.head, due.amount_minor) for due in offer.terms.dues} == {(Head.GOODS, 4_000), (Head.GOODWILL, 500)}
    page = text(merchant.get(page_of(claimed)))
    assert "The rules give Buyer asks Merchant offers" in page
    assert "Next: Buyer Answer the offer" in page


def test_an_offer_without_amounts_gives_all_that_is_due(merchant: Client, claimed: Case) -> None:
    send(merchant, page_of(claimed), "make_offer/", remedy="return_and_refund")
    offer = now_of(claimed).offer
    assert offer is not None
    assert offer.terms.total_minor == 13_400


def test_an_offer_without_a_way_is_told_at_its_field(merchant: Client, claimed: Case) -> None:
    told = send(merchant, page_of(claimed), "make_offer/", **{GOODS: "40.00"})
    assert told.status_code == 422
    assert form(told, "make_offer/")[GOODS] == "40.00"


def test_refusing_needs_a_reason_and_keeps_it(merchant: Client, claimed: Case) -> None:
    told = send(merchant, page_of(claimed), "refuse_claim/", note="")
    assert told.status_code == 422
    assert "This is needed." in text(told)
    send(merchant, page_of(claimed), "refuse_claim/", note="签收时完好，照片看不出裂痕。")
    page = text(merchant.get(page_of(claimed)))
    assert "You refused the claim" in page
    assert "签收时完好，照片看不出裂痕。" in page
    assert "Nothing is asked of you at the moment" not in page


def test_what_cannot_be_done_any_more_is_told_and_changes_nothing(merchant: Client, claimed: Case) -> None:
    old = form(merchant.get(page_of(claimed)), "refuse_claim/")
    give(claimed, c.Withdraw(), BUYER)
    told = merchant.post(f"{page_of(claimed)}refuse_claim/", {**old, "note": "不同意。"})
    assert told.status_code == 422
    assert "The case is closed" in text(told)
    asked = merchant.post(f"{page_of(claimed)}accept_claim/", old)
    assert asked.headers["Location"] == page_of(claimed)
    assert "The case has moved on." in text(merchant.get(page_of(claimed)))


def test_a_return_is_inspected_and_the_refund_confirmed_with_its_figures(merchant: Client, claimed: Case) -> None:
    give(claimed, c.AcceptClaim(), MERCHANT)
    give(claimed, c.ShipBack(carrier="顺丰", tracking_number="SF1"), BUYER)
    asked = send(merchant, page_of(claimed), "confirm_return/")
    assert "To the buyer in all ¥134.00" in text(asked)
    confirmed(merchant, asked, f"{page_of(claimed)}confirm_return/")
    assert now_of(claimed).payments[0].total_minor == 13_400


def test_a_return_can_be_contested_with_a_reason(merchant: Client, claimed: Case) -> None:
    give(claimed, c.AcceptClaim(), MERCHANT)
    give(claimed, c.ShipBack(carrier="顺丰", tracking_number="SF1"), BUYER)
    send(merchant, page_of(claimed), "contest_return/", note="寄回的是另一只杯子。")
    assert now_of(claimed).stage is Stage.MEDIATION


def test_goods_are_sent_again_with_their_tracking(merchant: Client, sandbox: Sandbox) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    case = claim(order_id, Reason.ITEM_MISSING, Remedy.RESHIP)
    give(case, c.AcceptClaim(), MERCHANT)
    assert "the money is refunded instead" in text(merchant.get(page_of(case)))
    send(merchant, page_of(case), "send_goods/", carrier="顺丰", tracking_number="SF77")
    assert "顺丰 SF77" in text(merchant.get(page_of(case)))
    assert "Next: Buyer Confirm receipt" in text(merchant.get(page_of(case)))


def test_a_shortfall_is_paid_after_seeing_the_sum(merchant: Client, sandbox: Sandbox) -> None:
    start = timezone.now()
    (order_id,) = sell(document("A-1", now=start))
    treasury.settle_order(order_id, start)
    treasury.pay_out_merchant(MERCHANT_ID, "CNY", 26_800, "payout-1", start)
    Time(sandbox, start).pass_hours(3)
    case = claim(order_id, now=start + timedelta(hours=3))
    case = give(case, c.AcceptClaim(), MERCHANT, start + timedelta(hours=3))
    page = text(merchant.get(page_of(case)))
    assert "Your turn Pay" in page
    assert "the guarantee fund pays at once" in page
    sell(document("A-2", now=start))
    treasury.settle_order(sell(document("A-3", now=start))[0], start)
    asked = send(merchant, page_of(case), "pay_now/")
    assert "To the buyer in all ¥134.00" in text(asked)
    confirmed(merchant, asked, f"{page_of(case)}pay_now/")
    assert sum(payment.total_minor for payment in now_of(case).payments) == 13_400


def test_evidence_is_uploaded_handed_in_and_seen_by_the_buyer(merchant: Client, buyer: Client, claimed: Case) -> None:
    order_id = UUID(claimed.order_id)
    weight = SimpleUploadedFile(
        "weight.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf"
    )
    back = f"{page_of(claimed)}#evidence"
    sent = {"files": [weight], "kind": "parcel_weight", "title": "揽收重量", "next": back}
    merchant.post(f"/merchant/evidence/add/{order_id}/", sent)
    (draft,) = evidence.drafts(order_id, MERCHANT)
    assert (draft.kind, draft.title) == ("parcel_weight", "揽收重量")
    assert buyer.get(f"/buyer/evidence/{draft.id}/").status_code == 404
    filled = form(merchant.get(page_of(claimed)), "submit_evidence/")
    assert filled["exhibit_ids"] == str(draft.id)
    merchant.post(f"{page_of(claimed)}submit_evidence/", {**filled, "note": "发货重量正常。"})
    assert now_of(claimed).exhibits
    assert "揽收重量" in text(buyer.get(f"/buyer/cases/{claimed.id}/"))
    assert buyer.get(f"/buyer/evidence/{draft.id}/").status_code == 200


def test_nothing_handed_in_is_told(merchant: Client, claimed: Case) -> None:
    told = send(merchant, page_of(claimed), "submit_evidence/", note="")
    assert told.status_code == 422
    assert "Neither an exhibit nor a statement was given" in text(told)
