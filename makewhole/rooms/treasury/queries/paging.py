"""Cursors: opaque to the caller, and refused when they were not given out here."""

from uuid import UUID

LIMIT_MAX = 200


class BadCursor(ValueError):
    """The cursor was not given out by this room."""

    def __init__(self, cursor: str) -> None:
        super().__init__(f"cursor {cursor[:80]!r} was not given out here; leave it out to begin anew")


def number(cursor: str) -> int:
    """A position that is a whole number; 0 for the beginning."""
    if cursor and (not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18):
        raise BadCursor(cursor)
    return int(cursor or 0)


def identifier(cursor: str) -> UUID | None:
    """A position that is an id; None for the beginning."""
    if not cursor:
        return None
    try:
        return UUID(cursor)
    except ValueError:
        raise BadCursor(cursor) from None


def bounded(limit: int) -> int:
    return max(1, min(limit, LIMIT_MAX))
