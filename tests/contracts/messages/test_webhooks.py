"""Webhook requests cannot be turned against the house's own network, and no receiver can hold one up."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from makewhole.integrations.messages import webhooks
from makewhole.integrations.messages.webhooks import Webhooks
from makewhole.rooms.notices.ports import NotCarried, NoticeRefused, Outgoing
from tests.rooms.notices.receiver import Receiver

STRICT = Webhooks(to_private_addresses=False)
INSIDE = Webhooks(to_private_addresses=True)


def outgoing(url: str) -> Outgoing:
    return Outgoing("key-1", url, '{"说明": 1}', headers=(("webhook-id", "key-1"),))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Have every name point to these addresses; returns the names asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https:///path",
        "https://example.com:port/",
        "https://exa mple.com/",
        "https://example.com/\r\nX-Evil: 1",
        "https://localhost/",
        "https://db.internal/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://xn--/",
        "https://a..example.com/",
        "https://" + "a" * 64 + ".example.com/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_an_address_that_may_not_be_is_refused_when_it_is_entered(url: str) -> None:
    with pytest.raises(NoticeRefused, match="public https address"):
        STRICT.check(url)


def test_a_public_address_is_taken() -> None:
    STRICT.check("https://hooks.example.com:8443/makewhole?shop=1")
    STRICT.check("https://例え.jp/makewhole")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_a_name_that_points_inside_is_never_connected_to(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    names(monkeypatch, "93.184.215.14", address)
    with pytest.raises(NotCarried, match="not a public address") as failed:
        STRICT.carry(outgoing("https://hooks.example.com/"))
    assert failed.value.for_good


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    asked = names(monkeypatch, "127.0.0.1")
    assert INSIDE.carry(outgoing(f"http://hooks.example.com:{port}/hook")).status == 200
    assert asked == ["hooks.example.com"]
    assert receiver.requests[0].headers["host"] == f"hooks.example.com:{port}"


def test_the_body_and_the_headers_arrive_as_they_were_signed(receiver: Receiver) -> None:
    carried = INSIDE.carry(outgoing(receiver.url))
    assert (carried.status, carried.answer) == (200, "answered 200")
    (request,) = receiver.requests
    assert request.body == '{"说明": 1}'.encode()
    assert request.headers["webhook-id"] == "key-1"
    assert request.path == "/hook?shop=1"


def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert INSIDE.carry(outgoing(receiver.url)).status == 200


@pytest.mark.parametrize(("status", "gone"), [(301, False), (307, False), (400, False), (500, False), (410, True)])
def test_anything_but_success_is_a_failure_and_redirects_are_not_followed(
    receiver: Receiver, status: int, gone: bool
) -> None:
    receiver.answers = [status]
    with pytest.raises(NotCarried) as failed:
        INSIDE.carry(outgoing(receiver.url))
    assert (failed.value.status, failed.value.gone, failed.value.for_good) == (status, gone, gone)
    assert len(receiver.requests) == 1


def test_a_receiver_that_is_silent_or_trickles_is_left_in_time(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "SECONDS_MAX", 0.6)
    over = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        while not over.wait(0.1):
            handler.wfile.write(b"a")
            handler.wfile.flush()

    for behaviour in (lambda handler: over.wait(5), trickle):
        receiver.before_answer = behaviour
        started = time.monotonic()
        with pytest.raises(NotCarried) as failed:
            INSIDE.carry(outgoing(receiver.url))
        assert time.monotonic() - started < 2
        assert failed.value.unknown
    over.set()


def test_a_huge_answer_is_read_no_further_than_needed(receiver: Receiver) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n" + b"x" * 100_000)

    receiver.before_answer = flood
    assert INSIDE.carry(outgoing(receiver.url)).answer == "x" * webhooks.ANSWER_KEPT_MAX


def test_nobody_listening_and_no_such_name_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotCarried) as failed:
        INSIDE.carry(outgoing(f"http://127.0.0.1:{port}/"))
    assert not failed.value.for_good

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotCarried, match="cannot be looked up") as failed:
        STRICT.carry(outgoing("https://nowhere.example.com/"))
    assert not failed.value.for_good


def test_an_address_entered_before_the_rules_were_strict_is_not_used() -> None:
    with pytest.raises(NotCarried) as failed:
        STRICT.carry(outgoing("http://127.0.0.1:1/"))
    assert failed.value.for_good
