"""The outermost step of every API request: whatever happens inside, the answer is JSON or a problem, never a page."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver

from makewhole.core.words import Language, Text
from makewhole.doors.api.frame.languages import preferred
from makewhole.doors.api.frame.problems import Problem
from makewhole.doors.api.frame.refusals import problem_of

log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


def guarded(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same routes, each behind the door."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = door(pattern.callback)
        else:
            guarded(pattern.url_patterns)
    return patterns


def door(view: View) -> View:
    """A view whose every failure is a problem; HEAD is answered as GET without its body (RFC 9110, 9.3.2)."""

    def behind(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        try:
            response = view(request, *args, **kwargs)
            if response.status_code == 405:
                response = _not_allowed(request, response)
        except Exception as error:
            response = _refused(request, error)
        if is_head:
            request.method = "HEAD"
            if isinstance(response, HttpResponse):
                response.headers["Content-Length"] = str(len(response.content))
                response.content = b""
        return response

    # Requests that change something name a key, or a session whose token the frame checks itself.
    behind.csrf_exempt = True  # type: ignore[attr-defined]
    return behind


def unknown_address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Every address below /v1/ that is none."""
    raise Problem(
        "not-found",
        Text(
            "没有这个接口地址。接口清单见 /v1/openapi.json。", "There is no such address; /v1/openapi.json lists them."
        ),
    )


def _not_allowed(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    allowed = set(response.headers["Allow"].split(", "))
    if "GET" in allowed:
        allowed.add("HEAD")
    return Problem("method-not-allowed", headers={"Allow": ", ".join(sorted(allowed))}).response(_language(request))


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    problem = problem_of(error)
    if problem is None:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        problem = Problem("internal-error")
    elif problem.status >= 500:
        log.warning("%s %s: %s", request.method, request.path, problem.name, exc_info=error)
    return problem.response(_language(request))


def _language(request: HttpRequest) -> Language:
    return preferred(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
