"""Fill the slots of a program: what the parties said, what the order shows, what the rules presume.

The order's own record goes before what a party merely says; a finding of the panel goes before both.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from makewhole.core.calendar import MarketCalendar
from makewhole.core.facts import FACTS, Fact, FactError, FactType, check_value, fact_name
from makewhole.core.order.model import Line, Order
from makewhole.core.rulebook.compile import ALLEGED, PRESUMED, SOUND, Program
from makewhole.core.rulebook.derive import RESTS_ON, LineView, category_prefixes
from makewhole.core.rulebook.model import Claim, ClaimError
from makewhole.core.rulebook.rule import Presumption
from makewhole.core.words import Provenance, Text

# Members of an enum looked up once: the look-up costs as much as the comparison it serves.
_TIME, _PATH, _FOUND = FactType.TIME, FactType.PATH, Provenance.FOUND
_NO_TIMES: dict[str, datetime] = {}
_NO_STANDINGS: dict[str, int] = {}
_NOTHING_FIXED: frozenset[int] = frozenset()
_STANDING = {
    Provenance.EVIDENCED: SOUND,
    Provenance.FOUND: SOUND,
    Provenance.PRESUMED: PRESUMED,
    Provenance.ALLEGED: ALLEGED,
}


class Told(NamedTuple):
    """What the claim says, the same for all its lines. `fixed` slots were found by the panel and are not read again."""

    values: list[Any]
    standing: list[int]
    times: dict[str, datetime]
    time_standing: dict[str, int]
    fixed: frozenset[int]


class Known(NamedTuple):
    """The facts of one line by slot, how firmly each stands, and which presumption rules bear on them.

    `presumed` has a bit for the place of each such rule; `presuming_bits` is the pattern of all presumption rules.
    """

    values: list[Any]
    standing: list[int]
    presumed: int
    presuming_bits: int


def told(program: Program, claim: Claim) -> Told:
    """What the claim itself says. Raises ClaimError for a fact that is not on the list or does not fit."""
    values, standing = list(program.initial), list(program.standing)
    if not claim.facts:
        return Told(values, standing, _NO_TIMES, _NO_STANDINGS, _NOTHING_FIXED)
    times: dict[str, datetime] = {}
    time_standing: dict[str, int] = {}
    fixed: list[int] = []
    for name, fact in claim.facts.items():
        kind = _checked(name, fact)
        firmness = _STANDING[fact.provenance]
        value: Any = fact.value
        if kind is _TIME:
            value = times[name] = datetime.fromisoformat(str(fact.value))
            time_standing[name] = firmness
        elif kind is _PATH:
            value = category_prefixes(str(fact.value))
        slot_or_none = program.slots.get(name)
        if slot_or_none is not None:
            values[slot_or_none], standing[slot_or_none] = value, firmness
            if fact.provenance is _FOUND:
                fixed.append(slot_or_none)
    return Told(values, standing, times, time_standing, frozenset(fixed))


def _checked(name: str, fact: Fact) -> FactType:
    try:
        entry = FACTS.get(name) or fact_name(name)
        check_value(entry, fact.value)
    except FactError as error:
        fix = Text("改正事实的名称或值", "correct the fact's name or value")
        raise ClaimError(f"facts.{name}", error.text, fix) from None
    return entry.type


def known(
    program: Program, said: Told, order: Order, line: Line, now: datetime, claimed: datetime, calendar: MarketCalendar
) -> Known:
    """The facts of one line: what was said, then what the order shows, then what is presumed."""
    values, standing = said.values.copy(), said.standing.copy()
    view = LineView(order, line, now, calendar, program.promises, said.times)
    fixed = said.fixed
    for slot, derive in program.derive:
        value = derive(view)
        if value is not None and (not fixed or slot not in fixed):
            values[slot] = value
            if standing[slot]:
                standing[slot] = SOUND
    if said.times:
        _stand_on_told_times(program, said, view, standing)
    if program.presuming is None:
        return tuple.__new__(Known, (values, standing, 0, 0))
    bits, _ends = program.presuming.run(values, claimed)
    presumed = 0
    for place, ready in enumerate(program.kinds.presumptions):
        if ready.holds(bits) and _presume(ready.outcome, program.slots, values, standing):
            presumed |= 1 << place
    return tuple.__new__(Known, (values, standing, presumed, bits))


def _presume(rule: Presumption, slots: Mapping[str, int], values: list[Any], standing: list[int]) -> bool:
    """Let a rule about the burden of proof bear on its fact; false when the fact is settled or told otherwise."""
    slot = slots[rule.fact]
    shifts = rule.burden is not FACTS[rule.fact].tells
    if shifts and values[slot] is None:
        values[slot], standing[slot] = rule.value, PRESUMED
    elif values[slot] is not rule.value or standing[slot] == SOUND:
        return False
    elif shifts:
        standing[slot] = PRESUMED
    return True


def _stand_on_told_times(program: Program, said: Told, view: LineView, standing: list[int]) -> None:
    """A fact reckoned from a time a party told stands no firmer than that time."""
    for name, firmness in said.time_standing.items():
        of_order = {"signed_at": view.signed_at, "dispatched_at": view.dispatched_at}.get(name)
        if of_order is not None and of_order is not said.times[name]:
            continue
        slot = program.slots.get(name)
        if slot is not None:
            standing[slot] = firmness
        for reckoned, times in RESTS_ON.items():
            slot = program.slots.get(reckoned)
            if slot is not None and name in times:
                standing[slot] = max(standing[slot], firmness)


def readable(program: Program, facts: Known) -> Mapping[str, Any]:
    """The facts by name, for those that explain; a fact not known is None."""
    return dict(zip(program.names, facts.values, strict=True))
