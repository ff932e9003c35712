"""The rules of the small demo market, and a sandbox provider of the tests' own."""

from collections.abc import Iterator

import pytest

from makewhole.rooms.treasury import ports
from tests.core.case.play import MARKET
from tests.rooms.treasury.stage import play


@pytest.fixture(autouse=True)
def demo_market(settings: object) -> Iterator[None]:
    settings.RULEBOOKS_DIRECTORY = MARKET  # type: ignore[attr-defined]
    registered = ports.provider("sandbox")
    play()
    yield
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)
