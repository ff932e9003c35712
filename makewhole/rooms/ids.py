"""Identifiers of the application: UUIDv7 (RFC 9562), made in Python, increasing within a process."""

import os
import threading
import time
import uuid

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
