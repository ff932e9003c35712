"""Orders as Medusa's Admin API gives them: decimals in major units, captures, refunds without lines, returns."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from makewhole.core.order.model import Means, ParcelEventKind
from makewhole.core.words import Head
from makewhole.integrations.shops.rows import MissingOption, ReadOptions
from tests.contracts.shops.reading import good, rejected, rows

READ = rows("medusa", "medusa_orders.json")


def test_good_orders_are_kept_and_bad_ones_told() -> None:
    assert list(good(READ)) == ["41", "42"]
    assert rejected(READ) == {
        "43": "payment_collections: nothing was captured yet; import it once it is paid",
        "44": "status: is a draft; import it once it is placed",
        "45": "items: is missing; export with the fields parameter: items, shipping methods, payments",
        "46": "payment_collections: 11.00 was paid, but the lines, discounts and freight make 10.00 EUR; "
        "check that the export is complete",
    }


def test_each_order_is_told_with_the_line_where_it_begins() -> None:
    assert [row.line_number for row in READ][:2] == [3, 50]


def test_fractions_of_cents_are_rounded_to_what_was_paid() -> None:
    order = good(READ)["41"]
    shirt, socks = order.lines
    assert (shirt.unit_price_minor, shirt.quantity, shirt.discount_minor, shirt.surcharge_minor) == (2500, 2, 500, 899)
    assert (socks.gross_minor, order.freight.paid_minor) == (594, 650)
    assert order.paid_minor == order.due_minor == 6643
    assert (shirt.title, shirt.sku, shirt.category) == ("Linen shirt Blue / M", "SHIRT-M", "clothing")


def test_store_credit_is_paid_in_kind() -> None:
    money, credit = good(READ)["41"].payments
    assert (money.means, money.amount_minor, money.provider) == (Means.MONEY, 5643, "pp_stripe_stripe")
    assert (credit.means, credit.amount_minor, credit.units, credit.reference) == (Means.COUPON, 1000, 1000, "GC-9")


def test_trap_21_yen_have_no_decimals() -> None:
    order = good(READ)["42"]
    assert (order.currency, order.paid_minor, order.lines[0].unit_price_minor) == ("JPY", 1980, 1980)
    assert order.buyer_id == "b@example.com"


def test_parcels_carry_what_was_packed_and_cancelled_ones_are_left_out() -> None:
    order = good(READ)["41"]
    (parcel,) = order.parcels
    assert parcel.contents == (("ordli_1", 2), ("ordli_2", 1))
    assert parcel.when(ParcelEventKind.DISPATCHED) == datetime(2026, 10, 2, 9, tzinfo=UTC)
    assert order.signed_at == datetime(2026, 10, 5, 14, tzinfo=UTC)


def test_trap_23_a_refund_without_lines_is_put_down_to_what_came_back() -> None:
    (refund,) = good(READ)["41"].refunds
    assert (refund.line_id, refund.head, refund.amount_minor, refund.quantity) == ("ordli_1", Head.GOODS, 2700, 1)


def test_a_market_must_be_named() -> None:
    with pytest.raises(MissingOption, match="--market"):
        rows("medusa", "medusa_orders.json", options=ReadOptions(shop_id="my-shop"))


def test_the_csv_of_the_admin_pages_holds_no_lines_and_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "order-exports.csv"
    path.write_text("Order_ID,Display_ID,Order status\norder_1,1,pending\n")
    (row,) = rows("medusa", str(path))
    assert [fault.wrong.en for fault in row.faults] == ["is the CSV of Medusa's admin, which holds no lines"]
