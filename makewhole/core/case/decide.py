"""Decide a command: everything that follows from it, or why it is refused. Pure: the same in, the same out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from makewhole.core.case import appeal, mediation, negotiation, opening, performance, silence
from makewhole.core.case import commands as c
from makewhole.core.case.actions import action_for, denial
from makewhole.core.case.clocks import may_run_together
from makewhole.core.case.decision import Context, Decision, Draft, Refusal, Refused
from makewhole.core.case.model import Case
from makewhole.core.facts import FactValue
from makewhole.core.rulebook.model import Answer, ClaimLine
from makewhole.core.words import Reason, Role, Text

Handler = Callable[[Draft, Any], None]

HANDLERS: dict[type[Any], Handler] = {
    c.AcceptClaim: negotiation.accept_claim,
    c.MakeOffer: negotiation.make_offer,
    c.AcceptOffer: negotiation.accept_offer,
    c.RefuseClaim: negotiation.refuse_claim,
    c.Withdraw: negotiation.withdraw,
    c.Escalate: mediation.escalate,
    c.SubmitEvidence: mediation.submit_evidence,
    c.FinishEvidence: mediation.finish_evidence,
    c.RequestEvidence: mediation.request_evidence,
    c.Rule: mediation.rule,
    c.AcceptRuling: mediation.accept_ruling,
    c.ContestReturn: mediation.contest_return,
    c.ReportNotReceived: mediation.report_not_received,
    c.Appeal: appeal.appeal,
    c.RuleAppeal: appeal.rule_appeal,
    c.ShipBack: performance.ship_back,
    c.ConfirmReturn: performance.confirm_return,
    c.SendGoods: performance.send_goods,
    c.ConfirmReceipt: performance.confirm_receipt,
    c.PayNow: performance.pay_now,
}

SYSTEM_HANDLERS: dict[type[Any], Handler] = {
    c.Expire: silence.expire,
    c.RecordPayment: performance.payment_recorded,
    c.RefundSettled: performance.refund_settled,
    c.RefundFailed: performance.refund_failed,
}

WAIT = Text("刷新后查看当前可以做什么", "reload to see what can be done now")
CHOOSE = Text("从列表里选择", "choose one from your list")
AFTER_CLOSING = (c.RefundSettled, c.RefundFailed)


def decide(case: Case | None, command: object, context: Context, now: datetime) -> Decision | Refusal:
    """All that follows from a command on a case (None: `OpenCase`), or why it is refused.

    Raises ValueError when the case or the command is not what the caller must have made sure of.
    """
    if isinstance(command, c.OpenCase):
        return open_case(case, command, context, now)
    if case is None:
        raise ValueError(f"{type(command).__name__} needs a case")
    refusal = permit(case, command, context)
    if refusal is not None:
        return refusal
    handler = HANDLERS.get(type(command)) or SYSTEM_HANDLERS[type(command)]
    return worked_out(Draft(case, context, now), handler, command)


def would_give(
    context: Context,
    reasons: tuple[Reason, ...],
    lines: tuple[ClaimLine, ...],
    facts: tuple[tuple[str, FactValue], ...],
    now: datetime,
) -> Answer | Refusal:
    """What a claim on the order would give, before any case: the same answer that opening one goes by."""
    try:
        return opening.entitlement(Draft(None, context, now), reasons, lines, facts).answer
    except Refused as refused:
        return refused.refusal


def open_case(case: Case | None, command: c.OpenCase, context: Context, now: datetime) -> Decision | Refusal:
    if case is not None:
        raise ValueError(f"case {case.id} is open already")
    if context.actor.role is not Role.BUYER:
        return Refusal(
            "not_yours",
            Text("只有买家可以发起售后", "only a buyer opens a case"),
            Text("请买家发起", "let the buyer open it"),
        )
    return worked_out(Draft(None, context, now), opening.open_case, command)


def permit(case: Case, command: object, context: Context) -> Refusal | None:
    """Why the actor may not give this command now, by the action table; None when they may."""
    actor = context.actor
    if type(command) in SYSTEM_HANDLERS:
        if actor.role is not Role.SYSTEM:
            return Refusal("not_yours", Text("只有系统可以这样做", "only the system does this"), WAIT)
        if not case.is_open and not isinstance(command, AFTER_CLOSING):
            return Refusal("case_closed", Text("售后已关闭", "the case is closed"), WAIT)
        return None
    action = action_for(command, actor.role)
    if action is None:
        raise ValueError(f"there is no action for {type(command).__name__}")
    denied = denial(action, case, actor)
    if denied is None:
        return None
    if not case.is_open and denied.code == "not_now":
        return Refusal("case_closed", Text("售后已关闭", "the case is closed"), WAIT)
    return Refusal(denied.code, denied.why, CHOOSE if denied.code == "case_unknown" else WAIT)


def worked_out(draft: Draft, handler: Handler, command: object) -> Decision | Refusal:
    try:
        handler(draft, command)
    except Refused as refused:
        return refused.refusal
    decision = draft.decision()
    check(decision)
    return decision


def check(decision: Decision) -> None:
    """Raise AssertionError unless the case ends up closed, being paid, or waiting in one known way (I5, trap 32)."""
    case = decision.case
    if not case.is_open or decision.instruction is not None:
        return
    if not may_run_together(case.stage, case.obligations):
        waits = ", ".join(f"{each.step} of {each.debtor}" for each in case.obligations) or "nothing"
        raise AssertionError(f"case {case.id} in {case.stage} after {decision.events[-1:]} waits for {waits}")
