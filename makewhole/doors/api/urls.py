"""The addresses below /v1/: every route, the document that describes them, and a problem for all the rest."""

from django.urls import URLPattern, URLResolver, re_path

from makewhole.doors.api.frame.door import door, guarded, unknown_address
from makewhole.doors.api.routes import api

urlpatterns: list[URLPattern | URLResolver] = [
    *guarded(api.urls[0]),
    re_path(r"", door(unknown_address)),
]
