"""What every answer is made of: amounts, times in the market's zone, texts in the reader's language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Answered(BaseModel):
    """What every answer's shape shares: exactly these fields."""

    model_config = ConfigDict(extra="forbid")


Time = Annotated[
    str,
    Field(
        json_schema_extra={"format": "date-time"},
        description="RFC 3339 with the offset of the market's time zone.",
        examples=["2026-11-21T18:00:00+08:00"],
    ),
]


Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-11-21"])]


class Amount(Answered):
    """Money: whole minor units (fen, cents) of one currency."""

    amount_minor: int
    currency: str = Field(description="ISO 4217.")


Row = TypeVar("Row", bound=BaseModel)


class Page(Answered, Generic[Row]):
    """Some rows of a list. `next_cursor` is null on the last page."""

    items: list[Row]
    next_cursor: str | None


def words(vocabulary: Iterable[str]) -> dict[str, JsonValue]:
    """A closed vocabulary as JSON Schema."""
    return {"enum": [str(word) for word in vocabulary]}


def amount(amount_minor: int, currency: str) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": currency}


def time(at: datetime, zone: ZoneInfo) -> str:
    """The moment as people of the market read it: RFC 3339 to the second, with the zone's offset."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def time_or_none(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else time(at, zone)


def page(items: list[Any], next_cursor: str) -> dict[str, Any]:
    return {"items": items, "next_cursor": next_cursor or None}
