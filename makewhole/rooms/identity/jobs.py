"""What the worker does for this room."""

from makewhole.rooms.identity import service
from makewhole.rooms.sweeps import Sweep

SWEEPS = (Sweep("old_receipts", service.remove_old_receipts),)
