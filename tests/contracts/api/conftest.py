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


@pytest.fixture
def told() -> Iterator[dict[str, Any]]:
    """What was answered, by the example's name."""
    answers: dict[str, Any] = {}
    yield answers
    if RECORDING:
        for name, answer in answers.items():
            (FOLDER / f"{name}.json").write_bytes(orjson.dumps(answer, option=orjson.OPT_INDENT_2) + b"\n")


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
