"""My orders, one order, and what am I due: whose they are, what they say, what they cost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from makewhole.core.case import commands as c
from makewhole.core.words import Reason, Remedy
from tests.doors.forms import form, text
from tests.doors.shop import MERCHANT, claim, cup, document, give, line, sell

pytestmark = pytest.mark.django_db
BYTES_MAX = 100_000


def test_my_orders_show_state_and_the_open_claim_with_its_clock(buyer: Client) -> None:
    now = timezone.now()
    received, _under_way = sell(document("A-1", now=now), document("A-2", now=now, days_ago=2, signed=False))
    claim(received)
    page = text(buyer.get("/buyer/"))
    assert "Delivered" in page
    assert "On its way" in page
    assert "Item missing from the parcel" in page
    assert "Merchant: Answer the claim" in page
    assert "left" in page


def test_what_waits_for_me_stands_on_top_of_my_orders(buyer: Client) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    case = claim(order_id, Reason.QUALITY, Remedy.RETURN_AND_REFUND)
    give(case, c.RefuseClaim(note="It was intact."), MERCHANT)
    page = text(buyer.get("/buyer/"))
    assert "Your turn Revise the claim or call the platform in" in page


@pytest.mark.parametrize("place", ["", "due/?reason=quality", "claim/story/"])
def test_orders_of_others_look_like_none(stranger: Client, place: str) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    assert stranger.get(f"/buyer/orders/{order_id}/{place}").status_code == 404
    assert stranger.get(f"/buyer/orders/{uuid4()}/{place}").status_code == 404


def test_a_merchant_has_no_business_here_and_a_guest_comes_back_after_signing_in(merchant: Client) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    place = f"/buyer/orders/{order_id}/"
    assert merchant.get(place).status_code == 403
    assert Client().get(place).headers["Location"] == f"/sign-in/?next={place}"


def test_an_order_shows_promises_kept_and_broken_and_until_when_it_can_be_returned(buyer: Client) -> None:
    now = timezone.now()
    late = {"dispatch_by": (now - timedelta(days=5, hours=12)).isoformat(), "no_reason_return_days": 7}
    (order_id,) = sell(document("A-1", now=now, promises=late))
    page = text(buyer.get(f"/buyer/orders/{order_id}/"))
    assert "Sent by" in page
    assert "not kept" in page
    assert "Return without a reason until" in page
    assert "You paid ¥268.00" in page


def test_the_answer_names_sum_payer_date_and_rule(buyer: Client) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    page = text(buyer.get(f"/buyer/orders/{order_id}/due/?reason=item_missing&line-1=1"))
    assert "Refund, nothing to send back ¥134.00 Paid by: Merchant" in page
    assert "All done by" in page
    assert "Nothing is sent to the merchant" in page


def test_answers_to_questions_change_what_is_due(buyer: Client) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    place = f"/buyer/orders/{order_id}/due/?reason=quality&line-1=1"
    assert "Amount not known yet" in text(buyer.get(place))
    assert "Partial refund, keep the goods ¥38.70" in text(buyer.get(f"{place}&fact-value_lost_percent=30"))


def test_a_wrong_answer_is_told_at_its_question_and_kept(buyer: Client) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    response = buyer.get(f"/buyer/orders/{order_id}/due/?reason=quality&line-1=1&fact-value_lost_percent=a third")
    assert "This is not a whole number." in text(response)
    assert 'value="a third"' in response.content.decode()


def test_several_reasons_and_the_goods_chosen_go_into_the_claim(buyer: Client) -> None:
    now = timezone.now()
    (order_id,) = sell(document("A-1", cup(1), line("2", "木质托盘", 3, 3_900), now=now))
    page = buyer.get(f"/buyer/orders/{order_id}/due/?reason=quality&reason=damaged&line-1=0&line-2=2")
    sent = form(page, "/claim/")
    assert sent["reason"] == ["quality", "damaged"]
    assert (sent.get("line-1"), sent["line-2"]) == (None, "2")


def test_a_reason_unknown_is_left_out_and_units_beyond_the_order_too(buyer: Client) -> None:
    (order_id,) = sell(document("A-1", now=timezone.now()))
    response = buyer.get(f"/buyer/orders/{order_id}/due/?reason=magic&line-1=99")
    assert response.status_code == 200
    assert "Choose what went wrong" in text(response)


def test_a_cursor_of_ones_own_making_is_refused(buyer: Client) -> None:
    assert buyer.get("/buyer/?cursor=nonsense").status_code == 400
    assert buyer.get("/buyer/cases/?cursor=nonsense").status_code == 400
    assert buyer.get("/buyer/money/?cursor=nonsense").status_code == 400
    assert buyer.get("/buyer/notices/?cursor=nonsense").status_code == 400


def test_pages_are_light_and_ask_the_database_little(
    buyer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    orders = sell(*(document(f"A-{number}", now=now) for number in range(20)))
    case = claim(orders[0])
    order_id = orders[1]
    for place, most in (
        ("/buyer/", 7),
        (f"/buyer/orders/{order_id}/", 11),
        (f"/buyer/orders/{order_id}/due/?reason=quality", 9),
        ("/buyer/cases/", 6),
        (f"/buyer/cases/{case.id}/", 12),
        ("/buyer/money/", 6),
        ("/buyer/notices/", 6),
    ):
        buyer.get(place)
        with django_assert_max_num_queries(most):
            response = buyer.get(place)
        assert len(response.content) <= BYTES_MAX, place


def test_which_goods_an_answer_is_about_stands_above_it(buyer: Client) -> None:
    bowls, spoons = line("1", "粗陶饭碗", 4, 3_900), line("2", "木勺", 4, 1_400)
    (order_id,) = sell(document("A-1", bowls, spoons, now=timezone.now()))
    place = f"/buyer/orders/{order_id}/due/?reason=item_missing"
    page = text(buyer.get(place))
    assert page.index("Which goods?") < page.index("What you are due")
    one_bowl = text(buyer.get(f"{place}&line-1=1&line-2=0"))
    assert "Price of the goods 粗陶饭碗 ¥39.00" in one_bowl
