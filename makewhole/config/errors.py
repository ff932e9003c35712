"""Requests that are refused before any door sees them, and pages for which no rules may be used."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from makewhole.core.rulebook.source import RulebookError
from makewhole.doors.api.frame.door import not_readable

logger = logging.getLogger(__name__)


class RulesNotInService:
    """Answers 503 with a page where a market's rulebook is faulty or not sealed; the log says what is to be done.

    Below /v1 the API's own door does the same with a problem.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RulebookError):
            return None
        logger.error("%s %s: %s", request.method, request.path, exception)
        return HttpResponse(render_to_string("503.html", request=request), status=503)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A problem for programs, a page for people."""
    if request.path_info.startswith("/v1/"):
        return not_readable(request)
    return defaults.bad_request(request, exception)
