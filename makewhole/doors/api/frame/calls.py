"""One call of the API: who asks what, in which language, when; and the routes' registration.

A route's function takes a `Call` (and the ids in its path) and returns a `Reply`. `reads` and `writes` do the rest in
one place for all: who may, what was sent, once only, in which language, and the entry in the OpenAPI document.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from ninja import Router
from psycopg import errors as database_errors
from pydantic import BaseModel

from makewhole.core.case.model import Actor
from makewhole.core.words import Language, Text
from makewhole.doors.api.frame import limits
from makewhole.doors.api.frame.bodies import read_json
from makewhole.doors.api.frame.callers import EVERYONE, Standing, authenticate, require
from makewhole.doors.api.frame.describe import Operation, describe
from makewhole.doors.api.frame.faults import Shape
from makewhole.doors.api.frame.languages import preferred
from makewhole.doors.api.frame.problems import MEDIA_TYPE, Problem
from makewhole.doors.api.frame.queries import NoQuery, read_query
from makewhole.doors.api.frame.refusals import problem_of
from makewhole.rooms.identity.service import (
    IDEMPOTENCY_KEY_LENGTH_MAX,
    Answer,
    Caller,
    KeyReused,
    answer_once,
    fingerprint,
)

JSON = "application/json"
ATTEMPTS_MAX = 3
"""How often a write is tried whose transaction the database ended to untie a knot (deadlock)."""

_KEY = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")


class Call(NamedTuple):
    """What a route's function gets to see of the request."""

    request: HttpRequest
    caller: Caller
    language: Language
    now: datetime
    query: Any = None
    body: Any = None

    @property
    def actor(self) -> Actor:
        """In whose place the caller acts. Raises Problem for a shop that acts for nobody in particular."""
        if self.caller.actor is None:
            raise Problem(
                "not-allowed",
                Text(
                    "请先用 POST /v1/tokens 换取买家令牌，再代买家操作。",
                    "Get a token for the buyer with POST /v1/tokens first, and act with that.",
                ),
            )
        return self.caller.actor


class Reply(NamedTuple):
    """What a route answers: a value to write as JSON, or bytes that are JSON already.

    `kept` stands in for a body that holds a secret: a receipt is stored, so a repetition must not tell it again.
    """

    body: Any
    status: int = 200
    headers: Mapping[str, str] = {}
    kept: Any = None

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


Handler = Callable[..., Reply]
Reader = Callable[..., Any]
Register = Callable[[Handler], Handler]


def reads(
    router: Router,
    path: str,
    *,
    answers: type[BaseModel],
    example: Any,
    who: frozenset[Standing] = EVERYONE,
    query: type[Shape] = NoQuery,
    versioned: bool = False,
) -> Register:
    """Register a route that only reads."""

    def register(handler: Handler) -> Handler:
        def view(request: HttpRequest, **ids: Any) -> HttpResponseBase:
            call = begin(request, who, writing=False)
            reply = handler(call._replace(query=read_query(request, query)), **ids)
            return respond(reply.status, reply.content(), {"Content-Language": call.language, **reply.headers})

        operation = Operation("GET", path, who, answers, example, query=query, versioned=versioned)
        _mount(router, operation, handler, view)
        return handler

    return register


def writes(
    router: Router,
    path: str,
    *,
    answers: type[BaseModel],
    example: Any,
    body: type[BaseModel] | Mapping[str, Any],
    body_example: Any,
    read: Reader,
    who: frozenset[Standing] = EVERYONE,
    status: int = 200,
    once: bool = True,
    versioned: bool = False,
) -> Register:
    """Register a POST route. `read` turns the JSON body (and the ids in the path) into what the function wants.

    With `once` the request needs an Idempotency-Key: one effect and one answer per caller and key, in the same
    transaction. Without, the route must be idempotent by itself. Input that cannot be read keeps no receipt, so it
    may be mended and sent again with the same key.
    """

    def register(handler: Handler) -> Handler:
        def view(request: HttpRequest, **ids: Any) -> HttpResponseBase:
            call = begin(request, who, writing=True)
            read_query(request, NoQuery)
            value, raw = read_json(request)
            call = call._replace(body=read(value, **ids))
            if not once:
                reply = handler(call, **ids)
                return respond(reply.status, reply.content(), {"Content-Language": call.language, **reply.headers})
            return _answer_once(call, raw, lambda: handler(call, **ids))

        operation = Operation(
            "POST", path, who, answers, example, body=body, body_example=body_example, status=status, once=once,
            versioned=versioned,
        )  # fmt: skip
        _mount(router, operation, handler, view)
        return handler

    return register


def begin(request: HttpRequest, who: frozenset[Standing], *, writing: bool) -> Call:
    """Recognise the caller and see that they may use the route. Raises Problem."""
    caller = authenticate(request)
    require(caller, who, writing=writing)
    limits.count(caller, writing=writing)
    return Call(request, caller, preferred(request.META.get("HTTP_ACCEPT_LANGUAGE", "")), now())


def respond(status: int, content: bytes, headers: Mapping[str, str]) -> HttpResponse:
    """An answer that no cache keeps."""
    response = HttpResponse(content, status=status, content_type=headers.get("Content-Type", JSON))
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _answer_once(call: Call, raw: bytes, handler: Callable[[], Reply]) -> HttpResponse:
    request = call.request
    key = _idempotency_key(request)
    request_sha256 = fingerprint(request.method or "", request.get_full_path(), raw)

    told = b""

    def act() -> Answer:
        nonlocal told
        try:
            reply = handler()
        except Exception as error:
            problem = problem_of(error)
            if problem is None or problem.status >= 500:
                raise
            headers = {**problem.answer_headers(call.language), "Content-Type": MEDIA_TYPE}
            return Answer(problem.status, headers, problem.body(call.language))
        told = reply.content()
        kept = told if reply.kept is None else orjson.dumps(reply.kept)
        return Answer(reply.status, {"Content-Language": call.language, **reply.headers}, kept)

    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            answer = answer_once(call.caller, key, request_sha256, call.now, act)
            break
        except KeyReused:
            raise Problem("idempotency-key-reused") from None
        except OperationalError as error:
            knotted = isinstance(
                error.__cause__, database_errors.DeadlockDetected | database_errors.SerializationFailure
            )
            if not knotted or attempt == ATTEMPTS_MAX:
                raise
    fresh = not answer.repeated and answer.status < 400
    response = respond(answer.status, told if fresh else answer.body, answer.headers)
    if answer.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


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


def _mount(router: Router, operation: Operation, handler: Handler, view: Callable[..., HttpResponseBase]) -> None:
    """Give the router a view that has the handler's name, words and path parameters."""
    request_parameter = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest)
    ids = list(inspect.signature(handler).parameters.values())[1:]
    view.__name__ = handler.__name__
    view.__module__ = handler.__module__
    view.__doc__ = handler.__doc__
    view.__signature__ = inspect.Signature([request_parameter, *ids])  # type: ignore[attr-defined]
    router.api_operation([operation.method], operation.path, **describe(operation, handler))(view)
