"""Webhooks: who hears of events and how, and what payment providers report."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.timezone import now

from makewhole.integrations.payments.sandbox import bank
from makewhole.integrations.payments.signing import signed
from makewhole.rooms.identity.models import Receipt, Scope
from makewhole.rooms.notices import service
from makewhole.rooms.treasury import ports
from tests.contracts.api.client import Speaker
from tests.contracts.api.market import MERCHANT

ENDPOINT = {"url": "https://hooks.example/makewhole", "event_types": ["case.opened"], "description": "ERP"}


@pytest.fixture
def merchant(key_of: Callable[..., Speaker]) -> Speaker:
    return key_of(Scope.MERCHANT, merchant_id=MERCHANT)


@pytest.fixture
def endpoint_id(merchant: Speaker) -> str:
    return str(merchant.post("/v1/webhooks/endpoints", ENDPOINT).json()["id"])


def test_a_secret_is_told_once(merchant: Speaker) -> None:
    first, again = (merchant.post("/v1/webhooks/endpoints", ENDPOINT, key="k-1") for _ in range(2))
    assert first.status_code == 201
    assert first.json()["secret"].startswith("whsec_")
    assert again.json() == {**first.json(), "secret": None}
    assert not any(first.json()["secret"].encode() in bytes(receipt.body) for receipt in Receipt.objects.all())


def test_rotation_gives_a_new_secret(merchant: Speaker) -> None:
    made = merchant.post("/v1/webhooks/endpoints", ENDPOINT).json()
    rotated = merchant.post(f"/v1/webhooks/endpoints/{made['id']}/rotate").json()
    assert rotated["secret"] not in (None, made["secret"])


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"url": "http://127.0.0.1/x"}, "webhook-address"),
        ({"url": "not an address"}, "webhook-address"),
        ({"event_types": ["case.exploded"]}, "event-type-unknown"),
        ({"secret": "mine"}, "bad-input"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(merchant: Speaker, changes: dict[str, Any], kind: str) -> None:
    refused = merchant.post("/v1/webhooks/endpoints", {**ENDPOINT, **changes})
    assert (refused.status_code, refused.json()["type"]) == (422, f"/v1/problems/{kind}")


def test_another_merchants_endpoint_does_not_exist(
    merchant: Speaker, operator: Speaker, key_of: Callable[..., Speaker], endpoint_id: str
) -> None:
    other = key_of(Scope.MERCHANT, merchant_id="m-other")
    path = f"/v1/webhooks/endpoints/{endpoint_id}"
    assert other.get("/v1/webhooks/endpoints").json()["items"] == []
    assert other.get(f"{path}/deliveries").status_code == 404
    for action in ("rotate", "switch_off", "switch_on", "replay"):
        assert other.post(f"{path}/{action}").status_code == 404, action
    assert [one["id"] for one in operator.get("/v1/webhooks/endpoints").json()["items"]] == [endpoint_id]


def test_deliveries_can_be_inspected_and_replayed(merchant: Speaker, endpoint_id: str, told: dict[str, Any]) -> None:
    service.publish("case.opened", {"case_id": "c-1"}, MERCHANT, now())
    path = f"/v1/webhooks/endpoints/{endpoint_id}"
    told["endpoint"] = merchant.get("/v1/webhooks/endpoints").json()["items"][0]
    told["deliveries"] = merchant.get(f"{path}/deliveries").json()
    (delivery,) = told["deliveries"]["items"]
    assert (delivery["type"], delivery["state"], delivery["attempts"]) == ("case.opened", "waiting", [])
    assert merchant.get(f"{path}/deliveries?state=failed").json()["items"] == []
    assert merchant.get(f"{path}/deliveries?cursor=x").status_code == 400
    assert merchant.post(f"{path}/replay", {"since": "2026-01-01T00:00:00Z"}).json() == {"deliveries": 0}
    assert merchant.post(f"{path}/replay", {"since": "yesterday"}).status_code == 422


def test_an_endpoint_switched_off_hears_nothing_until_it_is_on_again(merchant: Speaker, endpoint_id: str) -> None:
    path = f"/v1/webhooks/endpoints/{endpoint_id}"
    assert merchant.post(f"{path}/switch_off", key=None).json()["disabled_at"] is not None
    refused = merchant.post(f"{path}/replay")
    assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/endpoint-off")
    assert merchant.post(f"{path}/switch_on", key=None).json()["disabled_at"] is None


@pytest.mark.django_db
def test_a_providers_webhook_counts_by_its_signature_alone(stranger: Speaker) -> None:
    path = f"/v1/webhooks/payments/{bank.NAME}"
    secret = ports.provider(bank.NAME).secret
    body = b'{"nonsense": true}'
    unsigned = stranger.send("POST", path, body)
    forged = stranger.send("POST", path, body, headers=signed("whsec_" + "A" * 43 + "=", "e-1", body.decode(), now()))
    no_report = stranger.send("POST", path, body, headers=signed(secret, "e-1", body.decode(), now()))
    for response in (unsigned, forged, no_report):
        assert (response.status_code, response.json()["type"]) == (400, "/v1/problems/bad-request")
