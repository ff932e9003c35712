"""Middleware that only pages need, their files among it. The API names its language itself and flashes no messages."""

from typing import Any

from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django_htmx.middleware import HtmxMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

API = "/v1/"


class _OnPages:
    """Goes before a middleware: requests to the API pass it by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(API):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class Files(_OnPages, WhiteNoiseMiddleware):
    pass


class Locale(_OnPages, LocaleMiddleware):
    pass


class Messages(_OnPages, MessageMiddleware):
    pass


class Htmx(_OnPages, HtmxMiddleware):
    pass
