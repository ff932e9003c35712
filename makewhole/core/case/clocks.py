"""The clocks a case may wait by: which obligations of whom, and which of them may run together.

A clock is a step and its debtor. In each stage exactly one set of clocks runs at a time, so no two of them contradict
each other; clocks of money already agreed may run beside any other, for no act of one side stops them.
"""

from makewhole.core.case.model import Obligation
from makewhole.core.words import Consequence, Party, Stage, Step

Clock = tuple[Step, Party]
Clocks = frozenset[Clock]

RESPOND: Clock = (Step.RESPOND, Party.MERCHANT)
BUYER_ANSWERS: Clock = (Step.ANSWER_OFFER, Party.BUYER)
MERCHANT_ANSWERS: Clock = (Step.ANSWER_OFFER, Party.MERCHANT)
REVISE: Clock = (Step.REVISE_OR_ESCALATE, Party.BUYER)
SHIP_BACK: Clock = (Step.SHIP_BACK, Party.BUYER)
INSPECT: Clock = (Step.INSPECT, Party.MERCHANT)
SEND_GOODS: Clock = (Step.SEND_GOODS, Party.MERCHANT)
CONFIRM_RECEIPT: Clock = (Step.CONFIRM_RECEIPT, Party.BUYER)
PAY: Clock = (Step.PAY, Party.MERCHANT)
SETTLE_REFUND: Clock = (Step.SETTLE_REFUND, Party.PLATFORM)
BUYER_PROVES: Clock = (Step.GIVE_EVIDENCE, Party.BUYER)
MERCHANT_PROVES: Clock = (Step.GIVE_EVIDENCE, Party.MERCHANT)
RULE: Clock = (Step.RULE, Party.PLATFORM)
BUYER_APPEALS: Clock = (Step.APPEAL, Party.BUYER)
MERCHANT_APPEALS: Clock = (Step.APPEAL, Party.MERCHANT)
RULE_APPEAL: Clock = (Step.RULE_APPEAL, Party.PLATFORM)

TALKS: Clocks = frozenset({RESPOND, BUYER_ANSWERS, MERCHANT_ANSWERS, REVISE})
PROVING: Clocks = frozenset({BUYER_PROVES, MERCHANT_PROVES})
APPEALING: Clocks = frozenset({BUYER_APPEALS, MERCHANT_APPEALS})
MONEY: Clocks = frozenset({PAY, SETTLE_REFUND})
EVERY: Clocks = (
    TALKS | PROVING | APPEALING | MONEY | {SHIP_BACK, INSPECT, SEND_GOODS, CONFIRM_RECEIPT, RULE, RULE_APPEAL}
)

RUNNING: dict[Stage, frozenset[Clocks]] = {
    Stage.NEGOTIATION: frozenset(frozenset({clock}) for clock in TALKS),
    Stage.PERFORMANCE: frozenset(
        {frozenset(), *(frozenset({clock}) for clock in (SHIP_BACK, INSPECT, SEND_GOODS, CONFIRM_RECEIPT))}
    ),
    Stage.MEDIATION: frozenset(
        {
            PROVING, frozenset({BUYER_PROVES}), frozenset({MERCHANT_PROVES}), frozenset({RULE}),
            APPEALING, frozenset({BUYER_APPEALS}), frozenset({MERCHANT_APPEALS}),
        }
    ),
    Stage.APPEAL: frozenset({frozenset({BUYER_PROVES}), frozenset({MERCHANT_PROVES}), frozenset({RULE_APPEAL})}),
    Stage.CLOSED: frozenset(),
}  # fmt: skip
"""Which sets of clocks may run in each stage, money apart. In performance money may run alone."""

SILENCE_OF: dict[Step, frozenset[Consequence]] = {
    Step.RESPOND: frozenset({Consequence.CLAIM_ACCEPTED, Consequence.ESCALATED}),
    Step.ANSWER_OFFER: frozenset({Consequence.OFFER_LAPSES, Consequence.CASE_CLOSED, Consequence.ESCALATED}),
    Step.REVISE_OR_ESCALATE: frozenset({Consequence.CASE_CLOSED, Consequence.ESCALATED}),
    Step.SHIP_BACK: frozenset({Consequence.CASE_CLOSED}),
    Step.INSPECT: frozenset({Consequence.RETURN_ACCEPTED}),
    Step.SEND_GOODS: frozenset({Consequence.REFUNDED_INSTEAD}),
    Step.CONFIRM_RECEIPT: frozenset({Consequence.RECEIPT_CONFIRMED}),
    Step.PAY: frozenset({Consequence.FUND_ADVANCES}),
    Step.SETTLE_REFUND: frozenset({Consequence.REMINDED}),
    Step.GIVE_EVIDENCE: frozenset({Consequence.RULED_ON_FILE}),
    Step.RULE: frozenset({Consequence.REMINDED}),
    Step.APPEAL: frozenset({Consequence.RULING_FINAL}),
    Step.RULE_APPEAL: frozenset({Consequence.REMINDED}),
}
"""What a rulebook may have follow on silence at each step."""


def clock_of(obligation: Obligation) -> Clock:
    return (obligation.step, obligation.debtor)


def may_run_together(stage: Stage, obligations: tuple[Obligation, ...]) -> bool:
    """Whether these obligations are one of the sets a case in this stage may wait by."""
    running = frozenset(clock_of(obligation) for obligation in obligations)
    return bool(running) and len(running) == len(obligations) and running - MONEY in RUNNING[stage]
