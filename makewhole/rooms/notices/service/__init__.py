"""Writes of the notices room."""

from makewhole.rooms.notices.ports import NoticeRefused
from makewhole.rooms.notices.service.cases import about_case, next_text
from makewhole.rooms.notices.service.delivering import attempt, queue_due
from makewhole.rooms.notices.service.endpoints import (
    EVENT_TYPES,
    add_endpoint,
    rotate_secret,
    switch_off,
    switch_on,
)
from makewhole.rooms.notices.service.publishing import Event, publish, relay, replay
from makewhole.rooms.notices.service.sending import Notice, mark_read, send
from makewhole.rooms.notices.service.spreading import set_contact, spread
from makewhole.rooms.notices.store import Due

__all__ = [
    "EVENT_TYPES",
    "Due",
    "Event",
    "Notice",
    "NoticeRefused",
    "about_case",
    "add_endpoint",
    "attempt",
    "mark_read",
    "next_text",
    "publish",
    "queue_due",
    "relay",
    "replay",
    "rotate_secret",
    "send",
    "set_contact",
    "spread",
    "switch_off",
    "switch_on",
]
