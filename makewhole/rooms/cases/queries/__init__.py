"""Reads of the cases' room."""

from makewhole.rooms.cases.queries.checking import checks
from makewhole.rooms.cases.queries.entitlement import answer_for
from makewhole.rooms.cases.queries.feed import FeedEvent, FeedPage, events_after
from makewhole.rooms.cases.queries.listing import (
    BadCursor,
    CaseRow,
    Counts,
    Filter,
    Page,
    cases_of_order,
    counts,
    inbox,
)
from makewhole.rooms.cases.queries.reading import CaseView, Moment, read_case

__all__ = [
    "BadCursor",
    "CaseRow",
    "CaseView",
    "Counts",
    "FeedEvent",
    "FeedPage",
    "Filter",
    "Moment",
    "Page",
    "answer_for",
    "cases_of_order",
    "checks",
    "counts",
    "events_after",
    "inbox",
    "read_case",
]
