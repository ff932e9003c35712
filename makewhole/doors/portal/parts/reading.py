"""Reading values that may be objects or dicts: the core's own values and rows of a query are shown alike."""

from collections.abc import Mapping
from typing import Any


def read(source: Any, name: str, default: Any = None) -> Any:
    """The attribute or key `name` of `source`; `default` when it has none."""
    if isinstance(source, Mapping):
        return source.get(name, default)
    return getattr(source, name, default)
