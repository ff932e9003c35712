"""A load generator that costs little: one thread, plain sockets, prepared requests, keep-alive.

`python bench/http_load.py REQUESTS CONNECTIONS SECONDS HOST PORT` sends the requests of a file (see `write_requests`)
one after another over so many connections until the time or the file is over, and prints one line of JSON: how many
answers of which status, how long they took, and what CPU time it cost this program.
"""

import json
import selectors
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

END_OF_HEADERS = b"\r\n\r\n"
LENGTH = b"content-length: "


def write_requests(path: Path, requests: Iterable[bytes]) -> int:
    """Write whole HTTP/1.1 requests to a file, each after its length; how many."""
    count = 0
    with path.open("wb") as file:
        for request in requests:
            file.write(struct.pack("<I", len(request)))
            file.write(request)
            count += 1
    return count


def read_requests(path: Path) -> list[bytes]:
    data = path.read_bytes()
    requests, place = [], 0
    while place < len(data):
        (length,) = struct.unpack_from("<I", data, place)
        requests.append(data[place + 4 : place + 4 + length])
        place += 4 + length
    return requests


class Connection:
    """One keep-alive connection with at most one request on its way."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def status_when_complete(self) -> int | None:
        """Read what has arrived; the status once the whole answer is there."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.received = self.received + data if self.received else data
        end = self.received.find(END_OF_HEADERS)
        if end < 0:
            return None
        headers = self.received[:end].lower()
        start = headers.find(LENGTH)
        if start < 0:
            raise ValueError(f"an answer without Content-Length: {headers[:200]!r}")
        length = int(headers[start + len(LENGTH) :].split(b"\r\n", 1)[0])
        if len(self.received) < end + 4 + length:
            return None
        return int(self.received[9:12])


def drive(requests: list[bytes], connections: int, seconds: float, address: tuple[str, int]) -> dict[str, object]:
    """Send as fast as the answers come back."""
    selector = selectors.DefaultSelector()
    remaining = iter(requests)
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    refused = ""
    cpu_before, begun = time.process_time(), time.perf_counter()
    for _, request in zip(range(connections), remaining, strict=False):
        connection = Connection(address)
        connection.send(request)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    while selector.get_map():
        for key, _ in selector.select():
            connection = key.data
            status = connection.status_when_complete()
            if status is None:
                continue
            now = time.perf_counter()
            latencies.append(now - connection.sent_at)
            statuses[status] += 1
            if status >= 400 and not refused:
                refused = connection.received[-500:].decode("utf-8", "replace")
            request = next(remaining, None) if now - begun < seconds else None
            if request is None:
                selector.unregister(connection.socket)
                connection.socket.close()
            else:
                connection.send(request)
    elapsed = time.perf_counter() - begun
    latencies.sort()
    return {
        "answers": len(latencies),
        "seconds": elapsed,
        "per_second": len(latencies) / elapsed,
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "median_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
        "generator_cpu_seconds": time.process_time() - cpu_before,
        "first_refusal": refused,
    }


def main() -> None:
    path, connections, seconds, host, port = sys.argv[1:]
    told = drive(read_requests(Path(path)), int(connections), float(seconds), (host, int(port)))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
