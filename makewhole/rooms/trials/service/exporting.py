"""Write past cases to a file, a few hundred at a time."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

from makewhole.rooms.trials.store.files import rows_to


class Batch(Protocol):
    """Some cases read: their rows, how many they are, and how many could not be read."""

    @property
    def rows(self) -> list[dict[str, object]]: ...

    @property
    def cases(self) -> int: ...

    @property
    def left_out(self) -> int: ...


class Exported(NamedTuple):
    """What an export came to."""

    cases: int
    lines: int
    left_out: int


def export_cases(target: Path, batches: Iterable[Batch], watch: Callable[[int], None] = lambda cases: None) -> Exported:
    """Write the batches to a new file (`….parquet`) or folder; `watch` hears of every batch. Raises TrialError."""
    cases = left_out = 0
    with rows_to(target) as writer:
        for batch in batches:
            writer.add(batch.rows)
            cases += batch.cases
            left_out += batch.left_out
            watch(batch.cases)
    return Exported(cases, writer.written, left_out)
