"""Several statements sent to the database in one round trip."""

from collections.abc import Sequence
from typing import Any

from django.db import connection


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
