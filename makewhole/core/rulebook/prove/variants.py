"""A book with other rules, or with its rules in another order: to ask the engine what difference they make."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from makewhole.core.rulebook.model import Answer, Term
from makewhole.core.rulebook.prove.realise import Example
from makewhole.core.rulebook.rule import Place, Rule, Rulebook, editions_of
from makewhole.core.words import Layer

_FIRST = Place("", 0)


def with_rules(book: Rulebook, rules: Iterable[Rule]) -> Rulebook:
    """The book with these rules in place of its own; its editions begin on the same days as before."""
    chosen = tuple(rules)
    editions = tuple(
        edition._replace(rules=tuple(rule for rule in chosen if rule.in_force(edition.start)))
        for edition in editions_of(book.market, book.rules)
    )
    return replace(book, rules=chosen, editions=editions, programs={})


def of_law_alone(book: Rulebook) -> Rulebook:
    """The book with the rules of the law and none besides."""
    return with_rules(book, (rule for rule in book.rules if rule.layer is Layer.LAW))


def order_decides(book: Rulebook, example: Example, one: Rule, other: Rule) -> bool:
    """Whether it makes a difference to the answer which of two rules the files name first."""
    return bool(_effect(_with_first(book, example, one)) != _effect(_with_first(book, example, other)))


def _with_first(book: Rulebook, example: Example, first: Rule) -> Answer:
    rules = (rule._replace(place=_FIRST) if rule == first else rule for rule in book.rules)
    return example.answer(with_rules(book, rules))


def _effect(answer: Answer) -> Any:
    """What an answer comes to, whatever rules it names."""
    plans = [
        (
            plan.remedy, [due._replace(rule_id="") for due in plan.dues],
            [(_unnamed(step.term), step.due_at) for step in plan.steps],
            plan.depends_on, plan.settled, plan.adds_to_any, plan.claim_until, plan.freight_back_payer,
            plan.prospect and (plan.prospect.total_minor, plan.prospect.facts),
        )
        for plan in answer.plans
    ]  # fmt: skip
    evidence = [needed._replace(rule_id="") for needed in answer.evidence]
    return plans, evidence, [_unnamed(term) for term in answer.terms]


def _unnamed(term: Term) -> Term:
    return term._replace(rule_id="")
