"""One connection as libpq has it: what its server has planned for us, and what we have not read yet.

`psycopg.pq` is psycopg's own layer over libpq and keeps libpq's names and rules; psycopg's C half writes the values and
reads the rows. (https://www.postgresql.org/docs/current/libpq-pipeline-mode.html)
"""

import contextlib
import re
import select
from collections import deque
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import PipelineAborted, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

Parameters = Sequence[Any] | Mapping[str, Any]
"""Values of a statement: in their order for `%s`, by name for `%(name)s`."""

PLANS_MAX = 200
"""So many plans a connection keeps."""

Plan = tuple[bytes, tuple[int, ...]]
"""What a plan is for: a statement, and the types of its values."""

_STALE = frozenset({"0A000", "26000"})
"""SQLSTATEs of a plan whose table was altered, and of one that somebody deallocated."""

# Looked up once: Python 3.11 takes longer over a member of an enum than libpq over a result.
_IDLE = TransactionStatus.IDLE
_ROWS, _SYNC = ExecStatus.TUPLES_OK, ExecStatus.PIPELINE_SYNC
_DONE = (_ROWS, ExecStatus.COMMAND_OK)

_PERCENT = re.compile(r"%(?:(?P<itself>%)|(?P<place>s)|\((?P<name>\w+)\)s)?")


class _Text(NamedTuple):
    """A statement as the server reads it. `names` says which value stands where; None: they come in their order."""

    numbered: bytes
    names: tuple[str, ...] | None
    formats: list[PyFormat]

    def in_order(self, parameters: Parameters) -> Sequence[Any]:
        """The values as they stand in the statement. Raises psycopg's ProgrammingError when they do not fit it."""
        if self.names is not None:
            if not isinstance(parameters, Mapping) or not parameters.keys() >= set(self.names):
                raise psycopg.ProgrammingError(f"values are wanted for {', '.join(self.names)}")
            return [parameters[name] for name in self.names]
        if isinstance(parameters, Mapping) or len(parameters) != len(self.formats):
            raise psycopg.ProgrammingError(
                f"{len(self.formats)} values are wanted in their order, {len(parameters)} are given"
            )
        return parameters


@lru_cache(maxsize=1024)
def _read(statement: str) -> _Text:
    """The statement with `$1` for `%s` or `%(name)s`, and `%` for `%%`. Raises psycopg's ProgrammingError."""
    names: dict[str, int] = {}
    places = 0

    def numbered(found: re.Match[str]) -> str:
        nonlocal places
        if found["itself"]:
            return "%"
        if found["name"]:
            return f"${names.setdefault(found['name'], len(names) + 1)}"
        if not found["place"]:
            raise psycopg.ProgrammingError(f"a percent sign is written %% in: {statement}")
        places += 1
        return f"${places}"

    told = _PERCENT.sub(numbered, statement)
    if names and places:
        raise psycopg.ProgrammingError(f"values are given by name or in their order, not both, in: {statement}")
    return _Text(told.encode(), tuple(names) or None, [PyFormat.AUTO] * (places or len(names)))


class Reply:
    """What the server says to one message; `result` is None until it is read. `plan` is what the message prepares."""

    __slots__ = ("plan", "result")

    def __init__(self, plan: Plan | None = None) -> None:
        self.plan = plan
        self.result: Any = None


class Wire:
    """Sends statements on a psycopg connection: one by one, or, between `open` and `close`, many before any is read.

    Raises psycopg's errors. For one thread at a time, as Django's connections are.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.libpq: Any = connection.pgconn
        self.values: Any = Transformer(connection)
        self.plans: dict[Plan, bytes] = {}
        self.planned = 0
        self.unread: deque[Reply] = deque()
        self.depth = 0

    def send(self, statement: str, parameters: Parameters) -> Reply:
        """Send a statement, and read the reply unless many go out together."""
        if not self.connection.autocommit and self.libpq.transaction_status == _IDLE:
            # As psycopg does by itself: a transaction begins with the first statement after Django wanted one.
            self.tell(b"BEGIN")
        said = _read(statement)
        values = self.values.dump_sequence(said.in_order(parameters), said.formats)
        formats = self.values.formats
        self.libpq.send_query_prepared(self._name((said.numbered, self.values.types)), values, formats)
        return self._sent(Reply())

    def tell(self, command: bytes) -> None:
        """Send a command without values or rows, such as COMMIT."""
        self.libpq.send_query_params(command, None)
        self._sent(Reply())

    def rows(self, reply: Reply) -> list[tuple[Any, ...]]:
        """The rows of a statement; what came before it is read first."""
        if reply.result is None:
            self.libpq.send_flush_request()
            self._flush()
            while reply.result is None:
                self._take()
        if reply.result.status != _ROWS:
            raise psycopg.ProgrammingError("this statement returns no rows")
        self.values.set_pgresult(reply.result)
        found: list[tuple[Any, ...]] = self.values.load_rows(0, reply.result.ntuples, tuple)
        return found

    def open(self) -> None:
        """From now on send without reading."""
        if not self.depth:
            self.libpq.enter_pipeline_mode()
        self.depth += 1

    def close(self, failed: bool) -> None:
        """Read what is left, and each reply at once from now on. Raises the first error there was, unless `failed`."""
        try:
            self.libpq.pipeline_sync()
            self.unread.append(Reply())
            self._flush()
            while self.unread and not failed:
                self._take()
        finally:
            try:
                while self.unread:
                    with contextlib.suppress(psycopg.Error):
                        self._take()
            finally:
                self.depth -= 1
                if not self.depth:
                    self._leave()

    def _leave(self) -> None:
        try:
            self.libpq.exit_pipeline_mode()
        except psycopg.OperationalError:
            # The server is gone, or a signal broke in on the reading: what is left must not answer another question.
            self.connection.close()

    def _name(self, plan: Plan) -> bytes:
        """The name under which the server keeps the plan, which is prepared on the way where it is new."""
        name = self.plans.get(plan)
        if name is None:
            if len(self.plans) >= PLANS_MAX:
                self.tell(b"DEALLOCATE ALL")
                self.plans.clear()
            self.planned += 1
            name = self.plans[plan] = b"makewhole_%d" % self.planned
            self.libpq.send_prepare(name, *plan)
            self._sent(Reply(plan))
        return name

    def _sent(self, reply: Reply) -> Reply:
        self.unread.append(reply)
        if not self.depth:
            self._flush()
            self._take()
        return reply

    def _flush(self) -> None:
        while self.libpq.flush():
            # The server may be waiting for us to read before it reads on.
            if self._ready(select.POLLIN | select.POLLOUT) & ~select.POLLOUT:
                self.libpq.consume_input()

    def _take(self) -> None:
        """Read one reply. Raises its error."""
        reply = self.unread.popleft()
        reply.result = self._result()
        status = None if reply.result is None else reply.result.status
        if status in _DONE:
            self._end()
        elif status != _SYNC:
            if reply.plan is not None:
                self.plans.pop(reply.plan, None)
            raise self._error(reply.result)

    def _error(self, result: Any) -> psycopg.Error:
        if result is None:
            return psycopg.OperationalError("the server said nothing: the connection is lost")
        with contextlib.suppress(psycopg.OperationalError):  # a server that ends us says why, and then no more
            self._end()
        if result.status == ExecStatus.PIPELINE_ABORTED:
            return PipelineAborted("not carried out: a statement before it failed")
        error = error_from_result(result, self.connection.info.encoding)
        if error.sqlstate in _STALE:
            self.plans.clear()
        return error

    def _end(self) -> None:
        """Take the None that follows every reply but that to a sync. Where many go out together it never waits."""
        if self.depth:
            self.libpq.get_result()
        else:
            self._result()

    def _result(self) -> Any:
        """libpq's next result, waited for while other threads go on: libpq itself would hold them up."""
        while self.libpq.is_busy():
            self._ready(select.POLLIN)
            self.libpq.consume_input()
        return self.libpq.get_result()

    def _ready(self, events: int) -> int:
        poll = select.poll()
        poll.register(self.libpq.socket, events)
        ((_, ready),) = poll.poll()
        return ready
