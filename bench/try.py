"""Past cases tried a second on two threads, against a plain scan and sum of the same columns in the same run.

A thousand claims for every reason the Chinese book covers, on orders of different days and prices, are written as an
export and multiplied to millions of rows. `try_rules` answers each case under two editions, 2022-03-15 and the latest,
so a case tried is two answers; the budget counts answers, the figure above it cases with both. The reference sums
every column of the file, with the same threads. Times are wall clock and processor time of this process: on a
machine with other work the processor time tells what two free cores would do. Medians over the rounds. Budget: five
million answers a second on two cores.
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

EDITIONS = ("cn@2022-03-15", "")
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
    rows = " UNION ALL ".join(
        f"SELECT {columns} FROM (SELECT * FROM '{small}' WHERE reasons = '{reason}' ORDER BY row_id), range({times}) AS t(k)"
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
    names = [name or book.editions[-1].name for name in EDITIONS]
    with tempfile.TemporaryDirectory(prefix="makewhole-bench-") as folder:
        small, big = Path(folder) / "small.parquet", Path(folder) / "big.parquet"
        export_cases(small, batches())
        count = multiplied(small, big)

        def trial() -> None:
            report = try_rules(big, rules_named(book, names[1]), rules_named(book, names[0]), threads=2)
            if report.in_all.cases != count:
                raise AssertionError(f"{report.in_all.cases} of {count} cases were tried")

        rounds = [(spent(trial), spent(lambda: scan(big))) for _ in range(ROUNDS)]
    trials, scans = ([each[side] for each in rounds] for side in (0, 1))
    on_two_cores = count / statistics.median(one.processor / 2 for one in trials)
    return {
        "cases": count,
        "wall_per_second": count / statistics.median(one.wall for one in trials),
        "cases_per_second": on_two_cores,
        "answers_per_second": 2 * on_two_cores,
        "scan_rows_per_second": count / statistics.median(one.processor / 2 for one in scans),
        "to_scan": statistics.median(b.processor / a.processor for a, b in rounds),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Print what was measured; 1 when the budget is missed."""
    found = measure()
    missed = found["answers_per_second"] < BUDGET
    if "--json" in arguments:
        told = {"bench": "try", "found": found, "budgets": {"answers_per_second": BUDGET}}
        print(json.dumps(told | {"missed": ["answers_per_second"] if missed else []}))
        return int(missed)
    print(f"Trials on {found['cases']:,.0f} past cases, two threads, all reasons of cn, two editions")
    print(f"  cases, both answers    {found['cases_per_second']:>12,.0f} /s   by processor time")
    print(f"  answers                {found['answers_per_second']:>12,.0f} /s   budget {BUDGET:,} /s")
    print(f"  cases by the clock     {found['wall_per_second']:>12,.0f} /s   with whatever else ran here")
    print(f"  scan of all columns    {found['scan_rows_per_second']:>12,.0f} /s   the reference of the same run")
    print(f"  memory at most         {found['memory_mb']:>12,.0f} MB")
    if missed:
        print("  MISSED: answers_per_second")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
