"""Fixtures for the whole suite: the database server that tests run on."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from makewhole.config.postgres import database_in_use
from tests.homes import remove_abandoned_homes

# Machines are shared and slow at times: what a property says does not depend on how long its examples take.
settings.register_profile("makewhole", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("makewhole")


@pytest.fixture(scope="session")
def database_server() -> Iterator[None]:
    """A running PostgreSQL: the embedded one in the suite's own folder, shared by the parallel workers."""
    with database_in_use():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the server before the first test that wants a database; each parallel worker makes its own database."""


def pytest_sessionstart(session: pytest.Session) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        remove_abandoned_homes()
