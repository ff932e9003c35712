"""What every SMS gateway promises, tried on the console and on a real HTTP gateway of our own."""

import base64
import json
import logging
import socket
import time
from collections.abc import Iterator

import pytest

from makewhole.integrations.messages.sms import ConsoleSms, GatewaySms, sms_courier
from makewhole.rooms.notices.ports import Courier, NotCarried, NoticeRefused, Outgoing
from tests.rooms.notices.receiver import Receiver

MESSAGE = Outgoing("key-1", "+8613800000000", "订单 T-1：款项已付出")


@pytest.fixture
def gateway() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture(params=["console", "gateway"])
def courier(request: pytest.FixtureRequest, gateway: Receiver) -> Courier:
    found = sms_courier("console:" if request.param == "console" else gateway.url)
    assert found is not None
    return found


def test_a_message_is_taken(courier: Courier) -> None:
    assert courier.carry(MESSAGE).answer


@pytest.mark.parametrize("number", ["13800000000", "+86 138", "", "+0123456789", "+861380000000012345", "+86138\n1"])
def test_what_is_no_number_is_refused(courier: Courier, number: str) -> None:
    with pytest.raises(NoticeRefused):
        courier.check(number)
    with pytest.raises(NoticeRefused):
        courier.carry(MESSAGE._replace(address=number))


def test_the_console_writes_it_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        ConsoleSms().carry(MESSAGE)
    assert "+8613800000000" in caplog.text
    assert "款项已付出" in caplog.text


def test_the_gateway_gets_number_text_key_and_login(gateway: Receiver) -> None:
    GatewaySms(gateway.url.replace("http://", "http://shop:p%40ss@")).carry(MESSAGE)
    (request,) = gateway.requests
    assert json.loads(request.body) == {"to": "+8613800000000", "text": "订单 T-1：款项已付出"}
    assert request.headers["idempotency-key"] == "key-1"
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"shop:p@ss"
    assert request.path == "/hook?shop=1"


@pytest.mark.parametrize(
    ("status", "for_good"), [(400, True), (403, True), (408, False), (429, False), (500, False), (302, False)]
)
def test_a_refusal_says_whether_to_try_again(gateway: Receiver, status: int, for_good: bool) -> None:
    gateway.answers = [status]
    with pytest.raises(NotCarried) as failed:
        GatewaySms(gateway.url).carry(MESSAGE)
    assert (failed.value.status, failed.value.for_good, failed.value.unknown) == (status, for_good, False)


def test_an_answer_that_does_not_come_is_unknown(gateway: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makewhole.integrations.messages.sms.SECONDS_MAX", 0.2)
    gateway.before_answer = lambda handler: time.sleep(0.5)
    with pytest.raises(NotCarried) as failed:
        GatewaySms(gateway.url).carry(MESSAGE)
    assert failed.value.unknown


def test_a_gateway_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotCarried, match="cannot be reached") as failed:
        GatewaySms(f"http://127.0.0.1:{port}/").carry(MESSAGE)
    assert not failed.value.unknown


def test_the_setting_chooses_the_courier() -> None:
    assert sms_courier("") is None
    assert isinstance(sms_courier("console:"), ConsoleSms)
    with pytest.raises(ValueError, match="SMS gateway"):
        sms_courier("ftp://example.com")
