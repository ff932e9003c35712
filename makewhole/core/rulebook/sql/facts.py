"""The facts of one program as columns: what was told or shown, what nobody tells, what the market's rules promise."""

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.compile import Program
from makewhole.core.rulebook.rule import PromiseDefault, PromiseKind
from makewhole.core.rulebook.sql.columns import BY_PROMISE, NEVER_DAY, NEVER_US, PARTS
from makewhole.core.rulebook.sql.conditions import ConditionWriter, Untranslatable
from makewhole.core.rulebook.sql.layers import CALENDAR, Layers, literal
from makewhole.core.rulebook.windows import NOT_YET
from makewhole.core.words import Provenance

_VIEWED = {name: f"view_{name}" for name in ("paid_at", "dispatched_at", "signed_at", "completed_at")}


class FactWriter:
    """Adds the facts of a program to layers, before and after its presumptions."""

    def __init__(self, layers: Layers, program: Program) -> None:
        self.layers, self.program = layers, program
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
        self.columns = dict(zip(texts, self.layers.columns("f", list(texts.values())), strict=True))
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
            found |= {f"{name}{part}": _or(f"fact_{name}{part}", initial) for part in PARTS}
        return found

    def _source(self, name: str, part: str) -> str:
        return self.seen.get(f"{name}{part}", f"fact_{name}{part}")

    def _add_promises(self) -> None:
        """By when goods had to go or come, and whether that was late: promised, else by the market's default."""
        texts: dict[str, str] = {}
        for kind, past in ((PromiseKind.DISPATCH, "dispatched"), (PromiseKind.DELIVERY, "delivered")):
            name, late = f"{kind}_due_at", f"{past}_late"
            if not {name, late} & set(self.program.slots):
                continue
            due_us, due_day = self._due(kind)
            texts |= {
                f"{late}": _unless_found(late, f"fact_{late}", _is_late(kind, due_us)),
                f"{name}__us": _unless_found(name, f"fact_{name}__us", due_us),
                f"{name}__day": _unless_found(name, f"fact_{name}__day", due_day),
            }
        self.seen = dict(zip(texts, self.layers.columns("seen", list(texts.values())), strict=True))

    def _due(self, kind: PromiseKind) -> tuple[str, str]:
        """The columns of the moment and the day by which the merchant had to send or deliver."""
        default = self.program.promises.get(kind)
        own, told = f"own_{kind}", f"fact_{kind}_due_at"
        ends = {"us": "", "day": ""}
        if default is not None:
            ends["us"], ends["day"] = self._default_end(kind, default)
        texts = [f"COALESCE({own}__{part}, {f'{end}, ' if end else ''}{told}__{part})" for part, end in ends.items()]
        due_us, due_day = self.layers.columns("due", texts)
        return due_us, due_day

    def _default_end(self, kind: PromiseKind, default: PromiseDefault) -> tuple[str, str]:
        after = "placed" if default.after == "placed_at" else _VIEWED.get(default.after)
        if after is None:
            raise Untranslatable(f"no SQL for a promise counted from {default.after}")
        # An event that has not happened starts no promise.
        begun = f"CASE WHEN {after}__us < {NEVER_US} THEN {after}__"
        if default.unit is TermUnit.HOURS:
            end_us = self.layers.column("d", f"{begun}us END + {default.length * 3_600_000_000}")
            return end_us, self._day_of(end_us) if f"{kind}_due_at" in self.program.slots else ""
        start_day = self.layers.column("d", f"{begun}day END")
        end_day = ConditionWriter(self.layers, {}).after(start_day, str(default.length), default.unit)
        return self.layers.look_up(CALENDAR, end_day, "day", "end_us"), end_day

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
        writer.prepare([ready.rule for ready in shifting])
        values: dict[str, list[str]] = {}
        for ready in shifting:
            fact, value = ready.outcome.fact, ready.outcome.value
            if FACTS[fact].type in (FactType.TIME, FactType.AMOUNT, FactType.PATH):
                raise Untranslatable(f"no SQL for a presumption about {fact} ({ready.rule.id})")
            holds = writer.all(ready.rule.when)
            values.setdefault(fact, []).append(f"WHEN {holds} THEN {literal(value)}")
        texts = [f"COALESCE({self.columns[fact]}, CASE {' '.join(cases)} END)" for fact, cases in values.items()]
        self.columns |= dict(zip(values, self.layers.columns("g", texts), strict=True))


def _is_late(kind: PromiseKind, due_us: str) -> str:
    """Whether goods went or came late; not known where the order leaves open when they did."""
    if kind is PromiseKind.DISPATCH:
        event, unclear = "view_dispatched_at__us", "view_dispatched"
    else:
        event, unclear = "view_signed_at__us", f"view_delivered IS NULL AND known__us > {due_us}"
    return (
        f"CASE WHEN {due_us} IS NULL THEN NULL WHEN {event} IS NOT NULL THEN {event} > {due_us}"
        f" WHEN {unclear} THEN NULL ELSE known__us > {due_us} END"
    )


def _or(source: str, initial: bool | int | str | None) -> str:
    return source if initial is None else f"COALESCE({source}, {literal(initial)})"


def _unless_found(name: str, told: str, reckoned: str) -> str:
    """What the panel found goes before what the order shows, and that before what was told."""
    return (
        f"CASE WHEN from_{name} = {literal(Provenance.FOUND.value)} THEN {told} ELSE COALESCE({reckoned}, {told}) END"
    )
