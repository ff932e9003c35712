"""The addresses below /v1/: every route, what the API says of itself, and a problem for all the rest."""

from django.urls import URLPattern, URLResolver, path, re_path

from makewhole.doors.api import reference
from makewhole.doors.api.frame.door import guarded, unknown_address
from makewhole.doors.api.routes import api

urlpatterns: list[URLPattern | URLResolver] = guarded(
    [
        *api.urls[0],
        path("openapi.json", reference.read_openapi),
        path("docs", reference.read_page),
        path("problems/<slug:name>", reference.read_problem),
        re_path(r"", unknown_address),
    ]
)
