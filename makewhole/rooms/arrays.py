"""Lists and columns of rows as PostgreSQL's array literals, to be cast where they stand: `%s::uuid[]`.

psycopg writes a list element by element in Python, which took a quarter of the time of a deadline that pays; and it
types a list of numbers by the largest, so that one statement needs many plans. A literal is written by orjson, and
its statement has one plan. (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO)
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson

_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")
_MEANT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def array(values: Iterable[Any]) -> str:
    """One array of texts, numbers, ids, times or words of a closed list; None is NULL."""
    literal = "{" + orjson.dumps(list(values)).decode()[1:-1] + "}"
    # JSON and the literal escape quotes and backslashes alike; JSON alone has names for control characters.
    return _ESCAPE.sub(_as_meant, literal) if _has_names(literal) else literal


def columns(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """The columns of rows, each as one array. There is at least one row."""
    return [array(column) for column in zip(*rows, strict=True)]


def _has_names(literal: str) -> bool:
    return "\\" in literal and "\\" in literal.replace("\\\\", "").replace('\\"', "")


def _as_meant(found: re.Match[str]) -> str:
    code, letter = found.groups()
    if code:
        return chr(int(code, 16))
    return _MEANT.get(letter, found[0])
