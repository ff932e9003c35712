"""The past cases whose answer changes most, with both answers and the rules behind each."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from makewhole.core.rulebook.pattern import Pattern
from makewhole.core.rulebook.sql import trial
from makewhole.core.rulebook.sql.answers import NUMBERS
from makewhole.core.rulebook.sql.trial import BEARERS, Programs, Side
from makewhole.core.words import Remedy
from makewhole.rooms.trials.ports import Affected, SideOf
from makewhole.rooms.trials.store.running import AFFECTED_MAX, TABLE, TrialDatabase

_REMEDIES = {number: remedy for remedy, number in NUMBERS.items()}
_TOLD = ("case_id", "line_id", "merchant_id", "reasons", "month", "wanted_remedy")
Words = tuple[int, ...]


class Worst(NamedTuple):
    """Cases of one group that change most, by their first rows: at most `peak`."""

    peak: int
    programs: Programs
    patterns: Mapping[str, Mapping[Words, Pattern]]
    where: str
    joint: bool
    rows: list[int]


def affected_cases(database: TrialDatabase, worst: Iterable[Worst]) -> list[Affected]:
    """The lines of the cases that change most, of these."""
    found: list[Affected] = []
    for one in worst:
        chosen = f"row_id IN ({', '.join(map(str, one.rows))})"
        if one.joint:
            chosen = f"case_id IN (SELECT case_id FROM {TABLE} WHERE {chosen})"  # noqa: S608
        made = trial.tried(one.programs, one.patterns, database.source, f"{one.where} AND {chosen}", joint=one.joint)
        sides = dict(zip((prefix for prefix, _ in one.programs.sides), (made.before, made.after), strict=False))
        columns = [*_TOLD]
        for prefix, side in sides.items():
            columns += [*_words(prefix, one.patterns), side.remedy, *side.payers.values(), *side.heads.values()]
        for row in database.rows(made, [column for column in columns if column != "0"]):
            before, after = (
                _side(row, side, one.patterns[prefix], _words(prefix, one.patterns)) for prefix, side in sides.items()
            )
            told = {name: str(row[name] or "") for name in _TOLD}
            found.append(Affected(**told, before=before, after=after))
    ranked = sorted(found, key=lambda one: (-abs(one.delta_minor), one.case_id, one.line_id))
    return ranked[:AFFECTED_MAX]


def _words(prefix: str, patterns: Mapping[str, Mapping[Words, Pattern]]) -> list[str]:
    width = max((len(words) for words in patterns[prefix]), default=0)
    return [f"{prefix}p{place}" for place in range(width)]


def _side(row: Mapping[str, Any], side: Side, patterns: Mapping[Words, Pattern], words: list[str]) -> SideOf:
    remedy: Remedy | None = _REMEDIES.get(row[side.remedy])
    pattern = patterns[tuple(row[word] for word in words)]
    chosen = next((one for one in pattern.remedies if one.remedy is remedy), None)
    heads = {head.value: int(row[column]) for head, column in side.heads.items() if row.get(column)}
    payers = {party.value: int(row[side.payers[party]]) for party in BEARERS if row.get(side.payers[party])}
    return SideOf(
        remedy.value if remedy else "",
        sum(payers.values()),
        heads,
        payers,
        chosen.rule_ids if chosen else tuple(one.rule_id for one in pattern.blocked),
        chosen.missing if chosen else (),
    )
