"""Amounts as whole numbers of a solver, reckoned as `amounts.reckon` does: products rounded half up once.

A product of two unknowns (price × percentage, loss × days) has no linear formula. It becomes an unknown within safe
bounds; a solution that reckons it wrong is answered with the right product, and the search goes on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import z3

from makewhole.core.rulebook.prove.claim import ONE_KEPT, ONE_OF_TWO, Formula, Number, SymbolicClaim
from makewhole.core.rulebook.prove.ends import Correction
from makewhole.core.rulebook.prove.refusal import not_known_to_the_prover
from makewhole.core.rulebook.rule import Amount, Base

_PERCENT = 100


class _Product(NamedTuple):
    """A product of unknowns: base × rate × factors ÷ per, as the unknown `minor`."""

    base: Number
    rate: Fraction
    factors: tuple[Number, ...]
    minor: Number


class Amounts:
    """Amounts of one claim."""

    def __init__(self, claim: SymbolicClaim) -> None:
        self.claim = claim
        self.products: list[_Product] = []
        self.met: dict[Amount, Number] = {}

    def of(self, amount: Amount) -> Number:
        """The amount for the claimed unit; a fact not known counts as nothing."""
        found = self.met.get(amount)
        if found is None:
            found = self.met[amount] = self._reckoned(amount)
        return found

    def _reckoned(self, amount: Amount) -> Number:
        base = _BASES.get(amount.base)
        if base is None:
            raise not_known_to_the_prover(f"amounts reckoned from {amount.base}", f"以 {amount.base} 计算的金额")
        minor = base(self, amount)
        factors = tuple(self._known(name) for name in (amount.percent_of, amount.times) if name)
        rate = amount.rate / (_PERCENT if amount.percent_of else 1) / amount.per
        if factors:
            minor = self._product(minor, rate, factors)
        elif rate != 1:
            minor = _share(minor, rate)
        if amount.at_least_minor is not None:
            minor = largest([minor, z3.IntVal(amount.at_least_minor)])
        if amount.at_most_minor is not None:
            minor = z3.If(minor > amount.at_most_minor, amount.at_most_minor, minor)
        if amount.at_most_rate is not None:
            minor = least(minor, _share(self.claim.price_minor, amount.at_most_rate))
        return minor

    def _known(self, name: str) -> Number:
        fact = self.claim.fact(name)
        return z3.If(fact.known, fact.value, 0)

    def _product(self, base: Number, rate: Fraction, factors: tuple[Number, ...]) -> Number:
        minor = z3.Int(f"product.{len(self.products)}")
        self.products.append(_Product(base, rate, factors, minor))
        nothing = z3.Or(base == 0, *(factor == 0 for factor in factors))
        sound = [minor >= 0, z3.Implies(nothing, minor == 0)]
        if len(factors) == 1 and 0 < rate <= 1:
            # Up to the factor that makes the rate whole, the product stays within its base.
            whole = int(1 / rate)
            sound.append(z3.Implies(factors[0] <= whole, minor <= base))
            if whole * rate == 1:
                sound.append(z3.Implies(factors[0] == whole, minor == base))
        self.claim.sound += sound
        return minor

    def wrong(self, model: Any) -> list[Correction]:
        """What is true of the products a solution got wrong; empty when it got all right."""

        def value(number: Number) -> int:
            return int(model.eval(number, model_completion=True).as_long())

        found: list[Correction] = []
        for one in self.products:
            factors = [value(factor) for factor in one.factors]
            numerator, denominator = one.rate.as_integer_ratio()
            for factor in factors:
                numerator *= factor
            base = value(one.base)
            true = (2 * base * numerator + denominator) // (2 * denominator)
            if true != value(one.minor):
                # For these factors, right for every base: percentages are soon told in full.
                given = z3.And(*(fact == to for fact, to in zip(one.factors, factors, strict=True)))
                right = (2 * one.base * numerator + denominator) / (2 * denominator)
                here = z3.And(given, one.base == base, one.minor == true)
                always = z3.Implies(given, one.minor == right)
                if len(factors) == 1:
                    # More of the factor is never less of the product.
                    always = z3.And(
                        always,
                        z3.Implies(one.factors[0] >= factors[0], one.minor >= right),
                        z3.Implies(one.factors[0] <= factors[0], one.minor <= right),
                    )
                found.append(Correction(always, here))
        return found


def largest(numbers: Sequence[Number]) -> Number:
    """The largest of some numbers; 0 of none."""
    found: Number = z3.IntVal(0)
    for place, number in enumerate(numbers):
        found = number if not place else z3.If(number > found, number, found)
    return found


def least(one: Number, other: Number) -> Number:
    """The smaller of two numbers."""
    return z3.If(one < other, one, other)


def counted(numbers: Iterable[tuple[Formula, Number]]) -> list[Number]:
    """Each number where its statement holds, else nothing."""
    return [z3.If(holds, number, 0) for holds, number in numbers]


def _share(minor: Number, rate: Fraction) -> Number:
    """A share of an amount, rounded half up."""
    return (2 * minor * rate.numerator + rate.denominator) / (2 * rate.denominator)


def _lost(amounts: Amounts, _amount: Amount) -> Number:
    claim = amounts.claim
    return least(z3.If(claim.shape == ONE_KEPT, claim.lost_minor, 0), claim.price_minor)


def _told(amounts: Amounts, amount: Amount) -> Number:
    """A sum somebody tells: of the claim, or of the whole order, of which the claimed unit takes its part."""
    claim, whole = amounts.claim, amounts._known(amount.fact)
    if amount.shared_by is None:
        return whole
    # Two units of one line take their parts by running totals, of two lines the earlier one takes the odd cent.
    part = z3.If(claim.shape == ONE_OF_TWO, whole / 2, z3.If(claim.shape == ONE_KEPT, (whole + 1) / 2, whole))
    if amount.shared_by is Base.PRICE:
        return part
    if amount.shared_by is Base.FREIGHT_OUT:
        return z3.If(claim.freight_minor > 0, part, 0)
    raise not_known_to_the_prover(f"sums shared by {amount.shared_by}", f"按 {amount.shared_by} 分摊的金额")


_BASES: Mapping[Base, Callable[[Amounts, Amount], Number]] = {
    Base.PRICE: lambda amounts, _amount: amounts.claim.price_minor,
    Base.FREIGHT_OUT: lambda amounts, _amount: amounts.claim.freight_minor,
    Base.ORDER_PRICE: lambda amounts, _amount: amounts.claim.order_price_minor,
    Base.ORDER_PAID: lambda amounts, _amount: amounts.claim.order_paid_minor,
    Base.LOST_DISCOUNT: _lost,
    Base.FREIGHT_WAIVED: lambda amounts, _amount: least(amounts.claim.waived_minor, amounts.claim.price_minor),
    Base.FACT: _told,
    Base.FIXED: lambda _amounts, amount: z3.IntVal(amount.fixed_minor),
}
