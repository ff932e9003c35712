"""What a room offers `makewhole verify`: its invariants, in `queries.py` as `checks()`."""

from collections.abc import Callable
from typing import NamedTuple


class CheckResult(NamedTuple):
    """`checked` things were looked at, `wrong` of them break the invariant; `first_offender` says where to look."""

    checked: int
    wrong: int
    first_offender: str


class Check(NamedTuple):
    """One invariant of the house (`invariant` such as 'I2'), the sentence it keeps, and how to check it."""

    invariant: str
    title: str
    run: Callable[[], CheckResult]
