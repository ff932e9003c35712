"""The past cases whose answer changes most, with both answers and the rules behind each."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from makewhole.core.rulebook.pattern import Pattern
from makewhole.core.rulebook.sql import trial
from makewhole.core.rulebook.sql.answers import NUMBERS
from makewhole.core.rulebook.sql.met import Met
from makewhole.core.rulebook.sql.trial import BEARERS, Programs, Side
from makewhole.core.words import Head, Remedy
from makewhole.rooms.trials.ports import Affected, SideOf
from makewhole.rooms.trials.store.running import TABLE, TrialDatabase
from makewhole.rooms.trials.store.sums import AFFECTED_MAX

_REMEDIES = {number: remedy for remedy, number in NUMBERS.items()}
_TOLD = ("case_id", "line_id", "merchant_id", "reasons", "month", "wanted_remedy")


class Worst(NamedTuple):
    """Cases of one group that change most, by their first rows: at most `peak`."""

    peak: int
    programs: Programs
    met: Met
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
        made = trial.tried(one.programs, one.met, database.source, f"{one.where} AND {chosen}", joint=one.joint)
        signs = {f"sign_{place}": sign for place, sign in enumerate(made.signs)}
        sides = {"before": made.before, "after": made.after}
        columns = dict(zip(_TOLD, _TOLD, strict=True)) | signs
        for name, side in sides.items():
            columns |= _columns(name, side)
        for row in database.rows(made, columns):
            patterns = one.met.patterns[tuple(row[name] for name in signs)]
            before, after = (_side(row, name, pattern) for name, pattern in zip(sides, patterns, strict=True))
            told = {name: str(row[name] or "") for name in _TOLD}
            found.append(Affected(**told, before=before, after=after))
    ranked = sorted(found, key=lambda one: (-abs(one.delta_minor), one.case_id, one.line_id))
    return ranked[:AFFECTED_MAX]


def _columns(name: str, side: Side) -> dict[str, str]:
    columns = {f"{name}_remedy": side.remedy}
    columns |= {f"{name}_by_{party}": side.paid_by(party) for party in BEARERS}
    return columns | {f"{name}_head_{head}": side.under(head) for head in Head}


def _side(row: Mapping[str, Any], name: str, pattern: Pattern) -> SideOf:
    remedy: Remedy | None = _REMEDIES.get(row[f"{name}_remedy"])
    chosen = next((one for one in pattern.remedies if one.remedy is remedy), None)
    heads = {head.value: minor for head in Head if (minor := int(row[f"{name}_head_{head}"]))}
    payers = {party.value: minor for party in BEARERS if (minor := int(row[f"{name}_by_{party}"]))}
    return SideOf(
        remedy.value if remedy else "",
        sum(payers.values()),
        heads,
        payers,
        chosen.rule_ids if chosen else tuple(one.rule_id for one in pattern.blocked),
        chosen.missing if chosen else (),
    )
