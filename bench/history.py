"""Whether what people wait for grows with history: opening, lists, reading and the sweep.

The same work is timed twice on one database: with ten thousand cases in it, and when the history has grown to a million
(or to what is asked for: `python -m bench.history 10000000`). History is copied from two real cases by SQL, with their
orders, events and notices: closed ones over three years, and one in twenty still waiting for its merchant.
Budget: p99 at most 1.5 × that at ten thousand. Ends with 1 when it is missed.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.http_ground import FIRST_NUMBER, filled, order_id

SMALL = 10_000
LARGE = 1_000_000
BUDGET = 1.5
MERCHANTS = 400
TIMES = 1_000
"""So many of each kind are timed."""
WARM = MERCHANTS
"""So many before them are not: everybody who looks has looked once, so that cold pages are no part of it."""
STILL_OPEN = 20
"""One case in so many of the history waits for its merchant."""
PIECE = 100_000
"""Cases copied in one transaction."""
DEADLINES_AT_ONCE = 5

Work = Callable[[int], object]


def main() -> int:
    large = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    with filled(2 * (TIMES + WARM) + WARM + 2):
        from django.utils.timezone import now

        begun = now()
        numbers = iter(range(2 * (TIMES + WARM) + WARM + 2))
        closed, waiting = opened(next(numbers), begun), opened(next(numbers), begun)
        withdraw(closed, begun)
        never_due(waiting)
        fill(numbers, begun)
        grow(0, SMALL, closed, waiting)
        small = measured(numbers, begun)
        grow(SMALL, large, closed, waiting)
        grown = measured(numbers, begun)
    print(f"\n{'':>24} {f'at {SMALL:,}':>22} {f'at {large:,}':>22}    p99")
    worst = 0.0
    for name in small:
        ratio = p99(grown[name]) / p99(small[name])
        worst = max(worst, ratio)
        print(f"{name:>24} {told(small[name]):>22} {told(grown[name]):>22}   {ratio:4.2f} ×")
    held = worst <= BUDGET
    print(
        f"p99 at {large:,} cases, the worst: {worst:.2f} × (budget: at most {BUDGET}: {'held' if held else 'MISSED'})"
    )
    return 0 if held else 1


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


def told(took: list[float]) -> str:
    return f"{statistics.median(took) * 1000:7.2f}, p99 {p99(took) * 1000:6.2f} ms"


def opened(number: int, now: datetime) -> UUID:
    """A claim on this order for its second line."""
    from makewhole.core.case.model import Actor
    from makewhole.core.case.read import read_open
    from makewhole.core.words import Role
    from makewhole.rooms.cases import service

    claim = {
        "reasons": ["item_missing"], "lines": [{"line_id": "2", "quantity": 1}], "remedy": "refund_only",
        "story": "少了水果刀",
    }  # fmt: skip
    buyer = Actor(Role.BUYER, f"b-{FIRST_NUMBER + number}")
    return UUID(service.open_case(order_id(number), read_open(claim), buyer, now).case.id)


def withdraw(case_id: UUID, now: datetime) -> None:
    from makewhole.core.case.commands import Withdraw
    from makewhole.core.case.model import Actor
    from makewhole.core.words import Role
    from makewhole.rooms.cases import service
    from makewhole.rooms.cases.models import Case

    buyer = Actor(Role.BUYER, Case.objects.get(id=case_id).buyer_id)
    service.act(case_id, Withdraw(), buyer, now)


def fill(numbers: Iterator[int], now: datetime) -> None:
    """Some of each row, money's too: what is planned for an empty table is slow until the database looks again."""
    from makewhole.rooms.cases.service import expire_due

    for _ in range(WARM):
        opened(next(numbers), now)
    expire_due(now + timedelta(days=10), WARM)


def never_due(case_id: UUID) -> None:
    """Keep the sweep from the case that others are copied from."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_obligation SET due_at = due_at + interval '1 year' WHERE case_id = %s", [case_id])


_CASE_ID = "('0ca5e000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
_ORDER_ID = "('00de2000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
_MERCHANT_ID = f"'m-' || mod(n, {MERCHANTS})"
_BUYER_ID = "'h-' || n / 10"
_AGO = "make_interval(mins => mod(n, 1500000))"

COPIED: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "orders_order",
        "t.id = (SELECT order_id FROM cases_case WHERE id = %(like)s)",
        {"id": _ORDER_ID, "number": "'h-' || n", "merchant_id": _MERCHANT_ID, "buyer_id": _BUYER_ID,
         "placed_at": f"t.placed_at - {_AGO}"},
    ),
    (
        "cases_case",
        "t.id = %(like)s",
        {"id": _CASE_ID, "order_id": _ORDER_ID, "order_number": "'h-' || n", "merchant_id": _MERCHANT_ID,
         "buyer_id": _BUYER_ID, "opened_at": f"t.opened_at - {_AGO}", "closed_at": f"t.closed_at - {_AGO}",
         "next_due_at": "t.next_due_at + interval '1 year'"},
    ),
    (
        "cases_event",
        "t.case_id = %(like)s",
        {"position": "nextval(pg_get_serial_sequence('cases_event', 'position'))", "case_id": _CASE_ID,
         "merchant_id": _MERCHANT_ID, "at": f"t.at - {_AGO}"},
    ),
    (
        "cases_obligation",
        "t.case_id = %(like)s",
        {"id": "gen_random_uuid()", "case_id": _CASE_ID, "order_id": _ORDER_ID, "merchant_id": _MERCHANT_ID,
         "due_at": "t.due_at + make_interval(secs => n)"},
    ),
    (
        "cases_hold",
        "t.order_id = (SELECT order_id FROM cases_case WHERE id = %(like)s)",
        {"order_id": _ORDER_ID, "merchant_id": _MERCHANT_ID},
    ),
    (
        "notices_notice",
        "t.case_id = %(like)s",
        {"id": "gen_random_uuid()", "case_id": _CASE_ID, "merchant_id": _MERCHANT_ID,
         "to_id": f"CASE t.to_role WHEN 'merchant' THEN {_MERCHANT_ID} WHEN 'buyer' THEN {_BUYER_ID} ELSE t.to_id END",
         "created_at": f"t.created_at - {_AGO}", "spread_at": "t.created_at"},
    ),
)  # fmt: skip
"""What a case of the history consists of: the table, which rows are copied, and what is different in the copy."""


def grow(first: int, last: int, closed: UUID, waiting: UUID) -> None:
    """Let the history reach from case `first` to `last`."""
    from django.db import connection, transaction

    begun = time.monotonic()
    with connection.cursor() as cursor:
        for start in range(first, last, PIECE):
            end = min(start + PIECE, last)
            with transaction.atomic():
                for like, which in ((closed, "<> 0"), (waiting, "= 0")):
                    for table, where, changes in COPIED:
                        pairs = ", ".join(f"'{name}', {value}" for name, value in changes.items())
                        cursor.execute(
                            f"INSERT INTO {table} SELECT (r).* FROM (SELECT jsonb_populate_record(t,"
                            f" jsonb_build_object({pairs})) AS r FROM generate_series(%(start)s, %(end)s - 1) AS n,"
                            f" {table} t WHERE {where} AND mod(n, {STILL_OPEN}) {which} OFFSET 0) AS copied",
                            {"like": like, "start": start, "end": end},
                        )
            print(f"\rhistory: {end:,} cases, {time.monotonic() - begun:.0f} s", end="", flush=True)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    print()


def measured(numbers: Iterator[int], now: datetime) -> dict[str, list[float]]:
    """Seconds that each piece of work took."""
    from makewhole.rooms.cases.service import expiring

    expiring.BATCH = DEADLINES_AT_ONCE
    fresh = [next(numbers) for _ in range(TIMES + WARM)]
    works = {"open a case": lambda turn: opened(fresh[turn], now), **looks(fresh, now)}
    took = {name: timed(do, TIMES) for name, do in works.items()}
    overdue = now + timedelta(days=10)
    turns = (TIMES + WARM) // DEADLINES_AT_ONCE
    sweep = timed(lambda _: expiring.expire_due(overdue, DEADLINES_AT_ONCE), turns * 3 // 4, turns // 8)
    return {**took, f"{DEADLINES_AT_ONCE} deadlines, paid": sweep}


def timed(do: Work, times: int, warm: int = WARM) -> list[float]:
    took = []
    for turn in range(warm + times):
        begun = time.perf_counter()
        do(turn)
        took.append(time.perf_counter() - begun)
    return took[warm:]


def looks(fresh: list[int], now: datetime) -> dict[str, Work]:
    """What people look at, each time another's."""
    from makewhole.core.case.model import Actor
    from makewhole.core.words import Role, Stage
    from makewhole.rooms.cases import models, queries
    from makewhole.rooms.notices import queries as notices

    agent, operator = Actor(Role.AGENT, "agent"), Actor(Role.OPERATOR, "operator")
    shut = queries.Filter(stage=Stage.CLOSED)

    def merchant(turn: int) -> Actor:
        return Actor(Role.MERCHANT, f"m-{turn % MERCHANTS}")

    def read(turn: int) -> Any:
        buyer = f"b-{FIRST_NUMBER + fresh[turn]}"
        case_id = models.Case.objects.filter(buyer_id=buyer).values_list("id", flat=True)[0]
        return queries.read_case(case_id, Actor(Role.BUYER, buyer), now)

    return {
        "read a case": read,
        "a merchant's queue": lambda turn: queries.inbox(merchant(turn)),
        "how much waits": lambda turn: queries.how_much_waits(merchant(turn), now),
        "a merchant's past cases": lambda turn: queries.inbox(merchant(turn), shut, limit=20),
        "a merchant's unread": lambda turn: notices.unread_count(merchant(turn)),
        "a buyer's cases": lambda turn: queries.inbox(Actor(Role.BUYER, f"h-{turn % (SMALL // 10)}")),
        "the agents' desk": lambda _: queries.inbox(agent),
        "all cases": lambda _: queries.inbox(operator),
    }


if __name__ == "__main__":
    sys.exit(main())
