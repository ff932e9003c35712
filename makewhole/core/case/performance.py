"""Carrying out what was agreed or ruled: goods back, goods out, money; and closing when nothing is left to do.

Goods come back first. After that goods out and money run side by side, each with its own clock.
"""

from makewhole.core.case.amounts import ceilings, room_left
from makewhole.core.case.claim import claim_of, paid_by_case, paid_for
from makewhole.core.case.commands import PayNow, RecordPayment, RefundFailed, RefundSettled, SendGoods, ShipBack
from makewhole.core.case.decision import Draft
from makewhole.core.case.events import Agreed, Closed, EventKind, Nothing, RefundReport, Sent, SentBack
from makewhole.core.case.model import SYSTEM, Actor, Case, CaseDue, GoodsBack, GoodsOut, Obligation, Outcome, Terms
from makewhole.core.case.payment import give_back, pay, record_payment, stop_pay_clock
from makewhole.core.facts import Fact
from makewhole.core.ledger.model import Funding
from makewhole.core.order.model import Order, ParcelEventKind
from makewhole.core.words import RETURNS_GOODS, SENDS_GOODS, Head, Party, Provenance, Remedy, Stage, Step

FREIGHT_FACT = "return_freight_minor"
MONEY_STEPS = frozenset({Step.PAY, Step.SETTLE_REFUND})


def agree(draft: Draft, kind: EventKind, terms: Terms | None, actor: Actor | None = None) -> None:
    """These terms are performed from now on (None: the claim is dismissed)."""
    draft.record(kind, Agreed(terms), actor=actor)
    draft.tell(Party.BUYER, Party.MERCHANT)
    advance(draft)


def advance(draft: Draft) -> None:
    """Set what the terms need next: an obligation, a payment, or, when all is done, the end.

    Outside performance only the clocks of money change here; the dispute goes on beside them.
    """
    case = draft.case
    if case.stage is not Stage.PERFORMANCE:
        others = tuple(each for each in case.obligations if each.step not in MONEY_STEPS)
        draft.then(*others, *money_clocks(draft))
        return
    if must_come_back(case, draft.context.order):
        give_back(draft)
        draft.then(*(settling(draft) or (draft.obligation(Step.SHIP_BACK, Party.BUYER),)))
        return
    paying = case.obligation(Step.PAY) is None and pay(draft, Funding.MERCHANT)
    following = (*goods_clocks(draft), *money_clocks(draft))
    if following or paying:
        draft.then(*following)
    else:
        close(draft, outcome_of(case))


def must_come_back(case: Case, order: Order) -> bool:
    """Whether the buyer has yet to send goods back. What never left the merchant need not come back."""
    if case.agreed is None or case.agreed.remedy not in RETURNS_GOODS or case.goods_back is not GoodsBack.NOT_SENT:
        return False
    claimed = {line.line_id for line in case.lines}
    return any(
        parcel.when(ParcelEventKind.DISPATCHED) is not None or parcel.when(ParcelEventKind.SIGNED) is not None
        for parcel in order.parcels
        if not parcel.contents or any(line_id in claimed for line_id, _ in parcel.contents)
    )


def goods_clocks(draft: Draft) -> tuple[Obligation, ...]:
    """Who must do what about goods the merchant owes; a clock that runs already runs on."""
    case = draft.case
    if case.agreed is None or case.agreed.remedy not in SENDS_GOODS or case.goods_out is GoodsOut.WITH_BUYER:
        return ()
    if case.goods_out is GoodsOut.NOT_SENT:
        return draft.kept(Step.SEND_GOODS) or (draft.obligation(Step.SEND_GOODS, Party.MERCHANT),)
    return draft.kept(Step.CONFIRM_RECEIPT) or (draft.obligation(Step.CONFIRM_RECEIPT, Party.BUYER),)


def settling(draft: Draft) -> tuple[Obligation, ...]:
    """The platform's clock while the provider has refunds to confirm."""
    if not draft.case.awaited:
        return ()
    return draft.kept(Step.SETTLE_REFUND) or (draft.obligation(Step.SETTLE_REFUND, Party.PLATFORM),)


def money_clocks(draft: Draft) -> tuple[Obligation, ...]:
    """What the merchant has still to pay, and what the provider has still to confirm."""
    return (*draft.kept(Step.PAY), *settling(draft))


def close(draft: Draft, outcome: Outcome, note: str = "", actor: Actor | None = SYSTEM) -> None:
    """End the case."""
    give_back(draft)
    draft.record(EventKind.CLOSED, Closed(outcome, note), actor=actor)
    draft.tell(Party.BUYER, Party.MERCHANT)


def outcome_of(case: Case) -> Outcome:
    """How a case ends whose terms are performed."""
    if not case.by_ruling:
        return Outcome.SETTLED
    if case.agreed is None:
        return Outcome.RULED_IN_PART if case.payments else Outcome.DISMISSED
    whole = case.agreed.remedy is case.wanted.remedy and case.agreed.total_minor >= case.wanted.total_minor
    return Outcome.RULED_FOR_BUYER if whole else Outcome.RULED_IN_PART


def ship_back(draft: Draft, command: ShipBack) -> None:
    """The goods travel back; what that cost joins the terms where the rules put it on somebody else."""
    freight = freight_back(draft, command.freight_minor) if command.freight_minor else None
    inspect = draft.obligation(Step.INSPECT, Party.MERCHANT)
    sent = SentBack(command.carrier, command.tracking_number, freight)
    draft.record(EventKind.SHIPPED_BACK, sent, inspect)
    draft.tell(Party.MERCHANT)


def freight_back(draft: Draft, freight_minor: int) -> CaseDue | None:
    """What the rules give of the cost of sending back; None where the buyer bears it or it was agreed already."""
    case = draft.case
    if case.agreed is None or any(due.head is Head.FREIGHT_BACK for due in case.agreed.dues):
        return None
    claim = claim_of(case)
    facts = {**claim.facts, FREIGHT_FACT: Fact(freight_minor, Provenance.ALLEGED)}
    plan = draft.assess(claim._replace(facts=facts), paid_for(case)).plan(case.agreed.remedy)
    for due in plan.dues if plan else ():
        if due.head is Head.FREIGHT_BACK and due.amount_minor:
            return CaseDue(due.line_id, due.head, due.amount_minor, due.payer, due.rule_id)
    return None


def confirm_return(draft: Draft, command: object) -> None:
    """The goods are back in order: the merchant says so, or said nothing in time."""
    draft.record(EventKind.RETURN_CONFIRMED, Nothing())
    draft.tell(Party.BUYER)
    advance(draft)


def send_goods(draft: Draft, command: SendGoods) -> None:
    draft.record(EventKind.GOODS_SENT, Sent(command.carrier, command.tracking_number))
    draft.tell(Party.BUYER)
    advance(draft)


def confirm_receipt(draft: Draft, command: object) -> None:
    """The buyer has the goods: the buyer says so, or said nothing in time."""
    draft.record(EventKind.RECEIPT_CONFIRMED, Nothing())
    draft.tell(Party.MERCHANT)
    advance(draft)


def refund_instead(draft: Draft) -> None:
    """The merchant did not send the goods: their price is due instead, beside the amounts already agreed."""
    case = draft.case
    agreed = case.agreed.dues if case.agreed else ()
    still_due = ceilings(draft.answer, room_left(draft.answer, draft.context))
    allocation = draft.context.allocation
    paid = paid_by_case(case)
    dues = [due for due in agreed if due.head is not Head.GOODS]
    for line in case.lines:
        place = (line.line_id, Head.GOODS)
        if place in still_due:
            price_minor, rule_id = still_due[place].amount_minor + paid.get(place, 0), still_due[place].rule_id
        else:
            price_minor, rule_id = allocation.share(line.line_id).goods_for(line.first_unit, line.quantity), ""
            price_minor -= sum(each.amount_minor for each in case.before if (each.line_id, each.head) == place)
        if price_minor > 0:
            dues.append(CaseDue(line.line_id, Head.GOODS, price_minor, Party.MERCHANT, rule_id))
    agree(draft, EventKind.REFUNDED_INSTEAD, Terms(Remedy.REFUND_ONLY, tuple(dues)))


def pay_now(draft: Draft, command: PayNow) -> None:
    pay(draft, Funding.MERCHANT)


def fund_advances(draft: Draft) -> None:
    """The merchant did not pay in time: the fund pays, else the merchant's own money is tried, deposit and all."""
    if not pay(draft, Funding.FUND) and not pay(draft, Funding.DEPOSIT):
        draft.record(EventKind.PAID_ELSEWHERE, Nothing(), actor=SYSTEM)
        stop_pay_clock(draft)
        advance(draft)


def payment_recorded(draft: Draft, command: RecordPayment) -> None:
    record_payment(draft, command)
    if draft.instruction is None and draft.case.is_open:
        advance(draft)


def refund_settled(draft: Draft, command: RefundSettled) -> None:
    """The provider confirmed a refund. A report that was heard before changes nothing."""
    if command.reference not in draft.case.awaited:
        return
    draft.record(EventKind.REFUND_SETTLED, RefundReport(command.reference), actor=SYSTEM)
    draft.tell(Party.BUYER)
    if draft.case.is_open:
        advance(draft)


def refund_failed(draft: Draft, command: RefundFailed) -> None:
    """The provider could not refund, or the money came back. The same refund is tried again; the platform watches."""
    if any(command.reference in payment.refunds for payment in draft.case.payments):
        draft.record(EventKind.REFUND_FAILED, RefundReport(command.reference, command.why), actor=SYSTEM)
        draft.tell(Party.PLATFORM)
        if draft.case.is_open:
            advance(draft)
