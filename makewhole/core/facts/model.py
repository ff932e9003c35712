"""What a fact is: its name on the closed list, its type, how firmly it stands, and what it is told as."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from makewhole.core.words import Party, Provenance, Text

FactValue = bool | int | str


class FactType(StrEnum):
    """What a value looks like: yes or no, a whole number, minor units, one of a list, an RFC 3339 time, a path."""

    YES_NO = "yes_no"
    COUNT = "count"
    AMOUNT = "amount"
    CHOICE = "choice"
    TIME = "time"
    PATH = "path"


class ExhibitKind(StrEnum):
    """What an exhibit is."""

    PHOTO = "photo"
    VIDEO = "video"
    CHAT = "chat"
    ORDER_SNAPSHOT = "order_snapshot"
    PARCEL_WEIGHT = "parcel_weight"
    CARRIER_EVENT = "carrier_event"
    TEST_REPORT = "test_report"
    DOCUMENT = "document"


EXHIBIT_LABELS: dict[ExhibitKind, Text] = {
    ExhibitKind.PHOTO: Text("照片", "photos"),
    ExhibitKind.VIDEO: Text("视频（如开箱视频）", "a video (for example of unpacking)"),
    ExhibitKind.CHAT: Text("聊天记录", "the conversation"),
    ExhibitKind.ORDER_SNAPSHOT: Text("订单快照", "the snapshot of the order"),
    ExhibitKind.PARCEL_WEIGHT: Text("包裹重量记录", "the parcel's weight"),
    ExhibitKind.CARRIER_EVENT: Text("物流记录", "the carrier's record"),
    ExhibitKind.TEST_REPORT: Text("检测报告", "a test report"),
    ExhibitKind.DOCUMENT: Text("票据或其他文件", "a receipt or other document"),
}


class FactName(NamedTuple):
    """One entry of the closed list. `question` is how a party is asked; `proves` are exhibit kinds that help.

    `derived` facts are read from the order where it has them; a party tells only what the order leaves open.
    `assumed` is held while nobody says otherwise, so that it is never asked for; None means: it is not known.
    `at_most` is the largest count that makes sense (a percentage, days of a lifetime); None: what an order can hold.
    """

    name: str
    type: FactType
    label: Text
    question: Text
    tells: Party
    choices: tuple[str, ...] = ()
    proves: tuple[ExhibitKind, ...] = ()
    derived: bool = False
    assumed: FactValue | None = None
    at_most: int | None = None


class Fact(NamedTuple):
    value: FactValue
    provenance: Provenance


Facts = Mapping[str, Fact]
"""Fact name → fact. A name that is absent is not known."""


DAYS_MAX = 36_500
"""A hundred years: no term or repair takes longer."""

NEVER = "9999-01-01T00:00:00+00:00"
"""Assumed of an event that has not happened unless somebody tells when it did."""

COUNT_MAX = 10**15
"""Counts and amounts above this are refused; no order has them."""


class FactError(ValueError):
    """A fact is not on the closed list, or its value does not fit. `text` says so in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
