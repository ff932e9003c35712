"""Callers of the API: keys, tokens and signed-in people."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils.timezone import now

from makewhole.core.words import Role
from makewhole.doors.api.shapes.examples import FOLDER
from makewhole.rooms.identity import service
from makewhole.rooms.identity.models import Scope
from tests.contracts.api.client import Speaker

RECORDING = os.environ.get("RECORD_EXAMPLES") == "1"


SAID = frozenset(
    {"edition", "editions", "market", "label", "page_path", "href", "remedy", "rule_id", "sentence", "step"}
)
"""What an example says word for word as the API does; ids and times are those of the day it was recorded."""


@pytest.fixture
def told() -> Iterator[dict[str, Any]]:
    """What was answered, by the example's name. The reference's examples must say the same in the same shape."""
    answers: dict[str, Any] = {}
    yield answers
    for name, answer in answers.items():
        file = FOLDER / f"{name}.json"
        written = orjson.dumps(answer, option=orjson.OPT_INDENT_2) + b"\n"
        if RECORDING:
            file.write_bytes(written)
        stale = list(differences(orjson.loads(file.read_bytes()), orjson.loads(written), name))
        assert not stale, f"an example is no longer true; RECORD_EXAMPLES=1 writes them anew: {stale}"


def differences(example: Any, answer: Any, place: str) -> Iterator[str]:
    """Where an example has other fields than the API's answer, or other words."""
    if isinstance(example, dict) and isinstance(answer, dict):
        yield from (f"{place}.{key}" for key in sorted(set(example) ^ set(answer)))
        for key in sorted(set(example) & set(answer)):
            if key in SAID and example[key] != answer[key]:
                yield f"{place}.{key}: {example[key]!r}, now {answer[key]!r}"
            yield from differences(example[key], answer[key], f"{place}.{key}")
    elif isinstance(example, list) and isinstance(answer, list):
        for index, (old, new) in enumerate(zip(example, answer, strict=False)):
            yield from differences(old, new, f"{place}[{index}]")


@pytest.fixture
def stranger() -> Speaker:
    return Speaker()


@pytest.fixture
def key_of(db: None) -> Callable[..., Speaker]:
    def make(*scopes: Scope, merchant_id: str = "", shop_id: str = "") -> Speaker:
        _, text = service.make_key("Program", scopes, now(), merchant_id=merchant_id, shop_id=shop_id)
        return Speaker(text)

    return make


@pytest.fixture
def operator(key_of: Callable[..., Speaker]) -> Speaker:
    return key_of(Scope.OPERATOR)


@pytest.fixture
def shop(key_of: Callable[..., Speaker]) -> Speaker:
    return key_of(Scope.SHOP)


@pytest.fixture
def reader(key_of: Callable[..., Speaker]) -> Speaker:
    return key_of(Scope.READ_ONLY)


@pytest.fixture
def buyer(shop: Speaker) -> Callable[..., Speaker]:
    """A shop's token for one of its buyers."""

    def make(buyer_id: str) -> Speaker:
        return Speaker(shop.post("/v1/tokens", {"buyer_id": buyer_id}, key=None).json()["token"])

    return make


@pytest.fixture
def signed_in(db: None) -> Callable[..., Speaker]:
    """A person with a session of the portal. `checks_csrf`: the browser keeps to the rules of real ones."""

    def make(role: Role, *, buyer_id: str = "", merchant_id: str = "", checks_csrf: bool = False) -> Speaker:
        person = service.make_person(
            f"{role}-{buyer_id}{merchant_id}", role, buyer_id=buyer_id, merchant_id=merchant_id
        )
        browser = Client(enforce_csrf_checks=checks_csrf)
        browser.force_login(person)
        return Speaker(browser=browser)

    return make
