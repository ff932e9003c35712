"""Amounts of rules as SQL, to the same minor unit as the engine reckons them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from makewhole.core.rulebook.compile import Ready
from makewhole.core.rulebook.pattern import HeadPattern, Way
from makewhole.core.rulebook.rule import Amount, Base, Cap
from makewhole.core.rulebook.sql.conditions import Facts, Untranslatable
from makewhole.core.rulebook.sql.terms import added, coalesced, greatest, least
from makewhole.core.words import Head, Party

PAYERS: Mapping[Party, int] = {party: place for place, party in enumerate(Party)}
"""Payers by number, as columns hold them."""


_LINE_CAPS = {
    Head.GOODS: ("price_minor", "line_goods_minor"),
    Head.FREIGHT_OUT: ("freight_minor", "line_freight_minor"),
}
"""What was paid for the claimed units of a line, and for all of them, which is the most that is due."""


class SumColumns(NamedTuple):
    """The columns amounts are reckoned from: of one line, or (`whole`) of several claimed lines together.

    `per_order`: for an amount due once for the order, which what was paid for the line does not cap.
    """

    price: str = "price_minor"
    freight: str = "freight_minor"
    whole: bool = False
    per_order: bool = False


class Reckoned(NamedTuple):
    """What is due under a head before earlier payments, within its cap, and the number of who pays it."""

    minor: str
    payer: str


class AmountWriter:
    """Writes amounts; `facts` tells the column of each fact's value."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def head(self, pattern: HeadPattern, sums: SumColumns) -> Reckoned:
        """The best of the head's ways (the first of equals) or the sum of those that add, within the head's cap."""
        reckoned = [self.way(way, sums) for way in pattern.ways]
        full = greatest(*reckoned)
        adding = self._adding(pattern.ways, reckoned)
        if adding:
            full = greatest(full, adding)
        return Reckoned(least(full, self.cap(pattern, sums, full)), _payer(pattern.ways, reckoned))

    def way(self, way: Way, sums: SumColumns) -> str:
        minor = self.amount(way.amount, sums)
        if not way.less:
            return minor
        off = " - ".join(self.amount(less, sums) for less, _ in way.less)
        return minor if minor == "0" else f"GREATEST({minor} - {off}, 0)"

    def _adding(self, ways: Sequence[Way], reckoned: Sequence[str]) -> str:
        alternatives: dict[str, list[str]] = {}
        terms: list[str] = []
        for way, minor in zip(ways, reckoned, strict=True):
            if way.best_of:
                alternatives.setdefault(way.best_of, []).append(minor)
            elif way.adds:
                terms.append(minor)
        adding = [*terms, *(greatest(*each) for each in alternatives.values())]
        return added(adding) if adding else ""

    def cap(self, pattern: HeadPattern, sums: SumColumns, otherwise: str) -> str:
        if not sums.per_order and pattern.head in _LINE_CAPS:
            part, whole = _LINE_CAPS[pattern.head]
            # What was paid for some units is never more than what was paid for all.
            return otherwise if otherwise == part else whole
        return self.caps(pattern.caps, sums) or otherwise

    def caps(self, caps: Sequence[Ready[Cap]], sums: SumColumns) -> str:
        """The highest of the caps; empty where there is none."""
        return greatest(*(self.amount(cap.outcome.amount, sums) for cap in caps)) if caps else ""

    def amount(self, amount: Amount, sums: SumColumns) -> str:
        """The amount; 0 while a fact it needs is not known."""
        minor = self._base(amount, sums)
        numerator, denominator = amount.rate.as_integer_ratio()
        factors = [minor] if numerator == 1 else [minor, str(numerator)]
        for name, divisor in ((amount.percent_of, 100), (amount.times, amount.per)):
            if name:
                factors.append(self.value(name))
                denominator *= divisor
        if "0" in factors:
            minor = "0"
        elif len(factors) > 1 or denominator != 1:
            minor = _rounded(" * ".join(factors), denominator)
        if amount.at_least_minor is not None:
            minor = greatest(minor, str(amount.at_least_minor))
        if amount.at_most_minor is not None:
            minor = least(minor, str(amount.at_most_minor))
        if amount.at_most_rate is not None:
            top, bottom = amount.at_most_rate.as_integer_ratio()
            minor = least(minor, _rounded(f"{sums.price} * {top}", bottom))
        return minor

    def value(self, name: str, part: str = "") -> str:
        """A fact's value, 0 while it is not known."""
        return coalesced([self.facts[name + part], "0"])

    def _base(self, amount: Amount, sums: SumColumns) -> str:
        base, claim = amount.base, "_claim" if sums.whole else ""
        if base is Base.PRICE:
            return sums.price
        if base is Base.FREIGHT_OUT:
            return sums.freight
        if base is Base.FIXED:
            return str(amount.fixed_minor)
        if base is Base.ORDER_PAID or base is Base.ORDER_PRICE:
            return f"{base}_minor"
        if base is Base.LOST_DISCOUNT or base is Base.FREIGHT_WAIVED:
            return f"{base}{claim}_minor"
        if base is not Base.FACT:
            raise Untranslatable(f"no SQL for an amount of {base}")
        if amount.shared_by is None:
            return self.value(amount.fact, "" if sums.whole else "__line")
        by = {Base.PRICE: "__by_price", Base.FREIGHT_OUT: "__by_freight"}.get(amount.shared_by)
        if by is None:
            raise Untranslatable(f"no SQL for a sum shared by {amount.shared_by}")
        return self.value(amount.fact, by + claim)


def _rounded(numerator: str, denominator: int) -> str:
    """The quotient, rounded half up."""
    return f"((2 * {numerator} + {denominator}) // {2 * denominator})"


def _payer(ways: Sequence[Way], reckoned: Sequence[str]) -> str:
    """Who pays what the best way gives: the first of those that give as much as any."""
    payers = [PAYERS[way.payer] for way in ways]
    if len(set(payers)) == 1:
        return str(payers[0])
    best = greatest(*reckoned)
    tests = " ".join(f"WHEN {minor} = {best} THEN {payer}" for minor, payer in zip(reckoned, payers, strict=True))
    return f"CASE {tests} ELSE {payers[0]} END"
