"""Hand intents to the worker."""

from collections.abc import Sequence
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from makewhole.rooms.treasury import ports

TASK = "treasury.carry_out"
A_JOB = 10
"""Intents in one job: each job costs the database as much as an intent; a provider is asked one after the other."""


def hand_over(intent_ids: Sequence[UUID]) -> None:
    """Have the worker carry these intents out once this transaction is committed."""
    if intent_ids and ports.worker_is_told():
        told = [str(intent_id) for intent_id in intent_ids]
        jobs: list[dict[str, JSONValue]] = [
            {"intent_ids": list(told[start : start + A_JOB])} for start in range(0, len(told), A_JOB)
        ]
        app.configure_task(TASK).batch_defer(*jobs)
