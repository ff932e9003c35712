"""Orders of Shopify: JSON of the Admin API and the CSV export with its several rows per order."""

from datetime import UTC, datetime
from pathlib import Path

from makewhole.core.order.model import Means
from makewhole.core.words import Head
from tests.contracts.shops.reading import OPTIONS, good, rejected, rows

JSON = rows("shopify", "shopify_orders.json")
CSV = rows("shopify", "shopify_orders.csv")


def test_good_orders_are_kept_and_bad_ones_told() -> None:
    assert list(good(JSON)) == ["1001", "1002", "1004"]
    assert rejected(JSON) == {
        "1003": "financial_status: is 'pending': it is not paid up; import it once it is paid",
        "1005": "transactions: is missing, though a gift card paid a part; export the order with its transactions",
    }


def test_discounts_stay_as_shopify_shared_them_and_tax_is_on_top() -> None:
    mug, poster = good(JSON)["1001"].lines
    assert (mug.unit_price_minor, mug.quantity, mug.discount_minor, mug.surcharge_minor) == (3000, 2, 800, 460)
    assert (poster.sku, poster.discount_minor, poster.surcharge_minor) == ("88", 400, 315)


def test_trap_20_each_payment_is_known_by_its_means() -> None:
    card, capture = good(JSON)["1001"].payments
    assert (card.means, card.amount_minor, card.units) == (Means.COUPON, 2000, 2000)
    assert (capture.means, capture.amount_minor, capture.reference) == (Means.MONEY, 9075, "ch_3")


def test_a_refund_is_put_down_to_its_line_and_the_freight() -> None:
    refunds = good(JSON)["1001"].refunds
    told = sorted((refund.head, refund.line_id, refund.amount_minor, refund.quantity) for refund in refunds)
    assert told == [
        (Head.FREIGHT_OUT, "901", 134, 0),
        (Head.FREIGHT_OUT, "902", 116, 0),
        (Head.GOODS, "901", 2830, 1),
    ]


def test_delivery_is_the_last_update_of_a_delivered_parcel() -> None:
    assert good(JSON)["1001"].signed_at == datetime(2026, 9, 5, 14, tzinfo=UTC)


def test_trap_21_the_order_is_in_the_currency_the_buyer_paid() -> None:
    order = good(JSON)["1002"]
    assert (order.currency, order.paid_minor, order.lines[0].unit_price_minor) == ("JPY", 3000, 3000)


def test_a_tip_is_a_line_of_its_own() -> None:
    order = good(JSON)["1004"]
    assert [(line.id, line.gross_minor) for line in order.lines] == [("921", 1000), ("tip", 200)]
    assert order.cancelled_at == datetime(2026, 9, 4, 16, tzinfo=UTC)


def test_the_csv_gives_one_order_for_several_rows() -> None:
    order = good(CSV)["2001"]
    assert [(line.title, line.quantity) for line in order.lines] == [("Vase, tall", 2), ("Bowl", 1)]
    assert [(discount.id, discount.amount_minor) for discount in order.discounts] == [("TEN", 1000)]
    assert (order.freight.paid_minor, order.paid_minor, order.buyer_id) == (490, 9490, "dana@example.com")
    assert order.placed_at == datetime(2026, 8, 1, 8, tzinfo=UTC)
    assert order.parcels[0].contents == (("1", 2), ("2", 1))


def test_trap_23_a_refunded_amount_without_lines_is_shared_by_value() -> None:
    refunds = good(CSV)["2001"].refunds
    assert sum(refund.amount_minor for refund in refunds) == 949
    assert {refund.head for refund in refunds} == {Head.GOODS}
    assert [refund.amount_minor for refund in refunds] == [759, 190]


def test_an_order_refunded_in_full_has_nothing_left() -> None:
    order = good(CSV)["2005"]
    assert sum(refund.amount_minor for refund in order.refunds) == order.paid_minor == 1000
    assert order.cancelled_at is not None


def test_free_freight_and_tax_on_top_follow_from_the_total() -> None:
    order = good(CSV)["2002"]
    assert (order.freight.amount_minor, order.freight.discount_minor, order.freight.paid_minor) == (500, 500, 0)
    assert order.lines[0].surcharge_minor == 245


def test_bad_orders_of_the_csv_are_told_with_their_line() -> None:
    assert [(row.line_number, row.number) for row in CSV if row.document is None] == [(5, "2003"), (6, "2004")]
    assert "99.00 was paid, but the lines, discounts and freight make 35.00 USD" in rejected(CSV)["2003"]


def test_a_csv_without_the_needed_columns_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Name,Lineitem quantity\n#1,1\n")
    (row,) = rows("shopify", str(path), options=OPTIONS)
    assert "has no column Email, Financial Status" in row.faults[0].wrong.en
