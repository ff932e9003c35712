"""Commands that race: one winner, polite losers, and nothing acknowledged is ever lost."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, connections

from makewhole.core.case import commands as c
from makewhole.core.words import Remedy, Step
from makewhole.rooms.cases import queries, service
from makewhole.rooms.cases.service import Refused
from tests.core.case.play import BUYER, MERCHANT, START
from tests.rooms.cases.stage import claim, numbered, sell

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 50


@pytest.fixture
def together(django_db_blocker: object) -> Iterator[Callable[[Callable[[int], object]], list[object]]]:
    """Run something fifty times at once, each in its own connection; what each returned or was refused with."""
    gate = threading.Barrier(CROWD)

    def once(work: Callable[[int], object], number: int) -> object:
        gate.wait()
        try:
            return work(number)
        except Refused as refused:
            return refused.refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CROWD) as pool:
        yield lambda work: list(pool.map(lambda number: once(work, number), range(CROWD)))


def events(case_id: UUID) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind FROM cases_event WHERE case_id = %s ORDER BY sequence", [case_id])
        return [kind for (kind,) in cursor.fetchall()]


def test_fifty_claims_on_the_last_unit_make_one_case_and_forty_nine_polite_refusals(together) -> None:  # type: ignore[no-untyped-def]
    (order_id,) = sell(numbered("A-1", quantities=(1,)))
    answers = Counter(
        answer if isinstance(answer, str) else "opened" for answer in together(lambda number: claim(order_id))
    )
    assert answers == {"opened": 1, "units_taken": CROWD - 1}
    with connection.cursor() as cursor:
        cursor.execute("SELECT held, quantity FROM cases_hold WHERE order_id = %s", [order_id])
        assert cursor.fetchall() == [(1, 1)]


def test_the_database_itself_refuses_to_hold_a_unit_twice() -> None:
    (order_id,) = sell(numbered("A-1", quantities=(1,)))
    claim(order_id)
    with connection.cursor() as cursor, pytest.raises(Exception, match="cases_hold_within_line"):
        cursor.execute("UPDATE cases_hold SET held = held + 1 WHERE order_id = %s", [order_id])


def test_fifty_commands_at_once_have_one_effect(together) -> None:  # type: ignore[no-untyped-def]
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)

    def act(number: int) -> object:
        command = c.AcceptClaim() if number % 2 else c.RefuseClaim(note="No.")
        return service.act(case_id, command, MERCHANT, START, expected_version=1).events[0].kind.value

    answers = Counter(together(act))
    winner = answers.most_common()[-1][0]
    assert answers["case_changed"] == CROWD - 1
    assert winner in ("claim_accepted", "claim_refused")
    assert events(case_id).count("claim_accepted") + events(case_id).count("claim_refused") == 1


def test_fifty_payments_of_one_shortfall_pay_once(together) -> None:  # type: ignore[no-untyped-def]
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    together(lambda number: service.act(case_id, c.AcceptClaim(), MERCHANT, START))
    assert events(case_id) == ["opened", "claim_accepted", "payment_made"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(amount_minor) FROM treasury_intent WHERE order_id = %s", [order_id])
        assert cursor.fetchone() == (1, 10_000)


def test_sweeps_at_once_let_each_deadline_fire_exactly_once(together) -> None:  # type: ignore[no-untyped-def]
    orders = sell(*(numbered(f"A-{number}") for number in range(60)))
    cases = [UUID(claim(order_id).id) for order_id in orders]
    later = START + timedelta(hours=49)
    fired = sum(each for each in together(lambda number: service.expire_due(later, 100)) if isinstance(each, int))
    assert fired == len(cases)
    assert all(events(case_id) == ["opened", "claim_accepted", "payment_made"] for case_id in cases)


def test_a_sweep_and_a_command_race_for_the_same_case(together) -> None:  # type: ignore[no-untyped-def]
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    later = START + timedelta(hours=49)

    def both(number: int) -> object:
        if number % 2:
            return service.expire_due(later, 10)
        return service.act(case_id, c.RefuseClaim(note="No."), MERCHANT, later).events[0].kind.value

    together(both)
    kinds = events(case_id)
    assert kinds in (["opened", "claim_refused"], ["opened", "claim_accepted", "payment_made"])


def test_a_process_killed_within_a_command_leaves_nothing_half_done() -> None:
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    program = [sys.executable, "-m", "tests.rooms.cases.dying", str(case_id), connection.settings_dict["NAME"]]
    died = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (died.returncode, died.stdout) == (9, "2 events decided, 3 in the books\n"), died.stderr
    assert events(case_id) == ["opened"]
    done = service.act(case_id, c.AcceptClaim(), MERCHANT, START)
    assert events(case_id) == ["opened", "claim_accepted", "payment_made"]
    assert done.case == queries.read_case(case_id, BUYER, START).case
    assert all(result.wrong == 0 for check in queries.checks() for result in (check.run(),))


def test_a_unit_is_free_again_when_its_case_is_over() -> None:
    (order_id,) = sell(numbered("A-1", quantities=(1,)))
    case_id = UUID(claim(order_id).id)
    service.act(case_id, c.Withdraw(), BUYER, START)
    case = claim(order_id, remedy=Remedy.RESHIP)
    assert case.obligation(Step.RESPOND) is not None
