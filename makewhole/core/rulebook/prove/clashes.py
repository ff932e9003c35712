"""No two rules in conflict that nothing ranks: the order of a file never decides what a person gets.

Layers rank rules, and so do the house's own principles (the better right for the buyer, the sooner term of who owes,
the burden that is shifted). Where two rules of one layer hold together, none of these tells them apart, and it matters
which counts, the engine would take the one written first. One exhaustive dispatch: a kind of outcome the format learns
and this page does not is refused loudly.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import NamedTuple

import z3

from makewhole.core.rulebook.pattern import REFUNDS_PRICE
from makewhole.core.rulebook.prove.claim import Formula, Number
from makewhole.core.rulebook.prove.encode import LAYERS, shifts
from makewhole.core.rulebook.prove.realise import Builder, Example
from makewhole.core.rulebook.prove.refusal import not_known_to_the_prover
from makewhole.core.rulebook.prove.rules import Granted, Together
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import Span, reasons_of, together, within
from makewhole.core.rulebook.prove.story import Finding, story_of
from makewhole.core.rulebook.prove.variants import order_decides
from makewhole.core.rulebook.prove.wishes import wishes
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import (
    Avenue,
    Cap,
    Deduction,
    Exclusion,
    Grant,
    Liability,
    Presumption,
    PromiseDefault,
    Rule,
    Rulebook,
    Sanction,
    TermRule,
)
from makewhole.core.rulebook.terms import about_hours, better
from makewhole.core.words import RETURNS_GOODS, Party, Text

_Confirm = Callable[[Rulebook, Example, Rule, Rule], bool]


class Conflict(NamedTuple):
    """What two rules differ in, when it matters, and how the engine shows it."""

    when: Formula
    differ_in: Text
    confirm: _Confirm = order_decides


class Pair(NamedTuple):
    """Two rules of one layer and one kind, with all rules in force that concern such a claim."""

    space: Space
    one: Rule
    other: Rule
    rules: tuple[Rule, ...]

    @property
    def all(self) -> Together:
        return Together(self.space, self.space.settled, self.rules)

    def holds(self, rule: Rule) -> Formula:
        view = self.space.told if isinstance(rule.outcome, Presumption) else self.space.settled
        return view.standing(rule).holds

    def unless(self, outdone_by: Callable[[Rule], bool]) -> Formula:
        """None of the rules that would go before both holds."""
        others = (rule for rule in self.rules if rule not in (self.one, self.other) and outdone_by(rule))
        return z3.And(*(z3.Not(self.holds(rule)) for rule in others))

    def is_below(self, rule: Rule) -> bool:
        """The rule is of a layer that goes before theirs."""
        return LAYERS.index(rule.layer) < LAYERS.index(self.one.layer)


def clashes_in(space: Space) -> Iterator[Finding]:
    """Every pair of rules that nothing ranks, with an order on which both hold."""
    by_kind: dict[tuple[type, object], list[Rule]] = {}
    for rule in sorted(space.book.rules, key=lambda rule: rule.place):
        by_kind.setdefault((type(rule.outcome), rule.layer), []).append(rule)
    told: set[tuple[str, str]] = set()
    for (kind, _layer), rules in by_kind.items():
        if kind not in _CLASHES:
            name = kind.__name__
            raise not_known_to_the_prover(f"how two outcomes of kind {name} rank", f"两个 {name} 类结果孰先孰后")
        clash = _CLASHES[kind]
        for one, other in combinations(rules, 2) if clash is not None else ():
            if one.id != other.id and (one.id, other.id) not in told and clash is not None:
                for finding in _clash(space, one, other, clash):
                    told.add((one.id, other.id))
                    yield finding


def _clash(space: Space, one: Rule, other: Rule, clash: "_Clash") -> Iterator[Finding]:
    days = together(space.book, (one, other))
    if days is None or clash(Pair(space, one, other, (one, other))) is None:
        return
    reasons = reasons_of(space.book, (one, other))
    for span in space.spans(reasons):
        if one in span.rules and other in span.rules:
            finding = _in_span(Pair(space, one, other, span.rules), span, clash)
            if finding is not None:
                yield finding
                return


def _in_span(pair: Pair, span: Span, clash: "_Clash") -> Finding | None:
    conflict = clash(pair)
    if conflict is None:
        return None
    space, one, other = pair.space, pair.one, pair.other
    claim, reasons = space.claim, reasons_of(space.book, (one, other))
    wanted = [
        within(claim, span),
        claim.under(reasons, span.rules), space.views(span.rules), pair.holds(one), pair.holds(other), conflict.when,
    ]  # fmt: skip
    model = space.find(wanted, wishes(claim, span.days, reasons))
    if model is None:
        return None
    example = Builder(claim, model).example(reasons, span.rules)
    either = Text("两条规则同时适用，写在前面的一条说了算", "both rules hold, and the one written first would count")
    return Finding(
        place=other.place,
        what=Text(
            f"规则 {other.id} 与 {one.id}（{one.place}）相互冲突，没有先后之分：{conflict.differ_in.zh}",
            f"rule {other.id} conflicts with {one.id} ({one.place}) and nothing ranks them: {conflict.differ_in.en}",
        ),
        fix=Text("用 when 或 reasons 把两条分开，或并为一条", "tell them apart by when or reasons, or make them one"),
        story=story_of(example, space.book, either),
        confirmed=conflict.confirm(space.book, example, one, other),
        example=example,
    )


_Clash = Callable[[Pair], Conflict | None]


def _grants(pair: Pair) -> Conflict | None:
    one, other = pair.one.outcome, pair.other.outcome
    if not isinstance(one, Grant) or not isinstance(other, Grant) or one.remedy is not other.remedy:
        return None
    apart = one.payer is not other.payer or one.means is not other.means
    first, second = Granted(pair.one, one), Granted(pair.other, other)
    both = z3.And(pair.all.certain(first), pair.all.certain(second))
    alternatives = bool(one.best_of) and one.best_of == other.best_of
    if apart and one.adds and other.adds and not alternatives:
        return _summed(pair, first, second, both)
    twice = _twice(pair, first, second, both)
    return twice if twice is not None or not apart else _tied(pair, first, second, both)


def _tied(pair: Pair, first: Granted, second: Granted, both: Formula) -> Conflict | None:
    """Equal amounts from different payers, or in different forms, with none better, under one reason.

    Where a claim gives several reasons, equal rights under different ones go to the rule named first, as is documented.
    """
    if len(reasons_of(pair.space.book, (pair.one, pair.other))) > 1:
        return None
    ties: list[Formula] = []
    for head, _, per_order in first.grant.amounts:
        minor = pair.all.paid(first, head, per_order=per_order)
        same = pair.all.paid(second, head, per_order=per_order)
        if minor is None or same is None:
            continue
        others = [one for one in pair.all.of(first.grant.remedy) if one.rule not in (first.rule, second.rule)]
        rivals: list[tuple[Formula, Number]] = [
            (pair.all.certain(one), found)
            for one in others
            if (found := pair.all.paid(one, head, per_order=per_order)) is not None
        ]
        ties.append(z3.And(minor == same, minor > 0, *(z3.Implies(holds, found < minor) for holds, found in rivals)))
    if not ties:
        return None
    differ = Text("同样多的钱，付款方或支付形式不同", "equal amounts with different payers or forms")
    return Conflict(z3.And(both, z3.Or(*ties)), differ)


def _summed(pair: Pair, first: Granted, second: Granted, both: Formula) -> Conflict | None:
    """Amounts that add up although they come from different payers, or in different forms, under one reason."""
    if len(reasons_of(pair.space.book, (pair.one, pair.other))) > 1:
        return None
    sums: list[Formula] = []
    for head, _, per_order in first.grant.amounts:
        minor = pair.all.paid(first, head, per_order=per_order)
        more = pair.all.paid(second, head, per_order=per_order)
        if minor is not None and more is not None:
            sums.append(z3.And(minor > 0, more > 0))
    if not sums:
        return None
    differ = Text("两笔相加的钱，付款方或支付形式不同", "amounts that add up have different payers or forms")
    return Conflict(z3.And(both, z3.Or(*sums)), differ, _paid_as_one)


def _paid_as_one(book: Rulebook, example: Example, one: Rule, other: Rule) -> bool:
    """The engine puts both amounts into one due, with one payer and one form."""
    if not isinstance(one.outcome, Grant) or not isinstance(other.outcome, Grant):
        return False
    plan = example.answer(book).plan(one.outcome.remedy)
    heads = {amount.head for amount in one.outcome.amounts} & {amount.head for amount in other.outcome.amounts}
    return plan is not None and any(sum(due.head is head for due in plan.dues) == 1 for head in heads)


def _twice(pair: Pair, first: Granted, second: Granted, both: Formula) -> Conflict | None:
    """One head given line by line by one rule and once for the order by the other: neither is better, both count."""
    if first.grant.adds and second.grant.adds:
        return None
    doubled: list[Formula] = []
    for head, _, per_order in first.grant.amounts:
        minor = pair.all.paid(first, head, per_order=per_order)
        again = pair.all.paid(second, head, per_order=not per_order)
        if minor is not None and again is not None:
            doubled.append(z3.And(minor > 0, again > 0))
    if not doubled:
        return None
    differ = Text(
        "同一损失项，一条逐行给、一条整单给，会给两次", "one head due by line and once for the order: given twice"
    )
    return Conflict(z3.And(both, z3.Or(*doubled)), differ, _given_twice)


def _given_twice(book: Rulebook, example: Example, one: Rule, other: Rule) -> bool:
    plan = example.answer(book).plan(one.outcome.remedy) if isinstance(one.outcome, Grant) else None
    heads = [due.head for due in plan.dues] if plan is not None else []
    return len(heads) > len(set(heads))


def _terms(pair: Pair) -> Conflict | None:
    one, other = pair.one.outcome, pair.other.outcome
    if not isinstance(one, TermRule) or not isinstance(other, TermRule):
        return None
    same_scope = bool(set(one.remedies) & set(other.remedies)) or (not one.remedies and not other.remedies)
    same_step = one.step is other.step and one.debtor is other.debtor
    same_length = about_hours(one) == about_hours(other)
    differ = (one.length, one.unit, one.on_silence) != (other.length, other.unit, other.on_silence)
    if not (same_scope and same_step and same_length and differ):
        return None

    def outdone_by(rule: Rule) -> bool:
        term = rule.outcome
        if not isinstance(term, TermRule) or term.step is not one.step or term.debtor is not one.debtor:
            return False
        reaches = bool(set(term.remedies) & set(one.remedies)) or (not term.remedies and not one.remedies)
        return reaches and (better(term, one) or (not better(one, term) and pair.is_below(rule)))

    return Conflict(
        pair.unless(outdone_by),
        Text(
            "同一步骤、同样长的期限，写法或逾期后果不同", "one step, terms of one length, other units or consequences"
        ),
    )


def _presumptions(pair: Pair) -> Conflict | None:
    one, other = pair.one.outcome, pair.other.outcome
    if not isinstance(one, Presumption) or not isinstance(other, Presumption) or one.fact != other.fact:
        return None
    if not shifts(one) or not shifts(other) or one[1:] == other[1:]:
        return None
    fact = pair.space.told.fact(one.fact)
    matters = z3.Not(fact.known)
    if one.value == other.value:
        matters = z3.Or(matters, fact.value == z3.BoolVal(bool(one.value)))
    first = pair.unless(
        lambda rule: isinstance(rule.outcome, Presumption) and rule.outcome.fact == one.fact and pair.is_below(rule)
    )
    at_stake = z3.Or(*(pair.all.open(granted) for granted in pair.all.grants if one.fact in _reads(pair, granted)))
    return Conflict(
        z3.And(matters, first, at_stake),
        Text("同一事实的推定相反，或举证方不同", "opposite presumptions, or other burdens"),
    )


def _reads(pair: Pair, granted: Granted) -> frozenset[str]:
    """The facts a grant rests on: its own, and those of exclusions against it."""
    rules = [granted.rule, *(rule for rule, stop in pair.all.exclusions if granted.rule.id in stop.of)]
    return frozenset().union(*(facts_read(rule.when) for rule in rules))


def _liabilities(pair: Pair) -> Conflict | None:
    one, other = pair.one.outcome, pair.other.outcome
    if not isinstance(one, Liability) or not isinstance(other, Liability):
        return None
    conflicts: list[Formula] = []
    for side in ("freight_out", "freight_back", "dues"):
        payers = getattr(one, side), getattr(other, side)
        if None in payers or Party.BUYER in payers or payers[0] is payers[1]:
            continue
        first = pair.unless(lambda rule, side=side: _frees(rule, side) and pair.is_below(rule))  # type: ignore[misc]
        conflicts.append(z3.And(first, _freight_counts(pair, side)))
    if not conflicts:
        return None
    return Conflict(z3.Or(*conflicts), Text("同一笔钱由不同的人承担", "the same is borne by different parties"))


def _frees(rule: Rule, side: str) -> bool:
    return isinstance(rule.outcome, Liability) and getattr(rule.outcome, side) not in (None, Party.BUYER)


def _freight_counts(pair: Pair, side: str) -> Formula:
    """A remedy is open to which that freight belongs, or under which the merchant owes something."""
    if side == "dues":
        return z3.Or(*(pair.all.certain(one) for one in pair.all.grants if one.grant.payer is Party.MERCHANT))
    if side == "freight_back":
        return z3.Or(*(pair.all.open(one) for one in pair.all.grants if one.grant.remedy in RETURNS_GOODS))
    refunds = [one for one in pair.all.grants if one.grant.remedy in REFUNDS_PRICE]
    return z3.And(pair.space.claim.freight_minor > 0, z3.Or(*(pair.all.certain(one) for one in refunds)))


_CLASHES: dict[type, _Clash | None] = {
    Grant: _grants,
    TermRule: _terms,
    Presumption: _presumptions,
    Liability: _liabilities,
    Exclusion: None,  # Which of several exclusions is named first changes nothing.
    Deduction: None,  # All that hold are taken off.
    Cap: None,  # The highest counts.
    Sanction: None,  # All are told.
    Avenue: None,  # All are told.
    PromiseDefault: None,  # `check` allows one of each kind.
}
