"""The room's only raw SQL, and what a decision is loaded from."""

from makewhole.rooms.cases.store.reading import (
    StoredCase,
    cases_of_orders,
    due_orders,
    events_of,
    order_of,
    orders_with_cases,
    read_case,
)
from makewhole.rooms.cases.store.writing import CaseMoved, Written, assign, release, write

__all__ = [
    "CaseMoved",
    "StoredCase",
    "Written",
    "assign",
    "cases_of_orders",
    "due_orders",
    "events_of",
    "order_of",
    "orders_with_cases",
    "read_case",
    "release",
    "write",
]
