"""The small values a rulebook is written in: yes and no, numbers, dates, terms, amounts of money, texts, words."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, FactError, FactName, FactType, fact_name
from makewhole.core.money import parse_major
from makewhole.core.rulebook.rule import Bound
from makewhole.core.rulebook.source import Fields, RulebookError, Value, fault
from makewhole.core.words import Text

COUNT_MAX = 10**12
_TERM_MAX = {
    TermUnit.HOURS: 100_000, TermUnit.DAYS: 40_000, TermUnit.WORKING_DAYS: 4_000, TermUnit.MONTHS: 1_200,
    TermUnit.SERVICE_HOURS: 4_000,
}  # fmt: skip
_UNITS = {
    "hour": TermUnit.HOURS, "hours": TermUnit.HOURS, "day": TermUnit.DAYS, "days": TermUnit.DAYS,
    "working day": TermUnit.WORKING_DAYS, "working days": TermUnit.WORKING_DAYS,
    "month": TermUnit.MONTHS, "months": TermUnit.MONTHS,
    "service hour": TermUnit.SERVICE_HOURS, "service hours": TermUnit.SERVICE_HOURS,
}  # fmt: skip
_TEXT_MAX = 1_000
_YEARS = 1800, 2999
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_Word = TypeVar("_Word", bound=StrEnum)
_T = TypeVar("_T")


def text_of(value: Value) -> str:
    """Plain text, not empty."""
    if value.text is None or not value.text.strip() or len(value.text) > _TEXT_MAX:
        raise fault(
            value.place, "此处须是文字", "a text is wanted here", f"写 1–{_TEXT_MAX} 个字符",
            f"write 1 to {_TEXT_MAX} characters",
        )  # fmt: skip
    return " ".join(value.text.split())


def items_of(value: Value, read: Callable[[Value], _T]) -> tuple[_T, ...]:
    """A list that is not empty and names nothing twice."""
    if value.items is None or not value.items:
        raise fault(value.place, "此处须是列表", "a list is wanted here", "写成 [甲, 乙]", "write it as [one, two]")
    found: list[_T] = []
    for item in value.items:
        one = read(item)
        if one in found:
            raise fault(item.place, "列表中重复", "this is in the list twice", "删去其一", "remove one of the two")
        found.append(one)
    return tuple(found)


def id_of(value: Value) -> str:
    """An id: lower-case words joined by hyphens."""
    found = text_of(value)
    if not _ID.fullmatch(found):
        raise fault(
            value.place, f"编号 {found!r} 不合格式", f"{found!r} is no id", "用小写字母、数字与连字符，如 cn-law-25",
            "use lower-case letters, digits and hyphens, like cn-law-25",
        )  # fmt: skip
    return found


def word_of(words: type[_Word]) -> Callable[[Value], _Word]:
    """Reads a word of one of the house's closed lists."""

    def read(value: Value) -> _Word:
        found = text_of(value)
        try:
            return words(found)
        except ValueError:
            raise unknown(value, found, words.__name__, [str(word) for word in words]) from None

    return read


def unknown(value: Value, found: str, kind: str, known: Iterable[str]) -> RulebookError:
    """The error for a name that is not on a closed list."""
    listed = ", ".join(known)
    return fault(
        value.place, f"没有名为 {found!r} 的 {kind}", f"there is no {kind} {found!r}", f"可用：{listed}",
        f"known are {listed}",
    )  # fmt: skip


def yes_no_of(value: Value) -> bool:
    """yes or no."""
    found = {"yes": True, "no": False}.get(value.text or "")
    if found is None:
        raise fault(value.place, f"{value.text!r} 不是 yes 或 no", f"{value.text!r} is neither yes nor no",
                    "写 yes 或 no", "write yes or no")  # fmt: skip
    return found


def count_of(value: Value) -> int:
    """A whole number from 0."""
    text = (value.text or "").replace("_", "")
    if not text.isascii() or not text.isdigit() or int(text[:15]) > COUNT_MAX:
        raise fault(value.place, f"{value.text!r} 不是整数", f"{value.text!r} is no whole number",
                    "写不小于 0 的整数", "write a whole number, 0 or more")  # fmt: skip
    return int(text)


def rate_of(value: Value) -> Fraction:
    """A rate: a percentage ('5%', '0.5%') or a plain factor ('3', '0.5')."""
    text = value.text or ""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)(%?)", text)
    if match is None:
        raise fault(value.place, f"{text!r} 不是比率", f"{text!r} is no rate", "写成 5% 或 3", "write 5% or 3")
    return Fraction(match[1]) / (100 if match[2] else 1)


def date_of(value: Value) -> date:
    """A day, written 2022-07-18."""
    text = value.text or ""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text)
            if _YEARS[0] <= day.year <= _YEARS[1]:
                return day
    except ValueError:
        pass
    raise fault(value.place, f"{text!r} 不是日期", f"{text!r} is no date", "写真实日期，如 2022-07-18",
                "write a day that exists, like 2022-07-18")  # fmt: skip


def term_of(value: Value) -> tuple[int, TermUnit]:
    """So long, in a unit: '48 hours', '7 days', '3 working days', '6 months'."""
    length, unit = bound_term_of(value)
    if isinstance(length, str):
        raise _no_term(value)
    return length, unit


def bound_term_of(value: Value) -> tuple[Bound, TermUnit]:
    """As `term_of`, where the number may also be a fact: 'promised_return_days days'."""
    match = re.fullmatch(r"(\w+) ((?:working |service )?\w+)", value.text or "")
    if match is None or match[2] not in _UNITS:
        raise _no_term(value)
    unit = _UNITS[match[2]]
    if not match[1].isdigit():
        return counted_fact(value, match[1]), unit
    length = int(match[1][:15])
    if length > _TERM_MAX[unit]:
        raise _no_term(value)
    return length, unit


def _no_term(value: Value) -> RulebookError:
    return fault(
        value.place, f"{value.text!r} 不是期限", f"{value.text!r} is no term",
        "写成 48 hours、7 days、3 working days、6 months 或 4 service hours",
        "write it like 48 hours, 7 days, 3 working days, 6 months or 4 service hours",
    )  # fmt: skip


def money_of(currency: str) -> Callable[[Value], int]:
    """Reads an amount of the book's currency ('30.00 CNY') into minor units."""

    def read(value: Value) -> int:
        text = value.text or ""
        number, _, given = text.partition(" ")
        try:
            if given != currency:
                raise ValueError(f"this book's currency is {currency}")
            amount_minor = parse_major(number, currency)
            if not 0 <= amount_minor <= COUNT_MAX:
                raise ValueError("an amount lies from 0 to a billion")
        except ValueError as error:
            raise fault(
                value.place, f"{text!r} 不是本规则库的金额", f"{text!r} is no amount of this book ({error})",
                f"写成 30.00 {currency}", f"write it like 30.00 {currency}",
            ) from None  # fmt: skip
        return amount_minor

    return read


def sentence_of(value: Value) -> Text:
    """A text in both languages."""
    fields = Fields(value, "text")
    text = Text(text_of(fields.take("zh")), text_of(fields.take("en")))
    fields.done()
    return text


def fact_of(value: Value) -> FactName:
    """A fact of the closed list."""
    return named_fact(value, text_of(value))


def named_fact(value: Value, name: str) -> FactName:
    """The fact of this name. Raises RulebookError at `value` when the list has none."""
    try:
        return fact_name(name)
    except FactError as error:
        raise fault(
            value.place, error.text.zh, error.text.en, "见 docs/reference/facts.md", "see docs/reference/facts.md"
        ) from None


def counted_fact(value: Value, name: str) -> str:
    """The name of a fact that holds a number."""
    return _fact_of_type(value, name, (FactType.COUNT, FactType.AMOUNT), "数字", "a number")


def time_fact(value: Value) -> str:
    """The name of a fact that holds a time."""
    return _fact_of_type(value, text_of(value), (FactType.TIME,), "时间", "a time")


def yes_no_fact(value: Value) -> str:
    """The name of a fact that is yes or no."""
    return _fact_of_type(value, text_of(value), (FactType.YES_NO,), "是非题", "yes or no")


def _fact_of_type(value: Value, name: str, types: tuple[FactType, ...], zh: str, en: str) -> str:
    entry = named_fact(value, name)
    if entry.type not in types:
        listed = ", ".join(fact.name for fact in FACTS.values() if fact.type in types)
        raise fault(value.place, f"事实 {name} 不是{zh}", f"fact {name} is not {en}", f"可用：{listed}",
                    f"use one of {listed}")  # fmt: skip
    return entry.name
