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
    Waiting,
    cases_of_order,
    counts,
    how_much_waits,
    inbox,
    open_by_stage,
)
from makewhole.rooms.cases.queries.reading import CaseView, Moment, read_case
from makewhole.rooms.cases.queries.trying import Outlook, outlook, would_follow

__all__ = [
    "EVERYTHING",
    "BadCursor",
    "CaseRow",
    "CaseView",
    "Counts",
    "FeedEvent",
    "FeedPage",
    "Filter",
    "Moment",
    "Outlook",
    "Page",
    "Waiting",
    "answer_for",
    "cases_of_order",
    "checks",
    "counts",
    "events_after",
    "how_much_waits",
    "inbox",
    "open_by_stage",
    "outlook",
    "read_case",
    "would_follow",
]
