"""What stands around a rule: what speaks against it, what it speaks against, and who must prove what it rests on."""

from collections.abc import Sequence
from typing import NamedTuple

from makewhole.core.facts import FACTS, FactName
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import Deduction, Exclusion, Grant, Presumption, Rule
from makewhole.core.words import Party


class Burden(NamedTuple):
    """Who must prove, or disprove, a fact a rule rests on; `rule` says so, None where nothing moves the burden."""

    fact: FactName
    party: Party
    rule: Rule | None


class Related(NamedTuple):
    """The rules around one rule that are in force with it."""

    against: tuple[Rule, ...]
    of: tuple[Rule, ...]
    burdens: tuple[Burden, ...]


def related(rule: Rule, rules: Sequence[Rule]) -> Related:
    """What stands around `rule` among `rules`, those in force on one day, in their order."""
    named = rule.outcome.of if isinstance(rule.outcome, (Exclusion, Deduction)) else ()
    return Related(
        against=tuple(
            each for each in rules if isinstance(each.outcome, (Exclusion, Deduction)) and rule.id in each.outcome.of
        ),
        of=tuple(each for each in rules if each.id in named),
        burdens=_burdens(rule, rules) if isinstance(rule.outcome, (Grant, Exclusion)) else (),
    )


def _burdens(rule: Rule, rules: Sequence[Rule]) -> tuple[Burden, ...]:
    """What has to be shown: facts no record of the order tells and nothing assumes."""
    read = facts_read(rule.when)
    found: list[Burden] = []
    for fact in FACTS.values():
        if fact.name not in read or fact.derived or fact.assumed is not None:
            continue
        moved = [each for each in rules if _moves(each, fact.name, rule)]
        found += [Burden(fact, each.outcome.burden, each) for each in moved if isinstance(each.outcome, Presumption)]
        if not moved:
            found.append(Burden(fact, fact.tells, None))
    return tuple(found)


def _moves(each: Rule, fact: str, rule: Rule) -> bool:
    concerned = not rule.reasons or each.concerns(rule.reasons)
    return isinstance(each.outcome, Presumption) and each.outcome.fact == fact and concerned
