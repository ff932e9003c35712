"""Facts: typed statements the rules read, each with how firmly it stands.

The list of fact names is closed and documented here: rules may read no other. Facts of the order (dates, parcels,
categories, flags) are derived from the order itself by the rulebook and stand as evidenced; facts of the story come
from the parties.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from makewhole.core.words import Party, Provenance, Text

FactValue = bool | int | str


class FactType(StrEnum):
    YES_NO = "yes_no"
    COUNT = "count"
    AMOUNT = "amount"
    CHOICE = "choice"


class FactName(NamedTuple):
    """One entry of the closed list. `question` is how a party is asked; `proves` are exhibit kinds that help."""

    name: str
    type: FactType
    label: Text
    question: Text
    tells: Party
    choices: tuple[str, ...] = ()
    proves: tuple[str, ...] = ()


class Fact(NamedTuple):
    value: FactValue
    provenance: Provenance


Facts = Mapping[str, Fact]
"""Fact name → fact. A name that is absent is not known."""
