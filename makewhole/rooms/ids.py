"""Ids of everything that is stored: UUID version 7 (RFC 9562), made in Python, rising within one process.

Rising ids keep the indexes of large tables compact. A simulation replaces the source by seeded streams, so that the
same seed gives the same ids.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

_lock = threading.Lock()
_last_tick = 0


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, 12 bits of their fraction, 62 random bits.

    Each id made by a process is greater than the one before, even when the clock stands still or goes back.
    """
    source = _source.get()
    if source is not None:
        return source()
    global _last_tick
    now = time.time_ns()
    tick = (now // 1_000_000 << 12) | (now % 1_000_000 << 12) // 1_000_000
    with _lock:
        _last_tick = tick = max(tick, _last_tick + 1)
    return _compose(tick, int.from_bytes(os.urandom(8), "big"))


class IdStream:
    """Ids that depend only on a seed, the stream's kind and the simulated times asked for.

    `clock` returns the simulated time, timezone-aware.
    """

    def __init__(self, seed: int, kind: str, clock: Callable[[], datetime]) -> None:
        self._random = random.Random(f"{seed}:{kind}")  # noqa: S311 - repeatable is the point here
        self._clock = clock
        self._last_tick = 0

    def __call__(self) -> UUID:
        milliseconds = int(self._clock().timestamp() * 1000)
        self._last_tick = max(milliseconds << 12, self._last_tick + 1)
        return _compose(self._last_tick, self._random.getrandbits(62))


@contextmanager
def ids_from(source: Callable[[], UUID]) -> Iterator[None]:
    """Take every id within the block, in this thread or task, from `source`."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


_source: ContextVar[Callable[[], UUID] | None] = ContextVar("id_source", default=None)


def _compose(tick: int, noise: int) -> UUID:
    value = (tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    return UUID(int=value)
