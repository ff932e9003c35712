"""What follows when an obligation's time passes in silence: one function per consequence."""

from collections.abc import Callable

from makewhole.core.case import clocks
from makewhole.core.case.actions import AGREED, CLOSED
from makewhole.core.case.clocks import Clock
from makewhole.core.case.commands import Escalate, Expire
from makewhole.core.case.decision import Draft, refuse
from makewhole.core.case.events import EventKind, Nothing, Reminded, Said
from makewhole.core.case.mediation import appeal_waived, escalate, evidence_ends
from makewhole.core.case.model import Obligation, Outcome
from makewhole.core.case.performance import agree, close, confirm_receipt, confirm_return, fund_advances, refund_instead
from makewhole.core.words import SENDS_GOODS, Consequence, Party, Step, Text


def expire(draft: Draft, command: Expire) -> None:
    """Let the consequence of silence follow. Refused while there is time, or when the obligation was met."""
    obligation = next((each for each in draft.case.obligations if each.id == command.obligation_id), None)
    if obligation is None:
        refuse(
            "obligation_gone",
            Text("该事项已经办结", "this obligation is no longer open"),
            Text("无需处理", "nothing is to be done"),
            "obligation_id",
        )
    if obligation.due_at > draft.now:
        refuse(
            "not_due_yet",
            Text("期限未到", "its time has not passed yet"),
            Text(f"等到 {obligation.due_at.isoformat()}", f"wait until {obligation.due_at.isoformat()}"),
            "obligation_id",
        )
    SILENCE[obligation.on_silence](draft, obligation)


def claim_accepted(draft: Draft, obligation: Obligation) -> None:
    """Silence grants what the platform could rule on; what only a court awards wants the merchant's own word.

    Where nothing else is asked, silence counts as a refusal, and the buyer decides what to do.
    """
    demand = draft.case.demand
    granted = demand._replace(dues=tuple(due for due in demand.dues if not due.by_court))
    if granted.dues or granted == demand or demand.remedy in SENDS_GOODS:
        agree(draft, EventKind.CLAIM_ACCEPTED, granted)
    else:
        draft.record(EventKind.CLAIM_REFUSED, Said(""))
        draft.then(draft.obligation(Step.REVISE_OR_ESCALATE, Party.BUYER))
        draft.tell(Party.BUYER)


def offer_lapses(draft: Draft, obligation: Obligation) -> None:
    draft.record(EventKind.OFFER_LAPSED, Nothing())
    draft.then(draft.obligation(Step.REVISE_OR_ESCALATE, Party.BUYER))
    draft.tell(Party.BUYER, Party.MERCHANT)


def lapse(draft: Draft, obligation: Obligation) -> None:
    close(draft, Outcome.LAPSED)


def escalated(draft: Draft, obligation: Obligation) -> None:
    escalate(draft, Escalate())


def return_accepted(draft: Draft, obligation: Obligation) -> None:
    confirm_return(draft, None)


def refunded_instead(draft: Draft, obligation: Obligation) -> None:
    refund_instead(draft)


def receipt_confirmed(draft: Draft, obligation: Obligation) -> None:
    confirm_receipt(draft, None)


def fund_pays(draft: Draft, obligation: Obligation) -> None:
    fund_advances(draft)


def ruled_on_file(draft: Draft, obligation: Obligation) -> None:
    evidence_ends(draft, obligation.debtor)


def ruling_final(draft: Draft, obligation: Obligation) -> None:
    appeal_waived(draft, obligation.debtor)


def reminded(draft: Draft, obligation: Obligation) -> None:
    """The same is asked again with a fresh term, and the platform's operators know."""
    again = draft.obligation(obligation.step, obligation.debtor)
    others = tuple(each for each in draft.case.obligations if each.id != obligation.id)
    draft.record(EventKind.REMINDED, Reminded(obligation.step, obligation.debtor), *others, again)
    draft.tell(*dict.fromkeys((obligation.debtor, Party.PLATFORM)))


SILENCE: dict[Consequence, Callable[[Draft, Obligation], None]] = {
    Consequence.CLAIM_ACCEPTED: claim_accepted,
    Consequence.OFFER_LAPSES: offer_lapses,
    Consequence.CASE_CLOSED: lapse,
    Consequence.ESCALATED: escalated,
    Consequence.RETURN_ACCEPTED: return_accepted,
    Consequence.REFUNDED_INSTEAD: refunded_instead,
    Consequence.RECEIPT_CONFIRMED: receipt_confirmed,
    Consequence.FUND_ADVANCES: fund_pays,
    Consequence.REST_LEFT_OWING: fund_pays,
    Consequence.RULED_ON_FILE: ruled_on_file,
    Consequence.RULING_FINAL: ruling_final,
    Consequence.REMINDED: reminded,
}

LEADS_TO: dict[Consequence, frozenset[Clock | None]] = {
    Consequence.CLAIM_ACCEPTED: AGREED | {clocks.REVISE},
    Consequence.OFFER_LAPSES: frozenset({clocks.REVISE}),
    Consequence.CASE_CLOSED: frozenset({CLOSED}),
    Consequence.ESCALATED: clocks.PROVING | clocks.APPEALING,
    Consequence.RETURN_ACCEPTED: frozenset({clocks.SEND_GOODS, clocks.PAY, clocks.SETTLE_REFUND, CLOSED}),
    Consequence.REFUNDED_INSTEAD: frozenset({clocks.PAY, clocks.SETTLE_REFUND, CLOSED}),
    Consequence.RECEIPT_CONFIRMED: frozenset({CLOSED}),
    Consequence.FUND_ADVANCES: frozenset({clocks.PAY, clocks.SETTLE_REFUND, CLOSED}),
    Consequence.REST_LEFT_OWING: frozenset({clocks.PAY, clocks.SETTLE_REFUND, CLOSED}),
    Consequence.RULED_ON_FILE: clocks.PROVING | {clocks.RULE, clocks.RULE_APPEAL},
    Consequence.RULING_FINAL: AGREED | clocks.APPEALING,
    Consequence.REMINDED: frozenset(),
}
"""Where a case may go on silence; REMINDED asks for the same again."""
