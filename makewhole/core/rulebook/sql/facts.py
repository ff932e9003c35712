"""The facts of one program as columns: what was told or shown, what nobody tells, what the market's rules promise."""

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.compile import Program
from makewhole.core.rulebook.rule import PromiseDefault, PromiseKind
from makewhole.core.rulebook.sql.columns import BY_PROMISE, NEVER_DAY, NEVER_US, PARTS
from makewhole.core.rulebook.sql.conditions import ConditionWriter, Untranslatable
from makewhole.core.rulebook.sql.layers import CALENDAR, Layers, literal
from makewhole.core.rulebook.sql.terms import FALSE, UNKNOWN, coalesced, is_empty
from makewhole.core.rulebook.windows import NOT_YET
from makewhole.core.words import Provenance

_VIEWED = {name: f"view_{name}" for name in ("paid_at", "dispatched_at", "signed_at", "completed_at")}


class FactWriter:
    """Adds the facts of a program to layers, before and after its presumptions."""

    def __init__(self, layers: Layers, program: Program) -> None:
        self.layers, self.program = layers, program
        self.value = layers.source.value
        self.columns: dict[str, str] = {}
        """Where each fact's value stands; of a time by name and part, of a sum also its parts."""
        self.seen: dict[str, str] = {}

    def add(self) -> None:
        """Layers with a column for every fact the program reads."""
        if not set(BY_PROMISE).isdisjoint(self.program.slots):
            self._add_promises()
        texts: dict[str, str] = {}
        for name, initial in zip(self.program.names, self.program.initial, strict=True):
            texts |= self._fact(name, initial)
        self.columns = {name: self.layers.column("f", text) for name, text in texts.items()}
        self._presume()

    def _fact(self, name: str, initial: object) -> dict[str, str]:
        entry = FACTS[name]
        if entry.type is FactType.TIME:
            never = {"us": NEVER_US, "day": NEVER_DAY} if initial is NOT_YET else {}
            return {f"{name}__{part}": _or(self._source(name, f"__{part}"), never.get(part)) for part in ("us", "day")}
        if initial is not None and not isinstance(initial, (bool, int, str)):
            raise Untranslatable(f"no SQL for what is assumed of {name}: {initial!r}")
        found = {name: _or(self._source(name, ""), initial)}
        if entry.type is FactType.AMOUNT:
            found |= {f"{name}{part}": _or(self.value(f"fact_{name}{part}"), initial) for part in PARTS}
        return found

    def _source(self, name: str, part: str) -> str:
        return self.seen.get(f"{name}{part}") or self.value(f"fact_{name}{part}")

    def _add_promises(self) -> None:
        """By when goods had to go or come, and whether that was late: promised, else by the market's default."""
        texts: dict[str, str] = {}
        for kind, past in ((PromiseKind.DISPATCH, "dispatched"), (PromiseKind.DELIVERY, "delivered")):
            name, late = f"{kind}_due_at", f"{past}_late"
            if not {name, late} & set(self.program.slots):
                continue
            due = {part: self._due(kind, part) for part in ("us", "day")}
            texts[late] = self._unless_found(late, late, self._is_late(kind, due["us"]))
            texts |= {f"{name}__{part}": self._unless_found(name, f"{name}__{part}", due[part]) for part in due}
        self.seen = {name: self.layers.column("seen", text) for name, text in texts.items()}

    def _due(self, kind: PromiseKind, part: str) -> str:
        """The column of the moment or the day by which the merchant had to send or deliver."""
        default = self.program.promises.get(kind)
        end = self._default_end(kind, default, part) if default else ""
        told = (self.value(f"own_{kind}__{part}"), end, self.value(f"fact_{kind}_due_at__{part}"))
        return self.layers.column("due", coalesced([text for text in told if text]))

    def _default_end(self, kind: PromiseKind, default: PromiseDefault, part: str) -> str:
        after = "placed" if default.after == "placed_at" else _VIEWED.get(default.after)
        if after is None:
            raise Untranslatable(f"no SQL for a promise counted from {default.after}")
        unit = "us" if default.unit is TermUnit.HOURS else "day"
        start = self.value(f"{after}__{unit}")
        if is_empty(start):
            return start
        # An event that has not happened starts no promise.
        begun = self.layers.column("d", f"CASE WHEN {self.value(f'{after}__us')} < {NEVER_US} THEN {start} END")
        if default.unit is TermUnit.HOURS:
            end_us = self.layers.column("d", f"{begun} + {default.length * 3_600_000_000}")
            return end_us if part == "us" else self._day_of(end_us)
        end_day = ConditionWriter(self.layers, {}).after(begun, str(default.length), default.unit)
        return end_day if part == "day" else self.layers.look_up(CALENDAR, end_day, "day", "end_us")

    def _day_of(self, moment_us: str) -> str:
        """The market's day of a moment: that of Greenwich, or the one before or after it."""
        day = self.layers.column("d", f"{moment_us} // {86_400_000_000}")
        before = self.layers.look_up(CALENDAR, f"({day} - 1)", "day", "end_us")
        same = self.layers.look_up(CALENDAR, day, "day", "end_us")
        text = (
            f"CASE WHEN {moment_us} <= {before} THEN {day} - 1 WHEN {moment_us} <= {same} THEN {day} ELSE {day} + 1 END"
        )
        return self.layers.column("d", text)

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
        values: dict[str, list[str]] = {}
        for ready in shifting:
            fact, value = ready.outcome.fact, ready.outcome.value
            if FACTS[fact].type in (FactType.TIME, FactType.AMOUNT, FactType.PATH):
                raise Untranslatable(f"no SQL for a presumption about {fact} ({ready.rule.id})")
            holds = writer.all(ready.rule.when)
            if holds not in (FALSE, UNKNOWN):
                values.setdefault(fact, []).append(f"WHEN {holds} THEN {literal(value)}")
        texts = {fact: f"COALESCE({self.columns[fact]}, CASE {' '.join(cases)} END)" for fact, cases in values.items()}
        self.columns |= {fact: self.layers.column("g", text) for fact, text in texts.items()}

    def _is_late(self, kind: PromiseKind, due_us: str) -> str:
        """Whether goods went or came late; not known where the order leaves open when they did."""
        known = "known__us"
        if kind is PromiseKind.DISPATCH:
            event, unclear = self.value("view_dispatched_at__us"), self.value("view_dispatched")
        else:
            event = self.value("view_signed_at__us")
            unclear = f"{self.value('view_delivered')} IS NULL AND {known} > {due_us}"
        return (
            f"CASE WHEN {due_us} IS NULL THEN NULL WHEN {event} IS NOT NULL THEN {event} > {due_us}"
            f" WHEN {unclear} THEN NULL ELSE {known} > {due_us} END"
        )

    def _unless_found(self, name: str, told: str, reckoned: str) -> str:
        """What the panel found goes before what the order shows, and that before what was told."""
        told, source = self.value(f"fact_{told}"), self.value(f"from_{name}")
        shown = coalesced([reckoned, told])
        if is_empty(source):
            return shown
        return f"CASE WHEN {source} = {literal(Provenance.FOUND.value)} THEN {told} ELSE {shown} END"


def _or(source: str, initial: bool | int | str | None) -> str:
    return source if initial is None else coalesced([source, literal(initial)])
