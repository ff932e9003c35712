"""What a scanner promises. The wire protocol is tried against a small daemon of our own that checks every byte; a real
ClamAV is asked where `MAKEWHOLE_TEST_SCANNER_URL` names one.
"""

import io
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from makewhole.integrations.storage.clamd import Clamd
from makewhole.rooms.evidence.ports import NoScanner, ScannerUnavailable, ScanResult, ScanState

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
REAL_URL = os.environ.get("MAKEWHOLE_TEST_SCANNER_URL", "")
SIZE_MAX = 1_000_000


def exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError("the client hung up")
        data += piece
    return data


def answer_as_clamd(connection: socket.socket) -> None:
    """INSTREAM as ClamAV's manual describes it: command, pieces after their length, an empty piece, a verdict."""
    assert exactly(connection, 10) == b"zINSTREAM\0"
    data = b""
    while length := struct.unpack("!I", exactly(connection, 4))[0]:
        if len(data) + length > SIZE_MAX:
            connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            return
        data += exactly(connection, length)
    connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    listener = socket.socket(socket.AF_UNIX)
    path = tmp_path / "clamd.sock"
    listener.bind(str(path))
    listener.listen()
    threads: list[threading.Thread] = []

    def serve(behaviour: Callable[[socket.socket], None]) -> str:
        def once() -> None:
            connection, _ = listener.accept()
            with connection:
                behaviour(connection)

        threads.append(threading.Thread(target=once, daemon=True))
        threads[-1].start()
        return f"unix://{path}"

    yield serve
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
    listener.close()


Daemon = Callable[[Callable[[socket.socket], None]], str]


def test_a_clean_file_is_clean(daemon: Daemon) -> None:
    assert Clamd(daemon(answer_as_clamd)).scan(io.BytesIO(b"a" * 600_000)) == ScanResult(ScanState.CLEAN, "clamd")


def test_an_infection_is_named(daemon: Daemon) -> None:
    result = Clamd(daemon(answer_as_clamd)).scan(io.BytesIO(b"x" * 300_000 + EICAR))
    assert result == ScanResult(ScanState.INFECTED, "Eicar-Test-Signature")


def test_a_file_is_scanned_from_its_beginning(daemon: Daemon) -> None:
    file = io.BytesIO(EICAR)
    file.read()
    assert Clamd(daemon(answer_as_clamd)).scan(file).state is ScanState.INFECTED


def test_a_file_above_the_daemon_s_limit_is_recorded_as_not_scanned(daemon: Daemon) -> None:
    result = Clamd(daemon(answer_as_clamd)).scan(io.BytesIO(b"a" * 5_000_000))
    assert result == ScanResult(ScanState.NOT_SCANNED, "larger than the scanner takes")


def test_a_daemon_that_hangs_up_or_talks_nonsense_is_unavailable(daemon: Daemon) -> None:
    def hangs_up(connection: socket.socket) -> None:
        exactly(connection, 10)

    def nonsense(connection: socket.socket) -> None:
        exactly(connection, 10 + 4 + 3 + 4)
        connection.sendall(b"UNKNOWN COMMAND\0")

    for behaviour in (hangs_up, nonsense):
        with pytest.raises(ScannerUnavailable):
            Clamd(daemon(behaviour)).scan(io.BytesIO(b"abc"))


def test_no_daemon_is_unavailable(tmp_path: Path) -> None:
    for address in (f"unix://{tmp_path / 'nothing.sock'}", "tcp://127.0.0.1:1"):
        with pytest.raises(ScannerUnavailable, match="does not answer"):
            Clamd(address).scan(io.BytesIO(b"abc"))


@pytest.mark.parametrize("address", ["", "/run/clamd.sock", "tcp://host", "unix://", "http://host:80"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not a scanner's address"):
        Clamd(address)


def test_without_a_scanner_files_are_recorded_as_not_scanned() -> None:
    assert NoScanner().scan(io.BytesIO(EICAR)) == ScanResult(ScanState.NOT_SCANNED, "no scanner is configured")


@pytest.mark.skipif(not REAL_URL, reason="NOT TRIED ON A REAL CLAMAV: MAKEWHOLE_TEST_SCANNER_URL names none")
def test_a_real_daemon_tells_clean_from_infected() -> None:
    assert Clamd(REAL_URL).scan(io.BytesIO(b"harmless")).state is ScanState.CLEAN
    assert Clamd(REAL_URL).scan(io.BytesIO(EICAR)).state is ScanState.INFECTED
