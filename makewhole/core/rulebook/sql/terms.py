"""Expressions put together, with what is known beforehand worked out: a database does less that is not asked of it.

Truths are three, as in the rules and in SQL: true, false, and not known.
"""

import re
from collections.abc import Callable, Iterable, Sequence

_CONSTANT = re.compile(r"-?\d+|TRUE|FALSE|'(?:[^']|'')*'|CAST\(NULL AS [A-Z]+\)")
TRUE, FALSE, UNKNOWN = "TRUE", "FALSE", "CAST(NULL AS BOOLEAN)"


def is_constant(expression: str) -> bool:
    """Whether an expression is the same on every row, by its look."""
    return _CONSTANT.fullmatch(expression) is not None


def is_empty(expression: str) -> bool:
    """Whether an expression is NULL on every row, by its look."""
    return expression.startswith("CAST(NULL AS ") and is_constant(expression)


def both(*tests: str) -> str:
    """All of these hold."""
    return _joined(" AND ", tests, ends=FALSE, falls_away=TRUE)


def either(*tests: str) -> str:
    """Any of these holds."""
    return _joined(" OR ", tests, ends=TRUE, falls_away=FALSE)


def _joined(word: str, tests: Sequence[str], ends: str, falls_away: str) -> str:
    left = [test for test in dict.fromkeys(tests) if test != falls_away]
    if ends in left:
        return ends
    if not left:
        return falls_away
    return left[0] if len(left) == 1 else f"({word.join(left)})"


def negated(test: str) -> str:
    """The test does not hold."""
    return {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}.get(test, f"(NOT {test})")


def chosen(test: str, then: str, otherwise: str) -> str:
    """One or the other, by a test that is always known."""
    if test == TRUE or then == otherwise:
        return then
    return otherwise if test == FALSE else f"CASE WHEN {test} THEN {then} ELSE {otherwise} END"


def by_number(column: str, texts: Sequence[tuple[int, str]], otherwise: str) -> str:
    """The text of the number that stands in the column."""
    if column.isdigit():
        return dict(texts).get(int(column), otherwise)
    tests = " ".join(f"WHEN {number} THEN {text}" for number, text in texts if text != otherwise)
    return f"CASE {column} {tests} ELSE {otherwise} END" if tests else otherwise


def added(terms: Sequence[str]) -> str:
    """The sum of these."""
    left = [term for term in terms if term != "0"]
    return " + ".join(left) or "0"


def greatest(*terms: str) -> str:
    """The greatest of these."""
    return _chosen_of("GREATEST", max, terms)


def least(*terms: str) -> str:
    """The least of these."""
    return _chosen_of("LEAST", min, terms)


def _chosen_of(word: str, choose: Callable[[Iterable[int]], int], terms: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(terms))
    if all(term.isdigit() for term in distinct):
        return str(choose(map(int, distinct)))
    return distinct[0] if len(distinct) == 1 else f"{word}({', '.join(distinct)})"


def coalesced(terms: Sequence[str]) -> str:
    """The first of these that is known."""
    left = [term for term in terms if not is_empty(term)]
    if not left:
        return terms[0]
    first = next((place for place, term in enumerate(left) if is_constant(term)), len(left))
    left = left[: first + 1]
    return left[0] if len(left) == 1 else f"COALESCE({', '.join(left)})"
