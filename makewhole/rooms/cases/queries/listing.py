"""Lists of cases: a buyer's own, a merchant's queue, the agents' desk, and all of them for operators."""

import base64
import binascii
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from makewhole.core.case.model import Actor, Outcome
from makewhole.core.words import Consequence, Party, Reason, Role, Stage, Step
from makewhole.rooms.cases import models
from makewhole.rooms.cases.store import listing

PAGE = 50
PAGE_MAX = 200
SOON = timedelta(hours=24)


class BadCursor(ValueError):
    """The cursor was not given out by this room."""


class CaseRow(NamedTuple):
    """A case in a list. `next_step`, its debtor and due time are those of the obligation the list is about.

    `next_on_silence` is told in lists of what waits, by due time; None in others.
    """

    id: UUID
    order_id: UUID
    order_number: str
    title: str
    merchant_id: str
    buyer_id: str
    market: str
    currency: str
    stage: Stage
    reasons: tuple[Reason, ...]
    opened_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None
    wanted_minor: int
    agreed_minor: int | None
    paid_minor: int
    advanced_minor: int
    agent_id: str
    sequence: int
    next_step: Step | None
    next_debtor: Party | None
    next_on_silence: Consequence | None
    next_due_at: datetime | None


class Page(NamedTuple):
    """One page of a list. `next_cursor` is empty on the last page."""

    rows: tuple[CaseRow, ...]
    next_cursor: str


class Filter(NamedTuple):
    """What a list is narrowed to; None leaves it wide.

    `waiting` lists what waits for the reader, by due time; None: so for merchants and agents, by age for the others.
    `waiting_for` names another debtor (for operators); `mine` are the cases an agent has taken, `unassigned` those
    nobody has.
    """

    waiting: bool | None = None
    waiting_for: Party | None = None
    step: Step | None = None
    due_before: datetime | None = None
    stage: Stage | None = None
    reason: Reason | None = None
    outcome: Outcome | None = None
    order_id: UUID | None = None
    merchant_id: str | None = None
    buyer_id: str | None = None
    open: bool | None = None
    mine: bool = False
    unassigned: bool = False
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    text: str = ""


EVERYTHING = Filter()


class Waiting(NamedTuple):
    """How many obligations wait, how many of them fall due within a day, and how many are overdue."""

    waiting: int
    due_soon: int
    overdue: int


def inbox(reader: Actor, wanted: Filter = EVERYTHING, cursor: str = "", limit: int = PAGE) -> Page:
    """One page of the reader's cases. Raises BadCursor."""
    limit = max(1, min(limit, PAGE_MAX))
    waiting = wanted.waiting if wanted.waiting is not None else by_default(reader, wanted)
    given = conditions(reader, wanted, waiting)
    after = position(cursor) if cursor else None
    find = listing.by_due_time if waiting else listing.by_age
    found = find(given, after, limit + 1)
    rows = tuple(case_row(row[:-1]) for row in found[:limit])
    if len(found) <= limit:
        return Page(rows, "")
    last = found[limit - 1]
    at, marker = (last[-2], last[-1]) if waiting else (last[10], last[0])
    return Page(rows, base64.urlsafe_b64encode(f"{at.isoformat()} {marker}".encode()).decode())


def by_default(reader: Actor, wanted: Filter) -> bool:
    """Merchants and agents see what waits for them, unless they look for something else."""
    looks_back = wanted.outcome is not None or wanted.open is False or wanted.stage is Stage.CLOSED
    return reader.role in (Role.MERCHANT, Role.AGENT) and not looks_back and wanted.order_id is None


def conditions(reader: Actor, wanted: Filter, waiting: bool) -> dict[str, Any]:
    """The filter within what the reader may see (I10), as parameters of the statements."""
    given: dict[str, Any] = {
        name: value
        for name, value in wanted._asdict().items()
        if value is not None and name in ("stage", "reason", "outcome", "order_id", "merchant_id", "buyer_id", "open",
                                          "opened_from", "opened_before")
    }  # fmt: skip
    if wanted.text:
        like = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        given |= {"text": wanted.text, "text_like": like}
    if wanted.mine or wanted.unassigned:
        given["agent_id"] = reader.id if wanted.mine else ""
    if waiting:
        given |= {name: getattr(wanted, name) for name in ("step", "due_before") if getattr(wanted, name) is not None}
        given |= waiting_for(reader, wanted)
    if reader.role is Role.BUYER:
        given["buyer_id"] = reader.stands_for
    elif reader.role is Role.MERCHANT:
        given["merchant_id"] = reader.stands_for
    return given


def waiting_for(reader: Actor, wanted: Filter) -> dict[str, Any]:
    if wanted.waiting_for is not None:
        return {"debtor": wanted.waiting_for}
    if reader.role is Role.MERCHANT:
        return {"owed_by_merchant": reader.stands_for}
    if reader.role is Role.BUYER:
        return {"debtor": Party.BUYER}
    return {"panel": True} if reader.role is Role.AGENT else {"debtor": Party.PLATFORM}


def how_much_waits(reader: Actor, now: datetime, wanted: Filter = EVERYTHING) -> Waiting:
    """How much waits for the reader, or of what the filter names."""
    return Waiting(*listing.count_waiting(conditions(reader, wanted, waiting=True), now + SOON, now))


def open_by_stage() -> dict[Stage, int]:
    """How many cases are open, by stage: for the platform."""
    return {Stage(stage): count for stage, count in listing.count_open_by_stage()}


def cases_of_order(order_id: UUID, reader: Actor) -> tuple[CaseRow, ...]:
    """The cases of an order that the reader may see, newest first."""
    return inbox(reader, Filter(waiting=False, order_id=order_id), limit=PAGE_MAX).rows


def markets_of(case_ids: Collection[UUID]) -> dict[UUID, str]:
    """The market of each of these cases; one there is not has no entry."""
    return dict(models.Case.objects.filter(id__in=case_ids).values_list("id", "market"))


def case_row(row: tuple[Any, ...]) -> CaseRow:
    return CaseRow._make(
        (
            *row[:8],
            Stage(row[8]),
            tuple(Reason(reason) for reason in orjson.loads(row[9])),
            row[10],
            row[11],
            Outcome(row[12]) if row[12] else None,
            *row[13:19],
            Step(row[19]) if row[19] else None,
            Party(row[20]) if row[20] else None,
            Consequence(row[21]) if row[21] else None,
            row[22],
        )
    )


def position(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, marker = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("no offset")
        return moment, UUID(marker)
    except (ValueError, binascii.Error) as error:
        raise BadCursor(f"cursor {cursor[:80]!r} was not given out here; leave it out to begin anew") from error
