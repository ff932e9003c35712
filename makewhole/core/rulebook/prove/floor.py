"""Platform never below law: the whole book gives nobody less than the law alone would.

For each remedy and head the law gives, the answer under all rules is held against the answer under the rules of the law
alone: the remedy is still there, and no amount is smaller or in another form than money. What the law gives is what is
proven, so both are compared with proof shown: a platform may say what it pays on a bare word.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import z3

from makewhole.core.order.model import Means
from makewhole.core.rulebook.explain import amount_text
from makewhole.core.rulebook.model import Answer
from makewhole.core.rulebook.phrases import HEADS, REMEDIES
from makewhole.core.rulebook.prove.amounts import largest
from makewhole.core.rulebook.prove.claim import Formula
from makewhole.core.rulebook.prove.realise import Builder, Example
from makewhole.core.rulebook.prove.rules import Together
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import Span, spans, within
from makewhole.core.rulebook.prove.story import Finding, story_of
from makewhole.core.rulebook.prove.variants import of_law_alone, with_rules
from makewhole.core.rulebook.prove.wishes import wishes
from makewhole.core.rulebook.rule import (
    Cap,
    Deduction,
    Exclusion,
    Grant,
    Liability,
    Presumption,
    Rule,
    Rulebook,
)
from makewhole.core.words import RETURNS_GOODS, Head, Layer, Party, Reason, Remedy, Text

PROOF = ("freight_receipt_shown",)
"""Facts that say that proof was shown. While they are no, a cap or deduction may lessen what nothing proves."""

_BEARING = (Cap, Deduction, Exclusion, Grant, Liability, Presumption)


class Loss(NamedTuple):
    """A way in which the buyer is worse off than by law: when, what is lost, and how two answers show it."""

    when: Formula
    what: Text
    shown: Callable[[Answer, Answer], Text | None]
    suspects: tuple[Rule, ...]


class Sides(NamedTuple):
    """The law alone and the whole book, for one kind of claim."""

    space: Space
    law: Together
    all: Together


def losses_in(space: Space) -> Iterator[Finding]:
    """Every right of the law that rules above it take away or lessen; one example each."""
    for reason in space.book.reasons:
        told: set[str] = set()
        for span in spans(space.book, lambda rule, reason=reason: _bears(rule, reason)):  # type: ignore[misc]
            above = [rule for rule in span.rules if rule.layer is not Layer.LAW]
            law = [rule for rule in span.rules if rule.layer is Layer.LAW]
            if not above or not law:
                continue
            sides = Sides(space, Together(space, space.lawful, law), Together(space, space.settled, span.rules))
            for loss in _ways_to_lose(sides):
                if loss.what.en not in told:
                    finding = _lost(sides, reason, span, loss)
                    if finding is not None:
                        told.add(loss.what.en)
                        yield finding


def _bears(rule: Rule, reason: Reason) -> bool:
    return isinstance(rule.outcome, _BEARING) and rule.concerns(frozenset({reason}))


def _lost(sides: Sides, reason: Reason, span: Span, loss: Loss) -> Finding | None:
    space, claim = sides.space, sides.space.claim
    in_force = within(claim, span)
    proven = [z3.Implies(claim.fact(name).known, claim.fact(name).value) for name in PROOF]
    model = space.find(
        [in_force, claim.under((reason,), span.rules), space.views(span.rules), *proven, loss.when],
        wishes(claim, span.days, (reason,)),
    )
    if model is None:
        return None
    example = Builder(claim, model).example((reason,), span.rules)
    by_law, by_all = example.answer(of_law_alone(space.book)), example.answer(space.book)
    shown = loss.shown(by_law, by_all)
    culprit = _culprit(space.book, example, loss, shown)
    return Finding(
        place=culprit.place,
        what=Text(
            f"规则 {culprit.id} 使买家得到的少于法律规定：{loss.what.zh}",
            f"rule {culprit.id} leaves the buyer with less than the law gives: {loss.what.en}",
        ),
        fix=Text("法定权利不能减损：改写或删去这条规则", "a right of the law cannot be lessened: change or remove it"),
        story=story_of(example, space.book, shown or Text("少于法律规定", "less than by law")),
        confirmed=shown is not None,
        example=example,
    )  # fmt: skip


def _culprit(book: Rulebook, example: Example, loss: Loss, shown: Text | None) -> Rule:
    """The rule without which the loss is gone; of several that only together cause it, the first."""
    by_law = example.answer(of_law_alone(book))
    if shown is not None:
        for suspect in loss.suspects:
            without = with_rules(book, (rule for rule in book.rules if rule != suspect))
            if loss.shown(by_law, example.answer(without)) is None:
                return suspect
    return loss.suspects[0]


def _ways_to_lose(sides: Sides) -> Iterator[Loss]:
    """Every way in which rules above the law could lessen it here."""
    above = [rule for rule in sides.all.rules if rule.layer is not Layer.LAW]
    presumptions = [rule for rule in above if isinstance(rule.outcome, Presumption)]
    for remedy in dict.fromkeys(one.grant.remedy for one in sides.law.grants):
        grants = sides.law.of(remedy)
        ids = frozenset(one.rule.id for one in grants)
        takers = (*(rule for rule in above if _takes(rule, ids)), *presumptions)
        if takers:
            yield _taken_away(sides, remedy, takers)
        for head, per_order in dict.fromkeys((one.head, one.per_order) for g in grants for one in g.grant.amounts):
            reducers = (*takers, *(rule for rule in above if _reduces(rule, head, ids)))
            if reducers:
                yield _lessened(sides, remedy, head, per_order, reducers)
            otherwise = tuple(rule for rule in above if _in_kind(rule, remedy, head))
            if otherwise:
                yield _in_other_form(sides, remedy, head, per_order, otherwise)
    caps = tuple(rule for rule in above if isinstance(rule.outcome, Cap) and rule.outcome.head is Head.FREIGHT_BACK)
    if caps:
        yield _freight_back(sides, caps)


def _takes(rule: Rule, grants: frozenset[str]) -> bool:
    return isinstance(rule.outcome, Exclusion) and not grants.isdisjoint(rule.outcome.of)


def _reduces(rule: Rule, head: Head, grants: frozenset[str]) -> bool:
    outcome = rule.outcome
    if isinstance(outcome, Deduction):
        return outcome.head is head and not grants.isdisjoint(outcome.of)
    return isinstance(outcome, Cap) and outcome.head is head


def _in_kind(rule: Rule, remedy: Remedy, head: Head) -> bool:
    outcome = rule.outcome
    if not isinstance(outcome, Grant) or outcome.remedy is not remedy or outcome.means is Means.MONEY:
        return False
    return any(one.head is head for one in outcome.amounts)


def _taken_away(sides: Sides, remedy: Remedy, suspects: tuple[Rule, ...]) -> Loss:
    """The law gives the remedy, the whole book does not."""
    by_law = z3.Or(*(sides.law.open(one) for one in sides.law.of(remedy)))
    by_all = z3.Or(*(sides.all.open(one) for one in sides.all.of(remedy)))
    name = REMEDIES[remedy]

    def shown(law: Answer, book: Answer) -> Text | None:
        if law.plan(remedy) is None or book.plan(remedy) is not None:
            return None
        return Text(
            f"依法可以{name.zh}，按整套规则却不行", f"by law there is {name.en}, by the whole book there is none"
        )

    return Loss(
        z3.And(by_law, z3.Not(by_all)), Text(f"法定的“{name.zh}”被取消", f"{name.en} is taken away"), shown, suspects
    )


def _lessened(sides: Sides, remedy: Remedy, head: Head, per_order: bool, suspects: tuple[Rule, ...]) -> Loss:
    """Both give the remedy for certain, the whole book with a smaller amount."""
    certain = z3.Or(*(z3.And(sides.law.certain(one), sides.all.certain(one)) for one in sides.law.of(remedy)))
    by_law = sides.law.due(remedy, head, per_order=per_order)
    by_all = sides.all.due(remedy, head, per_order=per_order)
    what = Text(
        f"“{REMEDIES[remedy].zh}”的{HEADS[head].zh}变少", f"{HEADS[head].en} under {REMEDIES[remedy].en} is lessened"
    )
    return Loss(z3.And(certain, by_law > by_all), what, _less_under(remedy, head), suspects)


def _less_under(remedy: Remedy, head: Head) -> Callable[[Answer, Answer], Text | None]:
    def amount(answer: Answer) -> int:
        plan = answer.plan(remedy)
        dues = plan.dues if plan is not None else ()
        return sum(due.full_minor for due in dues if due.head is head and due.form is Means.MONEY)

    def shown(law: Answer, book: Answer) -> Text | None:
        by_law, by_all = amount(law), amount(book)
        if by_law <= by_all:
            return None
        head_name, law_says, book_says = HEADS[head], *(amount_text(one, law.currency) for one in (by_law, by_all))
        return Text(
            f"依法应得{head_name.zh} {law_says}，按整套规则只有 {book_says}",
            f"by law {head_name.en} {law_says} is due, by the whole book only {book_says}",
        )

    return shown


def _in_other_form(sides: Sides, remedy: Remedy, head: Head, per_order: bool, suspects: tuple[Rule, ...]) -> Loss:
    """A larger amount in points or a coupon pushes out the law's money."""
    by_law = sides.law.due(remedy, head, per_order=per_order)
    certain = z3.Or(*(z3.And(sides.law.certain(one), sides.all.certain(one)) for one in sides.law.of(remedy)))
    larger = [
        z3.And(sides.all.certain(one), minor > by_law)
        for one in sides.all.of(remedy)
        if one.rule in suspects and (minor := sides.all.paid(one, head, per_order=per_order)) is not None
    ]
    what = Text(
        f"“{REMEDIES[remedy].zh}”的{HEADS[head].zh}不再以现金支付",
        f"{HEADS[head].en} under {REMEDIES[remedy].en} is no longer paid in money",
    )
    return Loss(z3.And(certain, by_law > 0, z3.Or(*larger)), what, _less_under(remedy, head), suspects)


def _freight_back(sides: Sides, suspects: tuple[Rule, ...]) -> Loss:
    """By law others than the buyer bear the freight back; a cap of the platform leaves a part of it to the buyer."""
    told = sides.space.claim.fact("return_freight_minor")
    bearing = [
        sides.law.view.standing(rule).holds
        for rule in sides.law.rules
        if isinstance(rule.outcome, Liability) and rule.outcome.freight_back not in (None, Party.BUYER)
    ]
    cost = z3.If(told.known, told.value, 0)
    by_law, by_all = (side.capped(Head.FREIGHT_BACK, largest([cost])) for side in (sides.law, sides.all))
    returns = [one for one in sides.law.grants if one.grant.remedy in RETURNS_GOODS]
    certain = z3.Or(*(z3.And(sides.law.certain(one), sides.all.certain(one)) for one in returns))

    def shown(law: Answer, book: Answer) -> Text | None:
        told_of = (_less_under(remedy, Head.FREIGHT_BACK)(law, book) for remedy in RETURNS_GOODS)
        return next((text for text in told_of if text is not None), None)

    return Loss(
        z3.And(certain, z3.Or(*bearing), by_law > by_all),
        Text("寄回运费变少", "the freight back is lessened"),
        shown,
        suspects,
    )
