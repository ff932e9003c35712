"""The database: the one that `DATABASE_URL` names, or an embedded PostgreSQL that programs share.

Every program that uses the embedded cluster holds a shared lock for as long as it does. Whoever comes first starts the
server, whoever leaves last stops it, and the system itself drops the lock of a program that was killed.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from makewhole.config import environment
from makewhole.config.cluster import ROLE, Cluster, embedded_cluster
from makewhole.config.environment import BadSetting, DatabaseFailed
from makewhole.config.home import kept_secret, made_home

DATABASE = "makewhole"
SERVER_VERSION_MIN = 15
LOCK_SECONDS_MAX = 330
MIGRATION_LOCK = 0x6D616B65
"""Key of the advisory lock that one migrating program holds; any number that nobody else uses."""


def is_embedded() -> bool:
    """Whether makewhole runs its own PostgreSQL, because `DATABASE_URL` names no other."""
    return not environment.text("DATABASE_URL")


def database_url() -> str:
    """Address of the database, without starting anything.

    For the embedded one it carries the cluster's own password, so it must not be printed.
    """
    if not is_embedded():
        return environment.text("DATABASE_URL")
    directory = quote(str(Cluster(made_home()).socket_directory), safe="")
    return f"postgresql://{ROLE}:{quote(kept_secret('database-password'), safe='')}@/{DATABASE}?host={directory}"


def connection_settings(url: str) -> dict[str, Any]:
    """Django's database settings for a PostgreSQL address. Raises `BadSetting` when it is not one."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        if not url.startswith(("postgresql://", "postgres://")):
            raise ProgrammingError("it does not begin with postgresql://")
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise BadSetting(
            f"DATABASE_URL is not the address of a PostgreSQL database ({error}). "
            "Write postgresql://user:password@host:5432/name."
        ) from error
    settings: dict[str, Any] = {
        "ENGINE": "makewhole.config.engine",
        "NAME": parts.pop("dbname", DATABASE),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 0,
    }
    return {**settings, "OPTIONS": parts}


@contextlib.contextmanager
def database_in_use() -> Iterator[Cluster | None]:
    """Hold the embedded database for the length of the block, starting it when nobody did; None when it is not ours.

    On leaving, the last program out stops it. Raises `DatabaseFailed` or `BadSetting`.
    """
    if not is_embedded():
        _require_answer(database_url())
        yield None
        return
    cluster = embedded_cluster()
    users = _open(cluster.home / "users.lock")
    try:
        with alone(cluster):
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with alone(cluster):
                _start(cluster)
            yield cluster
        finally:
            with alone(cluster):
                if _nobody_else(users):
                    cluster.stop()
    finally:
        os.close(users)


@contextlib.contextmanager
def alone(cluster: Cluster) -> Iterator[None]:
    """Keep every other program from starting or stopping the cluster during the block."""
    lock = _open(cluster.home / "cluster.lock")
    try:
        waited_since = time.monotonic()
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() - waited_since > LOCK_SECONDS_MAX:
                    raise DatabaseFailed(
                        f"Another program has been starting or stopping the database in {cluster.home} "
                        f"for {LOCK_SECONDS_MAX} seconds. Look for it, end it, and start again."
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(lock)


def revive(cluster: Cluster) -> bool:
    """Start a server that was killed while in use. Returns whether there was anything to do."""
    if cluster.answers():
        return False
    with alone(cluster):
        if cluster.answers():
            return False
        _start(cluster)
    return True


def ensure_database() -> int:
    """Apply the migrations that are missing and return how many; Django is set up and the database runs.

    Programs that start together take turns: one migrates, the others find nothing left to do.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10000
    if version < SERVER_VERSION_MIN:
        raise BadSetting(f"DATABASE_URL names a PostgreSQL {version}; makewhole needs {SERVER_VERSION_MIN} or later.")

    def pending() -> int:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    if not pending():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            count = pending()
            if count:
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    return count


def _start(cluster: Cluster) -> None:
    import psycopg
    from psycopg import sql

    if not cluster.answers():
        cluster.start()
    password = kept_secret("database-password")
    try:
        with psycopg.connect(
            host=str(cluster.socket_directory), user=ROLE, password=password, dbname="postgres", autocommit=True
        ) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    except psycopg.OperationalError as error:
        raise DatabaseFailed(
            f"The database in {cluster.data} runs but takes no connection: {error}\n"
            f"If the password is refused, put back the file {cluster.home / 'database-password'} it was made with."
        ) from error


def _require_answer(url: str) -> None:
    """Say at once that the database does not answer, before a connection is waited for."""
    import psycopg

    connection_settings(url)
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise DatabaseFailed(f"The database that DATABASE_URL names cannot be reached: {str(error).strip()}") from error


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadSetting(
            f"{path} cannot be opened ({error.strerror}). Is the folder yours, and the disk not full?"
        ) from error


def _nobody_else(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
