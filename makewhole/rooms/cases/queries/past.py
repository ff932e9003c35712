"""Past cases as rows for trials of rules: what the rules read as it was known at last, and what became of the case.

A row holds ids, facts, dates and amounts; no name, no story, no note, no address.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from makewhole.core.case.claim import claim_of
from makewhole.core.case.events import Opened, Ruled
from makewhole.core.case.model import Case, CaseDue
from makewhole.core.rulebook.model import WHOLE_ORDER
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.source import RulebookError
from makewhole.core.rulebook.sql.row import claim_rows, moment_columns
from makewhole.rooms.cases.store import checking
from makewhole.rooms.cases.store.checking import Unreadable, WalkedCase
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders.queries import OrderRecord
from makewhole.rooms.rulebooks import queries as rulebooks

Row = dict[str, Any]


class PastCases(NamedTuple):
    """The rows of a few hundred cases; `cases` counts those read, `left_out` those that could not be."""

    rows: list[Row]
    cases: int
    left_out: int


def count_cases() -> int:
    """How many cases there are."""
    return checking.count()


def past_cases() -> Iterator[PastCases]:
    """All cases, a few hundred at a time, in order of their ids, so that memory stays bounded."""
    for batch in checking.walk():
        readable = [walked for walked in batch if not isinstance(walked, Unreadable)]
        records = orders.orders(list({UUID(walked.case.order_id) for walked in readable}))
        rows: list[Row] = []
        left_out = len(batch) - len(readable)
        for walked in readable:
            book = _book(walked.case.market)
            if book is None:
                left_out += 1
            else:
                rows += rows_of(walked, records[UUID(walked.case.order_id)], book)
        yield PastCases(rows, len(batch), left_out)


def _book(market: str) -> Rulebook | None:
    """The market's book, whose calendar tells the days; None for a market that has none any more."""
    try:
        return rulebooks.book(market)
    except (rulebooks.UnknownMarket, RulebookError):
        return None


def rows_of(walked: WalkedCase, record: OrderRecord, book: Rulebook) -> list[Row]:
    """The rows of one case: its order as it stood when the last answer was given, with what the panel found."""
    case = walked.case
    seen, known = record.order, case.opened_at
    for event in walked.events:
        if isinstance(event.data, Opened | Ruled):
            seen, known = event.data.seen.put_back(record.order), event.at
    rows = claim_rows(book.calendar, seen, record.allocation, claim_of(case), known, case.before)
    for place, row in enumerate(rows):
        row |= _outcome(case, str(row["line_id"]), book, first=place == 0)
    return rows


def _outcome(case: Case, line_id: str, book: Rulebook, *, first: bool) -> Row:
    """What became of the case: what of it concerns the order as a whole stands on the first row."""
    mine = (line_id, WHOLE_ORDER) if first else (line_id,)
    agreed = case.agreed
    row: Row = {
        "case_id": case.id, "order_id": case.order_id, "edition": case.edition, "stage": case.stage.value,
        "wanted_remedy": case.wanted.remedy.value, "outcome": case.outcome.value if case.outcome else None,
        "wanted_minor": sum(due.amount_minor for due in case.wanted.dues if due.line_id in mine),
        "agreed_remedy": agreed.remedy.value if agreed is not None else None, "by_ruling": case.by_ruling,
        "month": f"{book.calendar.local(case.opened_at):%Y-%m}",
        "days": _days(case.opened_at, case.closed_at),
        "advanced_minor": case.advanced_minor if first else 0,
    }  # fmt: skip
    row |= {"opened__us": moment_columns("opened", case.opened_at, book.calendar)["opened__us"]}
    paid = [due for payment in case.payments for due in payment.dues]
    for kind, dues in (("due", agreed.dues if agreed is not None else ()), ("paid", tuple(paid))):
        row |= _sums(kind, [due for due in dues if due.line_id in mine])
    return row


def _days(opened_at: datetime, closed_at: datetime | None) -> int | None:
    return None if closed_at is None else (closed_at - opened_at).days


def _sums(kind: str, dues: list[CaseDue]) -> Row:
    row: Row = {}
    for due in dues:
        for name in (f"{kind}_{due.head}_minor", f"{kind}_by_{due.payer}_minor"):
            row[name] = row.get(name, 0) + due.amount_minor
    return row
