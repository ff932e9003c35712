"""Every rule reachable: there is an order under which it holds, and one under which it counts.

A grant that is always excluded, or always outdone by rules that go before it; an exclusion that never meets the grant
it names; a term, liability or cap that never is the one that counts: each is a rule its author believes in and nobody
ever sees. Only rules of the same layer or of layers below it outdo a rule: that the platform betters a law is as it
should be, and so is a rule that equals another.
"""

from collections.abc import Callable, Iterator, Mapping

import z3

from makewhole.core.rulebook.describe import Describer
from makewhole.core.rulebook.phrases import HEADS
from makewhole.core.rulebook.prove.claim import Formula
from makewhole.core.rulebook.prove.encode import LAYERS
from makewhole.core.rulebook.prove.refusal import not_known_to_the_prover
from makewhole.core.rulebook.prove.rules import CAPPED_BY_WHAT_WAS_PAID, Granted, Together
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import within
from makewhole.core.rulebook.prove.story import Finding
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
    Sanction,
    TermRule,
)
from makewhole.core.rulebook.terms import better
from makewhole.core.words import SENDS_GOODS, Head, Language, Party, Text

_PRICE_MINOR_MIN = 100
"""Below this, rounding to whole minor units makes unequal shares equal."""
_FIX = Text("改正条件、原因或日期，或删去这条规则", "correct its conditions, reasons or dates, or remove the rule")
_OUTDONE = Text(
    "从不起作用：总有同层或更低层的规则胜过它，或者它什么也不给",
    "never counts: rules of its own layer or below always outdo it, or it gives nothing",
)


class Beside:
    """A rule with the rules in force beside it at some time, under one reason."""

    def __init__(self, space: Space, rule: Rule, rules: tuple[Rule, ...]) -> None:
        self.space, self.rule = space, rule
        self.view = space.told if isinstance(rule.outcome, Presumption) else space.settled
        self.rules = Together(space, space.settled, rules)

    def holds(self, rule: Rule) -> Formula:
        return self.view.standing(rule).holds

    def unless(self, outdoes: Callable[[Rule], bool]) -> Formula:
        """None of the rules holds that may go before this one and outdo it."""
        layer = LAYERS.index(self.rule.layer)
        rivals = (one for one in self.rules.rules if one != self.rule and LAYERS.index(one.layer) <= layer)
        return z3.And(*(z3.Not(self.holds(one)) for one in rivals if outdoes(one)))


Counts = Callable[[Beside], Formula]


def unreachable_in(space: Space) -> Iterator[Finding]:
    """Every rule that never holds, or never counts."""
    for rule in space.book.rules:
        if type(rule.outcome) not in _NEVER:
            kind = type(rule.outcome).__name__
            raise not_known_to_the_prover(f"when an outcome of kind {kind} counts", f"{kind} 类结果何时起作用")
        never = _NEVER[type(rule.outcome)](space, rule)
        if never is not None:
            never = _contradiction(space, rule) or never
            yield Finding(rule.place, Text(f"规则 {rule.id} {never.zh}", f"rule {rule.id} {never.en}"), _FIX)


def _somewhere(space: Space, rule: Rule, counts: Counts, beside: tuple[Rule, ...] = ()) -> bool:
    """Under some reason and at some time the rule holds and counts, in force together with those beside it."""
    claim = space.claim
    for reason in space.book.reasons:
        asked = frozenset({reason})
        if not all(one.concerns(asked) for one in (rule, *beside)):
            continue
        for span in space.spans(asked):
            if not all(any(one is other for other in span.rules) for one in (rule, *beside)):
                continue
            place = Beside(space, rule, span.rules)
            wanted = [
                within(claim, span), claim.under((reason,), span.rules),
                space.views(span.rules), place.holds(rule), counts(place),
                claim.price_minor >= _PRICE_MINOR_MIN,
            ]  # fmt: skip
            if space.find(wanted) is not None:
                return True
    return False


def _contradiction(space: Space, rule: Rule) -> Text | None:
    """What keeps the rule from ever holding, if anything does: those of its conditions that contradict each other."""
    if not rule.when or space.find([space.told.standing(rule).holds]) is not None:
        return None
    named = {str(place): space.told.truth(one).true for place, one in enumerate(rule.when)}
    culprits = [rule.when[int(place)] for place in space.culprits(named) or named]

    def told(language: Language) -> str:
        return ("；" if language == "zh" else "; ").join(Describer(space.book, language).conditions(culprits))

    return Text(
        f"永远不会适用：没有订单能同时满足：{told('zh')}", f"never holds: no order can meet all of this: {told('en')}"
    )


def _grant(space: Space, rule: Rule) -> Text | None:
    if not isinstance(rule.outcome, Grant):
        return None
    granted = Granted(rule, rule.outcome)
    if not _somewhere(space, rule, lambda place: place.rules.open(granted)):
        return Text("从不起作用：总被排除", "never counts: it is always excluded")
    return None if _somewhere(space, rule, lambda place: _is_best(place, granted)) else _OUTDONE


def _is_best(place: Beside, granted: Granted) -> Formula:
    """Nothing stops the grant, and under one of its heads no grant that goes before it gives more."""
    open_ = place.rules.open(granted)
    if granted.grant.remedy in SENDS_GOODS and not granted.grant.amounts:
        return open_
    layer = LAYERS.index(granted.rule.layer)
    best: list[Formula] = []
    for head, _, per_order in granted.grant.amounts:
        minor = place.rules.paid(granted, head, per_order=per_order)
        if minor is None:
            continue
        rivals = [
            z3.Implies(place.rules.certain(one), other <= minor)
            for one in place.rules.of(granted.grant.remedy)
            if one != granted and LAYERS.index(one.rule.layer) <= layer and not granted.grant.adds
            if (other := place.rules.paid(one, head, per_order=per_order)) is not None
        ]
        best.append(z3.And(minor > 0, *rivals))
    return z3.And(open_, z3.Or(*best))


def _taker(space: Space, rule: Rule) -> Text | None:
    """An exclusion or deduction meets each grant it names, while that stands."""
    outcome = rule.outcome
    if not isinstance(outcome, (Exclusion, Deduction)):
        return None
    for name in outcome.of:
        grants = [one for one in space.book.by_id[name] if isinstance(one.outcome, Grant)]
        if not any(_somewhere(space, rule, _meets(grant, outcome), (grant,)) for grant in grants):
            return Text(
                f"从不针对 {name} 起作用：两者不会同时适用", f"never counts against {name}: the two never hold together"
            )
    return None


def _meets(grant: Rule, outcome: Exclusion | Deduction) -> Counts:
    def counts(place: Beside) -> Formula:
        stands = place.view.standing(grant).stands
        if isinstance(outcome, Exclusion):
            return stands
        return z3.And(stands, place.space.amounts.of(outcome.amount) > 0)

    return counts


def _term(space: Space, rule: Rule) -> Text | None:
    term = rule.outcome
    if not isinstance(term, TermRule):
        return None

    def outdoes(other: Rule) -> bool:
        rival = other.outcome
        if not isinstance(rival, TermRule) or rival.step is not term.step or rival.debtor is not term.debtor:
            return False
        covers = set(term.remedies) <= set(rival.remedies) if term.remedies else not rival.remedies
        return covers and better(rival, term)

    return None if _somewhere(space, rule, lambda place: place.unless(outdoes)) else _OUTDONE


def _liability(space: Space, rule: Rule) -> Text | None:
    borne = rule.outcome
    if not isinstance(borne, Liability):
        return None
    for side, head in (("freight_out", Head.FREIGHT_OUT), ("freight_back", Head.FREIGHT_BACK)):
        if getattr(borne, side) is Party.BUYER:

            def frees(other: Rule, side: str = side) -> bool:
                return isinstance(other.outcome, Liability) and getattr(other.outcome, side) not in (None, Party.BUYER)

            if not _somewhere(space, rule, lambda place, frees=frees: place.unless(frees)):  # type: ignore[misc]
                return Text(
                    f"关于{HEADS[head].zh}从不起作用：总有规则让买家免担",
                    f"never counts for {HEADS[head].en}: some rule always frees the buyer of it",
                )
    return None


def _cap(space: Space, rule: Rule) -> Text | None:
    cap = rule.outcome
    if not isinstance(cap, Cap):
        return None
    if cap.head in CAPPED_BY_WHAT_WAS_PAID:
        head = HEADS[cap.head] if cap.head is not None else Text("", "")
        return Text(
            f"从不起作用：{head.zh}以实付为限，不看其他上限",
            f"never counts: {head.en} is capped by what was paid and by nothing else",
        )
    layer = LAYERS.index(rule.layer)

    def highest(place: Beside) -> Formula:
        mine = place.space.amounts.of(cap.amount)
        rivals = [
            z3.Implies(place.holds(other), place.space.amounts.of(rival.amount) <= mine)
            for other, rival in place.rules.caps
            if other != rule and rival.head is cap.head and LAYERS.index(other.layer) <= layer
        ]
        return z3.And(*rivals)

    return None if _somewhere(space, rule, highest) else _OUTDONE


def _once(space: Space, rule: Rule) -> Text | None:
    """What holds, counts."""
    return None if not rule.when or space.find([space.told.standing(rule).holds]) is not None else _OUTDONE


_NEVER: Mapping[type, Callable[[Space, Rule], Text | None]] = {
    Grant: _grant, Exclusion: _taker, Deduction: _taker, TermRule: _term, Liability: _liability, Cap: _cap,
    Avenue: _once, Presumption: _once, Sanction: _once, PromiseDefault: _once,
}  # fmt: skip
