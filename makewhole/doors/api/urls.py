"""The addresses below /v1/: every route, what the API says of itself, and a problem for all the rest."""

from django.urls import URLPattern, path, re_path

from makewhole.doors.api import reference
from makewhole.doors.api.frame.door import guarded, unknown_address
from makewhole.doors.api.frame.routes import dispatch, patterns
from makewhole.doors.api.routes import ROOMS

urlpatterns: list[URLPattern] = guarded(
    [
        *(patterns() if ROOMS else []),
        path("openapi.json", dispatch({"GET": reference.read_openapi})),
        path("docs", dispatch({"GET": reference.read_page})),
        path("problems/<slug:name>", dispatch({"GET": reference.read_problem})),
        re_path(r"", unknown_address),
    ]
)
