"""Who may open a page: signed-in people of the right role; anyone else is asked to sign in and comes back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from makewhole.core.words import Role

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


def role_required(*roles: Role) -> Callable[[View[Rest]], View[Rest]]:
    """Let in people of one of these roles. Others get the page 403; the signed-out sign in and return to this place.

    After an expired session a form's target cannot be returned to with GET, so the page it stood on is.
    """

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(place_to_return(request))
            if request.user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def place_to_return(request: HttpRequest) -> str:
    """The address to come back to: this one, or for a form that was sent the page it stood on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    origin = f"{request.scheme}://{request.get_host()}"
    referer = request.headers.get("Referer", "")
    return referer.removeprefix(origin) if referer.startswith(origin + "/") else "/"
