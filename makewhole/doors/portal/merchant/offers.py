"""An offer as a form: a way, an amount per line and head, each bounded by what is due, and goodwill on top."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from makewhole.core.rulebook.model import WHOLE_ORDER
from makewhole.core.words import Head, Remedy
from makewhole.doors.portal.parts.case_acting import Tried
from makewhole.doors.portal.parts.case_fields import remedy_choices
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.form_body import FormBody, read_amount, wrong_form
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms.cases.queries import CaseView, Outlook

PREFIX = "due."


class Place(NamedTuple):
    """One amount that can be offered, at most as much as is still due there, or, as goodwill, left to pay."""

    line_id: str
    head: Head
    most_minor: int
    asked_minor: int

    @property
    def field_name(self) -> str:
        return f"{PREFIX}{self.line_id}.{self.head}"


def places(view: CaseView, outlook: Outlook) -> list[Place]:
    """What can be offered: all that is still due under any plan, and goodwill on the first line claimed."""
    asked = {(due.line_id, due.head): due.amount_minor for due in view.case.demand.dues}
    goodwill = (view.case.lines[0].line_id, Head.GOODWILL)
    most = {place: ceiling.amount_minor for place, ceiling in outlook.most.items()}
    if goodwill in outlook.beyond:
        most.setdefault(goodwill, outlook.beyond[goodwill].amount_minor)
    return [Place(*place, most_minor, asked.get(place, 0)) for place, most_minor in most.items()]


def offer_fields(view: CaseView, outlook: Outlook, tried: Tried | None) -> list[Field]:
    """The controls of an offer, empty or as they were sent."""
    values: Mapping[str, Any] = tried.values if tried else {}
    errors = tried.errors if tried else {}
    ways = remedy_choices(outlook, view.case.currency, (Remedy.PARTIAL_REFUND, Remedy.COMPENSATION))
    way = Field(
        name="remedy", label=_("What do you offer?"), kind="radio", required=True, id="offer-remedy",
        choices=ways, value=values.get("remedy", ""), errors=errors.get("remedy", ()),
        help=_("Leave the amounts empty to give everything due under the way you choose."),
    )  # fmt: skip
    note = Field(
        name="note", label=_("A word to the buyer"), kind="textarea", rows=3, id="offer-note", length_max=4000,
        value=values.get("note", ""), errors=errors.get("note", ()),
    )  # fmt: skip
    return [way, *(amount_field(view, place, values, errors) for place in places(view, outlook)), note]


def amount_field(view: CaseView, place: Place, values: Mapping[str, Any], errors: Mapping[str, list[str]]) -> Field:
    currency = view.case.currency
    title = _("Whole order") if place.line_id == WHOLE_ORDER else view.order.order.line(place.line_id).title
    asked = money_text(place.asked_minor, currency) if place.asked_minor else ""
    if place.head is Head.GOODWILL:
        note = _("Of your own will, beyond what the rules give. The guarantee fund never pays it.")
    elif asked:
        most = money_text(place.most_minor, currency)
        note = _("The buyer asks %(asked)s; at most %(most)s is due.") % {"asked": asked, "most": most}
    else:
        note = _("At most %(most)s is due.") % {"most": money_text(place.most_minor, currency)}
    return Field(
        name=place.field_name, label=f"{label_of(place.head)} · {title}", kind="money", currency=currency,
        id=f"offer-{place.line_id}-{place.head}".replace("*", "order"), value=values.get(place.field_name, ""),
        errors=errors.get(place.field_name, ()), help=note,
    )  # fmt: skip


def read_offer(data: QueryDict, view: CaseView, outlook: Outlook) -> FormBody:
    """The amounts per line and head; empty ones are not part of the offer."""
    currency = view.case.currency
    dues = []
    errors: dict[str, list[str]] = {}
    for place in places(view, outlook):
        written = data.get(place.field_name, "").strip()
        if not written:
            continue
        try:
            amount_minor = read_amount(written, currency)
        except ValueError:
            errors[place.field_name] = [wrong_form({"currency": currency})]
            continue
        if amount_minor > place.most_minor:
            most = money_text(place.most_minor, currency)
            errors[place.field_name] = [_("At most %(most)s is due.") % {"most": most}]
        elif amount_minor:
            dues.append({"line_id": place.line_id, "head": place.head.value, "amount_minor": amount_minor})
    return FormBody({"dues": dues} if dues else {}, errors)
