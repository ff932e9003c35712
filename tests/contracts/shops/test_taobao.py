"""Trades of Taobao with what other calls tell beside them: traces and refunds."""

from datetime import datetime, timedelta, timezone

from makewhole.core.order.model import Means, ParcelEventKind
from makewhole.core.words import Head
from makewhole.integrations.shops.rows import ReadOptions
from tests.contracts.shops.reading import EXPORTS, good, rejected, rows

READ = rows("taobao", "taobao_trades.ndjson", "taobao_beside.ndjson")
BEIJING = timezone(timedelta(hours=8))


def test_good_trades_are_kept_and_bad_ones_told() -> None:
    assert list(good(READ)) == ["3101", "3102", "3104"]
    assert rejected(READ) == {
        "3103": "status: is WAIT_BUYER_PAY: it was not paid; import it once it is paid",
        "3105": "orders.order.refund_status: sub-order 31051 was refunded, nobody says how much; "
        "import the answers of taobao.refund.get with it",
        "3106": "payment: 19.00 was paid, but the lines, discounts and freight make 20.00 CNY; "
        "check that the export is complete",
    }


def test_a_sub_order_is_a_line_with_taobaos_own_share_of_the_discount() -> None:
    apple, knife = good(READ)["3101"].lines
    assert (apple.id, apple.sku, apple.title) == ("31011", "APPLE5", "红富士苹果 规格:5斤")
    assert (apple.unit_price_minor, apple.quantity, apple.discount_minor, apple.gross_minor) == (5000, 2, 1654, 8346)
    assert apple.category == "fresh/fruit"
    assert knife.sku == "602"


def test_trap_22_points_inside_the_payment_are_told_apart_from_money() -> None:
    order = good(READ)["3101"]
    paid = [(payment.means, payment.amount_minor, payment.units) for payment in order.payments]
    assert paid == [(Means.MONEY, 11300, 0), (Means.POINTS, 500, 500)]
    assert order.payments[0].reference == "2026110122001"


def test_points_and_red_packets_beside_the_payment_close_the_gap() -> None:
    order = good(READ)["3102"]
    paid = {payment.means: payment.amount_minor for payment in order.payments}
    assert paid == {Means.MONEY: 4500, Means.POINTS: 500, Means.COUPON: 1000}
    assert order.lines[0].surcharge_minor == 500


def test_each_waybill_is_a_parcel_with_its_trace() -> None:
    order = good(READ)["3101"]
    first, second = order.parcels
    assert (first.tracking_number, first.contents) == ("SF9001", (("31011", 2),))
    assert first.when(ParcelEventKind.SIGNED) == datetime(2026, 11, 4, 15, 20, tzinfo=BEIJING)
    assert second.when(ParcelEventKind.REFUSED) == datetime(2026, 11, 5, 10, tzinfo=BEIJING)
    assert order.signed_at is None


def test_a_refund_record_says_how_much_and_what_came_back() -> None:
    (refund,) = good(READ)["3101"].refunds
    assert (refund.line_id, refund.head, refund.amount_minor, refund.quantity) == ("31012", Head.GOODS, 2654, 1)


def test_a_closed_trade_was_refunded_in_full() -> None:
    order = good(READ)["3104"]
    assert order.cancelled_at == datetime(2026, 11, 4, 8, tzinfo=BEIJING)
    (refund,) = order.refunds
    assert (refund.amount_minor, refund.quantity) == (2000, 2)


def test_without_its_refund_record_a_partial_refund_is_rejected() -> None:
    assert "3101" in rejected(rows("taobao", "taobao_trades.ndjson"))


def test_beijing_time_and_the_chinese_market_are_taobaos_own() -> None:
    order = good(rows("taobao", "taobao_trades.ndjson", options=ReadOptions(shop_id="taobao")))["3102"]
    assert (order.market, order.merchant_id) == ("cn", "青禾果园")
    assert order.placed_at == datetime(2026, 11, 3, 8, tzinfo=BEIJING)


def test_progress_counts_each_byte_once() -> None:
    counted: list[int] = []
    assert rows("taobao", "taobao_trades.ndjson", options=ReadOptions(shop_id="t", advance=counted.append))
    assert sum(counted) == (EXPORTS / "taobao_trades.ndjson").stat().st_size
