"""A plan while it is being made."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from makewhole.core.calendar import Deadline
from makewhole.core.order.model import Means
from makewhole.core.rulebook.compile import GrantRule
from makewhole.core.rulebook.model import Due
from makewhole.core.rulebook.windows import begun
from makewhole.core.words import Head, Party, Remedy


class Entitled(NamedTuple):
    """One amount a rule gives under one head, before caps and earlier payments."""

    head: Head
    minor: int
    payer: Party
    rule_id: str
    form: Means
    adds: bool


class Draft:
    """One remedy with what was gathered for it so far. `timed` is set once a line's time limit was taken in."""

    __slots__ = (
        "adds", "dues", "freight_back", "grants", "missing", "per_order", "remedy", "rules", "slots", "timed", "until",
    )  # fmt: skip

    def __init__(self, remedy: Remedy, adds: bool) -> None:
        self.remedy, self.adds = remedy, adds
        self.dues: list[Due] = []
        self.grants: dict[str, None] = {}
        self.rules: dict[str, None] = {}
        self.missing: dict[str, None] = {}
        self.slots: set[int] = set()
        self.until: Deadline | None = None
        self.timed = False
        self.freight_back: Party | None = None
        self.per_order: dict[str, tuple[GrantRule, list[Any]]] = {}

    def add_grant(self, rule: GrantRule, missing: Sequence[str], case: Any) -> None:
        """Take in a grant that holds on one line."""
        self.grants[rule.id] = None
        self.slots.update(rule.slots)
        for fact in missing:
            self.missing[fact] = None
        self.adds = self.adds and rule.grant.adds
        if any(per_order for _, _, per_order in rule.grant.amounts):
            self.per_order.setdefault(rule.id, (rule, []))[1].append(case)


def merged_until(before: Deadline | None, ends: Sequence[Deadline | None], timed: bool) -> Deadline | None:
    """The last moment to claim: on one line the latest of its grants, over several lines the earliest."""
    open_ended = any(begun(end) is None for end in ends)
    latest = None if open_ended else max(end for end in ends if end is not None)
    if not timed or before is None:
        return latest
    return before if latest is None else min(before, latest)
