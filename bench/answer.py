"""Full answers per second on one core, over a mix of all reasons, against a plain loop over a table of forty rows.

The reference runs in the same process, in turns with the engine, so that a machine that slows down slows both. What is
stated is the median of the rounds. Budgets: at least 20,000 full answers a second with all layers of cn loaded; a plain
decision (which rules hold, with its facts filled) at least five times zen-engine's best mode, which was measured at
0.199 of the same plain loop (129,700 against 653,000 a second on one machine).
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from makewhole.core.allocation.allocate import allocate
from makewhole.core.allocation.model import Allocation
from makewhole.core.facts import Fact
from makewhole.core.order.model import Order
from makewhole.core.order.read import read_order
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.explain import explain
from makewhole.core.rulebook.generate import Matcher, matching
from makewhole.core.rulebook.model import Claim, ClaimLine
from makewhole.core.rulebook.rule import Between, Is, Rulebook
from makewhole.core.words import Provenance, Reason
from makewhole.rooms.rulebooks import queries

RULEBOOKS = Path(__file__).parents[1] / "rulebooks"
ZONE = ZoneInfo("Asia/Shanghai")
ROUNDS = 15
ANSWERS_PER_ROUND = 1_100
DECISIONS_PER_ROUND = 20_000
BUDGET_ANSWERS = 20_000
ZEN_TO_LOOP = 129_700 / 653_000
BUDGET_DECISIONS = 5 * ZEN_TO_LOOP


class Case(NamedTuple):
    order: Order
    allocation: Allocation
    claim: Claim
    now: datetime


def order_document(minute: int) -> dict[str, Any]:
    """An order of two lines with freight, delivered after three days; every one placed at another minute."""
    placed = datetime(2026, 11, 10, 10, tzinfo=ZONE) + timedelta(minutes=minute)
    return {
        "id": f"B-{minute}", "merchant_id": "m", "merchant_name": "青禾", "buyer_id": "b", "market": "cn",
        "currency": "CNY", "placed_at": placed.isoformat(),
        "lines": [
            {"id": "1", "sku": "cup", "title": "杯", "category": "home", "quantity": 1, "unit_price_minor": 19900},
            {"id": "2", "sku": "mat", "title": "垫", "category": "home", "quantity": 2, "unit_price_minor": 3500},
        ],
        "freight": {"amount_minor": 1000},
        "payments": [{
            "id": "p", "means": "money", "amount_minor": 27900, "provider": "alipay", "reference": "A",
            "paid_at": placed.isoformat(),
        }],
        "promises": {"deliver_by": (placed + timedelta(days=2)).isoformat()},
        "parcels": [{
            "id": "P", "carrier": "SF", "tracking_number": "SF1",
            "events": [
                {"kind": "dispatched", "at": (placed + timedelta(hours=60)).isoformat()},
                {"kind": "signed", "at": (placed + timedelta(days=4)).isoformat()},
            ],
        }],
    }  # fmt: skip


def cases(book: Rulebook) -> list[Case]:
    """One claim for every reason on orders of different minutes, some with facts told; no two alike in time."""
    told = {"goods_intact": Fact(True, Provenance.ALLEGED), "value_lost_percent": Fact(20, Provenance.ALLEGED)}
    made: list[Case] = []
    for minute in range(ANSWERS_PER_ROUND // len(book.reasons)):
        order = read_order(order_document(minute))
        allocation = allocate(order)
        for place, reason in enumerate(book.reasons):
            now = order.placed_at + timedelta(days=6, hours=place, seconds=minute)
            line = ClaimLine("1", 1) if place % 2 else ClaimLine("2", 1)
            made.append(
                Case(order, allocation, Claim((Reason(reason),), (line,), told if minute % 2 else {}, now), now)
            )
    return made


TABLE = tuple(
    {"low": 10 * row, "high": 10 * row + 9, "kind": "hidden" if row % 2 else "visible", "give": row}
    for row in range(40)
)
"""Forty rows of the plain table: the one that fits a number of days and a kind gives its result."""


def loop_over_table(days: int, kind: str) -> int:
    """The reference: the plainest Python there is."""
    for row in TABLE:
        if row["low"] <= days <= row["high"] and row["kind"] == kind:  # type: ignore[operator]
            return row["give"]  # type: ignore[return-value]
    return -1


def compiled_table() -> Callable[[int, str], int]:
    """The same table as rules of the engine, compiled as a rulebook's are."""
    slots = {"unrepaired_days": 0, "defect_kind": 1}
    rows = [
        Matcher((Between("unrepaired_days", row["low"], row["high"]), Is("defect_kind", (row["kind"],))), ())  # type: ignore[arg-type]
        for row in TABLE
    ]
    made = matching(rows, slots, queries.book("cn", RULEBOOKS).calendar)
    place_of = {signs.holds: row["give"] for signs, row in zip(made.signs, TABLE, strict=True)}
    moment = datetime(2026, 11, 10, tzinfo=ZONE)

    def decide(days: int, kind: str) -> int:
        given: Any = place_of.get(made.run([days, kind], moment)[0], -1)
        return int(given)

    return decide


def inputs() -> list[tuple[int, str]]:
    return [(number * 37 % 420, "hidden" if number % 3 else "visible") for number in range(DECISIONS_PER_ROUND)]


def rate(work: Callable[[], None], count: int) -> float:
    """How many a second, in time of this process's own processor."""
    start = time.process_time()
    work()
    return count / (time.process_time() - start)


def each(function: Callable[[int, str], int], given: Sequence[tuple[int, str]]) -> Callable[[], None]:
    def work() -> None:
        for days, kind in given:
            function(days, kind)

    return work


def measure() -> dict[str, float]:
    """Medians over the rounds; the engine and its references take turns."""
    book = queries.book("cn", RULEBOOKS)
    mix, given, decide = cases(book), inputs(), compiled_table()
    wrong = [one for one in given if decide(*one) != loop_over_table(*one)]
    if wrong:
        raise AssertionError(f"the compiled table and the loop disagree on {wrong[0]}")

    def answers() -> None:
        for case in mix:
            assess(book, case.order, case.allocation, case.claim, case.now)

    told = [assess(book, case.order, case.allocation, case.claim, case.now) for case in mix[:220]]

    def texts() -> None:
        for case, answer in zip(mix, told, strict=False):
            explain(answer, book, case.order, "zh")

    rates: dict[str, list[float]] = {"answers": [], "loop": [], "decisions": [], "texts": []}
    for _ in range(ROUNDS):
        rates["loop"].append(rate(each(loop_over_table, given), len(given)))
        rates["answers"].append(rate(answers, len(mix)))
        rates["decisions"].append(rate(each(decide, given), len(given)))
        rates["texts"].append(rate(texts, len(told)))
    found = {name: statistics.median(values) for name, values in rates.items()}
    ratios = [one / loop for one, loop in zip(rates["decisions"], rates["loop"], strict=True)]
    answer_ratios = [one / loop for one, loop in zip(rates["answers"], rates["loop"], strict=True)]
    return found | {"decisions_to_loop": statistics.median(ratios), "answers_to_loop": statistics.median(answer_ratios)}


def main(arguments: Sequence[str] = ()) -> int:
    """Print what was measured; 1 when a budget is missed."""
    found = measure()
    budgets = {"answers": BUDGET_ANSWERS, "decisions_to_loop": BUDGET_DECISIONS}
    missed = [name for name, least in budgets.items() if found[name] < least]
    if "--json" in arguments:
        print(json.dumps({"bench": "answer", "found": found, "budgets": budgets, "missed": missed}))
        return int(bool(missed))
    print("Answers, one core, all layers of cn, a mix of all its reasons")
    answers, decisions = f"{found['answers_to_loop']:.3f} x the loop", f"{found['decisions_to_loop']:.2f} x the loop"
    print(f"  full answers           {found['answers']:>12,.0f} /s   {answers}, budget {BUDGET_ANSWERS:,} /s")
    print(f"  answers told in words  {found['texts']:>12,.0f} /s")
    print(f"  plain decisions        {found['decisions']:>12,.0f} /s   {decisions}, budget {BUDGET_DECISIONS:.2f} x")
    print(f"  loop over 40 rows      {found['loop']:>12,.0f} /s   the reference of the same run")
    for name in missed:
        print(f"  MISSED: {name}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
