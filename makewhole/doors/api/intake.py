"""Many orders at once: NDJSON in, one line of answer for each, batch by batch.

The body is received whole before anything is answered: a client that writes everything before it reads would otherwise
wait for us while we wait for it.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import IO, Any

import orjson
from django.http import HttpRequest

from makewhole.core.words import Language, Text
from makewhole.doors.api.frame.bodies import JSON_BYTES_MAX, parse, require_length
from makewhole.doors.api.frame.problems import Problem, bad_input
from makewhole.doors.api.frame.refusals import faults_of_order, problem_of
from makewhole.doors.api.markets import require_market
from makewhole.doors.api.shapes.orders import taken_in
from makewhole.rooms.orders.service import BATCH, ImportOutcome
from makewhole.rooms.treasury import service as treasury

NDJSON = "application/x-ndjson"
BYTES_MAX = 256 * 1024 * 1024
IN_MEMORY_BYTES_MAX = 4 * 1024 * 1024
PIECE_BYTES = 1024 * 1024

Row = tuple[int, Any, Problem | None]
"""Number of the line, the document on it, and why it cannot be read."""


def received(request: HttpRequest) -> IO[bytes]:
    """The whole body, in memory or, when it is large, on disk until it is closed. Raises Problem."""
    announced = require_length(request, BYTES_MAX)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES_MAX, prefix="makewhole-orders-")  # noqa: SIM115
    arrived = 0
    while piece := request.read(PIECE_BYTES):
        arrived += len(piece)
        file.write(piece)
    if arrived != announced:
        file.close()
        raise Problem("bad-request", Text("请求体没有完整到达", "The body did not arrive whole"))
    file.seek(0)
    return file


def take_in(file: IO[bytes], shop_id: str, language: Language, now: datetime) -> Iterator[bytes]:
    """Import the orders of a file batch by batch, each batch in its own transaction; yields the lines of the answer.

    When a batch cannot be taken in at all, its problem is the last line; what came before is kept.
    """
    counts: Counter[str] = Counter()
    with file:
        rows = _rows(file)
        while batch := list(islice(rows, BATCH)):
            try:
                told = _take_in_batch(batch, shop_id, language, now)
            except Exception as error:
                problem = problem_of(error)
                if problem is None:
                    raise
                yield orjson.dumps({"problem": orjson.loads(problem.body(language))}) + b"\n"
                return
            counts.update(row["outcome"] for row in told)
            yield b"".join(orjson.dumps(row) + b"\n" for row in told)
    yield orjson.dumps({"done": {outcome.value: counts[outcome.value] for outcome in ImportOutcome}}) + b"\n"


def _rows(file: IO[bytes]) -> Iterator[Row]:
    """The documents of a file by line; empty lines are passed over, lines too long are read over."""
    number = 0
    while line := file.readline(JSON_BYTES_MAX + 1):
        number += 1
        if len(line) > JSON_BYTES_MAX:
            while line and not line.endswith(b"\n"):
                line = file.readline(JSON_BYTES_MAX)
            most = Text(f"一行至多 {JSON_BYTES_MAX} 字节。", f"A line may have at most {JSON_BYTES_MAX} bytes.")
            yield number, None, Problem("too-large", most)
        elif line.strip():
            try:
                document = parse(line.strip())
                if isinstance(document, dict):
                    require_market(document.get("market"), document.get("currency"))
                yield number, document, None
            except Problem as problem:
                yield number, None, problem


def _take_in_batch(batch: list[Row], shop_id: str, language: Language, now: datetime) -> list[dict[str, Any]]:
    readable = [document for _, document, problem in batch if problem is None]
    imported = iter(treasury.import_orders(readable, shop_id, now) if readable else ())
    told = []
    for number, _, problem in batch:
        row: dict[str, Any] = {"line": number, "id": None, "number": "", "outcome": ImportOutcome.REJECTED.value}
        if problem is None:
            outcome = next(imported)
            row |= taken_in(outcome)
            if outcome.outcome is ImportOutcome.REJECTED:
                problem = bad_input(*faults_of_order(outcome.faults))
        if problem is not None:
            row["problem"] = orjson.loads(problem.body(language))
        told.append(row)
    return told
