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
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.http_ground import (
    FIRST_NUMBER,
    REFERENCE_CLIENTS,
    Form,
    Ground,
    NoReference,
    Statement,
    captured,
    cpu_seconds,
    drive,
    find_pgbench,
    ground,
    http_request,
    order_id,
    reference,
    script_lines,
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


def script_of(statements: list[Statement], number: int, form: Form) -> str:
    """One captured opening as a pgbench script: fresh ids and the next order each time, everything else as it was."""
    digits = str(FIRST_NUMBER + number)
    lines = [
        r"\set n :n + 1",
        rf"\set o {FIRST_NUMBER} + :base + :client_id * {PER_CLIENT} + :n",
    ]
    text = "\n".join([*script_lines(statements, form), ""])
    met = [found.group().replace("-", "") for found in ID_TEXT.finditer(text)]
    names = {one: f"u{place}" for place, one in enumerate(dict.fromkeys(met)) if not one.endswith(digits)}
    lines += [rf"\set {name} random(100000000000, 999999999999)" for name in names.values()]

    def fresh(found: re.Match[str]) -> str:
        name = names.get(found.group().replace("-", ""))
        return f"{found.group()[:-12]}:{name}" if name else found.group()

    text = ID_TEXT.sub(fresh, text)
    return "\n".join([*lines, text.replace(digits, ":o")])


def capture_scripts(place: Ground, folder: Path, number: int) -> dict[Form, Path]:
    """Open one case over HTTP while the database logs what it is asked, and make scripts of it."""
    requests = folder / "one.requests"
    write_requests(requests, opening_requests(place, [number]))
    sessions = captured(place, lambda: _expect_created(drive(place, requests, 5)))
    statements = [session for session in sessions if any("cases_case" in one.text for one in session)]
    if len(statements) != 1:
        raise RuntimeError(f"{len(statements)} sessions opened the one case")
    scripts = {form: folder / f"open.{form}.pgbench" for form in Form}
    for form, script in scripts.items():
        script.write_text(script_of(statements[0], number, form), encoding="utf-8")
    print(f"reference: {len(statements[0])} statements, {scripts[Form.PLAIN].stat().st_size} bytes")
    return scripts


def _expect_created(told: dict[str, object]) -> None:
    if set(told["statuses"]) != {"201"}:  # type: ignore[call-overload]
        raise RuntimeError(f"cases were not opened: {told}")


def main() -> None:
    """Measure in turns and print the medians, the ratio, and where the time goes."""
    try:
        find_pgbench()
    except NoReference as missing:
        sys.exit(f"http_open: {missing}")
    per_round = PER_ROUND_HTTP + len(Form) * REFERENCE_CLIENTS * PER_CLIENT
    orders = WARM_UP + 1 + ROUNDS * per_round
    print(f"importing {orders} orders into a fresh cluster with fsync on …")
    with ground(orders) as place:
        folder = place.home
        requests = folder / "open.requests"
        write_requests(requests, opening_requests(place, range(WARM_UP)))
        _expect_created(drive(place, requests, 30))
        scripts = capture_scripts(place, folder, WARM_UP)
        over_http: list[float] = []
        by_pgbench: dict[Form, list[float]] = {form: [] for form in Form}
        spent = []
        for turn in range(ROUNDS):
            first = WARM_UP + 1 + turn * per_round
            write_requests(requests, opening_requests(place, range(first, first + PER_ROUND_HTTP)))
            before = cpu_seconds(place)
            told = drive(place, requests, SECONDS)
            _expect_created(told)
            spent.append(spending(before, cpu_seconds(place), told))
            over_http.append(told["per_second"])
            base = first + PER_ROUND_HTTP
            for form, script in scripts.items():
                by_pgbench[form].append(reference(place, [script], SECONDS, {"base": base, "n": 0}))
                base += REFERENCE_CLIENTS * PER_CLIENT
            print_round(turn, told, by_pgbench)
    report("open a case", over_http, by_pgbench, spent, BUDGET)


def spending(before: dict[str, float], after: dict[str, float], told: dict[str, Any]) -> dict[str, float]:
    """Milliseconds of CPU for each answer, by who spent them."""
    spent = {name: (after[name] - before[name]) / told["answers"] * 1000 for name in after}
    return spent | {"generator": told["generator_cpu_seconds"] / told["answers"] * 1000}


def print_round(turn: int, told: dict[str, Any], by_pgbench: dict[Form, list[float]]) -> None:
    beside = "   ".join(f"pgbench {form} {rates[-1]:7.0f}/s" for form, rates in by_pgbench.items())
    print(
        f"round {turn + 1}: HTTP {told['per_second']:7.0f}/s (median {told['median_ms']:.1f} ms, "
        f"p99 {told['p99_ms']:.1f} ms)   {beside}"
    )


def report(
    what: str,
    over_http: list[float],
    by_pgbench: dict[Form, list[float]],
    spent: list[dict[str, float]],
    budget: float,
) -> None:
    """Medians, ratios and CPU time, and whether the budget holds."""
    http = statistics.median(over_http)
    print(f"\n{what}: {http:.0f}/s over HTTP")
    for form, rates in by_pgbench.items():
        ratio = http / statistics.median(rates)
        limit = f" (budget {budget}: {'held' if ratio >= budget else 'MISSED'})" if form is Form.PLAIN else ""
        print(f"  {ratio:.2f} x pgbench {form}, {statistics.median(rates):.0f}/s{limit}")
    for name in spent[0]:
        print(f"  CPU per request, {name}: {statistics.median(each[name] for each in spent):.2f} ms")


if __name__ == "__main__":
    main()
