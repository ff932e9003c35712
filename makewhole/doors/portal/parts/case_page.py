"""What every page of one case shows, made of the cases' room: where it stands, what happened, the money, the sides.

Portals add to it what their reader needs. Everything here is the same for both sides, except who is called 'you'.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from makewhole.core.case.events import EventKind
from makewhole.core.case.model import Actor, Case, Payment, Terms
from makewhole.core.case.tell import BY
from makewhole.core.facts import CHOICES, FACTS, Fact, FactName, FactType
from makewhole.core.rulebook.model import WHOLE_ORDER
from makewhole.core.words import Head, Party, Role, Step
from makewhole.doors.portal.parts.cards import Reader, say
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.markets import rules_of, zone_of
from makewhole.doors.portal.parts.times import in_zone, when_text
from makewhole.doors.portal.parts.words import label_of, listing, said
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import CaseView, Moment, Outlook
from makewhole.rooms.evidence import queries as evidence

SPOKEN = frozenset(
    {
        EventKind.OPENED, EventKind.OFFER_MADE, EventKind.CLAIM_REFUSED, EventKind.ESCALATED, EventKind.APPEALED,
        EventKind.EVIDENCE_SUBMITTED, EventKind.EVIDENCE_REQUESTED, EventKind.RETURN_CONTESTED,
        EventKind.NOT_RECEIVED,
    }
)  # fmt: skip
"""Events whose detail is somebody's own words."""

PROPOSING = frozenset({"make_offer", "revise_claim"})

ICONS: dict[EventKind, tuple[str, str]] = {
    EventKind.OPENED: ("message", "active"),
    EventKind.CLAIM_ACCEPTED: ("check", "active"),
    EventKind.OFFER_MADE: ("message", "active"),
    EventKind.OFFER_ACCEPTED: ("check", "active"),
    EventKind.CLAIM_REFUSED: ("close", ""),
    EventKind.ESCALATED: ("scales", "active"),
    EventKind.EVIDENCE_SUBMITTED: ("camera", ""),
    EventKind.EVIDENCE_REQUESTED: ("camera", "active"),
    EventKind.RULED: ("gavel", "active"),
    EventKind.APPEALED: ("scales", "active"),
    EventKind.RULING_FINAL: ("gavel", "active"),
    EventKind.SHIPPED_BACK: ("truck", ""),
    EventKind.RETURN_CONFIRMED: ("check", "active"),
    EventKind.RETURN_CONTESTED: ("alert", ""),
    EventKind.GOODS_SENT: ("truck", "active"),
    EventKind.RECEIPT_CONFIRMED: ("check", "active"),
    EventKind.NOT_RECEIVED: ("alert", ""),
    EventKind.PAYMENT_MADE: ("money", "active"),
    EventKind.PAYMENT_SHORT: ("alert", ""),
    EventKind.REFUND_SETTLED: ("money", "good"),
    EventKind.REFUND_FAILED: ("undo", ""),
    EventKind.CLOSED: ("check", ""),
}
"""The icon and tone of an event on the timeline; others have none."""


class Due(NamedTuple):
    """One line of the comparison of what is due with what is asked and offered. None: not mentioned."""

    label: str
    line_title: str
    due_minor: int | None
    asked_minor: int | None
    offered_minor: int | None


class FactTold(NamedTuple):
    label: str
    value: str
    provenance: str


def case_context(view: CaseView, reader: Actor, now: datetime) -> dict[str, Any]:
    """The context of a case's page for this reader. One query for the exhibits, and a few while the sides negotiate."""
    case, order = view.case, view.order.order
    sides = evidence.sides(UUID(case.id))
    lines = {line.id: line.title for line in order.lines}
    outlook = outlook_of(view, reader, now)
    return {
        "case": case,
        "order": order,
        "order_id": view.order.id,
        "now": now,
        "zone": zone_of(case.market),
        "rules": rules_of(case.market, order.placed_at),
        "lines": lines,
        "claimed": [(lines.get(line.line_id, line.line_id), line.quantity) for line in case.lines],
        "answer": view.answer,
        "obligations": obligations_of(view),
        "owes_evidence": (Step.GIVE_EVIDENCE, reader.role.value)
        in {(each.step, each.debtor) for each in case.obligations},
        "sends_back": any(each.step is Step.SHIP_BACK for each in case.obligations),
        "entries": [entry(moment, reader) for moment in reversed(view.timeline)],
        "movements": movements(case, reader),
        "buyer_exhibits": sides[Party.BUYER],
        "merchant_exhibits": sides[Party.MERCHANT],
        "platform_exhibits": sides[Party.PLATFORM],
        "outlook": outlook,
        "comparison": comparison(view, outlook, lines),
        "facts_told": facts_told(case.facts, order.currency, now, zone_of(case.market)),
        "ruling": ruling_context(case, Reader(rules_of(case.market, order.placed_at), lines, None)),
        "paid_minor": sum(payment.total_minor for payment in case.payments),
    }


def obligations_of(view: CaseView) -> list[dict[str, Any]]:
    """The open obligations, each with the moment its clock began."""
    began = {each.id: moment.at for moment in reversed(view.timeline) for each in moment.next or ()}
    return [{**each._asdict(), "started_at": began.get(each.id)} for each in view.case.obligations]


def entry(moment: Moment, reader: Actor) -> dict[str, Any]:
    """One event of the timeline as the part draws it."""
    icon, tone = ICONS.get(moment.kind, ("", ""))
    detail = say(moment.detail)
    quoted = moment.kind in SPOKEN
    ruled = moment.kind is EventKind.RULED
    text = told_to(reader, moment)
    if detail and not quoted and not ruled:
        text = said(text, detail)
    return {
        "who": label_of(moment.role, "role") if moment.role is Role.SYSTEM else "",
        "at": moment.at,
        "text": text,
        "quote": detail if quoted else "",
        "icon": icon,
        "tone": tone,
        "href": "#ruling" if ruled else "",
        "link_label": _("Read the ruling"),
    }


def told_to(reader: Actor, moment: Moment) -> str:
    """What happened, as its reader is told: what they did themselves begins with 'You'."""
    text, actor = say(moment.title), say(BY[moment.role])
    mine = moment.role is reader.role and text.startswith(actor)
    return _("You") + text.removeprefix(actor) if mine else text


def party_or_you(party: Party, reader: Actor) -> str:
    return _("You") if party.value == reader.role.value else label_of(party, "party")


def movements(case: Case, reader: Actor) -> list[dict[str, Any]]:
    """The case's payments as a flow: from the merchant's money and from the fund to the buyer."""
    found = []
    for payment in case.payments:
        found += [each for each in (flow(case, payment, source, reader) for source in Party) if each["amount_minor"]]
    return found


def flow(case: Case, payment: Payment, source: Party, reader: Actor) -> dict[str, Any]:
    """What one payment took from this source; an amount of zero when nothing."""
    given = {
        Party.FUND: payment.advanced_minor,
        Party.PLATFORM: sum(due.amount_minor for due in payment.dues if due.payer is Party.PLATFORM),
    }
    given[Party.MERCHANT] = payment.total_minor - sum(given.values())
    heads = dict.fromkeys(label_of(due.head, "head") for due in payment.dues)
    return {
        "source": party_or_you(source, reader),
        "target": party_or_you(Party.BUYER, reader),
        "amount_minor": given.get(source, 0),
        "currency": case.currency,
        "label": listing(list(heads)),
        "state": "pending" if payment.awaited else "posted",
    }


def outlook_of(view: CaseView, reader: Actor, now: datetime) -> Outlook | None:
    """What is still due over all claims of the order, while the two sides negotiate; None when nothing hangs on it."""
    negotiating = any(action.name in PROPOSING for action in view.actions)
    if negotiating or (view.case.offer is not None and view.case.agreed is None):
        return cases.outlook(UUID(view.case.id), (), reader, now)
    return None


def comparison(view: CaseView, outlook: Outlook | None, lines: Mapping[str, str]) -> dict[str, Any] | None:
    """The merchant's offer beside what the buyer asks and what the rules give; None while there is no offer."""
    case = view.case
    offer = case.offer
    if offer is None or outlook is None or case.agreed is not None:
        return None
    asked = case.demand
    offered = offer.terms if offer.by is Party.MERCHANT else None
    given = outlook.terms.get(asked.remedy)
    columns = [amounts(given), amounts(asked), amounts(offered)]
    places = dict.fromkeys(place for column in columns for place in column)
    rows = [
        Due(label_of(head, "head"), title_of(line_id, lines), *(column.get((line_id, head)) for column in columns))
        for line_id, head in places
    ]
    return {
        "rows": rows,
        "offer": offer,
        "asked": asked,
        "offered": offered,
        "given": given,
        "totals": [terms.total_minor if terms and terms.dues else None for terms in (given, asked, offered)],
    }


def amounts(terms: Terms | None) -> dict[tuple[str, Head], int]:
    return {(due.line_id, due.head): due.amount_minor for due in terms.dues} if terms else {}


def title_of(line_id: str, lines: Mapping[str, str]) -> str:
    return _("Whole order") if line_id == WHOLE_ORDER else lines.get(line_id, line_id)


def facts_told(facts: Sequence[tuple[str, Fact]], currency: str, now: datetime, zone: Any) -> list[FactTold]:
    """What the parties said, in words."""
    return [
        FactTold(say(FACTS[name].label), value_text(FACTS[name], fact.value, currency, now, zone), str(fact.provenance))
        for name, fact in facts
        if name in FACTS
    ]


def value_text(entry: FactName, value: Any, currency: str, now: datetime, zone: Any) -> str:
    """A fact's value as people say it."""
    if entry.type is FactType.YES_NO:
        return _("yes") if value else _("no")
    if entry.type is FactType.AMOUNT:
        return money_text(int(value), currency)
    if entry.type is FactType.TIME:
        return when_text(in_zone(datetime.fromisoformat(str(value)), zone), now, zone)
    if entry.type is FactType.CHOICE:
        return choice_label(str(value))
    return f"{value}%" if entry.name.endswith("_percent") else str(value)


def choice_label(value: str) -> str:
    """A choice of a fact in words."""
    label = say(CHOICES.get(value, value))
    return label[:1].upper() + label[1:]


def ruling_context(case: Case, words: Reader) -> dict[str, Any] | None:
    """The last ruling ready to be read: findings in words, reasons, rules. None while there is none."""
    if not case.rulings:
        return None
    ruling = case.rulings[-1]
    standing = {"evidenced": _("shown by the record"), "presumed": _("presumed by rule and not disproved")}
    findings = [
        {
            "label": say(FACTS[finding.fact].label) if finding.fact in FACTS else finding.fact,
            "value": (_("yes") if finding.value else _("no"))
            if isinstance(finding.value, bool)
            else choice_label(str(finding.value)),
            "why": standing.get(finding.why, finding.why),
            "exhibit_count": len(finding.exhibit_ids),
        }
        for finding in ruling.findings
    ]
    return {
        "terms": ruling.terms,
        "findings": findings,
        "reasons": ruling.reasons,
        "beyond_reason": ruling.beyond_reason,
        "rule_views": [words.rule(rule_id) for rule_id in ruling.rule_ids],
        "automatic": ruling.by == "system",
        "on_appeal": ruling.on_appeal,
    }
