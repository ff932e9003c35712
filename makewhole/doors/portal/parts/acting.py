"""Pages that change something: who acts, one effect per form however often it is sent, and refusals told to people."""

import json
from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from makewhole.core.case.decision import Refusal
from makewhole.core.case.model import Actor
from makewhole.doors.portal.parts.actions import CONFIRMED, KEY, new_key
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.times import speaks_chinese
from makewhole.rooms import clock
from makewhole.rooms.identity.models import User
from makewhole.rooms.identity.service import (
    IDEMPOTENCY_KEY_LENGTH_MAX,
    Answer,
    KeyReused,
    answer_once,
    caller_of_person,
)
from makewhole.rooms.identity.service import fingerprint as fingerprint_of

NOT_PRINTED = frozenset({"csrfmiddlewaretoken", CONFIRMED, KEY})


class Went(NamedTuple):
    """Where a form that was carried out leads, and the sentence said there."""

    href: str
    said: str = ""


def actor_of(request: HttpRequest) -> Actor:
    """In whose place the signed-in person acts. The view has made sure that somebody is signed in."""
    if not isinstance(request.user, User):
        raise TypeError("nobody is signed in; guard the view with role_required")
    actor = caller_of_person(request.user).actor
    if actor is None:
        raise TypeError(f"{request.user} acts for nobody")
    return actor


def refusal_text(refusal: Refusal) -> str:
    """What was refused and what to do, in the reader's language."""
    what, to_do = say(refusal.what), say(refusal.to_do)
    if speaks_chinese():
        return f"{what}。{to_do}。" if to_do else f"{what}。"
    return f"{what[:1].upper()}{what[1:]}: {to_do}." if to_do else f"{what[:1].upper()}{what[1:]}."


def once(request: HttpRequest, act: Callable[[], Went], back_href: str) -> HttpResponse:
    """Carry a form out once per its `idempotency_key`: a double tap or a replay leads to the same place.

    Whatever `act` raises undoes everything and keeps nothing, so a form that was refused can be mended and sent again.
    A key that comes back with another content (an old page, changed) does nothing and says so.
    """
    if not isinstance(request.user, User):
        raise TypeError("nobody is signed in; guard the view with role_required")
    sent = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_PRINTED)
    printed = fingerprint_of("POST", request.path, json.dumps(sent).encode())
    key = request.POST.get(KEY, "")[:IDEMPOTENCY_KEY_LENGTH_MAX] or new_key()

    def work() -> Answer:
        went = act()
        return Answer(303, {"Location": went.href}, went.said.encode())

    try:
        answer = answer_once(caller_of_person(request.user), key, printed, clock.now(), work)
    except KeyReused:
        messages.warning(request, _("This form was sent before with other content. Nothing was done a second time."))
        return see_other(back_href)
    if answer.body:
        messages.success(request, answer.body.decode())
    return see_other(answer.headers["Location"])


def see_other(href: str) -> HttpResponse:
    """Lead on with GET, so that reloading and going back send nothing again."""
    response = HttpResponseRedirect(href)
    response.status_code = 303
    return response
