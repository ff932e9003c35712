"""The API behind the real web server: what HTTP itself can do to it, races, and what outlives a killed process."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import psutil
import pytest
from django.db import connection
from django.utils.timezone import now

from makewhole.rooms.cases.models import Case
from makewhole.rooms.identity import service
from makewhole.rooms.identity.models import Scope
from tests.contracts.api.market import BUYER, MERCHANT, claim, order_document

CHECKOUT = Path(__file__).parents[3]
pytestmark = pytest.mark.django_db(transaction=True)


class Server:
    """Granian as `makewhole up` starts it, on the tests' database."""

    def __init__(self, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "makewhole.config.serve", "--port", str(self.port)],
            cwd=CHECKOUT,
            env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "makewhole.config.settings"},
        )
        self.address = f"http://127.0.0.1:{self.port}"
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"{self.address}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.1)

    def kill_workers(self) -> None:
        for worker in psutil.Process(self.process.pid).children(recursive=True):
            if worker.is_running():
                worker.send_signal(signal.SIGKILL)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    told = connection.settings_dict
    who, host = f"{quote(told['USER'])}:{quote(told['PASSWORD'])}", quote(told["HOST"], safe="")
    running = Server(f"postgresql://{who}@/{told['NAME']}?host={host}")
    yield running
    running.stop()


@pytest.fixture
def shop_key() -> str:
    return service.make_key("shop", [Scope.SHOP], now())[1]


@pytest.fixture
def merchant_key() -> str:
    return service.make_key("merchant", [Scope.MERCHANT], now(), merchant_id=MERCHANT)[1]


def client(server: Server, bearer: str) -> httpx.Client:
    return httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {bearer}"}, timeout=60)


def post(speaker: httpx.Client, path: str, body: Any, key: str = "") -> httpx.Response:
    return speaker.post(path, json=body, headers={"Idempotency-Key": key or str(uuid4())})


@pytest.fixture
def order_id(server: Server, shop_key: str) -> str:
    with client(server, shop_key) as shop:
        return str(post(shop, "/v1/orders", order_document()).json()["id"])


@pytest.fixture
def buyer(server: Server, shop_key: str) -> Iterator[httpx.Client]:
    with client(server, shop_key) as shop:
        token = shop.post("/v1/tokens", json={"buyer_id": BUYER}).json()["token"]
    with client(server, token) as speaker:
        yield speaker


def test_a_body_in_chunks_without_a_length_is_asked_for_with_its_length(server: Server, shop_key: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"buyer_id": '
        yield b'"b-7"}'

    with client(server, shop_key) as shop:
        response = shop.post("/v1/tokens", content=pieces(), headers={"Content-Type": "application/json"})
    assert response.status_code == 411, response.text


def test_many_orders_stream_in_and_out(server: Server, shop_key: str) -> None:
    rows = b"".join(json.dumps(order_document(str(number))).encode() + b"\n" for number in range(1200))
    with client(server, shop_key) as shop, shop.stream(
        "POST", "/v1/orders/bulk", content=rows, headers={"Content-Type": "application/x-ndjson"}
    ) as response:  # fmt: skip
        told = [json.loads(line) for line in response.iter_lines()]
    assert told[-1] == {"done": {"accepted": 1200, "updated": 0, "unchanged": 0, "rejected": 0}}
    assert [row["line"] for row in told[:-1]] == list(range(1, 1201))


@pytest.mark.parametrize(
    "head",
    [
        "GET /v1/%FF%FE HTTP/1.1\r\nHost: localhost",
        "GET /v1/me?%FF=%00 HTTP/1.1\r\nHost: localhost",
        "POST /v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5",
        "BREW /v1/me HTTP/1.1\r\nHost: localhost",
        "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \xe4\xb8\xad",
        "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nCookie: makewhole_session=\x7f;;;=",
    ],
    ids=["path not UTF-8", "query not UTF-8", "body cut off", "unknown method", "key not ASCII", "odd cookie"],
)
def test_odd_requests_are_refused_not_failed(server: Server, head: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as raw:
        raw.sendall(head.encode("latin-1") + b"\r\nConnection: close\r\n\r\nab")
        raw.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := raw.recv(65536):
            answer += piece
    assert answer == b"" or 400 <= int(answer[9:12]) < 500, answer[:300]


def test_fifty_openings_for_the_last_unit_make_one_case(server: Server, order_id: str, buyer: httpx.Client) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: post(buyer, "/v1/cases", claim(order_id)), range(50)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"/v1/problems/units-taken"}
    assert Case.objects.count() == 1


def test_fifty_actions_on_one_page_have_one_effect(
    server: Server, order_id: str, buyer: httpx.Client, merchant_key: str
) -> None:
    opened = post(buyer, "/v1/cases", claim(order_id))
    path = f"/v1/cases/{opened.json()['case']['id']}/refuse_claim"
    with client(server, merchant_key) as merchant, ThreadPoolExecutor(16) as threads:

        def refuse(number: int) -> int:
            headers = {"Idempotency-Key": str(uuid4()), "If-Match": opened.headers["ETag"]}
            return merchant.post(path, json={"note": f"第 {number} 次"}, headers=headers).status_code

        assert Counter(threads.map(refuse, range(50))) == {200: 1, 412: 49}
    assert Case.objects.get().sequence == 2


def test_fifty_repeats_of_one_request_have_one_effect_and_one_answer(
    server: Server, order_id: str, buyer: httpx.Client
) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: post(buyer, "/v1/cases", claim(order_id), "k-1"), range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 49
    assert Case.objects.count() == 1


def test_i9_what_was_acknowledged_outlives_a_killed_process_and_is_answered_the_same(
    server: Server, shop_key: str
) -> None:
    """Workers are killed in the middle of openings; every request is then repeated with its key."""
    numbers = range(24)
    with client(server, shop_key) as shop:
        ids = [post(shop, "/v1/orders", order_document(str(number))).json()["id"] for number in numbers]
        token = shop.post("/v1/tokens", json={"buyer_id": BUYER}).json()["token"]

    def open_case(number: int) -> bytes | None:
        try:
            with client(server, token) as speaker:
                answer = post(speaker, "/v1/cases", claim(ids[number]), f"k-{number}")
        except httpx.TransportError:
            return None
        return answer.content if answer.status_code == 201 else None

    with ThreadPoolExecutor(9) as threads:
        attempts = [threads.submit(open_case, number) for number in numbers]
        wait(attempts, return_when=FIRST_COMPLETED)
        server.kill_workers()
        acknowledged = {number: attempt.result() for number, attempt in zip(numbers, attempts, strict=True)}
    server.wait()
    repeated = {number: open_case(number) for number in numbers}
    assert None not in repeated.values()
    for number, content in acknowledged.items():
        if content is not None:
            assert repeated[number] == content
    assert Case.objects.count() == len(numbers)
