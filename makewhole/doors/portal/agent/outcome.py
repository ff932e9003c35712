"""What a ruling gives: the remedies the rules offer under the findings, and amounts by line and head within bounds."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from makewhole.core.case.amounts import Place
from makewhole.core.case.model import Case
from makewhole.core.rulebook.model import WHOLE_ORDER
from makewhole.core.words import Head, Remedy
from makewhole.doors.portal.parts.figures import money_text, number_text
from makewhole.doors.portal.parts.form_body import read_amount
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms.cases.queries import Outlook

DISMISS = "dismiss"


@dataclass(slots=True)
class AmountRow:
    """One line and head: what was typed, what the rules give, and the most that may be given."""

    place: Place
    name: str
    label: str
    title: str
    payer: str
    rule_id: str
    given_minor: int
    most_minor: int
    written: str
    amount_minor: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OutcomeForm:
    """The choice of remedy and amounts as they stand on the page."""

    remedy: str
    choices: list[tuple[str, str, str]]
    rows: list[AmountRow]
    remedy_errors: list[str] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        return sum(row.amount_minor for row in self.rows)

    @property
    def is_sound(self) -> bool:
        return not self.remedy_errors and not any(row.errors for row in self.rows)

    def body(self) -> dict[str, Any]:
        """The proposal's part of the command's body; nothing when the claim is dismissed."""
        if self.remedy == DISMISS:
            return {}
        dues = [
            {"line_id": row.place[0], "head": row.place[1].value, "amount_minor": row.amount_minor}
            for row in self.rows
            if row.amount_minor
        ]
        return {"remedy": self.remedy, "dues": dues}


def read_outcome(data: QueryDict, case: Case, outlook: Outlook, lines: dict[str, str], *, beyond: bool) -> OutcomeForm:
    """The remedy chosen, or the one the rules suggest, with its amounts.

    An amount that was left as it was offered follows the findings; one that was changed stays as typed.
    """
    choices = remedy_choices(case, outlook, beyond=beyond)
    offered = {value for value, _label, _note in choices}
    asked = data.get("remedy", "")
    remedy = asked if asked in offered else suggested(case, outlook)
    rows = [] if remedy == DISMISS else amount_rows(data, Remedy(remedy), case, outlook, lines, beyond=beyond)
    form = OutcomeForm(remedy, choices, rows)
    if asked and asked not in offered:
        form.remedy_errors.append(_("Under these findings the rules do not give this. See what they give now."))
    return form


def suggested(case: Case, outlook: Outlook) -> str:
    """What the engine would choose: what the buyer asks for when the rules give it, else their first plan."""
    if case.demand.remedy in outlook.terms:
        return case.demand.remedy.value
    main = [plan.remedy for plan in outlook.answer.plans if not plan.adds_to_any] or list(outlook.terms)
    return main[0].value if main else DISMISS


def settled(remedy: Remedy, outlook: Outlook) -> bool:
    """Whether every fact this way rests on stands, and none that is open could make it more."""
    plan = outlook.answer.plan(remedy)
    return plan is None or plan.final


def remedy_choices(case: Case, outlook: Outlook, *, beyond: bool) -> list[tuple[str, str, str]]:
    """Value, label and note of each way; beyond the rules every way is open."""
    choices = []
    for remedy, terms in outlook.terms.items():
        given = money_text(terms.total_minor, case.currency) if terms.total_minor else ""
        note = _("The rules give %(amount)s.") % {"amount": given} if given else _("The rules give this.")
        if not settled(remedy, outlook):
            note = _("Depends on facts not found yet.")
        if remedy is case.demand.remedy:
            note = " ".join((note, _("The buyer asks for it.")))
        choices.append((remedy.value, label_of(remedy), note))
    if beyond:
        choices += [
            (remedy.value, label_of(remedy), _("Beyond the rules.")) for remedy in Remedy if remedy not in outlook.terms
        ]
    return [*choices, (DISMISS, _("Dismiss the claim"), _("The buyer gets nothing through this case."))]


def amount_rows(
    data: QueryDict, remedy: Remedy, case: Case, outlook: Outlook, lines: dict[str, str], *, beyond: bool
) -> list[AmountRow]:
    terms = outlook.terms.get(remedy)
    given = {(due.line_id, due.head): due for due in (terms.dues if terms else ())}
    bounds = outlook.beyond if beyond else outlook.most
    places = list(given)
    if beyond:
        places += [place for place, ceiling in bounds.items() if place not in given and ceiling.amount_minor > 0]
    rows = []
    for place in places:
        ceiling, due = bounds.get(place), given.get(place)
        payer, rule_id = (due.payer, due.rule_id) if due else (ceiling.payer, ceiling.rule_id) if ceiling else ("", "")
        row = AmountRow(
            place=place,
            name=f"due|{place[0]}|{place[1].value}",
            label=label_of(place[1]),
            title=_("Whole order") if place[0] == WHOLE_ORDER else lines.get(place[0], place[0]),
            payer=label_of(payer, "party") if payer else "",
            rule_id=rule_id,
            given_minor=due.amount_minor if due else 0,
            most_minor=ceiling.amount_minor if ceiling else 0,
            written="",
        )
        fill(row, data, case.currency)
        rows.append(row)
    return sorted(rows, key=lambda row: list(Head).index(row.place[1]))


def fill(row: AmountRow, data: QueryDict, currency: str) -> None:
    """Read what was typed in the row, or offer what the rules give."""
    offered = number_text(row.given_minor, currency) if row.given_minor else ""
    typed = data.get(row.name)
    was_changed = typed is not None and typed.strip() != data.get(f"shown|{row.name}", "")
    row.written = (typed or "").strip() if was_changed else offered
    if not row.written:
        return
    try:
        row.amount_minor = read_amount(row.written, currency)
    except ValueError:
        row.errors.append(
            _("This is not an amount. Write it like %(example)s.") % {"example": number_text(12900, currency)}
        )
        return
    if row.amount_minor > row.most_minor:
        row.errors.append(
            _("At most %(most)s here. To give more, say why it goes beyond the rules.")
            % {"most": money_text(row.most_minor, currency)}
        )
