"""Statements against the books, and the books as people read them."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from makewhole.core.ledger.model import Funding
from makewhole.core.words import Head, Party
from makewhole.integrations.payments.sandbox import bank
from makewhole.rooms.treasury import queries, service
from makewhole.rooms.treasury.models import IntentState, StatementLine
from makewhole.rooms.treasury.ports import StatementEntry
from makewhole.rooms.treasury.service import reconcile
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import (
    MONEY,
    NOW,
    balance,
    document,
    grant,
    instruction,
    let_pass,
    play,
    sell,
)

pytestmark = pytest.mark.django_db
GOODS = Head.GOODS
DAY = timedelta(days=1)
ENTRY = StatementEntry("sandbox", "line-1", "refund", "", 1, "pay-1", -6_000, "CNY", NOW)


def test_every_line_of_a_full_week_matches_one_transfer() -> None:
    sandbox = play()
    bounced = document("2", payments=[{**MONEY, "amount_minor": 10_000, "reference": "pay-2#bounced"}])
    first, second, third = sell(document("1"), bounced, document("3", completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 50_000, "start", NOW)
    service.top_up_deposit("m-1", "CNY", 4_000, "d-1", NOW)
    for number, sold in enumerate((first, second)):
        grant(sold, ("1", GOODS, 6_000), ("*", Head.GOODWILL, 50))
        service.pay(instruction(sold, f"r-{number}", ("1", GOODS, 6_000)), NOW)
        service.pay(instruction(sold, f"g-{number}", ("*", Head.GOODWILL, 50), payer=Party.PLATFORM), NOW)
    service.settle_order(third.id, NOW)
    service.pay_out_merchant("m-1", "CNY", 9_000, "out-1", NOW)
    let_pass(sandbox)
    let_pass(sandbox, NOW + 2 * DAY)
    dispute = bank.open_dispute("pay-3", 2_500, NOW + 3 * DAY)
    bank.close_dispute(dispute, lost=True, now=NOW + 3 * DAY)
    let_pass(sandbox, NOW + 3 * DAY)
    result = service.reconcile_provider("sandbox", NOW + 7 * DAY)
    assert result.differences == ()
    assert (result.lines, result.matched) == (12, 12), "4 in, 2 refunds, 2 payouts, 2 back, 1 out, 1 dispute"
    assert service.reconcile_provider("sandbox", NOW + 7 * DAY) == (0, 0, ())
    assert queries.unproven(NOW + 7 * DAY) == ()
    books_are_sound()
    StatementLine.objects.filter(kind="capture").update(amount_minor=F("amount_minor") + 1)
    with pytest.raises(AssertionError, match="every statement line matches one transfer"):
        books_are_sound()


def test_a_line_without_a_transfer_is_a_difference_that_verify_finds() -> None:
    result = reconcile([ENTRY])
    assert [(each.reference, each.why) for each in result.differences] == [("line-1", "no transfer in the books")]
    (found,) = queries.differences()
    assert (found.amount_minor, found.why) == (-6_000, "no transfer in the books")
    found_by = {check.title: check.run() for check in queries.checks()}
    wrong = found_by["every statement line matches one transfer"]
    assert (wrong.checked, wrong.wrong) == (1, 1)
    assert "line-1" in wrong.first_offender


def test_another_amount_a_second_line_and_a_pending_transfer_are_told_apart() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    line = ENTRY._replace(key=str(result.intents[0]))
    why = [each.why for each in reconcile([line]).differences]
    assert why == ["the transfer in the books is pending"]
    let_pass(sandbox)
    assert reconcile([]).differences == (), "the line waited for its transfer"
    twice = line._replace(reference="line-2")
    assert [each.why for each in reconcile([twice]).differences] == ["another line proves its transfer already"]
    wrong = line._replace(reference="line-3", key=f"{sold.id}/p-1", kind="capture", amount_minor=9_999)
    assert [each.why for each in reconcile([wrong]).differences][-1] == "the books moved 10000, the statement says 9999"


def test_a_corrected_sale_still_matches_its_line() -> None:
    sell(document("1"))
    service.import_orders([document("1", amount_minor=9_000)], "stage", NOW + DAY)
    result = service.reconcile_provider("sandbox", NOW + 2 * DAY)
    assert (result.matched, result.differences) == (1, ())
    assert queries.unproven(NOW + 2 * DAY) == ()


def test_the_funds_days_add_up_to_what_it_holds() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    (sold,) = sell(document("1", completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 50_000, "start", NOW)
    service.settle_order(sold.id, NOW)
    service.pay_out_merchant("m-1", "CNY", 10_000, "out-1", NOW)
    grant(sold, ("1", GOODS, 6_000), ("*", Head.GOODWILL, 500))
    late = NOW.replace(hour=17)
    service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000), funding=Funding.FUND), late)
    service.pay(instruction(sold, "r-2", ("*", Head.GOODWILL, 500), payer=Party.FUND), late)
    service.top_up_deposit("m-1", "CNY", 2_000, "d-1", NOW + 3 * DAY)
    days = {day.day: day for day in queries.fund_by_day("CNY", NOW + 3 * DAY, shanghai, days=5)}
    assert list(days) == [date(2026, 11, number) for number in range(20, 25)]
    assert days[date(2026, 11, 20)] == (date(2026, 11, 20), 0, 0, 0, 0, 0)
    assert days[date(2026, 11, 21)][1:] == (50_000, 0, 0, 0, 50_000)
    assert days[date(2026, 11, 22)][1:] == (0, 0, 6_000, 500, 43_500), "17:00 UTC is the next day in Shanghai"
    assert days[date(2026, 11, 24)][1:] == (0, 2_000, 0, 0, 45_500)
    today = queries.fund_today("CNY")
    assert (today.balance_minor, today.outstanding_minor, today.solvent) == (45_500, 4_000, True)
    assert [(each.merchant_id, each.outstanding_minor) for each in queries.debtors("CNY")] == [("m-1", 4_000)]
    assert queries.fund_by_day("CNY", NOW, UTC, days=1)[0].balance_minor == 45_500 - 2_000 + 6_500 - 6_500


def test_the_fund_is_not_solvent_when_more_is_due_than_it_holds() -> None:
    (sold,) = sell(document("1"))
    service.top_up_fund("CNY", 5_000, "start", NOW)
    grant(sold, ("*", Head.STATUTORY, 5_001))
    today = queries.fund_today("CNY")
    assert (today.exposed_minor, today.solvent) == (5_001, False)


def test_a_merchants_statement_reads_backwards_page_by_page() -> None:
    orders = sell(*[document(str(number), completed_at="2026-11-20T10:00:00+08:00") for number in range(5)])
    for sold in orders:
        service.settle_order(sold.id, NOW)
    first = queries.merchant_statement("m-1", "CNY", limit=3)
    rest = queries.merchant_statement("m-1", "CNY", first.next_cursor, limit=3)
    entries = [*first.entries, *rest.entries]
    assert [entry.order_number for entry in entries] == ["4", "3", "2", "1", "0"]
    assert [entry.after_minor for entry in entries] == [50_000, 40_000, 30_000, 20_000, 10_000]
    assert rest.next_cursor == ""
    assert first.money.balance_minor == 50_000
    assert queries.merchant_statement("m-2", "CNY").entries == ()
    with pytest.raises(queries.BadCursor, match="'x1' was not given out here"):
        queries.merchant_statement("m-1", "CNY", "x1")


def test_a_buyer_sees_what_was_paid_by_whom_when_and_how() -> None:
    sandbox = play()
    (sold,) = sell(document("1", freight_minor=500))
    service.top_up_fund("CNY", 50_000, "start", NOW)
    dues = (("1", GOODS, 10_000), ("*", Head.FREIGHT_OUT, 500), ("*", Head.LATENESS, 600))
    grant(sold, *dues)
    service.pay(instruction(sold, "r-1", *dues, funding=Funding.FUND), NOW)
    assert [each.state for each in queries.payouts_in((IntentState.CLAIMED,)).payouts] == ["claimed", "claimed"]
    let_pass(sandbox)
    refund, payout = queries.order_payouts(sold.id)
    assert (refund.kind, refund.amount_minor, refund.payment_reference) == ("refund", 10_500, "pay-1")
    assert (payout.kind, payout.amount_minor, payout.asset) == ("payout", 600, "CNY")
    assert refund.paid_from == (("escrow", 10_500), ("fund", 600))
    assert refund.settled_at is not None
    assert refund.settled_at > NOW
    page = queries.buyer_payouts("b-1", limit=1)
    assert [each.id for each in page.payouts] == [payout.id]
    assert [each.id for each in queries.buyer_payouts("b-1", page.next_cursor).payouts] == [refund.id]
    (payment,) = queries.order_payments(sold.id)
    assert (payment.amount_minor, payment.returned_minor) == (10_500, 10_500)


def test_the_books_are_read_by_account_and_by_transfer() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    sums = {total.kind: total.posted_minor for total in queries.totals() if total.posted_minor}
    assert sums == {"escrow": 4_000, "outgoing": 6_000, "provider": -10_000}
    received, paid, sent = queries.transfers_of_order(sold.id)
    assert [each.act for each in (received, paid, sent)] == ["receive", "pay", "refund"]
    assert [(entry.kind, entry.amount_minor, entry.after_minor) for entry in paid.entries] == [
        ("escrow", -6_000, 4_000), ("outgoing", 6_000, 6_000)
    ]  # fmt: skip
    assert (sent.state, sent.entries[0].after_minor) == ("pending", None)
    assert queries.transfer(sent.id) == sent
    page = queries.transfers(limit=2)
    assert [each.id for each in page.transfers] == [sent.id, paid.id]
    assert [each.act for each in queries.transfers(cursor=page.next_cursor).transfers] == ["receive"]
    assert [each.act for each in queries.transfers(act="pay").transfers] == ["pay"]
    assert [each.kind for each in queries.accounts(kind="escrow").accounts] == ["escrow"]
    with pytest.raises(queries.BadCursor):
        queries.transfers(cursor="nonsense")
    assert balance("provider") == -10_000
