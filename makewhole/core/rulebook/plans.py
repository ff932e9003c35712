"""Make plans of what the lines contribute: amounts together, steps with their dates, the rules behind them."""

from collections.abc import Sequence
from datetime import datetime

from makewhole.core.rulebook.amounts import Sums
from makewhole.core.rulebook.figures import Share, order_dues
from makewhole.core.rulebook.model import Plan, PlanStep
from makewhole.core.rulebook.terms import TermSet
from makewhole.core.words import SENDS_GOODS, Party, Remedy


class PlanMaker:
    """Works out plans from `now`; steps that several remedies share are reckoned once."""

    __slots__ = ("made", "now", "terms")

    def __init__(self, terms: TermSet, now: datetime) -> None:
        self.terms, self.now = terms, now
        self.made: dict[int, PlanStep] = {}

    def plan(self, shares: Sequence[Share]) -> Plan | None:
        """The plan of one remedy; None when nothing is due under it and no goods are sent."""
        share = shares[0]
        pattern, dues = share.pattern, share.dues
        rule_ids, missing, until = pattern.rule_ids, pattern.missing, share.until
        settled, adds, back = pattern.settled, pattern.adds, pattern.freight_back_payer
        if len(shares) > 1:
            dues = [due for one in shares for due in one.dues]
            rule_ids = tuple(dict.fromkeys(rule for one in shares for rule in one.pattern.rule_ids))
            missing = tuple(dict.fromkeys(fact for one in shares for fact in one.pattern.missing))
            settled = all(one.pattern.settled for one in shares)
            adds = all(one.pattern.adds for one in shares)
            ends = [one.until for one in shares if one.until is not None]
            until = min(ends) if ends else None
            payers = [one.pattern.freight_back_payer for one in shares]
            back = next((payer for payer in payers if payer is not Party.BUYER), back)
        if any(one.pattern.order_heads for one in shares):
            dues = dues + order_dues([one for one in shares if one.pattern.order_heads], _together(shares))
        if not dues and not missing and share.remedy not in SENDS_GOODS:
            return None
        shown = [rule for one in shares for rule in one.rules]
        if shown:
            rule_ids = tuple(dict.fromkeys((*rule_ids, *shown)))
        if share.remedy is not pattern.remedy:
            back = None
        steps = self.steps(share.remedy)
        return Plan(share.remedy, tuple(dues), steps, rule_ids, missing, settled, adds, until, back)

    def steps(self, remedy: Remedy) -> tuple[PlanStep, ...]:
        """The steps of a remedy with their dates, if every earlier step takes its full time."""
        made, nodes = self.made, self.terms.nodes
        steps: list[PlanStep] = []
        for place in self.terms.steps[remedy]:
            step = made.get(place)
            if step is None:
                term, before, ends = nodes[place]
                if before < 0:
                    at, provisional = ends(self.now)
                else:
                    earlier = made[before]
                    at, provisional = ends(earlier.due_at)
                    provisional = provisional or earlier.provisional
                step = made[place] = PlanStep(term, at, provisional)
            steps.append(step)
        return tuple(steps)


def _together(shares: Sequence[Share]) -> Sums:
    """What was paid for the claimed units of all these lines."""
    one = shares[0].line.sums
    if len(shares) == 1:
        return one
    price_minor = sum(share.line.sums.price_minor for share in shares)
    freight_minor = sum(share.line.sums.freight_minor for share in shares)
    return Sums(price_minor, freight_minor, one.order, one.allocation, one.claimed, None)
