"""What the worker does for trials: it carries out those asked for, one at a time."""

from uuid import UUID

from procrastinate.contrib.django import app

from makewhole.rooms import clock
from makewhole.rooms.trials.service import asking


@app.task(name=asking.TASK, pass_context=False)
def run(trial_id: str) -> None:
    """Carry out one trial."""
    asking.run(UUID(trial_id), clock.now)
