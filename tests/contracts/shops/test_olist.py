"""The Olist dataset: tables joined as far as they go, several sellers, and the oddities of real data."""

from datetime import datetime
from pathlib import Path

from makewhole.core.order.model import Means, ParcelEventKind
from makewhole.integrations.shops import olist
from makewhole.integrations.shops.olist_categories import path_of
from makewhole.integrations.shops.olist_tables import ZONE
from makewhole.integrations.shops.rows import ReadOptions
from tests.contracts.shops.reading import EXPORTS, good, rejected, rows

OPTIONS = ReadOptions(shop_id="olist")
READ = rows("olist", "olist", options=OPTIONS)


def test_what_is_there_is_joined_and_what_is_missing_told() -> None:
    assert list(good(READ)) == ["o1", "o2-1", "o2-2", "o3", "o7"]
    assert rejected(READ) == {
        "o4": "order_items: holds no item of this order; add the missing rows",
        "o5": "order_items: lacks rows: 38.71 BRL more was paid than they make; add the missing rows",
        "o6": "order_purchase_timestamp: 'yesterday' is not a time; write it like 2018-05-25 15:31:09",
    }


def test_equal_units_are_one_line_and_a_row_told_twice_counts_once() -> None:
    order = good(READ)["o1"]
    (line,) = order.lines
    assert (line.quantity, line.unit_price_minor, line.category, line.title) == (2, 2999, "toys", "toys")
    assert order.freight.paid_minor == 1744
    assert (order.buyer_id, order.merchant_id, order.merchant_name) == ("u1", "s1", "Seller s1 campinas SP")


def test_vouchers_are_credit_in_kind() -> None:
    money, voucher = good(READ)["o1"].payments
    assert (money.means, money.provider, money.amount_minor) == (Means.MONEY, "credit_card", 5742)
    assert (voucher.means, voucher.amount_minor, voucher.units) == (Means.COUPON, 2000, 2000)


def test_the_estimate_is_a_day_and_lasts_until_it_ends() -> None:
    order = good(READ)["o1"]
    assert order.promises.deliver_by == datetime(2017, 10, 18, 23, 59, 59, tzinfo=ZONE)
    assert order.promises.dispatch_by == datetime(2017, 10, 6, 11, 7, 15, tzinfo=ZONE)
    assert order.placed_at.utcoffset() == datetime(2017, 10, 2, tzinfo=ZONE).utcoffset()


def test_trap_20_a_checkout_of_two_sellers_is_two_orders_paid_to_the_cent() -> None:
    first, second = (good(READ)[number] for number in ("o2-1", "o2-2"))
    assert first.checkout_id == second.checkout_id == "o2"
    assert first.due_minor + second.due_minor == 17001
    for order in (first, second):
        assert order.paid_minor == order.due_minor
        assert [payment.provider for payment in order.payments] == ["credit_card", "boleto"]
    assert sum(order.payments[0].amount_minor for order in (first, second)) == 10500


def test_interest_of_instalments_is_a_surcharge() -> None:
    first, second = (good(READ)[number].lines[0] for number in ("o2-1", "o2-2"))
    assert (first.surcharge_minor, second.surcharge_minor) == (333, 167)


def test_a_payment_below_the_items_is_a_discount() -> None:
    order = good(READ)["o7"]
    assert [(discount.kind, discount.amount_minor) for discount in order.discounts] == [("difference", 50)]


def test_a_parcel_handed_over_before_the_order_keeps_the_record_in_its_note() -> None:
    order = good(READ)["o2-1"]
    (dispatched, _) = order.parcels[0].events
    assert dispatched.at == order.placed_at
    assert dispatched.note == "recorded 2018-07-24T14:31:00-03:00, before the order"


def test_a_cancelled_order_ends_with_the_last_time_recorded() -> None:
    assert good(READ)["o3"].cancelled_at == datetime(2018, 2, 1, 11, tzinfo=ZONE)


def test_times_that_went_through_a_spreadsheet_are_read() -> None:
    order = good(READ)["o7"]
    assert order.placed_at == datetime(2018, 4, 3, 17, 35, tzinfo=ZONE)
    assert order.parcels[0].when(ParcelEventKind.SIGNED) == datetime(2018, 4, 5, 11, 20, tzinfo=ZONE)
    assert order.buyer_id == "c7"
    assert good(READ)["o2-1"].promises.dispatch_by == datetime(2018, 7, 30, 3, 24, tzinfo=ZONE)


def test_reviews_are_read_by_order_oldest_first() -> None:
    reviews = olist.reviews([EXPORTS / "olist"])
    assert [(review.score, review.title) for review in reviews["o1"]] == [(1, "faltou"), (5, "")]
    assert reviews["o1"][0].message == "veio só um, \nfaltou o outro"


def test_a_folder_without_the_tables_is_refused(tmp_path: Path) -> None:
    (row,) = rows("olist", str(tmp_path), options=OPTIONS)
    assert row.faults[0].wrong.en == "holds no table of orders, items, payments"


def test_categories_stand_in_the_houses_tree_unless_mapped_otherwise() -> None:
    orders = good(READ)
    assert [orders[number].lines[0].category for number in ("o1", "o2-1", "o7")] == ["toys", "other/artes", "other"]
    assert path_of("telephony") == "electronics/phone/telephony"
    mapped = good(rows("olist", "olist", options=ReadOptions(shop_id="olist", categories={"toys": "toys/children"})))
    assert mapped["o1"].lines[0].category == "toys/children"
