"""What the treasury does beside requests: carry out payments at once, and sweep up what is due."""

from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app

from makewhole.rooms import clock
from makewhole.rooms.sweeps import Sweep
from makewhole.rooms.treasury import ports, service
from makewhole.rooms.treasury.service.handing import TASK


@app.task(name=TASK)
def carry_out(intent_ids: list[str]) -> None:
    """Carry out these intents now. What goes wrong on the way is tried again by the sweep, with the same key."""
    service.carry_out_all([UUID(intent_id) for intent_id in intent_ids], clock.now())


class OnceAnHour:
    """Reads the providers' statements once in each hour of this process; nothing waits for them."""

    def __init__(self) -> None:
        self._hour_done: datetime | None = None

    def __call__(self, now: datetime, limit: int) -> int:
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour == self._hour_done:
            return 0
        self._hour_done = hour
        return sum(service.reconcile_provider(name, now).matched for name in ports.provider_names())


SWEEPS = [
    Sweep("payments to carry out", service.carry_out_due),
    Sweep("escrows to settle", service.settle_due),
    Sweep("statements to reconcile", OnceAnHour()),
]
