"""How many deadlines take their consequence per second, with a million more pending, and what an idle look costs.

Two workers, one for each core, sweep what is overdue by the worker's own function. Nothing is switched off: fsync is
on, and every consequence is a full decision with its events, obligations and notices.

- `paid`: the merchant was silent on the claim, so it is accepted and paid from the order's escrow. Budget: 3,000/s.
- `closed`: the buyer was silent on a refusal, so the case closes; no money moves.
- `bare`: what the database alone can do: the obligation is taken away and another put in its place, an event is added
  and the case rewritten, fifty at a time, by one statement that decides nothing.

Run it with `python -m bench.sweep`; it ends with 1 when a budget is missed.
"""

import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.http_ground import FIRST_NUMBER, close_connections, filled, order_id

PENDING = 1_000_000
BUDGET_PER_SECOND = 3_000
BUDGET_IDLE_MS = 1.0
WORKERS = 2
ROUNDS = 3
SHARE = 400
"""Deadlines that each worker fires in a round."""
WARM = 300
"""Deadlines that each worker fires before: it runs for days, and the database plans a statement anew five times."""
EACH = WORKERS * (WARM + ROUNDS * (SHARE + 100))
"""Cases of each kind: some more than are swept, so that no worker looks for the last ones."""
IDLE_LOOKS = 200
AT_ONCE = 100
"""Cases opened in one transaction while the ground is laid."""


def main() -> int:
    with filled(EACH * len(ROADS)):
        from django.utils.timezone import now

        begun = now()
        for place, kind in enumerate(ROADS):
            open_cases(range(place * EACH, (place + 1) * EACH), begun + OPENED_AFTER[kind], refused=kind == "closed")
        add_pending(begun)
        idle_ms = idle_look(begun)
        rates = {kind: rates_of(kind, begun + OPENED_AFTER[kind] + SILENCE) for kind in ROADS}
    medians = {kind: statistics.median(found) for kind, found in rates.items()}
    for kind, found in rates.items():
        print(f"{kind:>7}: {medians[kind]:8,.0f} deadlines/s   ({', '.join(f'{rate:,.0f}' for rate in found)})")
    for kind in ("closed", "paid"):
        print(f"{kind} / bare = {medians[kind] / medians['bare']:.2f}")
    held = medians["paid"] >= BUDGET_PER_SECOND
    print(
        f"with money: {medians['paid']:,.0f}/s (budget: at least {BUDGET_PER_SECOND:,}: {'held' if held else 'MISSED'})"
    )
    print(f"an idle look with {PENDING:,} pending: {idle_ms:.2f} ms (budget: below {BUDGET_IDLE_MS:.0f} ms)")
    return 0 if held and idle_ms < BUDGET_IDLE_MS else 1


def open_cases(numbers: Sequence[int], now: datetime, *, refused: bool) -> None:
    """One claim on each of these orders, some in one transaction; refused by the merchant at once where asked."""
    from django.db import transaction

    from makewhole.core.case.model import Actor
    from makewhole.core.case.read import read_command, read_open
    from makewhole.core.words import Role
    from makewhole.rooms.cases import service

    claim = {"reasons": ["item_missing"], "lines": [{"line_id": "2", "quantity": 1}], "remedy": "refund_only"}
    refusal = read_command("refuse_claim", Role.MERCHANT, {"note": "出库称重记录显示已装箱。"})
    for start in range(0, len(numbers), AT_ONCE):
        with transaction.atomic():
            for number in numbers[start : start + AT_ONCE]:
                buyer = Actor(Role.BUYER, f"b-{FIRST_NUMBER + number}")
                case = service.open_case(order_id(number), read_open({**claim, "story": "少了水果刀"}), buyer, now).case
                if refused:
                    service.act(UUID(case.id), refusal, Actor(Role.MERCHANT, case.merchant_id), now)


def add_pending(now: datetime) -> None:
    """A million obligations that are not due yet, spread over a year. No case of the bench has one of them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_obligation (id, case_id, order_id, merchant_id, step, debtor, due_at, on_silence)"
            " SELECT gen_random_uuid(), case_id, order_id, merchant_id, step, debtor,"
            "        %s + n * interval '30 seconds', on_silence"
            "   FROM generate_series(1, %s) AS n,"
            "        (SELECT * FROM cases_obligation ORDER BY due_at DESC LIMIT 1) AS one",
            [now + timedelta(days=100), PENDING],
        )
        cursor.execute("VACUUM ANALYZE")
        # A database that runs for a while writes its log into files of its own past; a fresh one makes each anew.
        cursor.execute("CHECKPOINT")


def idle_look(now: datetime) -> float:
    """Milliseconds that a sweep takes which finds nothing."""
    from makewhole.rooms.cases.service import expire_due

    took = []
    for _ in range(IDLE_LOOKS):
        begun = time.perf_counter()
        if expire_due(now, SHARE):
            raise RuntimeError("something was due already")
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


def swept(now: datetime, most: int) -> int:
    """By the worker's own function."""
    from makewhole.rooms.cases.service import expire_due

    return expire_due(now, most)


_BARE = """
WITH due AS (SELECT * FROM cases_obligation WHERE due_at <= %(now)s ORDER BY due_at LIMIT 50 FOR UPDATE SKIP LOCKED)
   , met AS (DELETE FROM cases_obligation o USING due WHERE o.id = due.id)
   , moved AS (
        UPDATE cases_case c SET sequence = c.sequence + 1, next_due_at = %(later)s, state = c.state
          FROM due WHERE c.id = due.case_id RETURNING c.id, c.sequence, c.merchant_id)
   , happened AS (
        INSERT INTO cases_event (case_id, sequence, merchant_id, kind, at, role, actor_id, data, seal)
        SELECT id, sequence, merchant_id, 'reminded', %(now)s, 'system', 'system', '{}', decode(repeat('00', 32), 'hex')
          FROM moved)
   , owed AS (
        INSERT INTO cases_obligation (id, case_id, order_id, merchant_id, step, debtor, due_at, on_silence)
        SELECT gen_random_uuid(), case_id, order_id, merchant_id, step, debtor, %(later)s, on_silence FROM due)
SELECT count(*) FROM due
"""


def bare(now: datetime, most: int) -> int:
    from makewhole.rooms import prepared

    fired = 0
    while fired < most:
        ((count,),) = prepared.run(_BARE, {"now": now, "later": now + timedelta(days=1)})
        if not count:
            break
        fired += count
    return fired


ROADS: dict[str, Callable[[datetime, int], int]] = {"closed": swept, "paid": swept, "bare": bare}
OPENED_AFTER = {"closed": timedelta(0), "paid": timedelta(days=8), "bare": timedelta(days=16)}
"""Each kind falls due when the one before is swept."""
SILENCE = timedelta(days=7)


def rates_of(kind: str, now: datetime) -> list[float]:
    """Deadlines per second of all workers together, in each round."""
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(WORKERS)]
    workers = [context.Process(target=_work, args=(kind, now, far), daemon=True) for _, far in pipes]
    for worker in workers:
        worker.start()
    rates = []
    for near, _ in pipes:
        near.recv()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for near, _ in pipes:
            near.send(SHARE)
        fired = sum(near.recv() for near, _ in pipes)
        rates.append(fired / (time.perf_counter() - begun))
        if fired < WORKERS * SHARE:
            raise RuntimeError(f"only {fired} deadlines fired, of {WORKERS * SHARE}")
    for (near, _), worker in zip(pipes, workers, strict=True):
        near.send(0)
        worker.join()
    ROADS[kind](now, EACH)
    return rates


def _work(kind: str, now: datetime, orders: Any) -> None:
    import django

    django.setup()
    from makewhole.doors.worker.collecting import spare_what_is_loaded

    ROADS[kind](now, WARM)
    spare_what_is_loaded()
    orders.send(True)
    while most := orders.recv():
        orders.send(ROADS[kind](now, most))
    close_connections()


if __name__ == "__main__":
    sys.exit(main())
