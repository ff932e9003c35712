"""What the worker runs again and again for evidence."""

from datetime import datetime

from makewhole.rooms.evidence import service
from makewhole.rooms.sweeps import Sweep


class OnceAnHour:
    """Looks for orphans once in each hour of this process: listing a store is slow, and nothing waits for it."""

    def __init__(self) -> None:
        self._hour_done: datetime | None = None

    def __call__(self, now: datetime, limit: int) -> int:
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour == self._hour_done:
            return 0
        removed = service.remove_orphans(now, limit)
        if removed < limit:
            self._hour_done = hour
        return removed


SWEEPS = [
    Sweep("evidence uploads never finished", service.expire_uploads),
    Sweep("evidence drafts never handed in", service.expire_drafts),
    Sweep("evidence files without an exhibit", OnceAnHour()),
]
