"""The ground the benches of cases stand on: a fresh durable cluster, invented orders, the real web server, and pgbench.

Nothing is switched off: fsync is on, the server is the one `makewhole up` starts, and every middleware runs.
"""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

CHECKOUT = Path(__file__).resolve().parent.parent
FIRST_NUMBER = 100_000_000_000
"""Orders are numbered from here, with twelve digits, which are also the end of their ids: a script can count them."""
ID_PREFIX = "019ab3c2-7a10-7c11-8f00-"
CONNECTIONS = 16
REFERENCE_CLIENTS = 8


class NoReference(RuntimeError):
    """pgbench is not on this machine."""


@dataclass
class Ground:
    """A running system with orders in it. `shop` is the shop's key as text."""

    home: Path
    port: int
    orders: int
    shop: str
    server: subprocess.Popen[bytes]

    @property
    def connection(self) -> dict[str, str]:
        """What libpq programs need to reach the database."""
        from makewhole.config.cluster import ROLE, Cluster
        from makewhole.config.home import kept_secret
        from makewhole.config.postgres import DATABASE

        return {
            "PGHOST": str(Cluster(self.home).socket_directory),
            "PGUSER": ROLE,
            "PGPASSWORD": kept_secret("database-password"),
            "PGDATABASE": DATABASE,
        }


def order_id(number: int) -> UUID:
    return UUID(f"{ID_PREFIX}{FIRST_NUMBER + number:012d}")


def order_document(number: int) -> dict[str, Any]:
    """An order of two lines, one parcel, signed three days ago."""
    digits = FIRST_NUMBER + number
    return {
        "id": str(digits), "merchant_id": f"m-{number % 400}", "merchant_name": f"商家 {number % 400}",
        "buyer_id": f"b-{digits}", "market": "cn", "currency": "CNY", "placed_at": _days_ago(8),
        "lines": [
            {"id": "1", "sku": "apple", "title": "红富士苹果 5 斤", "category": "household/kitchen", "quantity": 2,
             "unit_price_minor": 3990},
            {"id": "2", "sku": "knife", "title": "水果刀", "category": "household/kitchen", "quantity": 1,
             "unit_price_minor": 2500},
        ],
        "freight": {"amount_minor": 800},
        "payments": [{"id": "p", "means": "money", "amount_minor": 11280, "provider": "sandbox",
                      "reference": f"pay-{digits}", "paid_at": _days_ago(8)}],
        "parcels": [{"id": "k", "carrier": "SF", "tracking_number": f"SF{digits}", "events": [
            {"kind": "dispatched", "at": _days_ago(7)}, {"kind": "signed", "at": _days_ago(3)}]}],
    }  # fmt: skip


def _days_ago(days: int) -> str:
    from datetime import timedelta

    from django.utils.timezone import now

    return (now() - timedelta(days=days)).isoformat(timespec="seconds")


@contextlib.contextmanager
def ground(orders: int) -> Iterator[Ground]:
    """Everything up and filled for the length of the block, nothing left behind after it."""
    with filled(orders) as (home, shop), _server() as (server, port):
        yield Ground(home, port, orders, shop, server)


@contextlib.contextmanager
def filled(orders: int) -> Iterator[tuple[Path, str]]:
    """A cluster of its own with so many orders in it, for the length of the block: its folder and the shop's key."""
    home = Path(tempfile.mkdtemp(prefix="makewhole-bench-"))
    home.chmod(0o755)
    os.environ["MAKEWHOLE_HOME"] = str(home)
    os.environ["MAKEWHOLE_DATABASE_FSYNC"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "makewhole.config.settings"
    for name in ("DATABASE_URL", "MAKEWHOLE_DEBUG", "MAKEWHOLE_DEMO"):
        os.environ.pop(name, None)
    sys.path.insert(0, str(CHECKOUT))
    from makewhole.config.postgres import database_in_use, ensure_database

    try:
        with database_in_use():
            import django

            django.setup()
            ensure_database()
            yield home, _import(orders)
            close_connections()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _import(orders: int) -> str:
    """Orders with ids that count up, and the key of the shop that handed them in."""
    from django.utils.timezone import now

    from makewhole.rooms.identity import service as identity
    from makewhole.rooms.identity.models import Scope
    from makewhole.rooms.orders import service as orders_service
    from makewhole.rooms.treasury import service as treasury

    ids = (order_id(number) for number in range(orders))
    made, orders_service.new_id = orders_service.new_id, lambda: next(ids)
    try:
        for start in range(0, orders, orders_service.BATCH):
            batch = range(start, min(start + orders_service.BATCH, orders))
            outcomes = treasury.import_orders([order_document(number) for number in batch], "shop", now())
            rejected = [each for each in outcomes if each.record is None]
            if rejected:
                raise RuntimeError(f"an order was rejected: {rejected[0]}")
    finally:
        orders_service.new_id = made
    _, text = identity.make_key("bench", [Scope.SHOP], now())
    return text


@contextlib.contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "makewhole.config.serve", "--port", str(port)], cwd=CHECKOUT)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield server, port
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
        time.sleep(0.1)


def close_connections() -> None:
    from django.db import connection

    connection.close()


def token_of(ground: Ground, buyer_id: str) -> str:
    """The shop's token for a buyer, valid for the length of a bench."""
    from django.utils.timezone import now

    from makewhole.rooms.identity import service as identity

    return identity.make_shop_token(identity.caller_of_bearer(ground.shop, now()), buyer_id, now(), seconds=3600)


def http_request(method: str, path: str, bearer: str, body: bytes = b"", key: str = "") -> bytes:
    """One whole HTTP/1.1 request."""
    head = [
        f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {bearer}", "Accept-Language: zh-CN",
        "User-Agent: bench", "Accept: application/json",
    ]  # fmt: skip
    if key:
        head.append(f"Idempotency-Key: {key}")
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def drive(ground: Ground, requests: Path, seconds: float, connections: int = CONNECTIONS) -> dict[str, Any]:
    """Send the prepared requests over so many connections from a process of its own."""
    ran = subprocess.run(
        [sys.executable, CHECKOUT / "bench" / "http_load.py", requests, str(connections), str(seconds), "127.0.0.1",
         str(ground.port)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


class Statement(NamedTuple):
    """One statement as the database logged it. `prepared` is '' unless the session had prepared it under a name."""

    text: str
    values: tuple[str, ...]
    prepared: str


def captured(ground: Ground, act: Callable[[], None]) -> list[list[Statement]]:
    """The statements the web server sent while `act` ran, by database session, as the database logged them."""
    log = ground.home / "database" / "server.log"
    _log_statements(ground, True)
    before = log.stat().st_size
    act()
    time.sleep(0.5)
    said = log.read_bytes()[before:].decode("utf-8")
    _log_statements(ground, False)
    sessions: dict[str, list[Statement]] = {}
    for entry in re.split(r"^(?=<<\d+>> )", said, flags=re.MULTILINE)[1:]:
        session, _, message = entry.partition(">> ")
        # The log sets a tab before each further line of an entry.
        kind, _, text = message.replace("\n\t", "\n").rstrip("\n").partition(":  ")
        seen = sessions.setdefault(session, [])
        if kind == "LOG" and text.startswith("statement: "):
            seen.append(Statement(text.removeprefix("statement: "), (), ""))
        elif kind == "LOG" and text.startswith("execute "):
            name, _, statement = text.removeprefix("execute ").partition(": ")
            seen.append(Statement(statement, (), "" if name == "<unnamed>" else name))
        elif kind == "DETAIL" and text.lower().startswith("parameters: ") and seen:
            seen[-1] = seen[-1]._replace(values=_values(text))
        elif kind != "LOG":
            raise RuntimeError(f"this cannot be replayed: {message[:300]}")
    return [session for session in sessions.values() if session]


def _values(detail: str) -> tuple[str, ...]:
    """The values of `$1 = 'it''s', $2 = NULL`, as literals."""
    return tuple(found.group(1) for found in re.finditer(r"\$\d+ = (NULL|'(?:[^']|'')*')", detail))


class Form(StrEnum):
    """How pgbench sends the statements. The budgets are set against PLAIN, pgbench's own default way."""

    PLAIN = "plain"
    PREPARED = "prepared"


def script_lines(statements: Sequence[Statement], form: Form) -> list[str]:
    """The statements as lines of a pgbench script: each as one text with its values in place, or executed by the name
    under which each client prepares it once, for those that the web server keeps prepared on its connections."""
    if form is Form.PLAIN:
        return [_with_values(one) for one in statements]
    texts = {one.prepared: one.text for one in statements if one.prepared}
    preparing = [f"PREPARE {name} AS {text};" for name, text in texts.items()]
    return [r"\if :ready = 0", *preparing, r"\set ready 1", r"\endif", *map(_by_name, statements)]


def _by_name(statement: Statement) -> str:
    if not statement.prepared:
        return _with_values(statement)
    values = f"({', '.join(statement.values)})" if statement.values else ""
    return f"EXECUTE {statement.prepared}{values};"


def _with_values(statement: Statement) -> str:
    text = re.sub(r"\$(\d+)", lambda found: statement.values[int(found.group(1)) - 1], statement.text)
    return text.rstrip().rstrip(";") + ";"


def _log_statements(ground: Ground, on: bool) -> None:
    import psycopg

    settings = {"log_line_prefix": "<<%p>> ", "log_statement": "all"}
    given = ground.connection
    with psycopg.connect(
        host=given["PGHOST"], user=given["PGUSER"], password=given["PGPASSWORD"], dbname=given["PGDATABASE"],
        autocommit=True,
    ) as connection:  # fmt: skip
        for name, value in settings.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'" if on else f"ALTER SYSTEM RESET {name}")
        connection.execute("SELECT pg_reload_conf()")
    time.sleep(0.5)


def reference(ground: Ground, scripts: Sequence[Path], seconds: int, variables: dict[str, int]) -> float:
    """Transactions per second of pgbench with eight clients running these scripts. Raises NoReference."""
    program = find_pgbench()
    given = [part for name, value in {"ready": 0, **variables}.items() for part in ("-D", f"{name}={value}")]
    files = [part for script in scripts for part in ("-f", str(script))]
    ran = subprocess.run(
        [program, "-n", "-M", "simple", "-c", str(REFERENCE_CLIENTS), "-j", "2", "-T", str(seconds), *given, *files],
        env=os.environ | ground.connection, capture_output=True, text=True, check=False,
    )  # fmt: skip
    rate = re.search(r"tps = ([\d.]+) \(without initial", ran.stdout)
    failed = re.search(r"number of failed transactions: ([1-9]\d*)", ran.stdout)
    if ran.returncode != 0 or rate is None or failed:
        raise RuntimeError(f"pgbench failed:\n{ran.stdout[-1500:]}\n{ran.stderr[-1500:]}")
    return float(rate.group(1))


def find_pgbench() -> str:
    """The path of pgbench. Raises NoReference, loudly."""
    on_path = shutil.which("pgbench")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    if on_path is None and not installed:
        raise NoReference(
            "pgbench is not on this machine, so there is nothing to measure against: install PostgreSQL's own tools "
            "(Debian: postgresql-contrib or postgresql-18) and run this bench again"
        )
    return on_path or str(installed[-1])


def cpu_seconds(ground: Ground) -> dict[str, float]:
    """CPU time so far of the web server's processes and of the database's."""
    import psutil

    from makewhole.config.cluster import Cluster

    web = psutil.Process(ground.server.pid)
    postmaster = Cluster(ground.home).postmaster_pid()
    trees = {"web": web, "database": psutil.Process(postmaster) if postmaster else None}
    found = {}
    for name, root in trees.items():
        spent = 0.0
        for process in [root, *root.children(recursive=True)] if root else []:
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                spent += times.user + times.system
        if root:
            # What children that have ended used is counted at their parent.
            spent += root.cpu_times().children_user + root.cpu_times().children_system
        found[name] = spent
    return found
