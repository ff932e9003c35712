"""Every address of the program, by door; those of whoever watches it are in `health`."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import include, path


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """The mark, for browsers that ask for the old name whatever a page says."""
    return HttpResponseRedirect(static("parts/mark.svg"))


handler400 = "makewhole.config.errors.bad_request"

urlpatterns = [
    path("v1/", include("makewhole.doors.api.urls")),
    path("favicon.ico", favicon),
    path("admin/", admin.site.urls),
    path("", include("makewhole.doors.portal.anyone.urls")),
    path("buyer/", include("makewhole.doors.portal.buyer.urls")),
    path("merchant/", include("makewhole.doors.portal.merchant.urls")),
    path("agent/", include("makewhole.doors.portal.agent.urls")),
    path("operator/", include("makewhole.doors.portal.operator.urls")),
    path("parts/", include("makewhole.doors.portal.parts.urls")),
]
