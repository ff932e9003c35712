"""The room's only raw SQL, and what a decision is loaded from."""

from makewhole.rooms.cases.store.reading import (
    CaseFile,
    StoredCase,
    ask_cases,
    cases_of_orders,
    due_orders,
    order_of,
    orders_with_cases,
    read_file,
)
from makewhole.rooms.cases.store.writing import CaseMoved, Written, assign, release, write

__all__ = [
    "CaseFile",
    "CaseMoved",
    "StoredCase",
    "Written",
    "ask_cases",
    "assign",
    "cases_of_orders",
    "due_orders",
    "order_of",
    "orders_with_cases",
    "read_file",
    "release",
    "write",
]
