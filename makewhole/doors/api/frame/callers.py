"""Who calls: an API key, a shop's token for its buyer, or a person signed in to the portal."""

from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware

from makewhole.core.words import Role, Text
from makewhole.doors.api.frame.problems import Problem
from makewhole.rooms.identity.models import Scope, User
from makewhole.rooms.identity.service import Caller, NotRecognised, caller_of_bearer, caller_of_person

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Standing(StrEnum):
    """As what a caller comes. Routes name the standings they serve; whose case or order it is, the rooms decide."""

    SHOP = "shop"
    BUYER = Role.BUYER.value
    MERCHANT = Role.MERCHANT.value
    AGENT = Role.AGENT.value
    OPERATOR = Role.OPERATOR.value


EVERYONE = frozenset(Standing)
PARTIES = frozenset({Standing.BUYER, Standing.MERCHANT})
PEOPLE = EVERYONE - {Standing.SHOP}
PLATFORM = frozenset({Standing.AGENT, Standing.OPERATOR})
OPERATORS = frozenset({Standing.OPERATOR})

NAMES: dict[Standing, Text] = {
    Standing.SHOP: Text("商城密钥", "a shop's key"),
    Standing.BUYER: Text("买家", "a buyer"),
    Standing.MERCHANT: Text("商家", "a merchant"),
    Standing.AGENT: Text("裁决员", "an agent"),
    Standing.OPERATOR: Text("运营", "an operator"),
}


def standing_of(caller: Caller) -> Standing:
    """As what the caller comes."""
    if caller.actor is None or Scope.SHOP in caller.scopes:
        return Standing.SHOP
    return Standing(caller.actor.role.value)


def authenticate(request: HttpRequest, now: datetime) -> Caller:
    """Whoever makes the request. Raises Problem when nobody, or nobody valid, is named.

    A person's session counts only with the page's CSRF token when something is to be changed.
    """
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header:
        scheme, _, text = header.partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise _unknown(Text("请使用 Bearer 方式。", "Use the Bearer scheme."), "invalid_request")
        try:
            return caller_of_bearer(text.strip(), now)
        except NotRecognised as error:
            raise _unknown(Text("密钥或令牌无效、已撤销或已过期。", str(error)), "invalid_token") from None
    person = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if not isinstance(person, User) or not person.is_authenticated:
        raise _unknown(None, "")
    if request.method not in SAFE_METHODS and not _comes_from_our_page(request):
        raise Problem("csrf-failed")
    return caller_of_person(person)


class _Csrf(CsrfViewMiddleware):
    """Django's check without its page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden(reason)


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_csrf = _Csrf(_nothing)


def _comes_from_our_page(request: HttpRequest) -> bool:
    _csrf.process_request(request)
    return _csrf.process_view(request, _nothing, (), {}) is None


def require(caller: Caller, who: frozenset[Standing], *, writing: bool) -> None:
    """Raises Problem `not-allowed` when a caller of this standing has no business on a route."""
    standing = standing_of(caller)
    if standing not in who:
        allowed = [NAMES[one] for one in Standing if one in who]
        raise Problem(
            "not-allowed",
            Text(
                f"此操作只供{'、'.join(one.zh for one in allowed)}使用，你的身份是{NAMES[standing].zh}。",
                f"This is for {' or '.join(one.en for one in allowed)}; you come as {NAMES[standing].en}.",
            ),
        )
    if writing and not caller.may_write:
        raise Problem("not-allowed", Text("这个密钥只能读取。", "This key may only read."))


def _unknown(detail: Text | None, error: str) -> Problem:
    challenge = 'Bearer realm="makewhole"' + (f', error="{error}"' if error else "")
    return Problem("not-authenticated", detail, headers={"WWW-Authenticate": challenge})
