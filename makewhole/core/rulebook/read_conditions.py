"""Read what a rule's `when` says: equality, set, range, yes or no, and moments within or past a term."""

from collections.abc import Callable, Mapping

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, FactName, FactType, FactValue
from makewhole.core.rulebook.read_values import (
    bound_term_of,
    count_of,
    counted_fact,
    items_of,
    money_of,
    named_fact,
    term_of,
    text_of,
    time_fact,
    unknown,
    yes_no_fact,
    yes_no_of,
)
from makewhole.core.rulebook.rule import AnyOf, Between, Bound, Condition, Is, Window
from makewhole.core.rulebook.source import Fields, Value, fault
from makewhole.core.words import Text

_BRANCHES_MAX = 12


class ConditionReader:
    """Reads conditions of one book: its currency and its categories matter."""

    def __init__(self, currency: str, categories: Mapping[str, Text]) -> None:
        self.currency = currency
        self.categories = categories

    def all_of(self, value: Value) -> tuple[Condition, ...]:
        """A mapping of conditions, or a list of such mappings, all of which must hold."""
        parts = value.items if value.items is not None else (value,)
        conditions: list[Condition] = []
        for part in parts:
            fields = Fields(part, "when")
            for name, field in fields.rest().items():
                conditions.append(self._condition(name, field.value))
        if not conditions:
            raise fault(value.place, "when 是空的", "when is empty", "写入条件或删去 when", "fill it or leave it out")
        return tuple(conditions)

    def _condition(self, name: str, value: Value) -> Condition:
        if name == "any":
            return self._any(value)
        if name in ("within", "past"):
            return _window(value, past=name == "past")
        entry = named_fact(value, name)
        if value.fields is not None:
            return self._range(entry, value)
        if entry.type is FactType.TIME:
            raise fault(
                value.place, f"时间 {name} 不能与值比较", f"the time {name} cannot be compared with a value",
                "用 within: 或 past:", "use within: or past:",
            )  # fmt: skip
        read = self._value_of(entry)
        values = items_of(value, read) if value.items is not None else (read(value),)
        return Is(entry.name, values)

    def _any(self, value: Value) -> AnyOf:
        branches = items_of(value, self.all_of)
        if not 2 <= len(branches) <= _BRANCHES_MAX:
            raise fault(
                value.place,
                "any 须有 2–12 个分支",
                "any has 2 to 12 branches",
                "只有一个时不用 any",
                "write one without any",
            )
        return AnyOf(branches)

    def _value_of(self, entry: FactName) -> Callable[[Value], FactValue]:
        kind = entry.type
        if kind is FactType.YES_NO:
            return yes_no_of
        if kind is FactType.COUNT:
            return count_of
        if kind is FactType.AMOUNT:
            return money_of(self.currency)
        if kind is FactType.PATH:
            return self._category
        return lambda value: _choice(entry, value)

    def _category(self, value: Value) -> str:
        found = text_of(value)
        if found not in self.categories:
            raise unknown(value, found, "category", self.categories)
        return found

    def _range(self, entry: FactName, value: Value) -> Condition:
        fields = Fields(value, entry.name)
        if fields.has("not"):
            refused = fields.take("not")
            read = self._value_of(entry)
            values = items_of(refused, read) if refused.items is not None else (read(refused),)
            fields.done()
            return Is(entry.name, values, negated=True)
        if entry.type not in (FactType.COUNT, FactType.AMOUNT):
            raise fault(
                value.place, f"事实 {entry.name} 没有大小", f"fact {entry.name} has no range", "写成值或列表",
                "write a value or a list",
            )  # fmt: skip
        lowest = self._end(entry, fields, "at_least", "above", 1)
        highest = self._end(entry, fields, "at_most", "below", -1)
        fields.done()
        empty = isinstance(lowest, int) and isinstance(highest, int) and lowest > highest
        if empty or (lowest is None and highest is None):
            raise fault(
                value.place, "这个范围是空的", "this range holds nothing", "检查 at_least、above、at_most、below",
                "check at_least, above, at_most and below",
            )  # fmt: skip
        return Between(entry.name, lowest, highest)

    def _end(self, entry: FactName, fields: Fields, closed: str, open_: str, step: int) -> Bound | None:
        """One end of a range. Facts are whole numbers, so an open end is the closed one next to it."""
        found, beyond = fields.find(closed), fields.find(open_)
        if found is not None and beyond is not None:
            raise fault(
                beyond.place, f"{closed} 与 {open_} 只写其一", f"write {closed} or {open_}, not both", "删去其一",
                "remove one",
            )  # fmt: skip
        value = found if found is not None else beyond
        if value is None:
            return None
        if (value.text or "").replace("_", "").isalpha():
            if beyond is not None:
                raise fault(value.place, f"{open_} 须是数", f"{open_} takes a number", f"用 {closed}", f"use {closed}")
            return counted_fact(value, text_of(value))
        number = money_of(self.currency)(value) if entry.type is FactType.AMOUNT else count_of(value)
        return number if found is not None else number + step


def _choice(entry: FactName, value: Value) -> str:
    found = text_of(value)
    if found not in entry.choices:
        raise unknown(value, found, entry.name, entry.choices)
    return found


def _window(value: Value, *, past: bool) -> Window:
    fields = Fields(value, "past" if past else "within")
    length, unit = bound_term_of(fields.take("term"))
    window = Window(
        after=time_fact(fields.take("after")),
        length=length,
        unit=unit,
        moment=fields.given("moment", time_fact, ""),
        past=past,
        paused_by=fields.given("paused_by", lambda found: counted_fact(found, text_of(found)), ""),
        rolls=fields.given("rolls", yes_no_of, False),
        unless=fields.given("unless", yes_no_fact, ""),
        restarted_by=fields.given("restarted_by", time_fact, ""),
        plus=fields.given("plus", term_of, None),
    )
    fields.done()
    if window.plus is not None and TermUnit.HOURS in (window.unit, window.plus[1]):
        raise fault(
            value.place,
            "以小时计的期限不能接续",
            "a term in hours is not continued by another",
            "两段都用 days、working days 或 months",
            "state both in days, working days or months",
        )
    if window.paused_by and window.unit not in (TermUnit.DAYS, TermUnit.MONTHS):
        raise fault(
            value.place,
            "只有以日或月计的期限可以暂停",
            "only a term in days or months can be paused",
            "改用 days 或 months",
            "state it in days or months",
        )
    if window.restarted_by and FACTS[window.restarted_by].assumed is None:
        raise fault(
            value.place,
            f"{window.restarted_by} 不是“未说明即未发生”的事件",
            f"{window.restarted_by} is no event that counts as not happened until told",
            "改用这样的事件，如 replaced_at",
            "use one, like replaced_at",
        )
    return window
