"""No claim without an outcome: for every edition and reason, whatever the facts, something is due or something named
speaks against it.

An outcome is a plan, also one that hangs on a fact not known yet; or an obstacle of time or exclusion; or a grant made
for such goods that fails by what happened (or did not). Silence is no outcome. Neither is a refusal that rests on the
kind of goods alone: who has nothing because the rules speak of other goods was forgotten, unless an exclusion says so.
"""

from collections.abc import Iterator, Sequence

import z3

from makewhole.core.facts import FACTS
from makewhole.core.rulebook.model import ObstacleKind
from makewhole.core.rulebook.prove.claim import Formula
from makewhole.core.rulebook.prove.realise import Builder
from makewhole.core.rulebook.prove.rules import Granted, Together
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import Span, spans
from makewhole.core.rulebook.prove.story import Finding, answered, story_of
from makewhole.core.rulebook.prove.wishes import wishes
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import Cap, Condition, Liability, Rule, Sanction, TermRule
from makewhole.core.words import SENDS_GOODS, Reason, Text

_BESIDE = (Cap, Liability, Sanction, TermRule)
"""Kinds of outcome that neither give nor take a remedy."""
_PLACES = {name: place for place, name in enumerate(FACTS)}


def gaps(space: Space) -> Iterator[Finding]:
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
    claim, rules = space.claim, Together(space, space.settled, span.rules)
    wanted = [
        claim.placed_between(span.first_day, span.last_day),
        claim.under((reason,), span.rules),
        space.views(span.rules),
        *(z3.Not(_answers(rules, one)) for one in rules.grants),
    ]
    model = space.find(wanted, tuple(wishes(claim, span.days, (reason,))))
    if model is None:
        return None
    example = Builder(claim, model).example((reason,), span.rules)
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
    )  # fmt: skip


def _answers(rules: Together, granted: Granted) -> Formula:
    """The grant gives the claim an outcome: a plan, an obstacle, or a refusal by what happened."""
    standing = rules.view.standing(granted.rule)
    stopped = z3.And(standing.stands, rules.stopped(granted))
    plan = z3.And(rules.open(granted), _comes_to_something(rules, granted))
    return z3.Or(plan, stopped, standing.late, standing.early, _fails_by_what_happened(rules, granted))


def _comes_to_something(rules: Together, granted: Granted) -> Formula:
    """Goods are sent, something is still to be learnt, or money is due."""
    if granted.grant.remedy in SENDS_GOODS:
        return z3.BoolVal(True)
    sums = [rules.paid(granted, one.head, per_order=one.per_order) for one in granted.grant.amounts]
    return z3.Or(
        z3.Not(rules.certain(granted)), *(minor > 0 for minor in sums if minor is not None)
    )  # fmt: skip


def _fails_by_what_happened(rules: Together, granted: Granted) -> Formula:
    """The grant is for such goods, fails, and each condition that fails names a fact people can speak about."""
    when: Sequence[Condition] = granted.rule.when
    fails = [(one, rules.view.truth(one).false) for one in when]
    nameable = [z3.Not(false) for one, false in fails if FACTS[_first_fact(one)].assumed is not None]
    return z3.And(z3.Or(*(false for _, false in fails)), *nameable, rules.view.meant_for(granted.rule))


def _first_fact(condition: Condition) -> str:
    """The fact an obstacle names for a condition: the first on the closed list."""
    return min(facts_read((condition,)), key=_PLACES.__getitem__)
