"""Every evidence test keeps its files in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from makewhole.integrations.storage.objects import ObjectFiles
from makewhole.rooms.evidence import ports


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Iterator[ObjectFiles]:
    before = (ports.files(), ports.scanner())
    store = ObjectFiles(f"file://{tmp_path / 'files'}")
    ports.register(store, ports.NoScanner())
    yield store
    ports.register(*before)
