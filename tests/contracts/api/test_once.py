"""The same Idempotency-Key has one effect and one answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from makewhole.core.words import Text
from makewhole.doors.api import keys
from makewhole.doors.api.frame.problems import Problem
from makewhole.rooms.identity.models import ApiKey, Receipt, Scope
from tests.contracts.api.client import Speaker

NEW_KEY = {"name": "ERP", "scopes": ["merchant"], "merchant_id": "m-1"}


def test_trap_04_replayed_request_makes_one_key_and_gets_the_same_answer(operator: Speaker) -> None:
    first = operator.post("/v1/keys", NEW_KEY, key="k-1")
    again = operator.post("/v1/keys", NEW_KEY, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert ApiKey.objects.filter(name="ERP").count() == 1


def test_a_secret_is_told_once_and_kept_in_no_receipt(operator: Speaker) -> None:
    text = operator.post("/v1/keys", NEW_KEY, key="k-1").json()["key"]
    assert operator.post("/v1/keys", NEW_KEY, key="k-1").json()["key"] is None
    assert not any(text.encode() in bytes(receipt.body) for receipt in Receipt.objects.all())
    assert Speaker(text).get("/v1/me").status_code == 200


@pytest.mark.parametrize("other", [{**NEW_KEY, "name": "Other"}, {**NEW_KEY, "merchant_id": "m-2"}])
def test_trap_01_the_same_key_with_another_body_is_refused(operator: Speaker, other: dict[str, object]) -> None:
    operator.post("/v1/keys", NEW_KEY, key="k-1")
    refused = operator.post("/v1/keys", other, key="k-1")
    assert refused.status_code == 422
    assert refused.json()["type"] == "/v1/problems/idempotency-key-reused"


def test_keys_of_two_callers_are_two_keys(operator: Speaker, key_of: Callable[..., Speaker]) -> None:
    other = key_of(Scope.OPERATOR)
    assert (
        operator.post("/v1/keys", NEW_KEY, key="k-1").json()["id"]
        != other.post("/v1/keys", NEW_KEY, key="k-1").json()["id"]
    )


@pytest.mark.parametrize("key", [None, " ", "x" * 256, "键", "a\tb"])
def test_a_write_needs_a_proper_key(operator: Speaker, key: str | None) -> None:
    response = operator.post("/v1/keys", NEW_KEY, key=key)
    assert response.status_code == 400
    assert "Idempotency-Key" in response.json()["detail"]
    assert not ApiKey.objects.filter(name="ERP").exists()


def test_input_that_cannot_be_read_may_be_mended_under_the_same_key(operator: Speaker) -> None:
    assert operator.post("/v1/keys", {**NEW_KEY, "extra": 1}, key="k-1").status_code == 422
    assert operator.post("/v1/keys", NEW_KEY, key="k-1").status_code == 201


def test_a_refusal_is_the_answer_for_good(operator: Speaker) -> None:
    wrong = {"name": "Odd", "scopes": ["shop", "merchant"], "merchant_id": "m-1"}
    first, again = (operator.post("/v1/keys", wrong, key="k-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.content == again.content


def test_what_a_refused_request_wrote_is_undone(operator: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    make = keys.service.make_key

    def make_and_refuse(*given: object, **named: object) -> None:
        make(*given, **named)
        raise Problem("not-allowed", Text("不行", "No"))

    monkeypatch.setattr(keys.service, "make_key", make_and_refuse)
    assert operator.post("/v1/keys", NEW_KEY, key="k-1").status_code == 403
    assert not ApiKey.objects.filter(name="ERP").exists()


def test_after_a_failure_the_same_key_may_try_again(operator: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(keys, "_key", lambda key: 1 / 0)
        assert operator.post("/v1/keys", NEW_KEY, key="k-1").status_code == 500
    assert not ApiKey.objects.filter(name="ERP").exists()
    assert operator.post("/v1/keys", NEW_KEY, key="k-1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_racing_requests_with_one_key_have_one_effect_and_one_answer(operator: Speaker) -> None:
    def send(_: int) -> tuple[int, str]:
        try:
            response = Speaker(operator.headers["Authorization"].removeprefix("Bearer ")).post(
                "/v1/keys", NEW_KEY, key="k-1"
            )
            return response.status_code, response.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(send, range(24)))
    assert len(answers) == 1
    assert ApiKey.objects.filter(name="ERP").count() == 1
