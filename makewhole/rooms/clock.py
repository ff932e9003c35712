"""What time it is, for doors and jobs; rooms and core are told.

Usually the real time. A rehearsal names a file in MAKEWHOLE_CLOCK: all programs then live in the moment written there,
so that months of deadlines pass within minutes.
"""

import os
from datetime import datetime
from pathlib import Path

from django.utils import timezone

VARIABLE = "MAKEWHOLE_CLOCK"


def now() -> datetime:
    """The present moment, timezone-aware: the real one, or that of the rehearsal's file."""
    path = os.environ.get(VARIABLE)
    return datetime.fromisoformat(Path(path).read_text()) if path else timezone.now()


def set_rehearsal(path: Path, moment: datetime) -> None:
    """Move the time of a rehearsal, in one step for all programs that look."""
    fresh = path.with_suffix(".next")
    fresh.write_text(moment.isoformat())
    fresh.replace(path)
