"""Several statements sent to the database in one round trip, in the transaction of whoever asks."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction


@contextlib.contextmanager
def joined() -> Iterator[None]:
    """Work inside the caller's transaction, or in one of its own.

    Unlike a nested `atomic` it costs no savepoint; so whatever it holds must refuse before it writes anything.
    """
    if connection.in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield


class Batch:
    """Writes collected in order and sent together; inside a transaction they stand or fall together."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._values: list[Any] = []

    def add(self, statement: str, values: Sequence[Any]) -> None:
        self._statements.append(statement)
        self._values += values

    def run(self) -> None:
        if not self._statements:
            return
        with connection.cursor() as cursor:
            cursor.execute(";\n".join(self._statements), self._values)
        self._statements, self._values = [], []
