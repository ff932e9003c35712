"""Reads of the cases' room."""

from makewhole.rooms.cases.queries.checking import checks
from makewhole.rooms.cases.queries.entitlement import answer_for
from makewhole.rooms.cases.queries.feed import FeedEvent, FeedPage, events_after
from makewhole.rooms.cases.queries.listing import (
    BadCursor,
    CaseRow,
    Filter,
    Page,
    Waiting,
    cases_of_order,
    how_much_waits,
    inbox,
    markets_of,
    open_by_stage,
)
from makewhole.rooms.cases.queries.past import PastCases, count_cases, past_cases
from makewhole.rooms.cases.queries.reading import CaseView, Moment, read_case
from makewhole.rooms.cases.queries.trying import Outlook, outlook, would_follow

__all__ = [
    "EVERYTHING",
    "BadCursor",
    "CaseRow",
    "CaseView",
    "FeedEvent",
    "FeedPage",
    "Filter",
    "Moment",
    "Outlook",
    "Page",
    "PastCases",
    "Waiting",
    "answer_for",
    "cases_of_order",
    "checks",
    "count_cases",
    "events_after",
    "how_much_waits",
    "inbox",
    "markets_of",
    "open_by_stage",
    "outlook",
    "past_cases",
    "read_case",
    "would_follow",
]
