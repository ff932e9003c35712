"""Acting on a case from its page: any action of the table, from its form, confirmed where money moves, done once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from makewhole.core.case.actions import BY_NAME, Action
from makewhole.core.case.claim import owed
from makewhole.core.case.inputs import schema
from makewhole.core.case.model import Actor
from makewhole.core.case.read import BadInput, read_command
from makewhole.core.words import Party
from makewhole.doors.portal.parts.acting import Went, actor_of, once, refusal_text, see_other
from makewhole.doors.portal.parts.actions import ActionView, action_view, confirm_context, is_confirmed
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.form_body import FormBody, read_form_body
from makewhole.doors.portal.parts.times import language
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries, service
from makewhole.rooms.cases.queries import CaseView
from makewhole.rooms.cases.service import Refused

VERSION = "case_version"


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that was refused: what was typed, what is wrong by field, and what is wrong as a whole."""

    name: str
    values: Mapping[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)
    fault: str = ""


Page = Callable[[HttpRequest, CaseView, Tried | None], HttpResponse]
More = Callable[[HttpRequest, CaseView, Action], FormBody]


def view_of(request: HttpRequest, case_id: UUID) -> CaseView:
    """The case for the signed-in reader. Raises Http404 for one that is not theirs: it looks like none at all."""
    try:
        return queries.read_case(case_id, actor_of(request), clock.now())
    except Refused as refused:
        raise Http404(say(refused.refusal.what)) from None


def act_on_case(request: HttpRequest, case_id: UUID, name: str, base: str, page: Page, more: More) -> HttpResponse:
    """Carry out the action `name` with the form that was sent, or show the page again with what is wrong.

    `more` reads what the page asks for beyond the flat fields of the schema. Actions that ask once more are shown with
    their figures first. What was decided on a page that is no longer true is refused where it could do harm.
    """
    actor = actor_of(request)
    action = BY_NAME.get(name)
    if action is None or actor.role not in action.roles:
        raise Http404(_("There is no such action."))
    view = view_of(request, case_id)
    asked = read_form_body(schema(action.inputs, language(), view.case.currency), request.POST)
    added = more(request, view, action)
    body, errors = {**asked.body, **added.body}, {**asked.errors, **added.errors}
    if errors:
        return again(request, view, page, Tried(name, request.POST, errors))
    if action.confirm and not is_confirmed(request):
        return ask_once_more(request, view, action, base)
    try:
        return once(request, lambda: give(request, view, action, body, actor, base), base)
    except BadInput as bad:
        return refused(request, view, page, action, bad.refusal)
    except Refused as refusal:
        fresh = view_of(request, case_id)
        return refused(request, fresh, page, action, refusal.refusal)


def give(request: HttpRequest, view: CaseView, action: Action, body: dict[str, Any], actor: Actor, base: str) -> Went:
    """Give the command to the case. Raises BadInput or Refused."""
    command = read_command(action.name, actor.role, body)
    seen = request.POST.get(VERSION, "")
    version = int(seen) if action.confirm and seen.isascii() and seen.isdigit() else None
    service.act(UUID(view.case.id), command, actor, clock.now(), version)
    return Went(base, _("Done: %(what)s") % {"what": say(action.label)})


def ask_once_more(request: HttpRequest, view: CaseView, action: Action, base: str) -> HttpResponse:
    """The page with the figures and the yes. When the action is not open any more, back to the case, saying so."""
    entry = next((each for each in view.actions if each.name == action.name), None)
    if entry is None:
        messages.warning(request, _("The case has moved on. See what can be done now."))
        return see_other(base)
    drawn = action_view(entry, base, {"figures": figures_of(view, action.name)})
    context = {**confirm_context(request, drawn, given_up(view, action.name), base), "told": told_of(request, drawn)}
    if VERSION not in request.POST:
        context = {**context, "carried": [*context["carried"], (VERSION, str(view.case.sequence))]}
    return render(request, "parts/confirm.html", context)


def given_up(view: CaseView, name: str) -> list[str]:
    """What accepting an offer leaves of the claim: said before it is too late."""
    offer, demand, currency = view.case.offer, view.case.demand, view.case.currency
    if name != "accept_offer" or offer is None or offer.by is Party.BUYER:
        return []
    less_minor = demand.total_minor - offer.terms.total_minor
    if less_minor <= 0:
        return []
    asked, less = money_text(demand.total_minor, currency), money_text(less_minor, currency)
    words = {"remedy": label_of(demand.remedy), "asked": asked, "less": less}
    return [_("The claim was: %(remedy)s, %(asked)s. With this it is settled for %(less)s less.") % words]


def told_of(request: HttpRequest, action: ActionView) -> list[tuple[str, str]]:
    """What was written and added, to be read once more: what is sent once should be whole."""
    told = [(field.label, request.POST.get(field.name, "").strip()) for field in action.fields]
    files = len(request.POST.getlist("exhibit_ids"))
    if files:
        told.append((_("Files to hand in"), ngettext("%(count)d file", "%(count)d files", files) % {"count": files}))
    return [(label, text) for label, text in told if text]


def figures_of(view: CaseView, name: str) -> list[dict[str, Any]]:
    """What an action pays to the buyer, by head, to be seen before and again; nothing for those that pay nothing."""
    case = view.case
    terms = {
        "accept_claim": case.demand,
        "accept_offer": case.offer.terms if case.offer else None,
        "accept_ruling": case.rulings[-1].terms if case.rulings else None,
        "confirm_return": owed(case),
        "pay_now": owed(case),
    }.get(name)
    if terms is None or not terms.dues:
        return []
    heads: dict[str, int] = {}
    for due in terms.dues:
        label = label_of(due.head)
        heads[label] = heads.get(label, 0) + due.amount_minor
    if len(heads) > 1:
        heads[_("To the buyer in all")] = terms.total_minor
    return [{"label": label, "amount_minor": amount, "currency": case.currency} for label, amount in heads.items()]


def refused(request: HttpRequest, view: CaseView, page: Page, action: Action, refusal: Any) -> HttpResponse:
    """The page again, with the refusal at its field where there is one, else on top."""
    told = refusal_text(refusal)
    names = {each.name for each in action.inputs}
    where = refusal.where.split(".")[-1] if refusal.where else ""
    if where in names and where != "dues":
        return again(request, view, page, Tried(action.name, request.POST, {where: [told]}))
    return again(request, view, page, Tried(action.name, request.POST, fault=told))


def again(request: HttpRequest, view: CaseView, page: Page, tried: Tried) -> HttpResponse:
    response = page(request, view, tried)
    response.status_code = 422
    return response


def no_more(request: HttpRequest, view: CaseView, action: Action) -> FormBody:
    """For pages that ask for nothing beyond the flat fields."""
    return FormBody({}, {})
