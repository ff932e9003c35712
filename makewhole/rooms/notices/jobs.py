"""What the worker does for notices: it finds what is to be carried, and carries it.

This is the worker's side of the room, so here alone the present time is asked for.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

from makewhole.rooms import clock
from makewhole.rooms.notices import service
from makewhole.rooms.notices.service import Due
from makewhole.rooms.sweeps import Sweep


@app.task(name="notices.attempt", queue="notices", pass_context=False)
def attempt(delivery_id: str, number: int) -> None:
    """Make one try of one delivery."""
    service.attempt(Due(UUID(delivery_id), number), clock.now())


def defer(tries: Sequence[Due]) -> None:
    """Queue tries as jobs, in the present transaction."""
    jobs: list[JSONDict] = [{"delivery_id": str(due.delivery_id), "number": due.attempt} for due in tries]
    attempt.batch_defer(*jobs)


def queue_due(now: datetime, limit: int) -> int:
    return service.queue_due(now, limit, defer)


SWEEPS = [
    Sweep("notices to mail and text messages", service.spread),
    Sweep("deliveries that are due", queue_due),
]
