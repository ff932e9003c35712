"""Requests that are refused before any door sees them, such as those for a host that is not ours."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from makewhole.doors.api.frame.door import not_readable


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A problem for programs, a page for people."""
    if request.path_info.startswith("/v1/"):
        return not_readable(request)
    return defaults.bad_request(request, exception)
