"""How each event changes a case. Nothing is decided or refused here: what happened, happened."""

from collections.abc import Callable, Iterable
from typing import Any

from makewhole.core.case.events import Event, EventKind, Opened
from makewhole.core.case.model import Case, GoodsBack, GoodsOut, Outcome, Payment
from makewhole.core.words import SENDS_GOODS, Stage

Changes = dict[str, Any]


def opened(event: Event, data: Opened) -> Case:
    return Case(
        id=data.case_id,
        order_id=data.order_id,
        merchant_id=data.merchant_id,
        buyer_id=data.buyer_id,
        market=data.market,
        currency=data.currency,
        edition=data.edition,
        reasons=data.reasons,
        lines=data.lines,
        story=data.story,
        facts=data.facts,
        wanted=data.wanted,
        before=data.before,
        stage=Stage.NEGOTIATION,
        opened_at=event.at,
        sequence=event.sequence,
        obligations=event.next or (),
    )


def nothing(case: Case, event: Event, data: Any) -> Changes:
    return {}


def agreed(case: Case, event: Event, data: Any) -> Changes:
    return {"stage": Stage.PERFORMANCE, "agreed": data.terms, "by_ruling": False, "offer": None}


def offer_made(case: Case, event: Event, data: Any) -> Changes:
    return {"offer": data.offer, "offers_made": case.offers_made + 1}


def offer_gone(case: Case, event: Event, data: Any) -> Changes:
    return {"offer": None}


def to_mediation(case: Case, event: Event, data: Any) -> Changes:
    return {"stage": Stage.MEDIATION, "offer": None, "evidence_rounds": 1}


def return_contested(case: Case, event: Event, data: Any) -> Changes:
    return {**to_mediation(case, event, data), "goods_back": GoodsBack.WITH_MERCHANT}


def evidence_submitted(case: Case, event: Event, data: Any) -> Changes:
    known = {exhibit_id for exhibit_id, _ in case.exhibits}
    added = tuple((exhibit_id, data.party) for exhibit_id in data.exhibit_ids if exhibit_id not in known)
    return {"exhibits": case.exhibits + added}


def appealed(case: Case, event: Event, data: Any) -> Changes:
    return {**evidence_submitted(case, event, data), "stage": Stage.APPEAL, "appealed_by": data.party}


def evidence_requested(case: Case, event: Event, data: Any) -> Changes:
    return {"evidence_rounds": case.evidence_rounds + 1}


def ruled(case: Case, event: Event, data: Any) -> Changes:
    return {"rulings": (*case.rulings, data.ruling)}


def ruling_final(case: Case, event: Event, data: Any) -> Changes:
    again = data.terms is not None and data.terms.remedy in SENDS_GOODS and case.goods_out is GoodsOut.ON_THE_WAY
    return {
        "stage": Stage.PERFORMANCE,
        "agreed": data.terms,
        "by_ruling": True,
        "goods_out": GoodsOut.NOT_SENT if again else case.goods_out,
    }


def refunded_instead(case: Case, event: Event, data: Any) -> Changes:
    return {"agreed": data.terms}


def shipped_back(case: Case, event: Event, data: Any) -> Changes:
    agreed = case.agreed
    if data.freight is not None and agreed is not None:
        agreed = agreed._replace(dues=(*agreed.dues, data.freight))
    return {"goods_back": GoodsBack.ON_THE_WAY, "agreed": agreed}


def return_confirmed(case: Case, event: Event, data: Any) -> Changes:
    return {"goods_back": GoodsBack.WITH_MERCHANT}


def goods_out(place: GoodsOut) -> Callable[[Case, Event, Any], Changes]:
    return lambda case, event, data: {"goods_out": place}


def payment_made(case: Case, event: Event, data: Any) -> Changes:
    return {"payments": (*case.payments, data.payment)}


def refund_settled(case: Case, event: Event, data: Any) -> Changes:
    return {"payments": tuple(without(payment, data.reference) for payment in case.payments)}


def without(payment: Payment, reference: str) -> Payment:
    return payment._replace(awaited=tuple(each for each in payment.awaited if each != reference))


def refund_failed(case: Case, event: Event, data: Any) -> Changes:
    """A refund that had arrived and came back is awaited again."""
    reference = data.reference
    return {
        "payments": tuple(
            payment._replace(awaited=(*payment.awaited, reference))
            if reference in payment.refunds and reference not in payment.awaited
            else payment
            for payment in case.payments
        )
    }


def closed(case: Case, event: Event, data: Any) -> Changes:
    outcome: Outcome = data.outcome
    return {"stage": Stage.CLOSED, "outcome": outcome, "closed_at": event.at, "offer": None, "obligations": ()}


CHANGES: dict[EventKind, Callable[[Case, Event, Any], Changes]] = {
    EventKind.CLAIM_ACCEPTED: agreed,
    EventKind.OFFER_MADE: offer_made,
    EventKind.OFFER_ACCEPTED: agreed,
    EventKind.OFFER_LAPSED: offer_gone,
    EventKind.CLAIM_REFUSED: offer_gone,
    EventKind.ESCALATED: to_mediation,
    EventKind.EVIDENCE_SUBMITTED: evidence_submitted,
    EventKind.EVIDENCE_FINISHED: nothing,
    EventKind.EVIDENCE_REQUESTED: evidence_requested,
    EventKind.RULED: ruled,
    EventKind.RULING_ACCEPTED: nothing,
    EventKind.APPEALED: appealed,
    EventKind.RULING_FINAL: ruling_final,
    EventKind.SHIPPED_BACK: shipped_back,
    EventKind.RETURN_CONFIRMED: return_confirmed,
    EventKind.RETURN_CONTESTED: return_contested,
    EventKind.GOODS_SENT: goods_out(GoodsOut.ON_THE_WAY),
    EventKind.RECEIPT_CONFIRMED: goods_out(GoodsOut.WITH_BUYER),
    EventKind.NOT_RECEIVED: to_mediation,
    EventKind.REFUNDED_INSTEAD: refunded_instead,
    EventKind.PAYMENT_MADE: payment_made,
    EventKind.PAYMENT_SHORT: nothing,
    EventKind.PAID_ELSEWHERE: nothing,
    EventKind.REFUND_SETTLED: refund_settled,
    EventKind.REFUND_FAILED: refund_failed,
    EventKind.REMINDED: nothing,
    EventKind.CLOSED: closed,
}


def evolve(case: Case | None, event: Event) -> Case:
    """The case after an event. Raises ValueError when the event does not follow on the case."""
    if isinstance(event.data, Opened):
        if case is not None or event.sequence != 1:
            raise ValueError(f"event {event.sequence} opens a case that is open already")
        return opened(event, event.data)
    if case is None or event.sequence != case.sequence + 1:
        raise ValueError(f"event {event.sequence} does not follow on {case.sequence if case else 0}")
    changes = CHANGES[event.kind](case, event, event.data)
    changes["sequence"] = event.sequence
    if event.next is not None:
        changes["obligations"] = event.next
    return case._replace(**changes)


def fold(events: Iterable[Event]) -> Case:
    """The case all its events make. Raises ValueError when there are none or one is missing."""
    case: Case | None = None
    for event in events:
        case = evolve(case, event)
    if case is None:
        raise ValueError("a case without events does not exist")
    return case
