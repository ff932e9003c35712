"""Examples of the reference: real answers of one story, kept as JSON beside the shapes they show."""

from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "examples"


def example(name: str) -> Any:
    """The example of this name: `examples/NAME.json`."""
    return orjson.loads((FOLDER / f"{name}.json").read_bytes())
