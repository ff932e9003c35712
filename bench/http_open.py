"""How many cases open per second over HTTP, against pgbench running the very same statements.

Budget (docs/performance.md): with 16 connections and every middleware on, at least 0.5 × pgbench with 8 clients.
`python bench/http_open.py` does everything itself and leaves nothing behind; it needs pgbench for the reference.
"""

import json
import re
import statistics
import sys
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.http_ground import (
    FIRST_NUMBER,
    REFERENCE_CLIENTS,
    Ground,
    NoReference,
    captured,
    cpu_seconds,
    drive,
    find_pgbench,
    ground,
    http_request,
    order_id,
    reference,
    token_of,
)
from bench.http_load import write_requests

BUDGET = 0.5
ROUNDS = 3
SECONDS = 3
PER_ROUND_HTTP = 4_500
PER_CLIENT = 1_200
"""Orders set aside for each round and client: an order is claimed once."""
WARM_UP = 400
ID_TEXT = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}(?![0-9a-f])")
"""An id as text, with or without its dashes."""


def opening(number: int) -> bytes:
    """The body that claims a missing knife."""
    return json.dumps(
        {
            "order_id": str(order_id(number)),
            "reasons": ["item_missing"],
            "lines": [{"line_id": "2", "quantity": 1}],
            "remedy": "refund_only",
            "story": "拆开包裹只有苹果，没有水果刀。",
        },
        ensure_ascii=False,
    ).encode()


def opening_requests(place: Ground, numbers: Iterable[int]) -> Iterator[bytes]:
    for number in numbers:
        token = token_of(place, f"b-{FIRST_NUMBER + number}")
        yield http_request("POST", "/v1/cases", token, opening(number), str(uuid.uuid4()))


def script_of(statements: list[str], number: int) -> str:
    """One captured opening as a pgbench script: fresh ids and the next order each time, everything else as it was."""
    digits = str(FIRST_NUMBER + number)
    lines = [
        r"\set n :n + 1",
        rf"\set o {FIRST_NUMBER} + :base + :client_id * {PER_CLIENT} + :n",
    ]
    text = ";\n".join(statement.rstrip().rstrip(";") for statement in statements) + ";\n"
    met = [found.group().replace("-", "") for found in ID_TEXT.finditer(text)]
    names = {one: f"u{place}" for place, one in enumerate(dict.fromkeys(met)) if not one.endswith(digits)}
    lines += [rf"\set {name} random(100000000000, 999999999999)" for name in names.values()]

    def fresh(found: re.Match[str]) -> str:
        name = names.get(found.group().replace("-", ""))
        return f"{found.group()[:-12]}:{name}" if name else found.group()

    text = ID_TEXT.sub(fresh, text)
    return "\n".join([*lines, text.replace(digits, ":o")])


def capture_script(place: Ground, folder: Path, number: int) -> Path:
    """Open one case over HTTP while the database logs what it is asked, and make a script of it."""
    requests = folder / "one.requests"
    write_requests(requests, opening_requests(place, [number]))
    sessions = captured(place, lambda: _expect_created(drive(place, requests, 5)))
    statements = [session for session in sessions if any("cases_case" in one for one in session)]
    if len(statements) != 1:
        raise RuntimeError(f"{len(statements)} sessions opened the one case")
    script = folder / "open.pgbench"
    script.write_text(script_of(statements[0], number), encoding="utf-8")
    print(f"reference: {len(statements[0])} statements, {script.stat().st_size} bytes")
    return script


def _expect_created(told: dict[str, object]) -> None:
    if set(told["statuses"]) != {"201"}:  # type: ignore[call-overload]
        raise RuntimeError(f"cases were not opened: {told}")


def main() -> None:
    """Measure in turns and print the medians, the ratio, and where the time goes."""
    try:
        find_pgbench()
    except NoReference as missing:
        sys.exit(f"http_open: {missing}")
    per_round = PER_ROUND_HTTP + REFERENCE_CLIENTS * PER_CLIENT
    orders = WARM_UP + 1 + ROUNDS * per_round
    print(f"importing {orders} orders into a fresh cluster with fsync on …")
    with ground(orders) as place:
        folder = place.home
        requests = folder / "open.requests"
        write_requests(requests, opening_requests(place, range(WARM_UP)))
        _expect_created(drive(place, requests, 30))
        script = capture_script(place, folder, WARM_UP)
        over_http, by_pgbench, spent = [], [], []
        for turn in range(ROUNDS):
            first = WARM_UP + 1 + turn * per_round
            write_requests(requests, opening_requests(place, range(first, first + PER_ROUND_HTTP)))
            before = cpu_seconds(place)
            told = drive(place, requests, SECONDS)
            _expect_created(told)
            after = cpu_seconds(place)
            over_http.append(told["per_second"])
            spent.append(
                {name: (after[name] - before[name]) / told["answers"] * 1000 for name in after}
                | {"generator": told["generator_cpu_seconds"] / told["answers"] * 1000}
            )
            by_pgbench.append(reference(place, [script], SECONDS, {"base": first + PER_ROUND_HTTP, "n": 0}))
            print(
                f"round {turn + 1}: HTTP {over_http[-1]:7.0f}/s (median {told['median_ms']:.1f} ms, "
                f"p99 {told['p99_ms']:.1f} ms)   pgbench {by_pgbench[-1]:7.0f}/s"
            )
    report("open a case", over_http, by_pgbench, spent, BUDGET)


def report(
    what: str, over_http: list[float], by_pgbench: list[float], spent: list[dict[str, float]], budget: float
) -> None:
    """Medians, ratio and CPU time, and whether the budget holds."""
    http, pgbench = statistics.median(over_http), statistics.median(by_pgbench)
    ratio = http / pgbench
    print(f"\n{what}: {http:.0f}/s over HTTP, {pgbench:.0f}/s by pgbench, ratio {ratio:.2f} (budget {budget})")
    for name in spent[0]:
        print(f"  CPU per request, {name}: {statistics.median(each[name] for each in spent):.2f} ms")
    print("  within budget" if ratio >= budget else "  OVER BUDGET")


if __name__ == "__main__":
    main()
