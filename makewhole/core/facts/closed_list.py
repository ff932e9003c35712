"""The closed list of facts, and how a value for one is checked and read."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from makewhole.core.facts.allegations import ALLEGED
from makewhole.core.facts.conduct import OF_CONDUCT
from makewhole.core.facts.conformity import OF_CONFORMITY
from makewhole.core.facts.delays import OF_DELAYS
from makewhole.core.facts.model import COUNT_MAX, FactError, FactName, FactType, FactValue
from makewhole.core.facts.orders import FROM_ORDER
from makewhole.core.facts.stories import OF_STORY
from makewhole.core.facts.wares import OF_WARES
from makewhole.core.facts.warranty import OF_WARRANTY
from makewhole.core.facts.withdrawal import OF_WITHDRAWAL
from makewhole.core.words import Text

_KINDS = (
    FROM_ORDER, ALLEGED, OF_STORY, OF_WARRANTY, OF_CONDUCT, OF_WARES,
    OF_WITHDRAWAL, OF_CONFORMITY, OF_DELAYS,
)  # fmt: skip
FACTS: Mapping[str, FactName] = {entry.name: entry for kind in _KINDS for entry in kind}
"""The closed list, by name."""


def fact_name(name: str) -> FactName:
    """The entry of the closed list. Raises FactError for a name that is not on it."""
    entry = FACTS.get(name)
    if entry is None:
        near = _nearest(name, FACTS)
        raise FactError(
            Text(
                f"没有名为 {name!r} 的事实"
                + (f"，是否指 {near}？" if near else "；全部名称见 docs/reference/facts.md"),
                f"there is no fact {name!r}"
                + (f"; did you mean {near}?" if near else "; docs/reference/facts.md lists all names"),
            )
        )
    return entry


def check_value(entry: FactName, value: object) -> FactValue:
    """The value, when it fits the fact's type. Raises FactError saying what would."""
    kind = entry.type
    if kind is _YES_OR_NO:
        fits = isinstance(value, bool)
    elif kind in (FactType.COUNT, FactType.AMOUNT):
        most = COUNT_MAX if entry.at_most is None else entry.at_most
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    elif kind is FactType.CHOICE:
        fits = value in entry.choices
    else:
        fits = isinstance(value, str) and (_is_time(value) if kind is FactType.TIME else bool(value))
    if fits and isinstance(value, (bool, int, str)):
        return value
    zh, en = _WANTED[kind]
    more = "、".join(entry.choices), ", ".join(entry.choices)
    if entry.at_most is not None:
        more = f"，最大 {entry.at_most}", f", at most {entry.at_most}"
    raise FactError(
        Text(
            f"事实 {entry.name} 不能是 {value!r}；请写 {zh}{more[0]}",
            f"fact {entry.name} cannot be {value!r}; write {en}{more[1]}",
        )
    )


_YES_OR_NO = FactType.YES_NO
_WANTED = {
    FactType.YES_NO: ("yes 或 no", "yes or no"),
    FactType.COUNT: ("不小于 0 的整数", "a whole number, 0 or more"),
    FactType.AMOUNT: ("以分为单位、不小于 0 的整数", "a whole number of minor units, 0 or more"),
    FactType.CHOICE: ("以下之一：", "one of "),
    FactType.TIME: (
        "1900 至 2199 年间带时区的时间，如 2026-11-21T18:00+08:00",
        "a time with its offset, between 1900 and 2199, like 2026-11-21T18:00+08:00",
    ),
    FactType.PATH: ("类目路径，如 fresh/fruit", "a category path like fresh/fruit"),
}


def read_value(name: str, written: str) -> FactValue:
    """Read a value a person wrote ('yes', '3', 'hidden') for a fact. Raises FactError for name or value."""
    entry = fact_name(name)
    text = written.strip()
    value: FactValue = text
    if entry.type is FactType.YES_NO:
        value = _YES_NO.get(text.lower(), text)
    elif entry.type in (FactType.COUNT, FactType.AMOUNT) and text.isascii() and text.isdigit():
        value = int(text)
    return check_value(entry, value)


_YES_NO = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


_YEARS = range(1900, 2200)
"""Times outside are no times of an order, and terms counted from them would leave the calendar."""


def _is_time(text: str) -> bool:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return False
    return found.tzinfo is not None and found.year in _YEARS


def _nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that shares most of its words with the given one, if it shares any."""
    words = set(name.lower().replace("-", "_").split("_"))
    shared, best = max(((len(words & set(other.split("_"))), other) for other in known), default=(0, ""))
    return best if shared else None
