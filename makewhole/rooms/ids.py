"""Identifiers of the application: UUIDv7 (RFC 9562), made in Python, increasing within a process.

A seeded stream gives a simulation the same ids on every run.
"""

import os
import random
import threading
import time
import uuid
from collections.abc import Callable

_lock = threading.Lock()
_last = 0


def _pack(milliseconds: int, random_74: int) -> int:
    rand_a, rand_b = random_74 >> 62, random_74 & ((1 << 62) - 1)
    return (milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b


def new_id() -> uuid.UUID:
    """A fresh UUIDv7, greater than any made before in this process."""
    global _last
    value = _pack(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big") >> 6)
    with _lock:
        if value <= _last:
            value = _last + 1
        _last = value
    return uuid.UUID(int=value)


def seeded_ids(seed: int) -> Callable[[], uuid.UUID]:
    """A stream of UUIDv7 that depends on the seed alone: one millisecond of made-up time per id."""
    stream = random.Random(seed)  # noqa: S311 - repeatable is the point here
    count = 0

    def next_id() -> uuid.UUID:
        nonlocal count
        count += 1
        return uuid.UUID(int=_pack(1_600_000_000_000 + count, stream.getrandbits(74)))

    return next_id
