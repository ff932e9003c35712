"""The rulebook files on disk, and the seals beside them."""

from makewhole.rooms.rulebooks.store.files import (
    Files,
    UnknownMarket,
    book_of,
    markets,
    read_files,
    scenarios,
    with_text,
)
from makewhole.rooms.rulebooks.store.seals import sealed_digest, write_seal

__all__ = [
    "Files", "UnknownMarket", "book_of", "markets", "read_files", "scenarios", "sealed_digest", "with_text",
    "write_seal",
]  # fmt: skip
