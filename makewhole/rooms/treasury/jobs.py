"""What the treasury does beside requests: carry out payments at once, and sweep up what is due."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from makewhole.rooms.sweeps import Sweep
from makewhole.rooms.treasury import service
from makewhole.rooms.treasury.service.handing import TASK


@app.task(name=TASK)
def carry_out(intent_id: str) -> None:
    """Carry out one intent now. What goes wrong on the way is tried again by the sweep, with the same key."""
    service.carry_out(UUID(intent_id), timezone.now())


SWEEPS = [
    Sweep("payments to carry out", service.carry_out_due),
    Sweep("escrows to settle", service.settle_due),
]
