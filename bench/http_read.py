"""How many cases are read per second over HTTP, with lines, timeline and actions, against pgbench on the same selects.

Budget (docs/performance.md): with 16 connections and every middleware on, at least 0.2 × pgbench with 8 clients.
`python bench/http_read.py` does everything itself and leaves nothing behind; it needs pgbench for the reference.
"""

import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.http_ground import (
    FIRST_NUMBER,
    Form,
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
    script_lines,
    token_of,
)
from bench.http_load import write_requests
from bench.http_open import opening, print_round, report, spending

BUDGET = 0.2
ROUNDS = 3
SECONDS = 4
CASES = 100
"""Cases that are read in turns; pgbench runs the captured selects of each of them."""
REQUESTS = 60_000


def opened_and_refused(place: Ground) -> list[str]:
    """Cases two steps old: claimed by their buyer, refused by the merchant."""
    from django.utils.timezone import now

    from makewhole.core.case.model import Actor
    from makewhole.core.case.read import read_command, read_open
    from makewhole.core.words import Role
    from makewhole.rooms.cases import service

    case_ids = []
    for number in range(CASES):
        claim = {name: value for name, value in _claim(number).items() if name != "order_id"}
        buyer = Actor(Role.BUYER, f"b-{FIRST_NUMBER + number}")
        case = service.open_case(order_id(number), read_open(claim), buyer, now()).case
        merchant = Actor(Role.MERCHANT, case.merchant_id)
        refusal = read_command("refuse_claim", Role.MERCHANT, {"note": "出库称重记录显示已装箱。"})
        service.act(_id(case.id), refusal, merchant, now())
        case_ids.append(case.id)
    return case_ids


def _claim(number: int) -> dict[str, object]:
    import json

    claim: dict[str, object] = json.loads(opening(number))
    return claim


def _id(text: str) -> object:
    from uuid import UUID

    return UUID(text)


def reading_requests(place: Ground, case_ids: list[str]) -> Iterator[bytes]:
    """One request for each case, by its buyer."""
    for number, case_id in enumerate(case_ids):
        yield http_request("GET", f"/v1/cases/{case_id}", token_of(place, f"b-{FIRST_NUMBER + number}"))


def capture_scripts(place: Ground, requests: list[bytes]) -> dict[Form, list[Path]]:
    """The selects of each case, as the database logged them, one pgbench script for each."""
    one = place.home / "one.requests"
    write_requests(one, requests)
    sessions = captured(place, lambda: _expect_read(drive(place, one, 60, connections=1)))
    # One request after the other: those that a session answered follow each other in its log.
    statements = [statement for session in sessions for statement in session]
    per_case = len(statements) // len(requests)
    if any(len(session) % per_case for session in sessions):
        raise RuntimeError(f"{len(statements)} statements in {len(sessions)} sessions for {len(requests)} cases")
    scripts: dict[Form, list[Path]] = {form: [] for form in Form}
    for form, paths in scripts.items():
        folder = place.home / form
        folder.mkdir()
        for number in range(len(requests)):
            one_case = statements[number * per_case : (number + 1) * per_case]
            paths.append(folder / f"{number}.pgbench")
            paths[-1].write_text("\n".join([*script_lines(one_case, form), ""]), encoding="utf-8")
    print(f"reference: {per_case} statements for each of {len(requests)} cases")
    return scripts


def _expect_read(told: dict[str, object]) -> None:
    if set(told["statuses"]) != {"200"}:  # type: ignore[call-overload]
        raise RuntimeError(f"cases were not read: {told}")


def main() -> None:
    """Measure in turns and print the medians, the ratio, and where the time goes."""
    try:
        find_pgbench()
    except NoReference as missing:
        sys.exit(f"http_read: {missing}")
    with ground(CASES) as place:
        case_ids = opened_and_refused(place)
        distinct = list(reading_requests(place, case_ids))
        requests = place.home / "read.requests"
        write_requests(requests, islice(cycle(distinct), REQUESTS))
        _expect_read(drive(place, requests, 3))
        scripts = capture_scripts(place, distinct)
        over_http: list[float] = []
        by_pgbench: dict[Form, list[float]] = {form: [] for form in Form}
        spent = []
        for turn in range(ROUNDS):
            before = cpu_seconds(place)
            told = drive(place, requests, SECONDS)
            _expect_read(told)
            spent.append(spending(before, cpu_seconds(place), told))
            over_http.append(told["per_second"])
            for form, paths in scripts.items():
                by_pgbench[form].append(reference(place, paths, SECONDS, {}))
            print_round(turn, told, by_pgbench)
    report("read a case", over_http, by_pgbench, spent, BUDGET)


if __name__ == "__main__":
    main()
