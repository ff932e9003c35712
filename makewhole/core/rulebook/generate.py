"""Write the Python of a set of rules: one function that tells which of them match, may match, or came too late.

Three truth values: a condition is false, true, or open because a fact is not known. The function returns a pattern: a
number with one bit for each thing that can be said of a rule. What follows from a pattern is worked out once, in
`pattern`; so the work for one claim is little more than this function. Its text is made from numbers, slots and
constants of values already read: no text of a rulebook enters it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from makewhole.core.calendar import Deadline, MarketCalendar, TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.derive import ALWAYS_KNOWN
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import AnyOf, Between, Bound, Condition, Is, Window
from makewhole.core.rulebook.windows import NOT_BEGUN, NOT_YET, window_end


class Matcher(NamedTuple):
    """The conditions of one rule. `needs` are facts its outcome itself uses, so that they must be known too."""

    when: tuple[Condition, ...]
    needs: tuple[str, ...]


class Signs(NamedTuple):
    """The bits of one rule in a pattern: it holds; it may hold; its time is over, or has not come.

    `open_any` are bits of its alternatives (AnyOf, in order) that are not known to hold. `windows` are its time limits:
    the place of each among the ends the function returns, with the slot of the fact that lifts it or -1; `waits_for`
    are places of the ends it has to wait for.
    """

    holds: int
    may_hold: int
    late: int
    early: int
    open_any: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]
    waits_for: tuple[int, ...]


class Matching(NamedTuple):
    """The function, the bits of each rule, those of facts not known by slot, and its text.

    Called with the facts' values by slot and the moment of the claim (in the market's zone), the function returns the
    pattern and the ends of all windows.
    """

    run: Callable[[list[Any], datetime], tuple[int, tuple[Deadline | None, ...]]]
    signs: tuple[Signs, ...]
    unknown: Mapping[int, int]
    text: str


def matching(matchers: Sequence[Matcher], slots: Mapping[str, int], calendar: MarketCalendar) -> Matching:
    """Make the function for these rules."""
    writer = _Writer(slots, calendar)
    body: list[str] = []
    signs: list[Signs] = []
    for matcher in matchers:
        found, lines = writer.rule(matcher)
        signs.append(found)
        body += lines
    doubts = sum(found.may_hold for found in signs)
    unknown = {slot: writer.bit() for slot in sorted(writer.waited)}
    lines = [
        "def match(v, claimed):",
        *(f"    f{slot} = v[{slot}]" for slot in sorted(writer.used)),
        *("    " + line for line in (*writer.starts, *writer.windows)),
        "    p = 0",
        *("    " + line for line in body),
    ]
    if unknown:
        lines.append(f"    if p & {doubts}:")
        lines += [f"        if f{slot} is None: p |= {bit}" for slot, bit in unknown.items()]
    ends = "".join(f"w{place}, " for place in range(len(writer.windows)))
    lines.append(f"    return p, ({ends})")
    text = "\n".join(lines)
    namespace: dict[str, Any] = dict(writer.constants)
    exec(compile(text, "<rules>", "exec"), namespace)  # noqa: S102 (see the module's docstring)
    return Matching(namespace["match"], tuple(signs), unknown, text)


def _ending(calendar: MarketCalendar, window: Window) -> Callable[..., Deadline]:
    """Gives the end of a window from its event, and from the facts its length and pause are read from."""
    length = window.length
    if isinstance(length, int) and not window.paused_by and window.plus is None:
        count = calendar.counter(length, window.unit, window.rolls)
        return lambda start: NOT_BEGUN if start is NOT_YET else count(start)

    def end(start: datetime, *read: int) -> Deadline:
        counted = length if isinstance(length, int) else read[0]
        return window_end(calendar, window, start, counted, read[-1] if window.paused_by else 0)

    return end


class _Writer:
    def __init__(self, slots: Mapping[str, int], calendar: MarketCalendar) -> None:
        self.slots = slots
        self.calendar = calendar
        self.used: set[int] = set()
        self.waited: set[int] = set()
        self.starts: list[str] = []
        self.windows: list[str] = []
        self.places: dict[Window, int] = {}
        self.constants: dict[str, Any] = {}
        self.names: dict[Any, str] = {}
        self.bits = 0

    def bit(self) -> int:
        """A bit no other has."""
        self.bits += 1
        return 1 << (self.bits - 1)

    def rule(self, matcher: Matcher) -> tuple[Signs, list[str]]:
        """The bits of a rule and the statements that set them."""
        timed = [condition for condition in matcher.when if isinstance(condition, Window)]
        plain = [condition for condition in matcher.when if not isinstance(condition, Window)]
        choices = [condition for condition in plain if isinstance(condition, AnyOf)]
        waits = self._waits(matcher)
        signs = Signs(
            holds=self.bit(),
            may_hold=self.bit() if waits else 0,
            late=self.bit() if any(not window.past for window in timed) else 0,
            early=self.bit() if any(window.past for window in timed) else 0,
            open_any=tuple(self.bit() for _ in choices),
            windows=tuple(
                (self.place(window), self._slot(window.unless))
                for window in timed
                if not window.past and not window.moment
            ),
            waits_for=tuple(self.place(window) for window in timed if window.past),
        )
        lines: list[str] = []
        indent = ""
        if plain:
            lines.append(f"if {' and '.join(self.not_false(condition) for condition in plain)}:")
            indent = "    "
        branch = "if"
        for window in timed:
            name = self.window(window)
            sign = signs.early if window.past else signs.late
            lines.append(f"{indent}{branch} {name} is not None and not ({self._inside(window, name)}): p |= {sign}")
            branch = "elif"
        if waits:
            lines.append(f"{indent}{branch} {' or '.join(waits)}:")
            lines.append(f"{indent}    p |= {signs.may_hold}")
            for choice, bit in zip(choices, signs.open_any, strict=True):
                lines.append(f"{indent}    if not {self.true(choice)}: p |= {bit}")
            branch = "elif"
        otherwise = "" if branch == "if" else "else: "
        lines.append(f"{indent}{otherwise}p |= {signs.holds}")
        return signs, lines

    def _waits(self, matcher: Matcher) -> list[str]:
        """Expressions that hold while the rule, not being false, waits for a fact."""
        waits: list[str] = []
        for name in facts_waited(matcher):
            self.waited.add(self.slots[name])
        for condition in matcher.when:
            if isinstance(condition, AnyOf):
                if _can_be_unknown(facts_read((condition,))):
                    waits.append(f"not {self.true(condition)}")
            else:
                waits += [f"{self.fact(name)} is None" for name in _can_be_unknown(facts_read((condition,)))]
        waits += [f"{self.fact(name)} is None" for name in _can_be_unknown(matcher.needs)]
        return list(dict.fromkeys(waits))

    def _slot(self, name: str) -> int:
        return self.slots[name] if name else -1

    def fact(self, name: str) -> str:
        slot = self.slots[name]
        self.used.add(slot)
        return f"f{slot}"

    def constant(self, value: Any) -> str:
        key = id(value) if not isinstance(value, (str, int, frozenset)) else value
        name = self.names.get(key)
        if name is None:
            name = self.names[key] = f"k{len(self.constants)}"
            self.constants[name] = value
        return name

    def place(self, window: Window) -> int:
        """The place of the window's end among the ends."""
        key = window._replace(past=False, moment="", unless="")
        if key not in self.places:
            self.places[key] = len(self.windows)
            facts = [self._start(window)]
            facts += [self.fact(read) for read in (window.length, window.paused_by) if isinstance(read, str) and read]
            end = self.constant(_ending(self.calendar, window))
            unknown = " or ".join(f"{fact} is None" for fact in facts)
            self.windows.append(f"w{len(self.windows)} = None if {unknown} else {end}({', '.join(facts)})")
        return self.places[key]

    def _start(self, window: Window) -> str:
        """The variable that holds the time a window begins with; one that begins anew gets a variable of its own."""
        if not window.restarted_by:
            return self.fact(window.after)
        first, again, name = self.fact(window.after), self.fact(window.restarted_by), f"s{len(self.starts)}"
        self.starts.append(f"{name} = {first} if {first} is None or {again} is {self.constant(NOT_YET)} else {again}")
        return name

    def window(self, window: Window) -> str:
        """The variable that holds the window's end, or None while its event is not known."""
        return f"w{self.place(window)}"

    def _inside(self, window: Window, name: str) -> str:
        """Whether the moment lies inside; true while the moment is not known."""
        sign = ">" if window.past else "<="
        # Hours are absolute time: two moments on the market's own clocks compare wrongly when those are put back.
        exact = ".timestamp()" if window.unit is TermUnit.HOURS else ""
        lifted = f"{self.fact(window.unless)} is True or " if window.unless else ""
        if not window.moment:
            return f"{lifted}claimed{exact} {sign} {name}.at{exact}"
        moment = self.fact(window.moment)
        return f"{lifted}{moment} is None or {moment}{exact} {sign} {name}.at{exact}"

    def not_false(self, condition: Condition) -> str:
        """An expression that holds unless the condition is known to be false."""
        if isinstance(condition, AnyOf):
            return self._any(condition, self.not_false)
        if isinstance(condition, Window):
            name = self.window(condition)
            return f"({name} is None or {self._inside(condition, name)})"
        fact = self.fact(condition.fact)
        if isinstance(condition, Between):
            ends = self._ends(condition)
            unknown = "".join(f"{name} is None or " for name in [fact, *ends.facts])
            return f"({unknown}{ends.low}{fact}{ends.high})"
        if FACTS[condition.fact].type is FactType.YES_NO and len(condition.values) == 1:
            return f"{fact} is not {condition.values[0] is condition.negated}"
        return f"({fact} is None or {self._has(condition, fact)})"

    def true(self, condition: Condition) -> str:
        """An expression that holds only where the condition is known to be true."""
        if isinstance(condition, AnyOf):
            return self._any(condition, self.true)
        if isinstance(condition, Window):
            name = self.window(condition)
            moment = f"{self.fact(condition.moment)} is not None and " if condition.moment else ""
            return f"({name} is not None and {moment}({self._inside(condition, name)}))"
        fact = self.fact(condition.fact)
        if isinstance(condition, Between):
            ends = self._ends(condition)
            known = "".join(f"{name} is not None and " for name in [fact, *ends.facts])
            return f"({known}{ends.low}{fact}{ends.high})"
        return f"({fact} is not None and {self._has(condition, fact)})"

    def _any(self, condition: AnyOf, one: Callable[[Condition], str]) -> str:
        branches = (" and ".join(one(part) for part in branch) for branch in condition.branches)
        return f"({' or '.join(f'({branch})' for branch in branches)})"

    def _has(self, condition: Is, fact: str) -> str:
        values = self.constant(frozenset(condition.values))
        if FACTS[condition.fact].type is FactType.PATH:
            return f"{'' if condition.negated else 'not '}{values}.isdisjoint({fact})"
        return f"{fact} {'not in' if condition.negated else 'in'} {values}"

    def _ends(self, condition: Between) -> "_Ends":
        names = [self.fact(end) for end in (condition.at_least, condition.at_most) if isinstance(end, str)]

        def written(end: Bound) -> str:
            return self.fact(end) if isinstance(end, str) else str(end)

        low = "" if condition.at_least is None else f"{written(condition.at_least)} <= "
        high = "" if condition.at_most is None else f" <= {written(condition.at_most)}"
        return _Ends(low, high, names)


def _can_be_unknown(names: Iterable[str]) -> list[str]:
    return [name for name in sorted(names) if FACTS[name].assumed is None and name not in ALWAYS_KNOWN]


def facts_waited(matcher: Matcher) -> list[str]:
    """All facts a rule can have to wait for."""
    return _can_be_unknown(facts_read(matcher.when) | set(matcher.needs))


class _Ends(NamedTuple):
    low: str
    high: str
    facts: list[str]
