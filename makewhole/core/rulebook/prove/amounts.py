"""Amounts as whole numbers of a solver, reckoned as `amounts.reckon` does: products rounded half up once.

A product of two unknowns (price × percentage, loss × days) has no linear formula. It becomes an unknown within safe
bounds; a solution that reckons it wrong is answered with the right product, and the search goes on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import z3

from makewhole.core.rulebook.prove.claim import ONE_KEPT, Formula, Number, SymbolicClaim
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
        self.met: dict[tuple[Amount, bool], Number] = {}

    def of(self, amount: Amount, *, per_order: bool = False) -> Number:
        """The amount, for the claimed unit or once for the order; a fact not known counts as nothing."""
        key = (amount, per_order)
        found = self.met.get(key)
        if found is None:
            found = self.met[key] = self._reckoned(amount, per_order)
        return found

    def _reckoned(self, amount: Amount, per_order: bool) -> Number:
        base = _BASES.get(amount.base)
        if base is None:
            raise not_known_to_the_prover(f"amounts reckoned from {amount.base}", f"以 {amount.base} 计算的金额")
        minor = base(self, amount, per_order)
        factors = tuple(self._known(name) for name in (amount.percent_of, amount.times) if name)
        rate = amount.rate / (_PERCENT if amount.percent_of else 1) / amount.per
        if factors:
            minor = self._product(minor, rate, factors)
        elif rate != 1:
            minor = (2 * minor * rate.numerator + rate.denominator) / (2 * rate.denominator)
        if amount.at_least_minor is not None:
            minor = largest([minor, z3.IntVal(amount.at_least_minor)])
        if amount.at_most_minor is not None:
            minor = z3.If(minor > amount.at_most_minor, amount.at_most_minor, minor)
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
                found.append(Correction(z3.Implies(given, one.minor == right), here))
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


def _lost(amounts: Amounts, _amount: Amount, per_order: bool) -> Number:
    claim = amounts.claim
    lost = z3.If(claim.shape == ONE_KEPT, claim.lost_minor, 0)
    return lost if per_order else least(lost, claim.price_minor)


def _waived(amounts: Amounts, _amount: Amount, per_order: bool) -> Number:
    claim = amounts.claim
    return claim.waived_minor if per_order else least(claim.waived_minor, claim.price_minor)


_BASES: Mapping[Base, Callable[[Amounts, Amount, bool], Number]] = {
    Base.PRICE: lambda amounts, _amount, _per: amounts.claim.price_minor,
    Base.FREIGHT_OUT: lambda amounts, _amount, _per: amounts.claim.freight_minor,
    Base.ORDER_PRICE: lambda amounts, _amount, _per: amounts.claim.order_price_minor,
    Base.ORDER_PAID: lambda amounts, _amount, _per: amounts.claim.order_paid_minor,
    Base.LOST_DISCOUNT: _lost,
    Base.FREIGHT_WAIVED: _waived,
    Base.FACT: lambda amounts, amount, _per: amounts._known(amount.fact),
    Base.FIXED: lambda _amounts, amount, _per: z3.IntVal(amount.fixed_minor),
}
