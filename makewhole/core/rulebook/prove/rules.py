"""The rules that bear on a claim together: which grants stand, which are stopped, and what each pays after all."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import z3

from makewhole.core.rulebook.prove.amounts import counted, largest, least
from makewhole.core.rulebook.prove.claim import Formula, Number
from makewhole.core.rulebook.prove.encode import Encoder
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.rule import Cap, Deduction, Exclusion, Grant, Rule
from makewhole.core.words import Head, Remedy

CAPPED_BY_WHAT_WAS_PAID = frozenset({Head.GOODS, Head.FREIGHT_OUT})
"""Heads whose cap is always what was paid: a rule's cap on them never counts."""


class Granted(NamedTuple):
    """A rule that grants, with what it grants."""

    rule: Rule
    grant: Grant


class Together:
    """Rules in force together for one claim, under one view of the facts."""

    def __init__(self, space: Space, view: Encoder, rules: Sequence[Rule]) -> None:
        self.space, self.view, self.rules = space, view, rules
        self.grants = [Granted(rule, rule.outcome) for rule in rules if isinstance(rule.outcome, Grant)]
        self.exclusions = [(rule, rule.outcome) for rule in rules if isinstance(rule.outcome, Exclusion)]
        self.deductions = [(rule, rule.outcome) for rule in rules if isinstance(rule.outcome, Deduction)]
        self.caps = [(rule, rule.outcome) for rule in rules if isinstance(rule.outcome, Cap)]

    def of(self, remedy: Remedy) -> list[Granted]:
        """The grants of one remedy."""
        return [one for one in self.grants if one.grant.remedy is remedy]

    def stopped(self, granted: Granted) -> Formula:
        """An exclusion that names the grant holds."""
        return z3.Or(*(self.view.standing(rule).holds for rule, stop in self.exclusions if granted.rule.id in stop.of))

    def doubted(self, granted: Granted) -> Formula:
        """An exclusion that names the grant holds or may hold."""
        return z3.Or(*(self.view.standing(rule).stands for rule, stop in self.exclusions if granted.rule.id in stop.of))

    def open(self, granted: Granted) -> Formula:
        """The grant stands, perhaps waiting for a fact, and nothing stops it."""
        return z3.And(self.view.standing(granted.rule).stands, z3.Not(self.stopped(granted)))

    def certain(self, granted: Granted) -> Formula:
        """The grant holds and nothing even may stop it."""
        return z3.And(self.view.standing(granted.rule).holds, z3.Not(self.doubted(granted)))

    def paid(self, granted: Granted, head: Head, *, per_order: bool) -> Number | None:
        """What the grant pays under a head after deductions; None when it says nothing of it."""
        amounts = self.space.amounts
        found: list[Number] = [
            amounts.of(one.amount) for one in granted.grant.amounts if one.head is head and one.per_order is per_order
        ]
        if not found:
            return None
        off = [
            (self.view.standing(rule).holds, amounts.of(deduction.amount))
            for rule, deduction in self.deductions
            if deduction.head is head and granted.rule.id in deduction.of
        ]
        if not off:
            return largest(found)
        return largest([z3.IntVal(0), largest(found) - z3.Sum(*counted(off))])

    def due(self, remedy: Remedy, head: Head, *, per_order: bool) -> Number:
        """What all certain grants of a remedy come to under a head: the best, or the sum of those that add, capped.

        Of those that add and are alternatives to each other, the best is summed.
        """
        ways = [(one, self.paid(one, head, per_order=per_order)) for one in self.of(remedy)]
        paying = [(one.grant, z3.If(self.certain(one), minor, 0)) for one, minor in ways if minor is not None]
        best = largest([minor for _, minor in paying])
        adding = [minor for grant, minor in paying if grant.adds and not grant.best_of]
        alternatives = dict.fromkeys(grant.best_of for grant, _ in paying if grant.best_of)
        adding += [largest([minor for grant, minor in paying if grant.best_of == name]) for name in alternatives]
        return self.capped(head, largest([best, z3.Sum(*adding)]) if adding else best)

    def capped(self, head: Head, minor: Number) -> Number:
        """The amount within the highest of the caps that hold on its head, where any does."""
        caps = [
            (self.view.standing(rule).holds, self.space.amounts.of(cap.amount))
            for rule, cap in self.caps
            if cap.head is head and head not in CAPPED_BY_WHAT_WAS_PAID
        ]
        if not caps:
            return minor
        highest: Any = largest(counted(caps))
        return z3.If(z3.Or(*(holds for holds, _ in caps)), least(minor, highest), minor)
