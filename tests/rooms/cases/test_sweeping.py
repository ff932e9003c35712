"""A sweep takes many deadlines at once: what is shared, what is broken, and who else is at work on the same orders."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, connections

from makewhole.core.case import commands as c
from makewhole.core.ledger.refusals import MoneyRefused
from makewhole.integrations.payments.sandbox import bank
from makewhole.rooms.cases import queries, service
from makewhole.rooms.cases.service import Refused, expiring
from makewhole.rooms.treasury import service as treasury
from tests.core.case.play import MERCHANT, START
from tests.rooms.cases.stage import Clock, claim, numbered, sell
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import balance, play

pytestmark = pytest.mark.django_db(transaction=True)
SILENT_SINCE = START + timedelta(hours=49)
"""The merchant's time to answer is over by then."""


def events(case_id: UUID) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind FROM cases_event WHERE case_id = %s ORDER BY sequence", [case_id])
        return [kind for (kind,) in cursor.fetchall()]


def claimed(*order_ids: UUID) -> list[UUID]:
    return [UUID(claim(order_id).id) for order_id in order_ids]


def all_is_well() -> None:
    books_are_sound()
    wrong = [(check.title, result) for check in queries.checks() if (result := check.run()).wrong]
    assert not wrong, wrong


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What sweeps had to say about batches and cases that failed."""
    return [record.getMessage() for record in caplog.records if record.name == expiring.__name__]


def test_fifty_silent_merchants_are_swept_in_one_batch(caplog: pytest.LogCaptureFixture) -> None:
    cases = claimed(*sell(*[numbered(f"A-{number}") for number in range(expiring.BATCH)]))
    assert service.expire_due(SILENT_SINCE, 1_000) == expiring.BATCH
    assert Counter(tuple(events(case_id)) for case_id in cases) == {
        ("opened", "claim_accepted", "payment_made"): expiring.BATCH
    }
    assert balance("outgoing") == expiring.BATCH * 10_000
    assert failures(caplog) == []
    all_is_well()


def test_one_broken_order_of_a_batch_keeps_its_deadline_and_the_others_go(caplog: pytest.LogCaptureFixture) -> None:
    orders = sell(*[numbered(f"A-{number}") for number in range(10)])
    cases = claimed(*orders)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM treasury_escrow WHERE order_id = %s", [orders[4]])
    assert service.expire_due(SILENT_SINCE, 1_000) == 9
    assert events(cases[4]) == ["opened"]
    assert all(len(events(case_id)) == 3 for case_id in cases if case_id != cases[4])
    assert [said for said in failures(caplog) if str(orders[4]) in said]
    assert len(failures(caplog)) == 2


def test_what_is_overdue_on_one_order_follows_one_after_the_other() -> None:
    (order_id,) = sell(numbered("A-1"))
    cases = claimed(order_id, order_id)
    assert service.expire_due(SILENT_SINCE, 1_000) == 2
    assert [events(case_id) for case_id in cases] == [["opened", "claim_accepted", "payment_made"]] * 2
    assert balance("outgoing") == 20_000
    all_is_well()


def test_merchants_without_money_are_asked_side_by_side_and_their_fund_pays_side_by_side() -> None:
    clock = Clock(play())
    treasury.top_up_fund("CNY", 45_000, "start", START)
    treasury.top_up_deposit("merchant-1", "CNY", 15_000, "d-1", START)
    orders = sell(*[numbered(f"A-{number}")._replace(completed_at=START) for number in range(6)])
    for number, order_id in enumerate(orders):
        treasury.settle_order(order_id, START)
        treasury.pay_out_merchant("merchant-1", "CNY", 21_000, f"out-{number}", START)
    cases = claimed(*orders)
    for _ in range(2):
        clock.pass_hours(49)
    # The deposit of 15,000 comes back at once, and is then laid out for the sixth.
    assert [events(case_id)[1:4] for case_id in cases] == [["claim_accepted", "payment_short", "payment_made"]] * 6
    assert (balance("fund"), balance("deposit"), balance("receivable")) == (0, 0, -45_000)
    all_is_well()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sweeps_commands_chargebacks_and_settling_on_the_same_orders_never_deadlock(
    seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(seed)
    sandbox = play()
    treasury.top_up_fund("CNY", 1_000_000, "start", START)
    sold = [numbered(f"A-{number}")._replace(completed_at=START) for number in range(60)]
    orders = sell(*[order._replace(merchant_id=f"merchant-{number % 4}") for number, order in enumerate(sold)])
    for order_id in chance.sample(orders, 30):
        treasury.settle_order(order_id, START)
    for number in range(4):
        treasury.top_up_deposit(f"merchant-{number}", "CNY", 20_000, f"d-{number}", START)
    cases = claimed(*orders)
    disputes = [bank.open_dispute(f"ref-A-{number}", 8_000, START) for number in range(0, 60, 3)]
    jobs: list[Callable[[], object]] = []
    for number, order_id in enumerate(orders):
        jobs.append(lambda order_id=order_id: treasury.settle_order(order_id, SILENT_SINCE))
        jobs.append(lambda case_id=cases[number], by=number % 4: accept(case_id, by))
        jobs.append(lambda number=number: treasury.pay_out_merchant(
            f"merchant-{number % 4}", "CNY", 7_000, f"out-{number}", SILENT_SINCE))  # fmt: skip
    jobs += [lambda: service.expire_due(SILENT_SINCE, 200)] * 40
    jobs += [lambda: sandbox.deliver(SILENT_SINCE, 5)] * 20
    jobs += [lambda: treasury.settle_due(SILENT_SINCE, 30)] * 10
    jobs += [lambda dispute=dispute: bank.close_dispute(dispute, lost=True, now=SILENT_SINCE) for dispute in disputes]
    chance.shuffle(jobs)
    at_once(jobs, threads=12)
    clock = Clock(sandbox, SILENT_SINCE)
    clock.pass_hours(60, timedelta(hours=6))
    assert failures(caplog) == []
    assert all("payment_made" in events(case_id) for case_id in cases)
    all_is_well()


def accept(case_id: UUID, merchant: int) -> None:
    service.act(case_id, c.AcceptClaim(), MERCHANT._replace(party_id=f"merchant-{merchant}"), SILENT_SINCE)


def at_once(jobs: Iterable[Callable[[], object]], threads: int) -> None:
    """Run the jobs in threads that start together; a polite refusal is fine, every other error fails the test."""
    todo = list(jobs)
    gate = threading.Barrier(threads)
    started = threading.local()

    def run(job: Callable[[], object]) -> None:
        if not getattr(started, "yes", False):
            started.yes = True
            gate.wait(timeout=60)
        try:
            job()
        except (Refused, MoneyRefused):
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, todo))
