"""Malware scanning by ClamAV's daemon, over its socket (command INSTREAM)."""

import socket
import struct
from typing import BinaryIO
from urllib.parse import urlsplit

from makewhole.rooms.evidence.ports import ScannerUnavailable, ScanResult, ScanState

PIECE_BYTES = 256 * 1024
REPLY_BYTES_MAX = 4096
SECONDS_MAX = 60


class Clamd:
    """Asks the daemon at `unix:///path/to/socket` or `tcp://host:port`.

    A file larger than the daemon accepts is taken, but recorded as not scanned. Raises ValueError for another address.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if not (parts.scheme == "unix" and parts.path) and not (
            parts.scheme == "tcp" and parts.hostname and parts.port
        ):
            raise ValueError(f"{address!r} is not a scanner's address; write unix:///run/clamd.sock or tcp://host:3310")
        self.address = address

    def scan(self, file: BinaryIO) -> ScanResult:
        file.seek(0)
        try:
            with self._connected() as daemon:
                reply = _exchange(daemon, file)
        except OSError as error:
            raise ScannerUnavailable(f"the malware scanner at {self.address} does not answer: {error}") from error
        if reply.endswith(" FOUND"):
            infection = reply.removeprefix("stream:").removesuffix("FOUND").strip()
            return ScanResult(ScanState.INFECTED, infection or "unnamed")
        if reply == "stream: OK":
            return ScanResult(ScanState.CLEAN, "clamd")
        if "size limit exceeded" in reply.lower():
            return ScanResult(ScanState.NOT_SCANNED, "larger than the scanner takes")
        raise ScannerUnavailable(f"the malware scanner at {self.address} answered {reply!r}")

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "tcp":
            return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=SECONDS_MAX)
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        daemon.settimeout(SECONDS_MAX)
        try:
            daemon.connect(parts.path)
        except OSError:
            daemon.close()
            raise
        return daemon


def _exchange(daemon: socket.socket, file: BinaryIO) -> str:
    """Send the file in pieces, each after its length, then an empty one; the daemon answers with one line."""
    try:
        daemon.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE_BYTES):
            daemon.sendall(struct.pack("!I", len(piece)) + piece)
        daemon.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError) as hung_up:
        # It stops listening once its limit is reached, but still says so.
        reply = _reply(daemon)
        if not reply:
            raise hung_up
        return reply
    reply = _reply(daemon)
    if not reply:
        raise ConnectionError("it closed the connection without a verdict")
    return reply


def _reply(daemon: socket.socket) -> str:
    data = b""
    while b"\0" not in data and len(data) < REPLY_BYTES_MAX:
        piece = daemon.recv(REPLY_BYTES_MAX)
        if not piece:
            break
        data += piece
    return data.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
