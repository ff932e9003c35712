"""Write the core's cases in the shapes of `cases`."""

from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from makewhole.core.case.actions import BY_NAME, AvailableAction, available_actions
from makewhole.core.case.claim import paid_for
from makewhole.core.case.events import Event
from makewhole.core.case.inputs import schema
from makewhole.core.case.model import Actor, Case, CaseDue, Obligation, Offer, Outcome, Payment, Ruling, Terms
from makewhole.core.case.say import HEADS, OUTCOMES, REMEDIES, STEPS
from makewhole.core.case.tell import tell
from makewhole.core.rulebook.model import Paid
from makewhole.core.words import Language, Role, Text
from makewhole.doors.api.shapes.answers import silence
from makewhole.doors.api.shapes.plain import amount, time, time_or_none
from makewhole.rooms.cases.queries import CaseRow, CaseView


def full_case(view: CaseView, reader: Actor, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    of_platform = reader.role in {Role.AGENT, Role.OPERATOR}
    case = view.case
    return {
        **_case(case, view.actions, reader, zone, language),
        "order_number": view.order.order.id,
        "merchant_name": view.order.order.merchant_name,
        "return_address": view.order.order.return_address,
        "agent_id": view.agent_id if of_platform else "",
        "timeline": [_moment(each.event, each.title, each.detail, zone, language) for each in view.timeline],
    }


def case_state(case: Case, reader: Actor, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    return _case(case, available_actions(case, reader), reader, zone, language)


def case_row(row: CaseRow, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "version": row.sequence,
        "order_id": str(row.order_id),
        "order_number": row.order_number,
        "title": row.title,
        "merchant_id": row.merchant_id,
        "buyer_id": row.buyer_id,
        "market": row.market,
        "stage": row.stage,
        "reasons": row.reasons,
        "opened_at": time(row.opened_at, zone),
        "closed_at": time_or_none(row.closed_at, zone),
        "outcome": row.outcome,
        "wanted": amount(row.wanted_minor, row.currency),
        "agreed": None if row.agreed_minor is None else amount(row.agreed_minor, row.currency),
        "paid": amount(row.paid_minor, row.currency),
        "next_step": row.next_step,
        "next_debtor": row.next_debtor,
        "next_due_at": time_or_none(row.next_due_at, zone),
    }


def event_state(event: Event, currency: str, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    told = tell(event, currency)
    return _moment(event, told.title, told.detail, zone, language)


def _moment(event: Event, title: Text, detail: Text, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    return {
        "sequence": event.sequence,
        "kind": event.kind,
        "at": time(event.at, zone),
        "role": event.role,
        "title": title.say(language),
        "detail": detail.say(language),
        "next": _obligations(event.next, zone, language),
    }


def _case(
    case: Case, actions: tuple[AvailableAction, ...], reader: Actor, zone: ZoneInfo, language: Language
) -> dict[str, Any]:
    currency = case.currency
    return {
        "id": case.id,
        "version": case.sequence,
        "order_id": case.order_id,
        "merchant_id": case.merchant_id,
        "buyer_id": case.buyer_id,
        "market": case.market,
        "currency": currency,
        "edition": case.edition,
        "stage": case.stage,
        "reasons": case.reasons,
        "lines": [line._asdict() for line in case.lines],
        "story": case.story,
        "facts": {name: fact._asdict() for name, fact in case.facts},
        "wanted": _terms(case.wanted, currency, language),
        "offer": _offer(case.offer, currency, language) if case.offer else None,
        "agreed": _terms(case.agreed, currency, language) if case.agreed else None,
        "by_ruling": case.by_ruling,
        "goods_back": case.goods_back,
        "goods_out": case.goods_out,
        "rulings": [_ruling(ruling, currency, language) for ruling in case.rulings],
        "payments": [_payment(payment, currency, language) for payment in case.payments],
        "paid": [_paid(paid, currency) for paid in paid_for(case)],
        "obligations": _obligations(case.obligations, zone, language),
        "exhibits": [{"id": exhibit_id, "side": side} for exhibit_id, side in case.exhibits],
        "opened_at": time(case.opened_at, zone),
        "closed_at": time_or_none(case.closed_at, zone),
        "outcome": case.outcome,
        "outcome_label": OUTCOMES[Outcome(case.outcome)].say(language) if case.outcome else None,
        "available_actions": [_action(action, reader, zone, language) for action in actions],
    }


def _action(action: AvailableAction, reader: Actor, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    return {
        "name": action.name,
        "label": action.label.say(language),
        "effect": action.effect.say(language),
        "who": reader.role,
        "due_at": time_or_none(action.due_at, zone),
        "on_silence": silence(action.on_silence, language) if action.on_silence else None,
        "input": orjson.Fragment(_schema(action.name, language, action.currency)),
        "primary": action.primary,
        "confirm": action.confirm,
        "final": action.final,
        "harm": action.harm,
    }


@lru_cache(maxsize=512)
def _schema(name: str, language: Language, currency: str) -> bytes:
    """The JSON Schema of an action's body, written once: it depends on nothing else."""
    return orjson.dumps(schema(BY_NAME[name].inputs, language, currency))


def _terms(terms: Terms, currency: str, language: Language) -> dict[str, Any]:
    return {
        "remedy": terms.remedy,
        "label": REMEDIES[terms.remedy].say(language),
        "total": amount(terms.total_minor, currency),
        "dues": _dues(terms.dues, currency, language),
    }


def _dues(dues: tuple[CaseDue, ...], currency: str, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "line_id": due.line_id,
            "head": due.head,
            "label": HEADS[due.head].say(language),
            "amount": amount(due.amount_minor, currency),
            "payer": due.payer,
            "rule_id": due.rule_id,
        }
        for due in dues
    ]


def _offer(offer: Offer, currency: str, language: Language) -> dict[str, Any]:
    return {"id": offer.id, "by": offer.by, "terms": _terms(offer.terms, currency, language), "note": offer.note}


def _obligations(
    obligations: tuple[Obligation, ...] | None, zone: ZoneInfo, language: Language
) -> list[dict[str, Any]] | None:
    if obligations is None:
        return None
    return [
        {
            "id": each.id,
            "step": each.step,
            "label": STEPS[each.step].say(language),
            "debtor": each.debtor,
            "due_at": time(each.due_at, zone),
            "provisional": each.provisional,
            "on_silence": silence(each.on_silence, language),
            "rule_id": each.rule_id,
        }
        for each in obligations
    ]


def _ruling(ruling: Ruling, currency: str, language: Language) -> dict[str, Any]:
    return {
        "id": ruling.id,
        "findings": [finding._asdict() for finding in ruling.findings],
        "terms": _terms(ruling.terms, currency, language) if ruling.terms else None,
        "reasons": ruling.reasons,
        "rule_ids": ruling.rule_ids,
        "on_appeal": ruling.on_appeal,
        "automatic": ruling.by == Role.SYSTEM,
        "beyond_reason": ruling.beyond_reason,
    }


def _payment(payment: Payment, currency: str, language: Language) -> dict[str, Any]:
    return {
        "reference": payment.reference,
        "funding": payment.funding,
        "total": amount(payment.total_minor, currency),
        "advanced": amount(payment.advanced_minor, currency),
        "settled": not payment.awaited,
        "dues": _dues(payment.dues, currency, language),
    }


def _paid(paid: Paid, currency: str) -> dict[str, Any]:
    return {
        "line_id": paid.line_id,
        "head": paid.head,
        "amount": amount(paid.amount_minor, currency),
        "payer": paid.payer,
    }
