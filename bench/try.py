"""Past cases tried a second on two threads, against a plain scan and sum of the same columns in the same run.

A thousand claims for every reason the Chinese book covers, on orders of different days and prices, are written as an
export and multiplied to millions of rows, in the order an export has. `try_rules` answers each case under two editions:
two that are near each other, as an operator changes rules, and the first and the latest of the book, which differ most.
The reference sums every column of the file, with the same threads. Times are wall clock and processor time of this
process: on a machine with other work the processor time tells what two free cores would do. Medians over the rounds.
Budget: five million cases a second on two cores, each with both answers, for either pair.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from bench.answer import RULEBOOKS, order_document
from makewhole.core.allocation.allocate import allocate
from makewhole.core.facts import Fact
from makewhole.core.order.read import read_order
from makewhole.core.rulebook.model import Claim, ClaimLine
from makewhole.core.rulebook.sql.row import claim_rows
from makewhole.core.words import Provenance, Reason, Remedy
from makewhole.rooms.rulebooks import queries
from makewhole.rooms.trials.service import export_cases, rules_named, try_rules
from makewhole.rooms.trials.store.files import FORMAT, FORMAT_KEY

NEAR, FAR = ("cn@2022-03-15", "cn@2025-08-15"), ("cn@2014-03-15", "cn@2025-08-15")
"""The rules of then and the changed ones."""

CASES = 1_000
MILLIONS = 5
ROUNDS = 3
BUDGET = 5_000_000
TOLD = {"goods_intact": Fact(True, Provenance.ALLEGED), "value_lost_percent": Fact(20, Provenance.ALLEGED)}


class Batch(NamedTuple):
    rows: list[dict[str, Any]]
    cases: int
    left_out: int


def batches() -> Iterator[Batch]:
    """The claims, each of one line; prices, days, merchants and the remedy asked for differ."""
    book = queries.book("cn", RULEBOOKS)
    remedies = list(Remedy)
    for number in range(CASES):
        document = order_document(number * 401)
        document["merchant_id"] = f"m-{number % 90}"
        order = read_order(document)
        allocation = allocate(order)
        rows = []
        for place, reason in enumerate(book.reasons):
            now = order.placed_at + timedelta(days=5 + number % 12, hours=place)
            line = ClaimLine("1", 1) if (number + place) % 2 else ClaimLine("2", 1 + number % 2)
            claim = Claim((Reason(reason),), (line,), TOLD if number % 3 else {}, now)
            for row in claim_rows(book.calendar, order, allocation, claim, now):
                row["case_id"] = f"{number}-{place}"
                row["wanted_remedy"] = remedies[(number + place) % len(remedies)].value
                row["month"] = f"{now:%Y-%m}"
                rows.append(row)
        yield Batch(rows, len(book.reasons), 0)


def multiplied(small: Path, big: Path) -> int:
    """The export again and again, to millions of rows in the order exports have; how many there are."""
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    count = connection.execute(f"SELECT count(*) FROM '{small}'").fetchone()
    times = MILLIONS * 1_000_000 // (count[0] if count else 1) + 1
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{small}'").fetchall()]
    columns = ", ".join("row_id * 1000 + k AS row_id" if name == "row_id" else name for name in names)
    reasons = connection.execute(f"SELECT DISTINCT reasons FROM '{small}' ORDER BY reasons").fetchall()
    again = f"range({times}) AS t(k)"
    rows = " UNION ALL ".join(
        f"SELECT {columns} FROM (SELECT * FROM '{small}' WHERE reasons = '{reason}' ORDER BY row_id), {again}"
        for (reason,) in reasons
    )
    connection.execute(
        f"COPY ({rows})"
        f" TO '{big}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{FORMAT_KEY.decode()}: '{FORMAT.decode()}'}})"
    )
    found = connection.execute(f"SELECT count(*) FROM '{big}'").fetchone()
    return found[0] if found else 0


class Spent(NamedTuple):
    wall: float
    processor: float


def spent(work: Callable[[], object]) -> Spent:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - processor)


def scan(path: Path) -> None:
    """The reference: every column that holds anything, summed up by reason."""
    connection = duckdb.connect(config={"threads": 2})
    described = connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    wanted = [f"sum({name})" if kind == "BIGINT" else f"count({name})" for name, kind, *_ in described]
    connection.execute(f"SELECT reasons, {', '.join(wanted)} FROM '{path}' GROUP BY reasons").fetchall()


def measure() -> dict[str, float]:
    book = queries.book("cn", RULEBOOKS)
    with tempfile.TemporaryDirectory(prefix="makewhole-bench-") as folder:
        small, big = Path(folder) / "small.parquet", Path(folder) / "big.parquet"
        export_cases(small, batches())
        count = multiplied(small, big)

        def tried(editions: tuple[str, str]) -> Spent:
            against, changed = (rules_named(book, name) for name in editions)

            def trial() -> None:
                report = try_rules(big, changed, against, threads=2)
                if report.in_all.cases != count or not report.in_all.changed:
                    raise AssertionError(f"{report.in_all.cases} of {count} cases were tried")

            return spent(trial)

        rounds = [(tried(NEAR), tried(FAR), spent(lambda: scan(big))) for _ in range(ROUNDS)]
    near, far, scans = ([each[side] for each in rounds] for side in range(3))

    def on_two_cores(times: list[Spent]) -> float:
        return count / statistics.median(one.processor / 2 for one in times)

    return {
        "cases": count,
        "cases_per_second": on_two_cores(near),
        "cases_per_second_far": on_two_cores(far),
        "wall_per_second": count / statistics.median(one.wall for one in near),
        "scan_rows_per_second": on_two_cores(scans),
        "to_scan": statistics.median(scanned.processor / one.processor for one, _, scanned in rounds),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Print what was measured; 1 when the budget is missed."""
    found = measure()
    missed = [name for name in ("cases_per_second", "cases_per_second_far") if found[name] < BUDGET]
    if "--json" in arguments:
        print(json.dumps({"bench": "try", "found": found, "budgets": {"cases_per_second": BUDGET}, "missed": missed}))
        return int(bool(missed))
    print(
        f"Trials on {found['cases']:,.0f} past cases, two threads, all reasons of cn, each answered under two editions"
    )
    print(f"  cases tried            {found['cases_per_second']:>12,.0f} /s   budget {BUDGET:,} /s; by processor time")
    print(f"  first against latest   {found['cases_per_second_far']:>12,.0f} /s   the same budget")
    print(f"  cases by the clock     {found['wall_per_second']:>12,.0f} /s   with whatever else ran here")
    print(f"  scan of all columns    {found['scan_rows_per_second']:>12,.0f} /s   the reference of the same run")
    print(f"  memory at most         {found['memory_mb']:>12,.0f} MB")
    if missed:
        print(f"  MISSED: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
