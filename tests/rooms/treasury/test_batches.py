"""Many orders paid in one call: the same money as one after the other, and all of them or none."""

import json
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from makewhole.core.ledger.model import Funding, FundObstacle, HeadDue, PaymentInstruction
from makewhole.core.words import Head, Party
from makewhole.rooms.ids import new_id
from makewhole.rooms.treasury import ports, service
from makewhole.rooms.treasury.service import Granted, PaymentResult
from makewhole.rooms.treasury.service.handing import A_JOB
from makewhole.rooms.treasury.service.refusals import DueAboveCap, MoreThanDue, ReferenceReused, UnknownOrder
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import NOW, Sold, balance, document, grant, head, instruction, sell, states

pytestmark = pytest.mark.django_db
GOODS = Head.GOODS
FIFTY = range(50)


def settled(number: object, merchant_id: str = "m-1", **changes: Any) -> dict[str, Any]:
    """An order whose escrow goes to the merchant as soon as anybody settles it."""
    return document(f"s-{number}", merchant_id, completed_at="2026-11-20T10:00:00+08:00", **changes)


def emptied(*documents: dict[str, Any], left_minor: int) -> list[Sold]:
    """Orders of one merchant, settled; the merchant has taken out all of it but this."""
    orders = sell(*documents)
    taken_minor = sum(service.settle_order(sold.id, NOW) for sold in orders) - left_minor
    service.pay_out_merchant(orders[0].merchant_id, "CNY", taken_minor, "out", NOW)
    return orders


def refunds(orders: Iterable[Sold], amount_minor: int, funding: Funding = Funding.MERCHANT) -> list[PaymentInstruction]:
    return [instruction(sold, f"r-{sold.id}", ("1", GOODS, amount_minor), funding=funding) for sold in orders]


def statements_of(work: Callable[[], Any]) -> int:
    """How many statements the work sends."""
    with CaptureQueriesContext(connection) as sent:
        work()
    return len(sent)


def test_fifty_orders_of_one_merchant_get_exactly_what_its_balance_holds() -> None:
    orders = emptied(*[settled(number) for number in FIFTY], left_minor=23_500)
    for sold in orders:
        grant(sold, ("1", GOODS, 6_000))
    results = service.pay_all(refunds(orders, 6_000), NOW)
    assert [result.paid_minor for result in results] == [6_000, 6_000, 6_000, 5_500] + [0] * 46
    assert [result.shortfall_minor for result in results] == [0, 0, 0, 500] + [6_000] * 46
    assert balance("outgoing") == 23_500
    assert [states(sold) for sold in orders[3:5]] == [[("refund", "claimed", 5_500)], []]
    books_are_sound()


def test_two_orders_share_a_merchants_deposit() -> None:
    orders = emptied(settled(1), settled(2), left_minor=0)
    service.top_up_deposit("m-1", "CNY", 7_000, "d-1", NOW)
    for sold in orders:
        grant(sold, ("1", GOODS, 6_000))
    first, second = service.pay_all(refunds(orders, 6_000, Funding.DEPOSIT), NOW)
    assert (first.paid_from, first.shortfall_minor) == ((("deposit", 6_000),), 0)
    assert (second.paid_from, second.shortfall_minor) == ((("deposit", 1_000),), 5_000)
    assert balance("deposit") == 0
    books_are_sound()


def test_two_orders_share_the_deposit_by_which_the_fund_takes_recourse() -> None:
    orders = emptied(settled(1), settled(2), left_minor=0)
    service.top_up_fund("CNY", 160_000, "start", NOW)
    service.top_up_deposit("m-1", "CNY", 7_000, "d-1", NOW)
    for sold in orders:
        grant(sold, ("1", GOODS, 6_000))
    first, second = service.pay_all(refunds(orders, 6_000, Funding.FUND), NOW)
    assert (first.recovered, second.recovered) == ((("deposit", 6_000),), (("deposit", 1_000),))
    assert (balance("fund"), balance("receivable"), balance("deposit")) == (155_000, -5_000, 0)
    books_are_sound()


def test_a_fund_that_reaches_for_some_orders_pays_these_whole() -> None:
    orders = emptied(*[settled(number) for number in range(20)], left_minor=0)
    service.top_up_fund("CNY", 40_000, "start", NOW)
    for sold in orders:
        grant(sold, ("1", GOODS, 6_000))
    results = service.pay_all(refunds(orders, 6_000, Funding.FUND), NOW)
    assert [result.advanced_minor for result in results] == [6_000] * 6 + [0] * 14
    assert {result.obstacle for result in results[6:]} == {FundObstacle.INSOLVENT}
    assert balance("fund") == 4_000
    books_are_sound()


def test_the_same_payment_repeated_has_one_effect_and_one_result() -> None:
    orders = sell(*[document(str(number)) for number in range(3)])
    for sold in orders:
        grant(sold, ("1", GOODS, 6_000))
    wanted = refunds(orders, 6_000)
    twice = service.pay_all([wanted[0], wanted[0]], NOW)
    assert twice[0] == twice[1]
    results = service.pay_all(wanted, NOW)
    assert results[0] == twice[0]
    assert service.pay_all(list(reversed(wanted)), NOW) == list(reversed(results))
    assert [service.pay(each, NOW) for each in wanted] == results
    assert [states(sold) for sold in orders] == [[("refund", "claimed", 6_000)]] * 3
    with pytest.raises(ReferenceReused):
        service.pay_all([wanted[0], wanted[1]._replace(reference=wanted[2].reference)], NOW)
    books_are_sound()


def test_one_payment_that_is_refused_refuses_the_batch() -> None:
    orders = sell(*[document(str(number)) for number in range(3)])
    for sold in orders:
        grant(sold, ("1", GOODS, 6_000))
    wanted = refunds(orders, 6_000)
    with pytest.raises(MoreThanDue, match="6001 asked, but only 6000"):
        service.pay_all([*wanted[:2], *refunds(orders[2:], 6_001)], NOW)
    with pytest.raises(ReferenceReused):
        service.pay_all([wanted[0], wanted[1]._replace(reference=wanted[0].reference)], NOW)
    with pytest.raises(UnknownOrder):
        service.pay_all([wanted[0], wanted[1]._replace(order_id=str(new_id()))], NOW)
    assert [states(sold) for sold in orders] == [[], [], []]
    assert [result.paid_minor for result in service.pay_all(wanted, NOW)] == [6_000] * 3
    books_are_sound()


def test_dues_of_many_orders_are_stated_whole_or_not_at_all() -> None:
    orders = sell(*[document(str(number)) for number in range(2)])
    cases = [new_id(), new_id()]

    def granting(*amounts_minor: int) -> list[Granted]:
        dues = [(HeadDue("1", GOODS, amount_minor, 10_000),) for amount_minor in amounts_minor]
        return [Granted(sold.id, case, due) for sold, case, due in zip(orders, cases, dues, strict=True)]

    service.set_all_dues(granting(3_000, 4_000))
    assert [head(sold) for sold in orders] == [(3_000, 0, 0), (4_000, 0, 0)]
    with pytest.raises(DueAboveCap):
        service.set_all_dues(granting(5_000, 10_001))
    assert [head(sold) for sold in orders] == [(3_000, 0, 0), (4_000, 0, 0)]
    service.set_all_dues([each._replace(dues=()) for each in granting(0, 0)])
    assert [head(sold) for sold in orders] == [(0, 0, 0), (0, 0, 0)]


def test_two_payments_on_one_order_go_one_after_the_other() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    halves = [instruction(sold, f"r-{number}", ("1", GOODS, 3_000)) for number in range(2)]
    with pytest.raises(ValueError, match="two instructions on one order"):
        service.pay_all(halves, NOW)
    assert service.pay_all([], NOW) == []


def test_fifty_payments_take_as_many_statements_as_one() -> None:
    orders = sell(*[document(str(number), f"m-{number}") for number in range(51)])
    for sold in orders:
        grant(sold, ("1", GOODS, 6_000))
    one, *others = refunds(orders, 6_000)
    assert statements_of(lambda: service.pay_all(others, NOW)) == statements_of(lambda: service.pay_all([one], NOW))


def test_ten_payouts_share_a_job() -> None:
    ports.tell_worker(True)
    orders = sell(*[document(str(number)) for number in range(2 * A_JOB + 1)])
    for sold in orders:
        grant(sold, ("1", GOODS, 100))
    results = service.pay_all(refunds(orders, 100), NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args -> 'intent_ids' FROM procrastinate_jobs WHERE task_name = 'treasury.carry_out'")
        told = [json.loads(intent_ids) for (intent_ids,) in cursor.fetchall()]
    assert [len(each) for each in told] == [A_JOB, A_JOB, 1]
    assert {intent_id for each in told for intent_id in each} == {result.awaited[0] for result in results}


@pytest.mark.parametrize("seed", range(8))
def test_a_batch_moves_the_same_money_as_one_payment_after_the_other(seed: int) -> None:
    chance = random.Random(seed)
    orders = sell(*[_some_order(chance, number) for number in range(40)])
    service.top_up_fund("CNY", chance.choice([0, 9_000, 60_000, 1_000_000]) or 1, "start", NOW)
    for number in range(3):
        service.top_up_deposit(f"m-{number}", "CNY", chance.choice([1, 4_000, 30_000]), f"d-{number}", NOW)
    for sold in chance.sample(orders, 25):
        service.settle_order(sold.id, NOW)
    wanted = [_some_payment(chance, sold) for sold in orders]

    def one_by_one() -> list[PaymentResult]:
        return [service.pay(each, NOW) for each in wanted]

    assert _outcome(lambda: service.pay_all(wanted, NOW), orders) == _outcome(one_by_one, orders)


def _some_order(chance: random.Random, number: int) -> dict[str, Any]:
    points = {"id": "p-2", "means": "points", "amount_minor": 1_000, "units": 500, "reference": "b-1"}
    money = {"id": "p-1", "means": "money", "provider": "sandbox", "amount_minor": 9_000, "reference": f"pay-{number}"}
    payments = [money, points] if chance.random() < 0.3 else []
    return settled(number, f"m-{number % 3}", payments=payments)


def _some_payment(chance: random.Random, sold: Sold) -> PaymentInstruction:
    line, name = chance.choice([("1", GOODS), ("*", Head.STATUTORY)])
    amount_minor = chance.randrange(1, 10_000)
    case_id = grant(sold, (line, name, amount_minor + chance.randrange(100)))
    return instruction(
        sold,
        f"r-{sold.id}",
        (line, name, amount_minor),
        funding=chance.choice(list(Funding)),
        payer=chance.choice([Party.MERCHANT, Party.MERCHANT, Party.PLATFORM]),
        case_id=case_id,
        cap_minor=chance.choice([2_000, 1_000_000]),
    )


def _outcome(pay: Callable[[], list[PaymentResult]], orders: list[Sold]) -> Any:
    """What was paid out of whose money and what every account holds then; it is all taken back afterwards."""
    with transaction.atomic():
        results = [result._replace(intents=(), awaited=("",) * len(result.awaited)) for result in pay()]
        books_are_sound()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kind, CASE WHEN kind <> 'fund' THEN owner END, asset, merchant_id,"
                " sum(posted_minor)::bigint, sum(pending_out_minor)::bigint FROM treasury_account"
                " GROUP BY 1, 2, 3, 4 HAVING sum(posted_minor) <> 0 OR sum(pending_out_minor) <> 0 ORDER BY 1, 2, 3, 4"
            )
            held = cursor.fetchall()
        paid_out = [states(sold) for sold in orders]
        transaction.set_rollback(True)
    return results, held, paid_out
