"""Paying what was agreed or ruled: from the merchant's money, and on shortfall and silence from the guarantee fund.

What neither the fund, up to its cap, nor the merchant's deposit could pay stays owing: after one more term the case
ends.
"""

from dataclasses import replace

from makewhole.core.case.amounts import caps, room_left
from makewhole.core.case.claim import owed, paid_by_case
from makewhole.core.case.commands import RecordPayment
from makewhole.core.case.decision import Draft, refuse
from makewhole.core.case.events import Closed, EventKind, PaymentMade, PaymentShort
from makewhole.core.case.model import SYSTEM, Case, CaseDue, Obligation, Outcome, Payment
from makewhole.core.case.say import amount
from makewhole.core.ledger.model import Funding, HeadDue, PayDue, PaymentInstruction
from makewhole.core.rulebook.model import Paid
from makewhole.core.words import Consequence, Head, Party, Step, Text


def payable(draft: Draft) -> tuple[CaseDue, ...]:
    """What is agreed and not yet paid, cut to what the caps leave over all cases of the order."""
    terms = owed(draft.case)
    if terms is None or not terms.dues:
        return ()
    left = room_left(draft.answer, draft.context)
    cut = []
    for due in terms.dues:
        amount_minor = min(due.amount_minor, left.get((due.line_id, due.head), due.amount_minor))
        if amount_minor > 0:
            cut.append(due._replace(amount_minor=amount_minor))
    return tuple(cut)


def pay(draft: Draft, funding: Funding) -> bool:
    """Instruct the treasury to pay what is payable. False when there is nothing to pay out of that money.

    The fund stands in for what the merchant owes by the rules or a ruling, up to its cap; never for goodwill.
    """
    dues = payable(draft)
    if funding is Funding.FUND:
        dues = guaranteed(dues)
    if not dues:
        return False
    case = draft.case
    draft.dues = granted(draft, dues)
    draft.instruction = PaymentInstruction(
        reference=f"{case.id}/{case.sequence}/{funding.value}",
        case_id=case.id,
        order_id=case.order_id,
        merchant_id=case.merchant_id,
        buyer_id=case.buyer_id,
        currency=case.currency,
        dues=tuple(PayDue(due.line_id, due.head, due.amount_minor, due.payer) for due in dues),
        funding=funding,
        fund_cap_minor=draft.answer.fund.cap_minor,
    )
    return True


def guaranteed(dues: tuple[CaseDue, ...]) -> tuple[CaseDue, ...]:
    """What the fund stands in for."""
    return tuple(due for due in dues if due.payer is Party.MERCHANT and due.head is not Head.GOODWILL)


def fund_is_used_up(draft: Draft) -> bool:
    """Whether the fund has done all it may for this order: nothing owed is its to pay, or its cap is reached."""
    advanced = sum(payment.advanced_minor for case in (draft.case, *draft.context.others) for payment in case.payments)
    return advanced >= draft.answer.fund.cap_minor or not guaranteed(payable(draft))


def granted(draft: Draft, dues: tuple[CaseDue, ...]) -> tuple[HeadDue, ...]:
    """What the case grants, head by head: what it paid and what it is now to pay."""
    most = caps(draft.answer, draft.context)
    sums = dict(paid_by_case(draft.case))
    for due in dues:
        place = (due.line_id, due.head)
        sums[place] = sums.get(place, 0) + due.amount_minor
    return tuple(
        HeadDue(line_id, head, due_minor, max(due_minor, most.get((line_id, head), due_minor)))
        for (line_id, head), due_minor in sums.items()
    )


def record_payment(draft: Draft, command: RecordPayment) -> None:
    """Note what the treasury paid; go on to the next purse, or leave the rest with the merchant as a clock."""
    instruction = command.instruction
    dues = paid_dues(draft.case, command.paid)
    running = next((each for each in draft.kept(Step.PAY) if each.due_at > draft.now), None)
    if dues:
        awaited, advanced_minor = command.awaited, command.advanced_minor
        payment = Payment(instruction.reference, instruction.funding, dues, advanced_minor, awaited, refunds=awaited)
        draft.record(EventKind.PAYMENT_MADE, PaymentMade(payment), actor=SYSTEM)
        draft.tell(Party.BUYER, Party.MERCHANT)
        made = tuple(Paid(due.line_id, due.head, due.amount_minor, due.payer) for due in dues)
        draft.context = replace(draft.context, paid=(*draft.context.paid, *made))
    elif running is not None:
        refuse_empty_balance(draft)
    if not payable(draft):
        stop_pay_clock(draft)
    elif instruction.funding is Funding.FUND:
        pay(draft, Funding.DEPOSIT)
    else:
        wait_for_money(draft, running)


def stop_pay_clock(draft: Draft) -> None:
    """Nothing is left for the merchant to pay."""
    give_back(draft)
    draft.then(*(each for each in draft.case.obligations if each.step is not Step.PAY))


def give_back(draft: Draft) -> None:
    """What was granted and is no longer to be paid is free for other cases of the order again."""
    if draft.case.obligation(Step.PAY) is not None:
        draft.dues = granted(draft, ())


def wait_for_money(draft: Draft, running: Obligation | None) -> None:
    """The merchant owes the rest. When the fund could not help either, the platform's operators are alarmed.

    Where the fund has done all it may, there is one more term; when that has passed too, and nothing else is to be
    done, the case ends with the rest owing: nobody waits for ever for money that is not there.
    """
    passed = draft.case.obligation(Step.PAY) if running is None else None
    fund_tried = passed is not None
    short = PaymentShort(sum(due.amount_minor for due in payable(draft)), fund_tried)
    others = tuple(each for each in draft.case.obligations if each.step is not Step.PAY)
    is_last = passed is not None and passed.on_silence is Consequence.REST_LEFT_OWING and not others
    clocks = () if is_last else (running or next_term(draft, fund_tried),)
    draft.record(EventKind.PAYMENT_SHORT, short, *others, *clocks, actor=SYSTEM)
    parties = () if is_last else (Party.BUYER, Party.MERCHANT)
    draft.tell(*parties, *((Party.PLATFORM,) if fund_tried else ()))
    if is_last:
        leave_owing(draft)


def next_term(draft: Draft, fund_tried: bool) -> Obligation:
    """The merchant's clock; the last one, where the fund was tried and may do no more."""
    clock = draft.obligation(Step.PAY, Party.MERCHANT)
    if fund_tried and fund_is_used_up(draft):
        return clock._replace(on_silence=Consequence.REST_LEFT_OWING)
    return clock


def leave_owing(draft: Draft) -> None:
    """End the case with what nobody could pay."""
    give_back(draft)
    draft.record(EventKind.CLOSED, Closed(Outcome.LEFT_OWING, ""), actor=SYSTEM)
    draft.tell(Party.BUYER, Party.MERCHANT)


def paid_dues(case: Case, paid: tuple[PayDue, ...]) -> tuple[CaseDue, ...]:
    """What was paid, each due with the rule it was agreed or ruled by."""
    rules = {(due.line_id, due.head): due.rule_id for due in case.agreed.dues} if case.agreed else {}
    dues: dict[tuple[str, Head], CaseDue] = {}
    for part in paid:
        place = (part.line_id, part.head)
        so_far = dues[place].amount_minor if place in dues else 0
        dues[place] = CaseDue(part.line_id, part.head, so_far + part.amount_minor, part.payer, rules.get(place, ""))
    return tuple(dues.values())


def refuse_empty_balance(draft: Draft) -> None:
    """Refuse a payment now when there is no money for it."""
    short = amount(sum(due.amount_minor for due in payable(draft)), draft.case.currency)
    refuse(
        "balance_empty",
        Text(f"商家余额不足，尚欠 {short}", f"the merchant's balance is empty; {short} is still owed"),
        Text("先充值，再付款", "top the balance up, then pay"),
    )
