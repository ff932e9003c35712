"""Write the Python of a set of rules: one function that tells which of them match, may match, or came too late.

Three truth values: a condition is false, true, or open because a fact is not known. A rule is dropped as soon as one
condition is false; the facts it still waits for are worked out only for rules that remain. The text is made from
numbers, slots and constants of values already read: no text of a rulebook enters it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from makewhole.core.calendar import Deadline, MarketCalendar, TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import AnyOf, Between, Bound, Condition, Is, Window
from makewhole.core.rulebook.windows import window_end


class Matcher(NamedTuple):
    """One rule to be matched: `target` is what the function hands out; `kind` names the list it goes to.

    `needs` are facts whose value the outcome itself uses, so that they must be known too.
    """

    kind: str
    target: Any
    when: tuple[Condition, ...]
    needs: tuple[str, ...]


def matching_function(
    matchers: Sequence[Matcher], slots: Mapping[str, int], calendar: MarketCalendar, kinds: Sequence[str]
) -> tuple[Callable[..., Any], str]:
    """The function and its text.

    Called with the facts' values by slot and the moment of the claim (in the market's zone), it returns one list per
    kind, then `late` and `early`. Each list holds (target, facts still unknown, until); `late` and `early` hold grants
    whose time is over or has not come, with the deadline that says so.
    """
    writer = _Writer(slots, calendar)
    body = [line for matcher in matchers for line in writer.rule(matcher)]
    used = sorted(writer.used)
    head = [f"f{slot} = v[{slot}]" for slot in used]
    lists = [*kinds, "late", "early"]
    lines = [
        "def match(v, claimed):",
        *("    " + line for line in head),
        *("    " + line for line in writer.windows),
        *(f"    {name} = []" for name in lists),
        *("    " + line for line in body),
        f"    return {', '.join(lists)}",
    ]
    text = "\n".join(lines)
    namespace: dict[str, Any] = dict(writer.constants)
    exec(compile(text, "<rules>", "exec"), namespace)  # noqa: S102 (see the module's docstring)
    function: Callable[..., Any] = namespace["match"]
    return function, text


def _ending(calendar: MarketCalendar, window: Window) -> Callable[..., Deadline]:
    """Gives the end of a window from its event, and from the facts its length and pause are read from."""
    length = window.length

    def end(start: datetime, *read: int) -> Deadline:
        counted = length if isinstance(length, int) else read[0]
        return window_end(calendar, window, start, counted, read[-1] if window.paused_by else 0)

    return end


class _Writer:
    def __init__(self, slots: Mapping[str, int], calendar: MarketCalendar) -> None:
        self.slots = slots
        self.calendar = calendar
        self.used: set[int] = set()
        self.windows: list[str] = []
        self.constants: dict[str, Any] = {}
        self.names: dict[Any, str] = {}

    def rule(self, matcher: Matcher) -> Iterator[str]:
        target = self.constant(matcher.target)
        timed = [condition for condition in matcher.when if isinstance(condition, Window)]
        plain = [condition for condition in matcher.when if not isinstance(condition, Window)]
        indent = ""
        if plain:
            yield f"if {' and '.join(self.not_false(condition) for condition in plain)}:"
            indent = "    "
        branch = "if"
        for window in timed:
            name = self.window(window)
            side = "early" if window.past else "late"
            yield f"{indent}{branch} {name} is not None and not ({self._inside(window, name)}):"
            yield f"{indent}    {f'{side}.append(({target}, {name}))' if matcher.kind == 'grants' else 'pass'}"
            branch = "elif"
        if timed:
            yield f"{indent}else:"
            indent += "    "
        waits = list(self._waits(matcher, plain, timed))
        yield f"{indent}m = ()"
        for line in waits:
            yield indent + line
        yield f"{indent}{matcher.kind}.append(({target}, m, {self._until(timed)}))"

    def _waits(self, matcher: Matcher, plain: Sequence[Condition], timed: Sequence[Window]) -> Iterator[str]:
        """Statements that collect into `m` the facts the rule still waits for."""
        for condition in plain:
            if isinstance(condition, AnyOf):
                names = sorted(facts_read((condition,)), key=lambda name: self.slots[name])
                listed = ", ".join(f"({name!r}, {self.fact(name)})" for name in names)
                yield f"if not {self.true(condition)}:"
                yield f"    m += tuple(n for n, f in ({listed},) if f is None)"
            else:
                for name in sorted(facts_read((condition,))):
                    yield from self._wait(name)
        for window in timed:
            for read in (window.after, window.length, window.moment, window.paused_by):
                if isinstance(read, str) and read:
                    yield from self._wait(read)
        for name in matcher.needs:
            yield from self._wait(name)

    def _wait(self, name: str) -> Iterator[str]:
        if FACTS[name].assumed is None:
            yield f"if {self.fact(name)} is None: m += ({name!r},)"

    def _until(self, timed: Sequence[Window]) -> str:
        ends = [self._end(window) for window in timed if not window.past and not window.moment]
        if len(ends) > 1:
            return f"min((w for w in ({', '.join(ends)}) if w is not None), default=None)"
        return ends[0] if ends else "None"

    def _end(self, window: Window) -> str:
        name = self.window(window)
        return f"(None if {self.fact(window.unless)} is True else {name})" if window.unless else name

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

    def window(self, window: Window) -> str:
        """The name of the variable that holds the window's end, or None while its event is not known."""
        key = window._replace(past=False, moment="", unless="")
        if key in self.names:
            return self.names[key]
        name = self.names[key] = f"w{len(self.windows)}"
        facts = [self.fact(window.after)]
        facts += [self.fact(read) for read in (window.length, window.paused_by) if isinstance(read, str) and read]
        end = self.constant(_ending(self.calendar, window))
        unknown = " or ".join(f"{fact} is None" for fact in facts)
        self.windows.append(f"{name} = None if {unknown} else {end}({', '.join(facts)})")
        return name

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


class _Ends(NamedTuple):
    low: str
    high: str
    facts: list[str]
