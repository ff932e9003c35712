"""No claim without an outcome: for every edition and reason, whatever the facts, something is due or something named
speaks against it.

An outcome is a plan, also one that hangs on a fact not known yet; or an obstacle of time or exclusion; or a grant made
for such goods that fails by what happened (or did not). Silence is no outcome. Neither is a refusal that rests on the
kind of goods alone: who has nothing because the rules speak of other goods was forgotten, unless an exclusion says so.
"""

from collections.abc import Iterator

import z3

from makewhole.core.facts import FACTS
from makewhole.core.rulebook.model import ObstacleKind
from makewhole.core.rulebook.prove.claim import Formula
from makewhole.core.rulebook.prove.realise import Builder, Example
from makewhole.core.rulebook.prove.rules import Granted, Together
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import Span, spans, within
from makewhole.core.rulebook.prove.story import Finding, answered, story_of
from makewhole.core.rulebook.prove.wishes import wishes
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import Avenue, Cap, Condition, Liability, Rule, Sanction, TermRule
from makewhole.core.words import SENDS_GOODS, Reason, Text

_BESIDE = (Avenue, Cap, Liability, Sanction, TermRule)
"""Kinds of outcome that neither give nor take a remedy."""
_PLACES = {name: place for place, name in enumerate(FACTS)}


def gaps_in(space: Space) -> Iterator[Finding]:
    """Every reason under which some order is left without an outcome; one example each."""
    for reason in space.book.reasons:
        for span in spans(space.book, lambda rule, reason=reason: _bears(rule, reason)):  # type: ignore[misc]
            found = _gap(space, reason, span)
            if found is not None:
                yield found
                break


def _bears(rule: Rule, reason: Reason) -> bool:
    return not isinstance(rule.outcome, _BESIDE) and rule.concerns(frozenset({reason}))


def _gap(space: Space, reason: Reason, span: Span) -> Finding | None:
    rules = Together(space, space.settled, span.rules)
    unhelped = z3.And(*(z3.Not(_helps(rules, one)) for one in rules.grants))
    for_others = z3.And(*(z3.Or(z3.Not(_fails(rules, one)), z3.Not(_meant(rules, one))) for one in rules.grants))
    example = _example(space, reason, span, z3.And(unhelped, for_others))
    if example is None:
        # Some grant fails by what happened; whether the answer then says so is for the engine to tell.
        example = _example(space, reason, span, z3.And(unhelped, z3.Not(_named(rules))))
        if example is None or example.answer(space.book).obstacles:
            return None
    answer = example.answer(space.book)
    place = min((one.rule.place for one in rules.grants), default=span.edition.rules[0].place)
    return Finding(
        place=place,
        what=Text(
            f"原因 {reason} 有漏洞：有的诉求既无救济，也没有说得出的理由（版本 {span.edition.name}）",
            f"reason {reason} has a gap: some claim gets neither a remedy nor a reason (edition {span.edition.name})",
        ),
        fix=Text(
            "补一条 grant；本不该给的，写一条 exclusion 说明",
            "add a grant; where none is meant, an exclusion that says so",
        ),
        story=story_of(example, space.book, answered(answer, space.book)),
        confirmed=not answer.plans and all(one.kind is ObstacleKind.NOT_CLAIMABLE for one in answer.obstacles),
        example=example,
    )


def _example(space: Space, reason: Reason, span: Span, wanted: Formula) -> Example | None:
    claim = space.claim
    model = space.find(
        [within(claim, span), claim.under((reason,), span.rules), space.views(span.rules), wanted],
        wishes(claim, span.days, (reason,)),
    )
    return None if model is None else Builder(claim, model).example((reason,), span.rules)


def _helps(rules: Together, granted: Granted) -> Formula:
    """The grant makes a plan, or an obstacle of time or exclusion."""
    standing = rules.view.standing(granted.rule)
    stopped = z3.And(standing.stands, rules.stopped(granted))
    plan = z3.And(rules.open(granted), _comes_to_something(rules, granted))
    return z3.Or(plan, stopped, standing.late, standing.early)


def _comes_to_something(rules: Together, granted: Granted) -> Formula:
    """Goods are sent, something is still to be learnt, or money is due."""
    if granted.grant.remedy in SENDS_GOODS:
        return z3.BoolVal(True)
    sums = [rules.paid(granted, one.head, per_order=one.per_order) for one in granted.grant.amounts]
    return z3.Or(
        z3.Not(rules.certain(granted)), *(minor > 0 for minor in sums if minor is not None)
    )  # fmt: skip


def _meant(rules: Together, granted: Granted) -> Formula:
    return rules.view.meant_for(granted.rule)


def _fails(rules: Together, granted: Granted) -> Formula:
    return z3.Or(*(rules.view.truth(one).false for one in granted.rule.when))


def _named(rules: Together) -> Formula:
    """Some grant fails by conditions each of which names a fact that people speak about of themselves."""
    named: list[Formula] = []
    for granted in rules.grants:
        unsaid = [one for one in granted.rule.when if FACTS[_first_fact(one)].assumed is not None]
        fails = _fails(rules, granted)
        named.append(z3.And(fails, *(z3.Not(rules.view.truth(one).false) for one in unsaid)))
    return z3.Or(*named)


def _first_fact(condition: Condition) -> str:
    """The fact an obstacle names for a condition: the first on the closed list."""
    return min(facts_read((condition,)), key=_PLACES.__getitem__)
