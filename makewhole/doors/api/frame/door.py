"""The outermost step of every API request: whatever happens inside, the answer is JSON or a problem, never a page."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern

from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Language, Text
from makewhole.doors.api.frame.languages import preferred
from makewhole.doors.api.frame.problems import Problem
from makewhole.doors.api.frame.refusals import problem_of

log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


def guarded(patterns: list[URLPattern]) -> list[URLPattern]:
    """The same addresses, each behind the door."""
    for pattern in patterns:
        pattern.callback = door(pattern.callback)
    return patterns


def door(view: View) -> View:
    """A view whose every failure is a problem."""

    def behind(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Exception as error:
            return _refused(request, error)

    # Requests that change something name a key, or a session whose token the frame checks itself.
    behind.csrf_exempt = True  # type: ignore[attr-defined]
    return behind


def unknown_address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Every address below /v1/ that is none."""
    raise Problem(
        "not-found",
        Text("没有这个接口地址。接口清单见 /v1/openapi.json。", "There is no such address; see /v1/openapi.json."),
    )


def not_readable(request: HttpRequest) -> HttpResponse:
    """The problem for a request that Django itself refuses before any view, such as one for another host."""
    return Problem("bad-request").response(_language(request))


def _language(request: HttpRequest) -> Language:
    return preferred(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    problem = problem_of(error)
    if problem is None:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        problem = Problem("internal-error")
    elif isinstance(error, RulebookError):
        log.error("%s %s: %s", request.method, request.path, error)
    elif problem.status >= 500:
        log.warning("%s %s: %s", request.method, request.path, problem.name, exc_info=error)
    return problem.response(_language(request))
