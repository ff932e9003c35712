"""Controls of a case's forms that no schema can draw: evidence to hand in, ways to choose between."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _

from makewhole.core.case.actions import Action
from makewhole.core.case.amounts import plan_terms
from makewhole.core.case.inputs import EXHIBITS
from makewhole.core.words import Remedy
from makewhole.doors.portal.parts.case_acting import Tried
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.form_body import FormBody
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms.cases.queries import CaseView
from makewhole.rooms.evidence.models import Exhibit


def exhibits_field(name: str, drafts: Sequence[Exhibit], tried: Tried | None) -> list[Field]:
    """The drafts as checkboxes, all ticked; nothing while there are none."""
    if not drafts:
        return []
    ids = [str(draft.id) for draft in drafts]
    chosen = ids if tried is None or not hasattr(tried.values, "getlist") else tried.values.getlist("exhibit_ids")
    field = Field(
        name="exhibit_ids",
        label=_("Files to hand in"),
        kind="checks",
        id=f"{name}-exhibit_ids",
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


def remedy_choices(view: CaseView, remedies: Iterable[Remedy]) -> list[tuple[str, ...]]:
    """Remedies to choose between, each with what the rules give under it."""
    wanted = set(remedies)
    choices: list[tuple[str, ...]] = []
    for remedy in Remedy:
        if remedy not in wanted:
            continue
        terms = plan_terms(view.answer, remedy)
        given = ""
        if terms is not None and terms.total_minor:
            given = _("The rules give %(amount)s.") % {"amount": money_text(terms.total_minor, view.case.currency)}
        choices.append((remedy.value, label_of(remedy), given))
    return choices
