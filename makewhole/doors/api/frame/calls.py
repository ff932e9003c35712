"""One call of the API, and what a route answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from makewhole.core.case.model import Actor
from makewhole.core.words import Language, Text
from makewhole.doors.api.frame import limits
from makewhole.doors.api.frame.callers import Standing, authenticate, require
from makewhole.doors.api.frame.languages import preferred
from makewhole.doors.api.frame.problems import Problem
from makewhole.rooms import clock
from makewhole.rooms.identity.service import Caller

JSON = "application/json"


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


def begin(request: HttpRequest, who: frozenset[Standing], *, writing: bool) -> Call:
    """Recognise the caller and see that they may use the route. Raises Problem."""
    now = clock.now()
    caller = authenticate(request, now)
    require(caller, who, writing=writing)
    limits.count(caller, writing=writing)
    return Call(request, caller, preferred(request.META.get("HTTP_ACCEPT_LANGUAGE", "")), now)


def finish(call: Call, reply: Reply | HttpResponseBase) -> HttpResponseBase:
    """The reply as the HTTP answer to this call."""
    if isinstance(reply, HttpResponseBase):
        return reply
    return respond(reply.status, reply.content(), {"Content-Language": call.language, **reply.headers})


def respond(status: int, content: bytes, headers: Mapping[str, str]) -> HttpResponse:
    """An answer that no cache keeps."""
    response = HttpResponse(content, status=status, content_type=headers.get("Content-Type", JSON))
    response.headers["Cache-Control"] = "no-store"
    if status == 204:
        del response.headers["Content-Type"]
    for name, value in headers.items():
        response.headers[name] = value
    return response
