"""Money under races: real threads on a real PostgreSQL, one winner and polite losers."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from makewhole.core.ledger.model import Funding, FundObstacle, HeadDue
from makewhole.core.ledger.refusals import MoneyRefused
from makewhole.core.words import Head, Party
from makewhole.integrations.payments.sandbox.manners import Manners
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.ids import new_id
from makewhole.rooms.orders.service import lock_order
from makewhole.rooms.treasury import ports, service
from makewhole.rooms.treasury.models import Intent
from makewhole.rooms.treasury.ports import Answer, OutgoingPayment
from makewhole.rooms.treasury.service.refusals import DueAboveCap, MoreThanDue
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import (
    NOW,
    SECRET,
    Sold,
    balance,
    document,
    grant,
    head,
    instruction,
    let_pass,
    play,
    refunded_at_bank,
    sell,
    states,
)

pytestmark = pytest.mark.django_db(transaction=True)
GOODS = Head.GOODS
THREADS = 32


def at_once(jobs: Iterable[Callable[[], Any]], threads: int = THREADS) -> list[Any]:
    """Run the jobs in threads that start together; a refusal is a result, every other error fails the test."""
    todo = list(jobs)
    together = threading.Barrier(min(threads, len(todo)))
    started = threading.local()

    def run(job: Callable[[], Any]) -> Any:
        if not getattr(started, "yes", False):
            started.yes = True
            together.wait(timeout=60)
        try:
            return job()
        except MoneyRefused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, todo))


def test_trap_04_the_same_instruction_from_32_threads_has_one_effect_and_one_answer() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    wanted = instruction(sold, "r-1", ("1", GOODS, 6_000))
    results = at_once([lambda: service.pay(wanted, NOW)] * THREADS)
    assert all(result == results[0] for result in results)
    assert states(sold) == [("refund", "claimed", 6_000)]
    let_pass(sandbox)
    assert refunded_at_bank("pay-1") == 6_000
    books_are_sound()


def test_trap_07_two_cases_on_one_head_never_pay_more_than_is_due() -> None:
    (sold,) = sell(document("1"))
    cases = [new_id() for _ in range(THREADS)]

    def claim(number: int) -> Any:
        with transaction.atomic():
            lock_order(sold.id)
            service.set_dues(sold.id, cases[number], [HeadDue("1", GOODS, 3_000, 10_000)])
            return service.pay(instruction(sold, f"r-{number}", ("1", GOODS, 3_000), case_id=cases[number]), NOW)

    results = at_once([lambda number=number: claim(number) for number in range(THREADS)])
    refused = [result for result in results if isinstance(result, DueAboveCap)]
    assert len(refused) == THREADS - 3
    assert head(sold) == (9_000, 9_000, 0)
    assert balance("escrow") == 1_000
    books_are_sound()


def test_trap_07_what_is_due_once_is_paid_once_however_many_ask() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 10_000))
    asks = [instruction(sold, f"r-{number}", ("1", GOODS, 1_000)) for number in range(THREADS)]
    results = at_once([lambda ask=ask: service.pay(ask, NOW) for ask in asks])
    assert sum(isinstance(result, MoreThanDue) for result in results) == THREADS - 10
    assert head(sold) == (10_000, 10_000, 0)
    assert balance("outgoing") == 10_000
    books_are_sound()


@pytest.mark.slow
def test_a_thousand_payouts_on_the_fund_keep_every_floor_and_spend_it_to_the_last() -> None:
    orders = [sold for part in range(2) for sold in sell(*[_settled(part * 500 + n) for n in range(500)])]
    service.top_up_fund("CNY", 500_000, "start", NOW)
    for sold in orders:
        grant(sold, ("*", Head.DAMAGES, 700))
    asks = [
        instruction(sold, f"r-{number}", ("*", Head.DAMAGES, 700), payer=Party.PLATFORM)
        for number, sold in enumerate(orders)
    ]
    results = at_once([lambda ask=ask: service.pay(ask, NOW) for ask in asks], threads=8)
    obstacles = Counter(result.obstacle for result in results)
    assert obstacles == {None: 714, FundObstacle.INSOLVENT: 286}
    assert balance("fund") == 500_000 - 714 * 700
    books_are_sound()


def _settled(number: int) -> dict[str, Any]:
    return document(f"f-{number}", merchant_id=f"m-{number % 50}")


def test_payouts_of_different_orders_use_different_stripes() -> None:
    orders = sell(*[document(str(number)) for number in range(64)])
    service.top_up_fund("CNY", 160_000, "start", NOW)
    for sold in orders:
        grant(sold, ("*", Head.GOODWILL, 10))
        service.pay(instruction(sold, f"r-{sold.id}", ("*", Head.GOODWILL, 10), payer=Party.PLATFORM), NOW)
    touched = sum(balance("fund", f"{number:02d}") < 10_000 for number in range(16))
    assert touched > 8


def test_trap_05_one_intent_given_to_many_workers_reaches_the_provider_once() -> None:
    calls: list[str] = []

    class Counted(Sandbox):
        def send(self, payment: OutgoingPayment, now: datetime) -> Answer:
            calls.append(payment.key)
            return super().send(payment, now)

    ports.register_provider(Counted(SECRET), stands_in=True)
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    at_once([lambda: service.carry_out(result.intents[0], NOW)] * THREADS)
    assert calls == [str(result.intents[0])]


def test_trap_02_the_same_webhook_from_many_threads_settles_once() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    service.carry_out(result.intents[0], NOW)
    sandbox.advance(NOW + timedelta(minutes=1), 10)
    payment = OutgoingPayment(result.awaited[0], 1, ports.OutgoingKind.REFUND, "pay-1", 6_000, "CNY")
    news = sandbox.look_up(payment, NOW)
    assert news is not None
    named = [news._replace(event_id=f"evt-{number % 4}") for number in range(THREADS)]
    followed = at_once([lambda each=each: service.report(each, NOW) for each in named])
    assert Counter(followed) == {True: 1, False: THREADS - 1}
    assert head(sold) == (6_000, 0, 6_000)
    books_are_sound()


def test_the_same_deposit_paid_in_by_many_threads_counts_once() -> None:
    at_once([lambda: service.top_up_deposit("m-1", "CNY", 5_000, "d-1", NOW)] * THREADS)
    assert balance("deposit") == 5_000
    books_are_sound()


def test_trap_24_settling_and_paying_out_race_with_refunds_and_no_balance_goes_negative() -> None:
    orders = sell(*[document(str(number), completed_at="2026-11-20T10:00:00+08:00") for number in range(12)])
    service.top_up_fund("CNY", 1_000_000, "start", NOW)
    for sold in orders:
        grant(sold, ("1", GOODS, 10_000))
    jobs: list[Callable[[], Any]] = []
    for number, sold in enumerate(orders):
        wanted = instruction(sold, f"r-{number}", ("1", GOODS, 10_000), funding=Funding.FUND)
        jobs += [lambda sold=sold: service.settle_order(sold.id, NOW), lambda wanted=wanted: _command(wanted)]
        jobs.append(lambda number=number: service.pay_out_merchant("m-1", "CNY", 10_000, f"out-{number}", NOW))
    at_once(jobs)
    for number in range(12):
        assert head(orders[number]) == (10_000, 10_000, 0)
    assert balance("merchant") >= 0
    books_are_sound()


def _command(wanted: Any) -> Any:
    """As a case does: the order's row first, then the money."""
    with transaction.atomic():
        lock_order(wanted.order_id)
        return service.pay(wanted, NOW)


def test_a_command_that_goes_from_purse_to_purse_never_deadlocks_with_another() -> None:
    points = {"id": "p-2", "means": "points", "amount_minor": 100, "units": 100, "reference": "b-1"}
    money = {"id": "p-1", "means": "money", "provider": "sandbox", "amount_minor": 9_900}
    orders = sell(
        *[document(f"a-{number}") for number in range(20)],
        *[document(f"b-{number}", payments=[{**money, "reference": f"b-{number}"}, points]) for number in range(20)],
    )
    service.top_up_fund("CNY", 10_000_000, "start", NOW)
    dues = (("1", GOODS, 10_000), ("*", Head.STATUTORY, 5_000))
    for sold in orders:
        grant(sold, *dues)

    def from_purse_to_purse(sold: Sold) -> None:
        with transaction.atomic():
            lock_order(sold.id)
            service.pay(instruction(sold, f"{sold.id}/1", dues[0]), NOW)
            result = service.pay(instruction(sold, f"{sold.id}/2", dues[1]), NOW)
            rest = ("*", Head.STATUTORY, result.shortfall_minor)
            service.pay(instruction(sold, f"{sold.id}/3", rest, funding=Funding.FUND), NOW)

    jobs: list[Callable[[], Any]] = []
    for number, sold in enumerate(orders):
        both = instruction(sold, f"{sold.id}/1", *dues, funding=Funding.FUND)
        jobs.append(lambda sold=sold, both=both: from_purse_to_purse(sold) if sold in orders[::2] else _command(both))
        jobs.append(lambda number=number: service.top_up_deposit("m-1", "CNY", 700, f"d-{number}", NOW))
    at_once(jobs, threads=16)
    assert balance("outgoing") == 40 * 15_000 - 20 * 100
    assert balance("receivable") == -(40 * 5_000 - 40 * 700)
    books_are_sound()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everything_at_once_neither_deadlocks_nor_loses_a_cent(seed: int) -> None:
    chance = random.Random(seed)
    rough = Manners(seed=seed, settle_seconds_max=60, insufficient=150, card_closed=50, times_out=200, early=200,
                    twice=300, late_accept=300)  # fmt: skip
    sandbox = play(rough)
    orders = sell(*[
        document(f"{seed}-{number}", f"m-{number % 3}", completed_at="2026-11-20T10:00:00+08:00")
        for number in range(30)
    ])  # fmt: skip
    service.top_up_fund("CNY", 60_000, "start", NOW)
    for sold in orders:
        grant(sold, ("1", GOODS, 8_000), ("*", Head.STATUTORY, 9_000))
    at_once(_mixed(chance, orders, sandbox, 240), threads=10)
    for _ in range(3):
        at_once([lambda: let_pass(sandbox, NOW, 3)] * 4, threads=4)
    let_pass(sandbox, NOW + timedelta(days=1), 24, timedelta(hours=1))
    stuck = Intent.objects.exclude(state__in=["settled", "replaced"]).exclude(kind="merchant_out")
    assert [(each.kind, each.state, each.last_error) for each in stuck] == []
    books_are_sound()


def _mixed(chance: random.Random, orders: list[Sold], sandbox: Sandbox, count: int) -> list[Callable[[], Any]]:
    jobs: list[Callable[[], Any]] = []
    for number in range(count):
        sold = chance.choice(orders)
        amount = chance.randrange(1, 4_000)
        line, name = chance.choice([("1", GOODS), ("*", Head.STATUTORY)])
        wanted = instruction(
            sold, f"r-{number}", (line, name, amount), funding=chance.choice([Funding.MERCHANT, Funding.FUND])
        )
        jobs.append(
            chance.choice(
                [
                    lambda wanted=wanted: _command(wanted),
                    lambda wanted=wanted: _command(wanted),
                    lambda sold=sold: service.settle_order(sold.id, NOW),
                    lambda number=number, sold=sold: service.top_up_deposit(
                        sold.merchant_id, "CNY", 1_500, f"d-{number}", NOW
                    ),
                    lambda number=number, sold=sold: service.pay_out_merchant(
                        sold.merchant_id, "CNY", 500, f"out-{number}", NOW
                    ),
                    lambda: service.carry_out_due(NOW, 5),
                    lambda: sandbox.advance(NOW + timedelta(minutes=2), 5),
                    lambda: sandbox.deliver(NOW + timedelta(minutes=2), 5),
                ]
            )
        )
    return jobs
