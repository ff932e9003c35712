"""Acts of money by operators: an amount read, shown once more, done once, refused in words."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from makewhole.core.ledger.refusals import (
    BadAmount,
    DebtOutstanding,
    FundInsolvent,
    InsufficientFunds,
    MoneyRefused,
    MoreThanOwed,
)
from makewhole.doors.portal.parts.acting import Went, actor_of, once, see_other
from makewhole.doors.portal.parts.actions import KEY, confirm_context, is_confirmed, new_key
from makewhole.doors.portal.parts.figures import money_text, number_text
from makewhole.doors.portal.parts.form_body import read_amount
from makewhole.rooms.treasury.service.refusals import ReferenceReused, UnknownFund

AMOUNT_MINOR_MAX = 10**15


def amount_of(request: HttpRequest, name: str, currency: str, *, zero: bool = False) -> tuple[int | None, str]:
    """The amount typed under this name, or what is wrong with it."""
    text = request.POST.get(name, "").strip()
    try:
        amount_minor = read_amount(text, currency)
    except ValueError:
        return None, _("This is not an amount. Write it like %(example)s.") % {"example": number_text(12900, currency)}
    if amount_minor > AMOUNT_MINOR_MAX or (amount_minor == 0 and not zero):
        return None, _("Write an amount above zero and within reason.")
    return amount_minor, ""


def reference_of(request: HttpRequest, why: str = "") -> str:
    """A reference of its own for this form: who sent it and its key, so that a repeat is the same act."""
    key = request.POST.get(KEY, "") or new_key()
    return f"operator {actor_of(request).id} {key[:40]}{': ' if why else ''}{why}"[:200]


def confirmed_once(
    request: HttpRequest, action: dict[str, Any], sentences: Sequence[str], back_href: str, act: Callable[[], str]
) -> HttpResponse:
    """Show the figures once more, or carry the act out once; `act` gives the sentence said afterwards."""
    if not is_confirmed(request):
        return render(request, "parts/confirm.html", confirm_context(request, action, sentences, back_href))
    try:
        return once(request, lambda: Went(back_href, act()), back_href)
    except MoneyRefused as refused:
        messages.error(request, refusal_text(refused))
        return see_other(back_href)


def refusal_text(refused: MoneyRefused) -> str:
    """Why money did not move, in the reader's language, and what to do."""
    told: dict[type[MoneyRefused], str] = {
        BadAmount: _("The amount must be above zero. Nothing was moved."),
        MoreThanOwed: _("This is more than the merchant owes. Give at most what is owed; nothing was moved."),
        InsufficientFunds: _("There is not enough money on the account. Ask for less; nothing was moved."),
        DebtOutstanding: _("The merchant still owes the fund. That comes first; nothing was moved."),
        FundInsolvent: _("The fund does not hold as much. Top it up first; nothing was moved."),
        ReferenceReused: _("This form was sent before with other content. Nothing was done a second time."),
        UnknownFund: _("There is no fund in this currency yet. Top it up first."),
    }
    return told.get(type(refused), str(refused))


def figure(label: str, amount_minor: int, currency: str) -> dict[str, Any]:
    return {"label": label, "amount_minor": amount_minor, "currency": currency}


def action(name: str, label: str, effect: str, href: str, *, harm: bool = False, **more: Any) -> dict[str, Any]:
    """An entry for the confirm page: it moves money and cannot be undone."""
    return {
        "name": name, "label": label, "effect": effect, "href": href, "final": True, "harm": harm, "confirm": True,
        "fields": (), **more,
    }  # fmt: skip


def said(pattern: str, amount_minor: int, currency: str) -> str:
    return pattern % {"amount": money_text(amount_minor, currency)}
