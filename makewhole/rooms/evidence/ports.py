"""What evidence needs from outside: a place to keep files and, if there is one, a malware scanner.

The integrations register their implementations when the program starts (`register`); the room never imports them.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, NamedTuple, Protocol
from uuid import UUID

from makewhole.core.words import Text


class EvidenceRefused(Exception):
    """Something handed in cannot be taken. Nothing of it is kept.

    `code` is stable for programs, `field` names the input at fault, `text` says what is wrong and what to do.
    """

    def __init__(self, code: str, text: Text, field: str = "file") -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
        self.field = field


class ScannerUnavailable(RuntimeError):
    """The configured scanner does not answer. The file is not taken; trying again later is right."""


class KeptFile(NamedTuple):
    """One file found in the store."""

    sha256: str
    size_bytes: int
    kept_at: datetime


class FileStore(Protocol):
    """Keeps files under the SHA-256 of their content (64 hexadecimal digits), and the parts of unfinished uploads.

    A kept file is never overwritten. Reading what is not there raises FileNotFoundError.
    """

    def keep(self, file: BinaryIO, sha256: str) -> None:
        """Keep the whole of `file`, from its beginning. Does nothing when a file with this content is there already."""

    def size(self, sha256: str) -> int | None:
        """Size in bytes, or None when there is no such file."""

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The content from byte `start`, `length` bytes or all, in pieces of about a mebibyte."""

    def remove(self, sha256: str) -> None:
        """Remove the file; nothing happens when there is none."""

    def listed(self, prefix: str) -> Iterator[KeptFile]:
        """The files whose SHA-256 begins with `prefix`, two hexadecimal digits."""

    def remove_interrupted(self, before: datetime) -> None:
        """Remove what writes that were stopped half way left behind before this time."""

    def keep_part(self, upload_id: UUID, offset: int, data: bytes) -> None:
        """Keep the bytes of an upload that begin at `offset`. The same offset may be written again."""

    def read_parts(self, upload_id: UUID, offsets: list[int]) -> Iterator[bytes]:
        """The parts at these offsets, one after another, in pieces."""

    def remove_parts(self, upload_id: UUID) -> None:
        """Remove every part of an upload."""


class ScanState(StrEnum):
    """What a scanner said of a file. One that is infected is refused, so no exhibit ever has that state."""

    CLEAN = "clean"
    NOT_SCANNED = "not_scanned"
    INFECTED = "infected"


class ScanResult(NamedTuple):
    """`detail` names the scanner, why none looked, or what was found."""

    state: ScanState
    detail: str


class Scanner(Protocol):
    """Looks for malware."""

    def scan(self, file: BinaryIO) -> ScanResult:
        """Scan the whole of `file`, from its beginning. Raises ScannerUnavailable when the scanner does not answer."""


class NoScanner:
    """Stands in where no scanner is configured, and says so."""

    def scan(self, file: BinaryIO) -> ScanResult:
        return ScanResult(ScanState.NOT_SCANNED, "no scanner is configured")


class _Registered:
    files: FileStore | None = None
    scanner: Scanner = NoScanner()


def register(files: FileStore, scanner: Scanner) -> None:
    """Say which store and which scanner this program uses."""
    _Registered.files = files
    _Registered.scanner = scanner


def files() -> FileStore:
    """The registered store. Raises RuntimeError when no integration registered one."""
    if _Registered.files is None:
        raise RuntimeError("no file store is registered; add makewhole.integrations.storage to INSTALLED_APPS")
    return _Registered.files


def scanner() -> Scanner:
    """The registered scanner."""
    return _Registered.scanner
