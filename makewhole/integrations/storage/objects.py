"""Files in a local folder or in S3, through one library: the same code for both."""

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from makewhole.rooms.evidence.ports import KeptFile

PIECE_BYTES = 1024 * 1024
WHOLE_BYTES_MAX = 8 * 1024 * 1024
"""Up to this size a file is written by one request, which can refuse to overwrite; larger ones take another way."""


class ObjectFiles:
    """The file store at an address: `file:///folder` or `s3://bucket/prefix`.

    S3 credentials, region and endpoint come from the usual `AWS_…` variables. A folder is made on first use and is
    readable for its owner alone.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def _store(self) -> ObjectStore:
        parts = urlsplit(self.url)
        if parts.scheme == "file":
            folder = Path(unquote(parts.path))
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            return LocalStore(folder)
        if parts.scheme == "s3":
            if "AWS_COPY_IF_NOT_EXISTS" in os.environ:
                return from_url(self.url)
            return from_url(self.url, copy_if_not_exists="multipart")
        raise ValueError(f"files cannot be kept at {self.url!r}; write file:///folder or s3://bucket/prefix")

    def keep(self, file: BinaryIO, sha256: str) -> None:
        key = _key(sha256)
        if self.size(sha256) is not None:
            return
        size_bytes = file.seek(0, os.SEEK_END)
        file.seek(0)
        try:
            if size_bytes <= WHOLE_BYTES_MAX:
                obstore.put(self._store, key, file.read(), mode="create")
            else:
                self._keep_large(file, key)
        except AlreadyExistsError:
            # Somebody else kept the same content meanwhile.
            return

    def size(self, sha256: str) -> int | None:
        try:
            return obstore.head(self._store, _key(sha256))["size"]
        except FileNotFoundError:
            return None

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        if length is None:
            found = obstore.get(self._store, _key(sha256), options={"range": {"offset": start}} if start else None)
        elif length == 0:
            return
        else:
            found = obstore.get(self._store, _key(sha256), options={"range": (start, start + length)})
        for piece in found.stream(min_chunk_size=PIECE_BYTES):
            yield bytes(piece)

    def remove(self, sha256: str) -> None:
        self._delete(_key(sha256))

    def listed(self, prefix: str) -> Iterator[KeptFile]:
        for batch in obstore.list(self._store, prefix=f"files/{prefix}"):
            for one in batch:
                yield KeptFile(one["path"].rsplit("/", 1)[-1], one["size"], one["last_modified"])

    def remove_interrupted(self, before: datetime) -> None:
        for batch in obstore.list(self._store, prefix="incoming"):
            for one in batch:
                if one["last_modified"] < before:
                    self._delete(one["path"])

    def keep_part(self, upload_id: UUID, offset: int, data: bytes) -> None:
        obstore.put(self._store, _part_key(upload_id, offset), data, use_multipart=False)

    def read_parts(self, upload_id: UUID, offsets: list[int]) -> Iterator[bytes]:
        for offset in offsets:
            for piece in obstore.get(self._store, _part_key(upload_id, offset)).stream(min_chunk_size=PIECE_BYTES):
                yield bytes(piece)

    def remove_parts(self, upload_id: UUID) -> None:
        for batch in obstore.list(self._store, prefix=f"uploads/{upload_id}"):
            for one in batch:
                self._delete(one["path"])

    def _keep_large(self, file: BinaryIO, key: str) -> None:
        incoming = f"incoming/{secrets.token_hex(16)}"
        obstore.put(self._store, incoming, file)
        try:
            obstore.copy(self._store, incoming, key, overwrite=False)
        finally:
            self._delete(incoming)

    def _delete(self, path: str) -> None:
        try:
            obstore.delete(self._store, path)
        except FileNotFoundError:
            # S3 says nothing when there is nothing to delete; a folder does. Both mean it is gone.
            return


def _key(sha256: str) -> str:
    if len(sha256) != 64 or not all(digit in "0123456789abcdef" for digit in sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256 in 64 lower-case hexadecimal digits")
    return f"files/{sha256[:2]}/{sha256}"


def _part_key(upload_id: UUID, offset: int) -> str:
    return f"uploads/{upload_id}/{offset:015d}"
