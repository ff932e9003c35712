"""No amounts beyond cap or price where the law does not give them.

What is refunded under the heads goods and freight out never exceeds what was paid for the units claimed, whatever layer
gives it: more than that belongs under another head. Above the law, what a rule gives under the other heads is bounded:
by what was paid for the order, by a ceiling or cap, or because the law gives as much. Costs are made good as they were
spent, and a merchant may promise what it likes; but no platform pays a figure that somebody merely tells without a
ceiling.
"""

from collections.abc import Iterator

import z3

from makewhole.core.rulebook.explain import amount_text
from makewhole.core.rulebook.phrases import HEADS
from makewhole.core.rulebook.prove.amounts import largest
from makewhole.core.rulebook.prove.claim import ONE_OF_TWO, Formula, Number
from makewhole.core.rulebook.prove.realise import Builder, Example
from makewhole.core.rulebook.prove.rules import CAPPED_BY_WHAT_WAS_PAID, Granted, Together
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import Span, reasons_of, spans, within
from makewhole.core.rulebook.prove.story import Finding, story_of
from makewhole.core.rulebook.prove.wishes import wishes
from makewhole.core.rulebook.rule import Amount, Base, Cap, Exclusion, Grant, HeadAmount, Presumption, Rule
from makewhole.core.words import Head, Layer, Text

_REFUND_FIX = Text(
    "写上 at_most: 100%，超出部分写入其他损失项", "write at_most: 100%; more than that goes under another head"
)
_OTHER_FIX = Text("写上 at_most，或为该损失项设 cap", "write at_most, or set a cap on the head")
_AS_SPENT = frozenset({Head.COSTS, Head.FREIGHT_BACK})
"""Heads under which what was spent is made good, as far as it is proven."""
_BEARING = (Cap, Exclusion, Grant, Presumption)


def excesses_in(space: Space) -> Iterator[Finding]:
    """Every grant that can pay more than it may; one example each."""
    for rule in space.book.rules:
        if isinstance(rule.outcome, Grant):
            granted = Granted(rule, rule.outcome)
            for one in rule.outcome.amounts:
                if _is_bounded(rule, one):
                    continue
                finding = _beyond(space, granted, one)
                if finding is not None:
                    yield finding
                    break


def _is_bounded(rule: Rule, one: HeadAmount) -> bool:
    """A quick look: nothing to search for."""
    amount = one.amount
    if one.head in CAPPED_BY_WHAT_WAS_PAID:
        plain = Amount(Base.PRICE if one.head is Head.GOODS else Base.FREIGHT_OUT)
        return amount == plain and not getattr(rule.outcome, "adds", False)
    if rule.layer in (Layer.LAW, Layer.MERCHANT) or one.head in _AS_SPENT:
        return True
    return amount.at_most_minor is not None or amount.base is Base.FIXED


def _beyond(space: Space, granted: Granted, one: HeadAmount) -> Finding | None:
    rule, reasons = granted.rule, reasons_of(space.book, (granted.rule,))
    asked = frozenset(reasons)
    for span in spans(space.book, lambda other: isinstance(other.outcome, _BEARING) and other.concerns(asked)):
        if rule in span.rules:
            finding = _in_span(space, granted, one, span)
            if finding is not None:
                return finding
    return None


def _in_span(space: Space, granted: Granted, one: HeadAmount, span: Span) -> Finding | None:
    claim, rule, reasons = space.claim, granted.rule, reasons_of(space.book, (granted.rule,))
    rules = Together(space, space.settled, span.rules)
    minor = space.amounts.of(one.amount)
    if granted.grant.adds and one.head in CAPPED_BY_WHAT_WAS_PAID:
        minor = largest([minor, rules.due(granted.grant.remedy, one.head, per_order=one.per_order)])
    model = space.find(
        [
            within(claim, span), claim.under(reasons, span.rules),
            space.views(span.rules), rules.certain(granted), minor > _most(rules, one),
            *_where_it_shows(rules, one),
        ],
        wishes(claim, span.days, reasons),
    )  # fmt: skip
    if model is None:
        return None
    builder = Builder(claim, model)
    example, most_minor = builder.example(reasons, span.rules), builder.number(_most(rules, one))
    shown = _paid(space, example, granted, one, most_minor)
    refund = one.head in CAPPED_BY_WHAT_WAS_PAID
    return Finding(
        place=rule.place,
        what=Text(
            f"规则 {rule.id} 的{HEADS[one.head].zh}可以超过{'所付的钱' if refund else '订单实付金额，又没有上限'}",
            f"rule {rule.id} can pay {HEADS[one.head].en} beyond what was paid"
            + ("" if refund else " for the order, without a ceiling"),
        ),
        fix=_REFUND_FIX if refund else _OTHER_FIX,
        story=story_of(example, space.book, shown or Text("支付超过上限", "more is paid than that")),
        confirmed=shown is not None,
        example=example,
    )  # fmt: skip


def _most(rules: Together, one: HeadAmount) -> Number:
    """The most that may be paid under the head."""
    claim = rules.space.claim
    if one.head is Head.GOODS:
        return claim.price_minor
    if one.head in CAPPED_BY_WHAT_WAS_PAID:
        return claim.freight_minor
    by_law = [
        z3.If(rules.certain(granted), minor, 0)
        for granted in rules.grants
        if granted.rule.layer is Layer.LAW
        and (minor := rules.paid(granted, one.head, per_order=one.per_order)) is not None
    ]
    most: Number = claim.order_paid_minor
    for minor in by_law:
        most = z3.If(minor > most, minor, most)
    return most


def _where_it_shows(rules: Together, one: HeadAmount) -> list[Formula]:
    """A refund is looked at where its bound shows: one unit of two. Elsewhere a cap that holds is bound enough."""
    if one.head in CAPPED_BY_WHAT_WAS_PAID:
        return [rules.space.claim.shape == ONE_OF_TWO]
    return [z3.Not(rules.view.standing(rule).holds) for rule, cap in rules.caps if cap.head is one.head]


def _paid(space: Space, example: Example, granted: Granted, one: HeadAmount, most_minor: int) -> Text | None:
    """What the engine says is due under the head, where it is more than the most."""
    plan = example.answer(space.book).plan(granted.grant.remedy)
    dues = [due.full_minor for due in plan.dues if due.head is one.head] if plan is not None else []
    if not dues or max(dues) <= most_minor:
        return None
    paid, most = (amount_text(minor, space.book.currency) for minor in (max(dues), most_minor))
    return Text(
        f"{HEADS[one.head].zh}应得 {paid}，而最多只能是 {most}",
        f"{HEADS[one.head].en} {paid} is due, but {most} is the most",
    )
