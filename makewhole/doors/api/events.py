"""The feed of everything that happens in cases, for shops, merchants' programs and reports."""

from typing import Any

from ninja import Router
from pydantic import Field

from makewhole.core.case.events import EventKind
from makewhole.core.words import Role, Text
from makewhole.doors.api.frame.callers import Standing, standing_of
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.problems import Fault, Problem
from makewhole.doors.api.frame.queries import Query
from makewhole.doors.api.frame.routes import reads
from makewhole.doors.api.markets import UTC
from makewhole.doors.api.shapes.examples import example
from makewhole.doors.api.shapes.plain import Answered, Time, time, words
from makewhole.rooms.cases import queries

router = Router(tags=["events"])


class After(Query):
    cursor: str = Field(default="", max_length=20, description="`next_cursor` of the page before; empty to begin.")
    limit: int = Field(default=100, ge=1, le=1000)


class FedEvent(Answered):
    """One event of a case, as recorded. Webhooks carry the same."""

    type: str = Field(json_schema_extra={"enum": [f"case.{kind.value}" for kind in EventKind]})
    case_id: str
    sequence: int = Field(description="Numbered without gap within the case.")
    merchant_id: str
    at: Time
    role: str = Field(json_schema_extra=words(Role))
    data: dict[str, Any] = Field(description="The event's details, as they are sealed in the case's chain.")


class Feed(Answered):
    """Events in one order for everybody, each exactly once. Ask again later with `next_cursor`."""

    items: list[FedEvent]
    next_cursor: str


@reads(
    router,
    "/events",
    answers=Feed,
    example=example("events"),
    query=After,
    who=frozenset({Standing.SHOP, Standing.MERCHANT, Standing.OPERATOR}),
)
def read_events(call: Call) -> Reply:
    """Read what happened in all cases, from a cursor on.

    A merchant gets their own cases, shops and operators all. Keep `next_cursor` and ask again with it: nothing is
    left out and nothing comes twice. Times are in UTC.
    """
    cursor: str = call.query.cursor
    if cursor and (not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18):
        what = Text("不是本接口给出的游标", "was not given out here")
        raise Problem("bad-request", faults=[Fault("cursor", what, Text("留空从头开始", "leave it out to begin anew"))])
    merchant_id = call.actor.stands_for if standing_of(call.caller) is Standing.MERCHANT else ""
    found = queries.events_after(int(cursor or 0), call.query.limit, merchant_id)
    items = [
        {
            "type": f"case.{event.kind.value}",
            "case_id": str(event.case_id),
            "sequence": event.sequence,
            "merchant_id": event.merchant_id,
            "at": time(event.at, UTC),
            "role": event.role,
            "data": event.data,
        }
        for event in found.events
    ]
    return Reply({"items": items, "next_cursor": str(found.next_position)})
