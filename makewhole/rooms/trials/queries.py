"""Reads on trials that were asked for."""

from collections.abc import Sequence
from uuid import UUID

from makewhole.rooms.trials.models import Trial as Trial

PAGE = 20


def trials(market: str = "", limit: int = PAGE) -> Sequence[Trial]:
    """The latest trials, newest first, of one market or of all."""
    found = Trial.objects.defer("report", "changed_text", "difference")
    return list((found.filter(market=market) if market else found)[:limit])


def trial(trial_id: UUID) -> Trial | None:
    """One trial with its report, or None."""
    return Trial.objects.filter(id=trial_id).first()
