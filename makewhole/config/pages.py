"""Middleware that the API, or who calls it with a key, passes by.

The API names its language itself, flashes no messages and serves no files. A program that names its key in the header
has no session and no token of a page: `doors/api/frame/callers` looks at nothing else then. What these three would do
for it cost a twentieth of a reading, and left a ring of references in each request for the collector to find.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django_htmx.middleware import HtmxMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

API = "/v1/"
PACKED = frozenset({"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"})


class _OnPages:
    """Goes before a middleware: requests to the API pass it by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(API):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class _ForPeople:
    """Goes before a middleware that recognises people: requests to the API that name a key pass it by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(API) and request.META.get("HTTP_AUTHORIZATION"):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class Compression(_OnPages, GZipMiddleware):
    """Pages, style sheets and scripts travel in a fifth of their size: on a phone at 50 kbit/s a page is read after two
    seconds instead of six. Pictures and evidence are packed already, and films must keep their ranges."""

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        kind = response.get("Content-Type", "").split(";")[0]
        whole = kind in PACKED and response.status_code != 206
        return super().process_response(request, response) if whole else response


class Files(_OnPages, WhiteNoiseMiddleware):
    pass


class Locale(_OnPages, LocaleMiddleware):
    pass


class Messages(_OnPages, MessageMiddleware):
    pass


class Htmx(_OnPages, HtmxMiddleware):
    pass


class Sessions(_ForPeople, SessionMiddleware):
    pass


class Csrf(_ForPeople, CsrfViewMiddleware):
    pass


class Authentication(_ForPeople, AuthenticationMiddleware):
    pass
