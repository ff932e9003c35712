"""Which grants count for a claim on one line: what speaks against each, and the facts each waits for.

Of the grants of one remedy those count that wait for the fewest facts, first of all for none; the others are a hope.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from makewhole.core.rulebook.compile import Program, Ready, facts_used
from makewhole.core.rulebook.generate import Matching
from makewhole.core.rulebook.model import ObstacleKind
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import AnyOf, Condition, Grant
from makewhole.core.words import Remedy


class Blocked(NamedTuple):
    """What speaks against a remedy on this line; `ends` are places of the deadlines it turns on."""

    kind: ObstacleKind
    rule_id: str
    remedy: Remedy
    fact: str
    ends: tuple[int, ...]


class Candidate(NamedTuple):
    """A grant no exclusion stops, and the rules on its way that wait for facts: its own, exclusions in doubt."""

    grant: Ready[Grant]
    waits: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def lacking(self) -> dict[str, None]:
        """The facts it waits for."""
        return dict.fromkeys(fact for _, facts in self.waits for fact in facts)


class Rights(NamedTuple):
    """The grants of one remedy: those that wait for the fewest facts, and those that wait for more."""

    counted: tuple[Candidate, ...]
    hoped: tuple[Candidate, ...]


def rights_of(program: Program, bits: int) -> tuple[dict[Remedy, Rights], tuple[Blocked, ...]]:
    """The grants no exclusion stops, by remedy, and what speaks against the others."""
    stopped, doubted = _exclusions(program, bits)
    candidates: dict[Remedy, list[Candidate]] = {}
    blocked: list[Blocked] = []
    for grant in program.kinds.grants:
        remedy, signs, rule_id = grant.outcome.remedy, grant.signs, grant.rule.id
        if signs is not None and bits & signs.late:
            places = tuple(place for place, _ in signs.windows)
            blocked.append(Blocked(ObstacleKind.OUT_OF_TIME, rule_id, remedy, "", places))
        elif signs is not None and bits & signs.early:
            blocked.append(Blocked(ObstacleKind.NOT_YET, rule_id, remedy, "", signs.waits_for))
        elif grant.holds(bits) or grant.may_hold(bits):
            stop = stopped.get(rule_id)
            if stop is not None:
                blocked.append(Blocked(ObstacleKind.EXCLUDED, stop[0], remedy, stop[1], ()))
                continue
            waits = ((rule_id, missing(program.matching, grant, bits, program.slots)), *doubted.get(rule_id, ()))
            candidates.setdefault(remedy, []).append(Candidate(grant, waits))
    rights = {remedy: _ranked(found) for remedy, found in candidates.items()}
    return rights, tuple(one for one in blocked if one.remedy not in rights)


def _exclusions(
    program: Program, bits: int
) -> tuple[dict[str, tuple[str, str]], dict[str, list[tuple[str, tuple[str, ...]]]]]:
    """By grant: the exclusion that stops it and the fact it turns on; those in doubt and the facts they wait for."""
    stopped: dict[str, tuple[str, str]] = {}
    doubted: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for exclusion in program.kinds.exclusions:
        lacking = missing(program.matching, exclusion, bits, program.slots)
        for grant_id in exclusion.outcome.of:
            if lacking:
                doubted.setdefault(grant_id, []).append((exclusion.rule.id, lacking))
            elif exclusion.holds(bits):
                first = min(facts_read(exclusion.rule.when), key=program.slots.__getitem__, default="")
                stopped.setdefault(grant_id, (exclusion.rule.id, first))
    return stopped, doubted


def _ranked(candidates: list[Candidate]) -> Rights:
    fewest = min(len(one.lacking) for one in candidates)
    counted = tuple(one for one in candidates if len(one.lacking) == fewest)
    return Rights(counted, tuple(one for one in candidates if len(one.lacking) > fewest))


def missing(made: Matching, ready: Ready[Any], bits: int, slots: Mapping[str, int]) -> tuple[str, ...]:
    """The facts a rule that may hold waits for, in the order of the closed list."""
    if ready.signs is None or not ready.may_hold(bits):
        return ()
    undecided: list[Condition] = []
    choices = iter(ready.signs.open_any)
    for condition in ready.rule.when:
        if not isinstance(condition, AnyOf) or bits & next(choices):
            undecided.append(condition)
    names = facts_read(undecided) | facts_used(ready.rule)
    return tuple(sorted((name for name in names if bits & made.unknown.get(slots[name], 0)), key=slots.__getitem__))
