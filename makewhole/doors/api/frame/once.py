"""One effect and one answer per caller and Idempotency-Key, in the transaction of the effect itself."""

import re
from collections.abc import Callable

import orjson
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from psycopg import errors as database_errors

from makewhole.core.words import Text
from makewhole.doors.api.frame.calls import Call, Reply, respond
from makewhole.doors.api.frame.problems import MEDIA_TYPE, Problem
from makewhole.doors.api.frame.refusals import problem_of
from makewhole.rooms.identity.service import (
    IDEMPOTENCY_KEY_LENGTH_MAX,
    Answer,
    KeyReused,
    answer_once,
    fingerprint,
)

ATTEMPTS_MAX = 3
"""How often a write is tried whose transaction the database ended to untie a knot (deadlock)."""

_KEY = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")


def answered_once(call: Call, raw: bytes, act: Callable[[], Reply]) -> HttpResponse:
    """The answer to this request: `act`'s when the key is new, the kept one when it is not. Raises Problem.

    A refusal is kept like any answer; a failure keeps nothing, so the same key may try again.
    """
    key = _idempotency_key(call.request)
    request_sha256 = fingerprint(call.request.method or "", call.request.get_full_path(), raw)
    told = b""

    def work() -> Answer:
        nonlocal told
        try:
            reply = act()
        except Exception as error:
            problem = problem_of(error)
            if problem is None or problem.status >= 500:
                raise
            headers = {**problem.answer_headers(call.language), "Content-Type": MEDIA_TYPE}
            return Answer(problem.status, headers, problem.body(call.language))
        told = reply.content()
        kept = told if reply.kept is None else orjson.dumps(reply.kept)
        return Answer(reply.status, {"Content-Language": call.language, **reply.headers}, kept)

    answer = _untied(lambda: answer_once(call.caller, key, request_sha256, call.now, work))
    fresh = not answer.repeated and answer.status < 400
    response = respond(answer.status, told if fresh else answer.body, answer.headers)
    if answer.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _untied(attempt: Callable[[], Answer]) -> Answer:
    """Try again what the database ended because two transactions waited for each other."""
    for number in range(1, ATTEMPTS_MAX + 1):
        try:
            return attempt()
        except KeyReused:
            raise Problem("idempotency-key-reused") from None
        except OperationalError as error:
            knotted = database_errors.DeadlockDetected | database_errors.SerializationFailure
            if number == ATTEMPTS_MAX or not isinstance(error.__cause__, knotted):
                raise
    raise AssertionError("the last attempt returns or raises")


def _idempotency_key(request: HttpRequest) -> str:
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if not key:
        raise Problem("idempotency-key-missing")
    if len(key) > IDEMPOTENCY_KEY_LENGTH_MAX or not _KEY.fullmatch(key):
        raise Problem(
            "bad-request",
            Text(
                f"Idempotency-Key 须为 1 至 {IDEMPOTENCY_KEY_LENGTH_MAX} 个可见 ASCII 字符，例如一个 UUID。",
                f"An Idempotency-Key has 1 to {IDEMPOTENCY_KEY_LENGTH_MAX} visible ASCII characters, such as a UUID.",
            ),
        )
    return key
