"""What others may read of the treasury."""

from makewhole.rooms.treasury.queries.position import Position, position

__all__ = ["Position", "position"]
