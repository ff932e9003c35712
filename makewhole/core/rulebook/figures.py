"""Figures and dates of one line: what each remedy of its pattern pays, less what was paid before.

A line's price paid back in full closes every remedy that would give goods back or give goods again; what is still due
on it (freight) is then refunded without a return. A part paid back closes only the remedies that would replace the
whole item.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from makewhole.core.allocation.model import LineShare
from makewhole.core.calendar import Deadline
from makewhole.core.order.model import Means
from makewhole.core.rulebook.amounts import Sums, reckon
from makewhole.core.rulebook.compile import Program, Ready
from makewhole.core.rulebook.model import WHOLE_ORDER, Due, FundCover, Obstacle, ObstacleKind
from makewhole.core.rulebook.pattern import REFUNDS_PRICE, HeadPattern, Hope, Pattern, RemedyPattern, Way
from makewhole.core.rulebook.rights import Blocked
from makewhole.core.rulebook.rule import Amount, Base, Cap, PromiseKind
from makewhole.core.rulebook.windows import begun
from makewhole.core.words import Head, Party, Remedy

# Members of an enum looked up once: the look-up costs as much as the comparison it serves.
_GOODS, _FREIGHT_OUT, _BUYER = Head.GOODS, Head.FREIGHT_OUT, Party.BUYER
_PRICE, _FREIGHT, _COMPENSATION = Base.PRICE, Base.FREIGHT_OUT, Remedy.COMPENSATION

PaidBefore = Mapping[tuple[str, Head], int]
_NO_AMOUNT = Amount(Base.FIXED)
_REPLACES = frozenset({Remedy.EXCHANGE, Remedy.RESHIP, Remedy.SUBSTITUTE})


class Share:
    """What one line contributes to one remedy's plan. `rules` are rules that showed only in the figures.

    `more_minor` is what rights hanging on open facts would add to its dues.
    """

    __slots__ = ("dues", "line", "more_minor", "pattern", "remedy", "rules", "until")

    def __init__(self, pattern: RemedyPattern, remedy: Remedy, line: "LineFigures") -> None:
        self.pattern, self.remedy, self.line = pattern, remedy, line
        self.dues: list[Due] = []
        self.rules: list[str] = []
        self.until: Deadline | None = None
        self.more_minor = 0

    @property
    def sends_back(self) -> bool:
        """Whether goods travel back under it at another's cost than the buyer's."""
        return self.pattern.freight_back_payer not in (None, _BUYER) and self.remedy is self.pattern.remedy


class LineFigures:
    """One claimed line while its figures are worked out."""

    __slots__ = ("currency", "ends", "line_id", "paid", "program", "share", "sums", "values")

    def __init__(
        self,
        line_id: str,
        share: LineShare,
        sums: Sums,
        values: list[Any],
        ends: Sequence[Deadline | None],
        program: Program,
        paid: PaidBefore,
    ) -> None:
        self.line_id, self.share, self.sums, self.values = line_id, share, sums, values
        self.ends, self.program, self.paid = ends, program, paid
        self.currency = sums.order.currency

    def shares(self, pattern: Pattern, blocked: list[Obstacle]) -> list[Share]:
        """What the line contributes to each remedy; what its payments close goes to `blocked`."""
        shares: list[Share] = []
        closed = self._closed(pattern) if self.paid else ()
        for remedy_pattern in pattern.remedies:
            remedy: Remedy | None = remedy_pattern.remedy
            if remedy in closed:
                rule_id = remedy_pattern.rule_ids[0]
                blocked.append(Obstacle(ObstacleKind.PAID_IN_FULL, rule_id, self.line_id, remedy, "", None))
                continue
            if self.paid and remedy is not _COMPENSATION:
                remedy = self._after_payment(remedy_pattern, blocked)
                if remedy is None or any(share.remedy is remedy for share in shares):
                    continue
            share = Share(remedy_pattern, remedy or remedy_pattern.remedy, self)
            for head in remedy_pattern.heads:
                if remedy is remedy_pattern.remedy or head.head is not _GOODS:
                    self._add_due(share, head)
            if remedy_pattern.hope is not None:
                self._hope(share, remedy_pattern.hope)
            if share.sends_back:
                self._send_back(share, pattern.back_caps)
            for kind, rule_id in remedy_pattern.default_promises:
                if not self._promised(kind):
                    share.rules.append(rule_id)
            if remedy_pattern.until:
                share.until = self._until(remedy_pattern)
            shares.append(share)
        return shares

    def _closed(self, pattern: Pattern) -> set[Remedy]:
        """Remedies that something paid before stands in place of."""
        return {
            remedy for one in pattern.remedies if one.closes and _paid_under(one, self.line_id, self.paid)
            for remedy in one.closes
        }  # fmt: skip

    def _promised(self, kind: PromiseKind) -> bool:
        promises = self.sums.order.promises
        return (promises.dispatch_by if kind is PromiseKind.DISPATCH else promises.deliver_by) is not None

    def _after_payment(self, pattern: RemedyPattern, blocked: list[Obstacle]) -> Remedy | None:
        """The remedy that is left after earlier payments on the line's price; None when none is."""
        given_back, price_minor = self.paid.get((self.line_id, _GOODS), 0), self.sums.price_minor
        remedy, rule_id = pattern.remedy, pattern.rule_ids[0]
        if not given_back or not price_minor:
            return remedy
        if given_back >= price_minor:
            blocked.append(Obstacle(ObstacleKind.PAID_IN_FULL, rule_id, self.line_id, remedy, "", None))
            rest = [self.due(head)[0] for head in pattern.heads if head.head is not _GOODS]
            return Remedy.REFUND_ONLY if remedy in REFUNDS_PRICE and any(rest) else None
        if remedy in _REPLACES:
            blocked.append(Obstacle(ObstacleKind.NOT_CLAIMABLE, rule_id, self.line_id, remedy, "", None))
            return None
        return remedy

    def _add_due(self, share: Share, head: HeadPattern) -> None:
        due, rules = self.due(head)
        if due is not None:
            share.dues.append(due)
            share.rules += rules

    def _hope(self, share: Share, hope: Hope) -> None:
        """What the hope adds to the dues so far, under the heads that count for them."""
        whole = share.remedy is share.pattern.remedy
        hoped = [self.due(head)[0] for head in hope.heads if whole or head.head is not _GOODS]
        more_minor = sum(due.amount_minor for due in hoped if due) - sum(due.amount_minor for due in share.dues)
        share.more_minor = max(0, more_minor)

    def due(self, pattern: HeadPattern) -> tuple[Due | None, list[str]]:
        """What is still due under a head, and the rules that took something off; None when nothing is."""
        head, way = pattern.head, pattern.ways[0]
        taken_off: list[str] = []
        if pattern.plain is _PRICE:
            full_minor = self.sums.price_minor
        elif pattern.plain is _FREIGHT:
            full_minor = self.sums.freight_minor
        else:
            full_minor, way, taken_off = self.best(pattern.ways, self.sums)
        if head is _GOODS:
            cap_minor = self.share.goods_minor
        elif head is _FREIGHT_OUT:
            cap_minor = self.share.freight_minor
        else:
            cap_minor = self.cap(pattern.caps, self.sums, full_minor)
        return self.dued(self.line_id, head, way, min(full_minor, cap_minor), cap_minor), taken_off

    def best(self, ways: Sequence[Way], sums: Sums) -> tuple[int, Way, list[str]]:
        """The best of several ways (the first of equals), or the sum of those that add, of alternatives the best."""
        best_minor, best_way, adding = -1, ways[0], 0
        best_of: dict[str, int] = {}
        taken_off: list[str] = []
        for way in ways:
            minor = reckon(way.amount, sums, self.values, self.program.slots)
            off = [(reckon(less, sums, self.values, self.program.slots), rule_id) for less, rule_id in way.less]
            minor = max(0, minor - sum(part for part, _ in off))
            if way.best_of:
                best_of[way.best_of] = max(minor, best_of.get(way.best_of, 0))
            elif way.adds:
                adding += minor
            if minor > best_minor:
                best_minor, best_way, taken_off = minor, way, [rule_id for part, rule_id in off if part]
        return max(best_minor, adding + sum(best_of.values())), best_way, taken_off

    def cap(self, caps: Sequence[Ready[Cap]], sums: Sums, otherwise: int) -> int:
        """The highest of the caps, or `otherwise` where there is none."""
        if not caps:
            return otherwise
        if len(caps) == 1:
            return reckon(caps[0].outcome.amount, sums, self.values, self.program.slots)
        return max(reckon(cap.outcome.amount, sums, self.values, self.program.slots) for cap in caps)

    def fund_cover(self, caps: Sequence[Ready[Cap]]) -> FundCover:
        """What the guarantee fund may advance, by the cap that counts: the highest, of equal ones the earlier."""
        if not caps:
            return FundCover(0, "")
        best = caps[0] if len(caps) == 1 else max(caps, key=lambda cap: self.cap((cap,), self.sums, 0))
        return FundCover(self.cap((best,), self.sums, 0), best.rule.id)

    def dued(self, line_id: str, head: Head, way: Way, full_minor: int, cap_minor: int) -> Due | None:
        left_minor = full_minor - self.paid.get((line_id, head), 0) if self.paid else full_minor
        if left_minor <= 0:
            return None
        return Due(
            line_id, head, left_minor, self.currency, way.payer, way.rule_id, full_minor, cap_minor, way.form,
            way.by_court,
        )  # fmt: skip

    def _send_back(self, share: Share, caps: Sequence[Ready[Cap]]) -> None:
        """The cost of sending back, once it is known."""
        pattern = share.pattern
        cost_minor = self.values[self.program.slots["return_freight_minor"]]
        if cost_minor and pattern.freight_back_payer is not None:
            cap_minor = self.cap(caps, self.sums, cost_minor)
            way = Way(_NO_AMOUNT, pattern.freight_back_payer, pattern.freight_back_rule, Means.MONEY, False, ())
            due = self.dued(self.line_id, Head.FREIGHT_BACK, way, min(cost_minor, cap_minor), cap_minor)
            if due is not None:
                share.dues.append(due)
                share.rules += [cap.rule.id for cap in caps if cap_minor < cost_minor]

    def _until(self, pattern: RemedyPattern) -> Deadline | None:
        """The last moment to claim: of several grants the latest; None when one of them has no limit."""
        latest: Deadline | None = None
        for windows in pattern.until:
            end: Deadline | None = None
            for place, lifted_by in windows:
                limit = begun(self.ends[place])
                if limit is not None and (lifted_by < 0 or self.values[lifted_by] is not True):
                    end = limit if end is None or limit < end else end
            if end is None:
                return None
            latest = end if latest is None or end > latest else latest
        return latest

    def obstacle(self, blocked: Blocked) -> Obstacle:
        """What speaks against a remedy, with the date it turns on."""
        found = [end for end in (begun(self.ends[place]) for place in blocked.ends) if end is not None]
        turning = min if blocked.kind is ObstacleKind.OUT_OF_TIME else max
        since = turning(found).at if found else None
        return Obstacle(blocked.kind, blocked.rule_id, self.line_id, blocked.remedy, blocked.fact, since)


def paid_off(share: Share, paid: PaidBefore) -> bool:
    """Whether earlier payments fell under this remedy's own heads."""
    return share.remedy is share.pattern.remedy and _paid_under(share.pattern, share.line.line_id, paid)


def _paid_under(pattern: RemedyPattern, line_id: str, paid: PaidBefore) -> bool:
    heads = (*pattern.heads, *pattern.order_heads)
    return any(paid.get((place, head.head)) for head in heads for place in (line_id, WHOLE_ORDER))


def order_dues(line: LineFigures, heads: Sequence[HeadPattern], once: Sums) -> list[Due]:
    """Amounts due once for the whole order, reckoned on all lines that have a right to them."""
    dues: list[Due] = []
    for head in heads:
        full_minor, way, _ = line.best(head.ways, once)
        cap_minor = line.cap(head.caps, once, full_minor)
        due = line.dued(WHOLE_ORDER, head.head, way, min(full_minor, cap_minor), cap_minor)
        if due is not None:
            dues.append(due)
    return dues
