"""Writes of the cases' room."""

from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.service.assigning import assign, release
from makewhole.rooms.cases.service.carrying import Done
from makewhole.rooms.cases.service.commanding import act, open_case
from makewhole.rooms.cases.service.expiring import expire_due

__all__ = ["Done", "Refused", "act", "assign", "expire_due", "open_case", "release"]
