"""Make plans of what the lines contribute: amounts together, steps with their dates, the rules behind them.

Values made many times an answer are built past the named tuple's own constructor, which costs twice as much.
"""

from collections.abc import Sequence
from datetime import datetime

from makewhole.core.rulebook.amounts import Sums
from makewhole.core.rulebook.figures import Share, order_dues
from makewhole.core.rulebook.model import WHOLE_ORDER, Due, Plan, PlanStep, Prospect, Question
from makewhole.core.rulebook.terms import TermSet
from makewhole.core.words import SENDS_GOODS, Head, Party, Remedy


class PlanMaker:
    """Works out plans from `now`; steps that several remedies share are reckoned once."""

    __slots__ = ("made", "now", "terms")

    def __init__(self, terms: TermSet, now: datetime) -> None:
        self.terms, self.now = terms, now
        self.made: list[PlanStep | None] = [None] * len(terms.nodes)

    def single(self, share: Share) -> Plan | None:
        """The plan of one remedy on one line; None when nothing is due under it and no goods are sent."""
        pattern, dues, remedy = share.pattern, share.dues, share.remedy
        if pattern.order_heads:
            dues = dues + order_dues(share.line, pattern.order_heads, _together([share]))
        if not dues and not pattern.missing and remedy not in SENDS_GOODS:
            return None
        rule_ids = pattern.rule_ids
        if share.rules:
            rule_ids = tuple(dict.fromkeys((*rule_ids, *share.rules)))
        back = pattern.freight_back_payer if remedy is pattern.remedy else None
        return tuple.__new__(Plan, (
            remedy, tuple(dues), self.steps(remedy), rule_ids, pattern.missing, pattern.settled, pattern.adds,
            share.until, back, None if pattern.hope is None else _prospect([share], dues),
        ))  # fmt: skip

    def joint(self, shares: Sequence[Share]) -> Plan | None:
        """The plan of one remedy on several lines. They travel back together, so the first is charged with the cost."""
        if len(shares) == 1:
            return self.single(shares[0])
        carrier = next((one for one in shares if one.sends_back), None)
        dues = [due for one in shares for due in one.dues if due.head is not Head.FREIGHT_BACK or one is carrier]
        ordering = [one for one in shares if one.pattern.order_heads]
        if ordering:
            dues += order_dues(ordering[0].line, ordering[0].pattern.order_heads, _together(ordering))
        missing = tuple(dict.fromkeys(fact for one in shares for fact in one.pattern.missing))
        remedy = shares[0].remedy
        if not dues and not missing and remedy not in SENDS_GOODS:
            return None
        ends = [one.until for one in shares if one.until is not None]
        payers = [one.pattern.freight_back_payer for one in shares if one.pattern.remedy is remedy]
        return Plan(
            remedy,
            tuple(dues),
            self.steps(remedy),
            tuple(dict.fromkeys(rule for one in shares for rule in (*one.pattern.rule_ids, *one.rules))),
            missing,
            all(one.pattern.settled for one in shares),
            all(one.pattern.adds for one in shares),
            min(ends) if ends else None,
            next((payer for payer in payers if payer is not Party.BUYER), payers[0] if payers else None),
            _prospect(shares, dues),
        )

    def steps(self, remedy: Remedy) -> tuple[PlanStep, ...]:
        """The steps of a remedy with their dates, if every earlier step takes its full time."""
        made, nodes = self.made, self.terms.nodes
        steps: list[PlanStep] = []
        step: PlanStep | None = None
        for place in self.terms.steps[remedy]:
            known = made[place]
            if known is None:
                node = nodes[place]
                at, provisional = node.ends(self.now if step is None else step.due_at)
                if step is not None and step.provisional:
                    provisional = True
                known = made[place] = tuple.__new__(PlanStep, (node.term, at, provisional))
            step = known
            steps.append(known)
        return tuple(steps)


def _prospect(shares: Sequence[Share], dues: Sequence[Due]) -> Prospect | None:
    """What the remedy would come to with the rights that hang on open facts; None when they add nothing."""
    hopes = [(one, one.pattern.hope) for one in shares if one.pattern.hope is not None]
    more_minor = sum(one.more_minor for one, _ in hopes)
    ordering = [(one, hope.order_heads) for one, hope in hopes if hope.order_heads]
    if ordering:
        hoping = [one for one, _ in ordering]
        counted = [one for one in shares if one.pattern.order_heads or one in hoping]
        hoped = order_dues(ordering[0][0].line, ordering[0][1], _together(counted))
        once = sum(due.amount_minor for due in dues if due.line_id == WHOLE_ORDER)
        more_minor += max(0, sum(due.amount_minor for due in hoped) - once)
    unsized = any(hope.unsized for _, hope in hopes)
    if not more_minor and not unsized:
        return None
    waiting: dict[str, dict[str, None]] = {}
    for _, hope in hopes:
        for question in hope.questions:
            waiting.setdefault(question.fact, {}).update(dict.fromkeys(question.rule_ids))
    questions = tuple(Question(fact, tuple(rule_ids)) for fact, rule_ids in waiting.items())
    return Prospect(None if unsized else sum(due.amount_minor for due in dues) + more_minor, questions)


def _together(shares: Sequence[Share]) -> Sums:
    """What was paid for the claimed units of all these lines."""
    one = shares[0].line.sums
    if len(one.claimed) == 1:
        return one
    price_minor = sum(share.line.sums.price_minor for share in shares)
    freight_minor = sum(share.line.sums.freight_minor for share in shares)
    return Sums(price_minor, freight_minor, one.order, one.allocation, one.claimed, None)
