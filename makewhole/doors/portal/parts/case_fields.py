"""Controls of a case's forms that no schema can draw: evidence to hand in, ways to choose between."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from makewhole.core.case.actions import Action
from makewhole.core.case.inputs import EXHIBITS
from makewhole.core.case.model import Case
from makewhole.core.words import Party, Remedy, Step
from makewhole.doors.portal.parts.actions import ActionView, action_views
from makewhole.doors.portal.parts.case_acting import Tried, figures_of
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.form_body import FormBody
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms.cases.queries import CaseView, Outlook
from makewhole.rooms.evidence.models import Exhibit

ICONS = {
    "accept_claim": "check",
    "make_offer": "message",
    "refuse_claim": "close",
    "accept_offer": "check",
    "revise_claim": "message",
    "escalate": "scales",
    "withdraw": "close",
    "submit_evidence": "camera",
    "finish_evidence": "check",
    "ship_back": "truck",
    "confirm_return": "box",
    "contest_return": "alert",
    "send_goods": "truck",
    "confirm_receipt": "box",
    "report_not_received": "alert",
    "pay_now": "money",
    "accept_ruling": "check",
    "appeal": "scales",
}

Fields = Callable[[Tried | None], list[Field]]


def case_actions(
    view: CaseView, base: str, drafts: Sequence[Exhibit], tried: Tried | None, fields: Mapping[str, Fields]
) -> list[ActionView]:
    """What the reader may do now as forms: with icons, figures, drafts to hand in, and what was typed and refused.

    What the reader owes comes first, what gives something up last. `fields` gives, per action, the controls that only
    a page can build.
    """
    added: dict[str, dict[str, Any]] = {}
    for action in view.actions:
        mine = tried if tried is not None and tried.name == action.name else None
        more: dict[str, Any] = {"icon": ICONS.get(action.name, ""), "figures": figures_of(view, action.name)}
        if mine is not None:
            more |= {"values": mine.values, "errors": mine.errors, "is_open": True}
        if EXHIBITS in action.inputs:
            more["more_fields"] = exhibits_field(action.name, drafts, mine)
        if action.name in fields:
            more["fields"] = fields[action.name](mine)
        added[action.name] = more
    ordered = sorted(view.actions, key=lambda action: (not action.primary, action.due_at is None, action.harm))
    return action_views(ordered, base, **added)


def with_evidence_apart(actions: Sequence[ActionView], case: Case, party: Party) -> dict[str, Any]:
    """Context of a case's page: what can be done, handing in where the files are added, what was wrong with a form,
    and the way to the most pressing of it. That way is named by the step that is due, not by one answer to it: an offer
    is to be answered, and nobody is nudged to accept."""
    hand_in = next((action for action in actions if action.name == "submit_evidence"), None)
    step = next((each.step for each in case.obligations if each.debtor is party), None) if actions else None
    return {
        "actions": [action for action in actions if action is not hand_in],
        "hand_in": hand_in,
        "step_label": label_of(step) if step else "",
        "step_href": "#evidence" if step is Step.GIVE_EVIDENCE and hand_in else "#actions",
        "wrong": [field for action in actions for field in action.fields if field.errors],
    }


def exhibits_field(name: str, drafts: Sequence[Exhibit], tried: Tried | None) -> list[Field]:
    """The drafts as checkboxes, all ticked; while there are none, where to add them."""
    ids = [str(draft.id) for draft in drafts]
    chosen = ids if tried is None or not hasattr(tried.values, "getlist") else tried.values.getlist("exhibit_ids")
    field = Field(
        name="exhibit_ids",
        label=_("Files to hand in"),
        kind="checks",
        id=f"{name}-exhibit_ids",
        drafts=True,
        help="" if drafts else _("None yet. Files added under “Add evidence” appear here."),
        choices=[(str(draft.id), str(draft)) for draft in drafts],
        value=chosen,
        errors=tried.errors.get("exhibit_ids", ()) if tried else (),
    )
    return [field]


def read_exhibits(request: HttpRequest, action: Action) -> FormBody:
    """The drafts ticked, for actions that hand evidence in."""
    if EXHIBITS not in action.inputs:
        return FormBody({}, {})
    chosen = request.POST.getlist("exhibit_ids")
    return FormBody({"exhibit_ids": chosen} if chosen else {}, {})


def remedy_choices(outlook: Outlook, currency: str, more: Iterable[Remedy] = ()) -> list[tuple[str, ...]]:
    """The remedies the rules grant, and others, to choose between, each with what the rules give under it."""
    wanted = {*outlook.terms, *more}
    choices: list[tuple[str, ...]] = []
    for remedy in Remedy:
        if remedy not in wanted:
            continue
        terms = outlook.terms.get(remedy)
        given = ""
        if terms is not None and terms.total_minor:
            given = _("The rules give %(amount)s.") % {"amount": money_text(terms.total_minor, currency)}
        choices.append((remedy.value, label_of(remedy), given))
    return choices
