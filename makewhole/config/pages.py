"""Middleware that only pages need. The API names its reader's language itself and has no messages to flash."""

from typing import Any

from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django_htmx.middleware import HtmxMiddleware

API = "/v1/"


class _OnPages:
    """Goes before a middleware: requests to the API pass it by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(API):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class Locale(_OnPages, LocaleMiddleware):
    pass


class Messages(_OnPages, MessageMiddleware):
    pass


class Htmx(_OnPages, HtmxMiddleware):
    pass
