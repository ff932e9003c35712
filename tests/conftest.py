"""Fixtures for the whole suite: the database server that tests run on, and nothing of it left behind."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from makewhole.config.cluster import Cluster
from makewhole.config.postgres import database_in_use


@pytest.fixture(scope="session")
def database_server() -> Iterator[None]:
    """A running PostgreSQL: the embedded one in the suite's own folder, shared by the parallel workers."""
    with database_in_use():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the server before the first test that wants a database; each parallel worker makes its own database."""


def pytest_sessionstart(session: pytest.Session) -> None:
    if _is_first_process():
        for folder in Path(tempfile.gettempdir()).glob("makewhole-tests-*"):
            _remove_if_abandoned(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_first_process():
        shutil.rmtree(os.environ["MAKEWHOLE_TEST_HOME"], ignore_errors=True)


def _is_first_process() -> bool:
    return os.environ.get("MAKEWHOLE_TEST_HOME_OWNER") == str(os.getpid())


def _remove_if_abandoned(folder: Path) -> None:
    """Stop and remove what a killed test run left; a run that is alive holds the lock of its folder."""
    lock = folder / "users.lock"
    if not lock.exists() or lock.stat().st_uid != os.geteuid():
        return
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        Cluster(folder).stop()
        shutil.rmtree(folder, ignore_errors=True)
