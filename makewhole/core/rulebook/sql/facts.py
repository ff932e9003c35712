"""The facts of one program as columns: what was told or shown, what nobody tells, what the market's rules promise."""

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.compile import Program
from makewhole.core.rulebook.rule import PromiseKind
from makewhole.core.rulebook.sql.columns import BY_PROMISE, NEVER_DAY, NEVER_US, PARTS
from makewhole.core.rulebook.sql.conditions import ConditionWriter, Untranslatable
from makewhole.core.rulebook.sql.layers import CALENDAR, Layers, literal
from makewhole.core.rulebook.windows import NOT_YET
from makewhole.core.words import Provenance

_VIEWED = {name: f"view_{name}" for name in ("paid_at", "dispatched_at", "signed_at", "completed_at")}


class FactWriter:
    """Adds the facts of a program to layers, before and after its presumptions."""

    def __init__(self, layers: Layers, program: Program) -> None:
        self.layers, self.program, self.prefix = layers, program, layers.prefix
        self.columns: dict[str, str] = {}
        """Where a fact's value stands in a column of another name than usual."""

    def add(self) -> None:
        """Layers with a column for every fact the program reads."""
        if not set(BY_PROMISE).isdisjoint(self.program.slots):
            self._add_promises()
        columns: dict[str, str] = {}
        for name, initial in zip(self.program.names, self.program.initial, strict=True):
            columns |= self._fact(name, initial)
        self.layers.add(columns)
        self._presume()

    def _fact(self, name: str, initial: object) -> dict[str, str]:
        entry, column = FACTS[name], f"{self.prefix}f_{name}"
        if entry.type is FactType.TIME:
            never = {"us": NEVER_US, "day": NEVER_DAY} if initial is NOT_YET else {}
            return {
                f"{column}__{part}": _or(self._source(name, f"__{part}"), never.get(part)) for part in ("us", "day")
            }
        if initial is not None and not isinstance(initial, (bool, int, str)):
            raise Untranslatable(f"no SQL for what is assumed of {name}: {initial!r}")
        found = {column: _or(self._source(name, ""), initial)}
        if entry.type is FactType.AMOUNT:
            found |= {f"{column}{part}": _or(f"fact_{name}{part}", initial) for part in PARTS}
        return found

    def _source(self, name: str, part: str) -> str:
        return f"{self.prefix}seen_{name}{part}" if name in BY_PROMISE else f"fact_{name}{part}"

    def _add_promises(self) -> None:
        """By when goods had to go or come, and whether that was late: promised, else by the market's default."""
        for kind in PromiseKind:
            self._add_due(kind)
        due, sent, signed = f"{self.prefix}due_", "view_dispatched_at__us", "view_signed_at__us"
        late = {
            "dispatched_late": f"WHEN {due}dispatch__us IS NULL THEN NULL WHEN {sent} IS NOT NULL THEN "
            f"{sent} > {due}dispatch__us WHEN view_dispatched THEN NULL ELSE known__us > {due}dispatch__us",
            "delivered_late": f"WHEN {due}delivery__us IS NULL THEN NULL WHEN {signed} IS NOT NULL THEN "
            f"{signed} > {due}delivery__us WHEN view_delivered IS NULL AND known__us > {due}delivery__us THEN NULL "
            f"ELSE known__us > {due}delivery__us",
        }
        columns = {
            f"{self.prefix}seen_{name}": _unless_found(name, f"fact_{name}", f"CASE {text} END")
            for name, text in late.items()
        }
        for kind in PromiseKind:
            name = f"{kind}_due_at"
            for part in ("us", "day"):
                reckoned = f"{due}{kind}__{part}"
                columns[f"{self.prefix}seen_{name}__{part}"] = _unless_found(name, f"fact_{name}__{part}", reckoned)
        self.layers.add(columns)

    def _add_due(self, kind: PromiseKind) -> None:
        default, due = self.program.promises.get(kind), f"{self.prefix}due_{kind}"
        own, told = f"own_{kind}", f"fact_{kind}_due_at"
        if default is None:
            self.layers.add({f"{due}__{p}": f"COALESCE({own}__{p}, {told}__{p})" for p in ("us", "day")})
            return
        after = "placed" if default.after == "placed_at" else _VIEWED.get(default.after)
        if after is None:
            raise Untranslatable(f"no SQL for a promise counted from {default.after}")
        # An event that has not happened starts no promise.
        begun = f"CASE WHEN {after}__us < {NEVER_US} THEN {after}__"
        if default.unit is TermUnit.HOURS:
            end_us = self._column(f"{begun}us END + {default.length * 3_600_000_000}")
            end_day = self._day_of(end_us) if f"{kind}_due_at" in self.program.slots else "NULL"
        else:
            start_day = self._column(f"{begun}day END")
            end_day = ConditionWriter(self.layers, {}).after(start_day, str(default.length), default.unit)
            end_us = self.layers.look_up(CALENDAR, end_day, "day", "end_us")
        self.layers.add({
            f"{due}__us": f"COALESCE({own}__us, {end_us}, {told}__us)",
            f"{due}__day": f"COALESCE({own}__day, {end_day}, {told}__day)",
        })  # fmt: skip

    def _day_of(self, moment_us: str) -> str:
        """The market's day of a moment: that of Greenwich, or the one before or after it."""
        day = self._column(f"{moment_us} // {86_400_000_000}")
        before = self.layers.look_up(CALENDAR, f"({day} - 1)", "day", "end_us")
        same = self.layers.look_up(CALENDAR, day, "day", "end_us")
        return self._column(
            f"CASE WHEN {moment_us} <= {before} THEN {day} - 1 WHEN {moment_us} <= {same} THEN {day} ELSE {day} + 1 END"
        )

    def _column(self, expression: str) -> str:
        name = self.layers.name("d")
        self.layers.add({name: expression})
        return name

    def _presume(self) -> None:
        """Facts that nobody knows stand as a rule presumes them; presumptions do not rest on presumed facts."""
        shifting = [
            ready
            for ready in self.program.kinds.presumptions
            if ready.outcome.burden is not FACTS[ready.outcome.fact].tells
            and self.program.initial[self.program.slots[ready.outcome.fact]] is None
        ]
        if not shifting:
            return
        writer = ConditionWriter(self.layers, self.columns)
        writer.prepare([ready.rule for ready in shifting])
        values: dict[str, list[str]] = {}
        for ready in shifting:
            fact, value = ready.outcome.fact, ready.outcome.value
            if FACTS[fact].type in (FactType.TIME, FactType.AMOUNT, FactType.PATH):
                raise Untranslatable(f"no SQL for a presumption about {fact} ({ready.rule.id})")
            holds = writer.all(ready.rule.when)
            values.setdefault(fact, []).append(f"WHEN {holds} THEN {literal(value)}")
        presumed: dict[str, str] = {}
        for fact, cases in values.items():
            column = f"{self.prefix}g_{fact}"
            presumed[column] = f"COALESCE({self.prefix}f_{fact}, CASE {' '.join(cases)} END)"
            self.columns[fact] = column
        self.layers.add(presumed)


def _or(source: str, initial: bool | int | str | None) -> str:
    return source if initial is None else f"COALESCE({source}, {literal(initial)})"


def _unless_found(name: str, told: str, reckoned: str) -> str:
    """What the panel found goes before what the order shows, and that before what was told."""
    return (
        f"CASE WHEN from_{name} = {literal(Provenance.FOUND.value)} THEN {told} ELSE COALESCE({reckoned}, {told}) END"
    )
