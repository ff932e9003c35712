"""What the worker does for cases again and again."""

from makewhole.rooms.cases.service import expire_due
from makewhole.rooms.sweeps import Sweep

SWEEPS = (Sweep("deadlines of cases", expire_due),)
