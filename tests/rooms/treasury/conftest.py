"""Every test here plays with its own sandbox; the registered one is put back afterwards."""

from collections.abc import Iterator

import pytest

from makewhole.rooms.treasury import ports
from tests.rooms.treasury.stage import play


@pytest.fixture(autouse=True)
def stage() -> Iterator[None]:
    registered = ports.provider("sandbox")
    play()
    yield
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)
