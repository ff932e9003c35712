"""How often people and shop tokens may call. Keys of programs are not limited: an operator can revoke them.

Each web process counts for itself, so the true bound is this one times the number of processes.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from makewhole.core.words import Text
from makewhole.doors.api.frame.problems import Problem
from makewhole.rooms.identity.service import Caller

CALLERS_MAX = 20_000


class Allowance(NamedTuple):
    """So many at once, and so many more each second."""

    burst: int
    per_second: float


READS = Allowance(600, 10.0)
WRITES = Allowance(120, 2.0)


class Limiter:
    """Counts by name: a full bucket at first, one token for each call, refilled over time."""

    def __init__(self, allowance: Allowance, clock: Callable[[], float] = time.monotonic) -> None:
        self.allowance = allowance
        self.clock = clock
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.lock = threading.Lock()

    def seconds_to_wait(self, name: str) -> float:
        """0 when the call may go on (and is counted); otherwise how long until the next one may."""
        now = self.clock()
        with self.lock:
            tokens, since = self.buckets.pop(name, (float(self.allowance.burst), now))
            tokens = min(float(self.allowance.burst), tokens + (now - since) * self.allowance.per_second)
            allowed = tokens >= 1
            self.buckets[name] = (tokens - 1 if allowed else tokens, now)
            if len(self.buckets) > CALLERS_MAX:
                self.buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self.allowance.per_second


_reads = Limiter(READS)
_writes = Limiter(WRITES)


def count(caller: Caller, *, writing: bool) -> None:
    """Count one call. Raises Problem `too-many-requests` when there were too many of late."""
    if caller.scopes:
        return
    seconds = (_writes if writing else _reads).seconds_to_wait(caller.name)
    if seconds:
        wait = math.ceil(seconds)
        raise Problem(
            "too-many-requests",
            Text(f"请 {wait} 秒后再试。", f"Try again in {wait} seconds."),
            headers={"Retry-After": str(wait)},
        )
