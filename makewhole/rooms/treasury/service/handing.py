"""Hand intents to the worker."""

from collections.abc import Sequence
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from makewhole.rooms.treasury import ports

TASK = "treasury.carry_out"


def hand_over(intent_ids: Sequence[UUID]) -> None:
    """Have the worker carry these intents out once this transaction is committed."""
    if intent_ids and ports.worker_is_told():
        jobs: list[dict[str, JSONValue]] = [{"intent_id": str(intent_id)} for intent_id in intent_ids]
        app.configure_task(TASK).batch_defer(*jobs)
