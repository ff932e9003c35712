"""Every route for every kind of caller: whom it serves, and that what belongs to others does not exist."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

import pytest

from makewhole.core.words import Role
from makewhole.rooms.identity.models import Scope
from tests.contracts.api.client import Speaker, published
from tests.contracts.api.market import BUYER, MERCHANT, claim, order_document, photo

SHOP, BUY, SELL, AGENT, OPERATOR, READER = "shop", "buyer", "merchant", "agent", "operator", "reader"
ALL = f"{SHOP} {BUY} {SELL} {AGENT} {OPERATOR} {READER}"

SERVES = {
    "GET /v1/me": ALL,
    "POST /v1/tokens": SHOP,
    "GET /v1/keys": f"{OPERATOR} {READER}",
    "POST /v1/keys": OPERATOR,
    "POST /v1/keys/{key_id}/revoke": OPERATOR,
    "POST /v1/orders": SHOP,
    "POST /v1/orders/bulk": SHOP,
    "GET /v1/orders": ALL,
    "GET /v1/orders/{order_id}": ALL,
    "GET /v1/orders/{order_id}/money": ALL,
    "POST /v1/answers": ALL,
    "POST /v1/cases": BUY,
    "GET /v1/cases": f"{BUY} {SELL} {AGENT} {OPERATOR} {READER}",
    "GET /v1/cases/{case_id}": f"{BUY} {SELL} {AGENT} {OPERATOR} {READER}",
    "GET /v1/cases/{case_id}/answer": f"{BUY} {SELL} {AGENT} {OPERATOR} {READER}",
    "GET /v1/cases/{case_id}/events": f"{BUY} {SELL} {AGENT} {OPERATOR} {READER}",
    "POST /v1/cases/{case_id}/assign": AGENT,
    "POST /v1/cases/{case_id}/release": AGENT,
    "POST /v1/cases/{case_id}/accept_claim": SELL,
    "POST /v1/cases/{case_id}/make_offer": SELL,
    "POST /v1/cases/{case_id}/refuse_claim": SELL,
    "POST /v1/cases/{case_id}/accept_offer": BUY,
    "POST /v1/cases/{case_id}/revise_claim": BUY,
    "POST /v1/cases/{case_id}/escalate": BUY,
    "POST /v1/cases/{case_id}/withdraw": BUY,
    "POST /v1/cases/{case_id}/submit_evidence": f"{BUY} {SELL}",
    "POST /v1/cases/{case_id}/finish_evidence": f"{BUY} {SELL}",
    "POST /v1/cases/{case_id}/ship_back": BUY,
    "POST /v1/cases/{case_id}/confirm_return": SELL,
    "POST /v1/cases/{case_id}/contest_return": SELL,
    "POST /v1/cases/{case_id}/send_goods": SELL,
    "POST /v1/cases/{case_id}/confirm_receipt": BUY,
    "POST /v1/cases/{case_id}/report_not_received": BUY,
    "POST /v1/cases/{case_id}/pay_now": SELL,
    "POST /v1/cases/{case_id}/request_evidence": AGENT,
    "POST /v1/cases/{case_id}/rule": AGENT,
    "POST /v1/cases/{case_id}/accept_ruling": f"{BUY} {SELL}",
    "POST /v1/cases/{case_id}/appeal": f"{BUY} {SELL}",
    "POST /v1/cases/{case_id}/rule_appeal": AGENT,
    "POST /v1/uploads": f"{BUY} {SELL} {AGENT}",
    "GET /v1/uploads": f"{BUY} {SELL} {AGENT}",
    "PUT /v1/uploads/{upload_id}/parts/{offset}": f"{BUY} {SELL} {AGENT}",
    "POST /v1/uploads/{upload_id}/finish": f"{BUY} {SELL} {AGENT}",
    "DELETE /v1/uploads/{upload_id}": f"{BUY} {SELL} {AGENT}",
    "GET /v1/exhibits": f"{BUY} {SELL} {AGENT} {OPERATOR} {READER}",
    "GET /v1/exhibits/{exhibit_id}": f"{BUY} {SELL} {AGENT} {OPERATOR} {READER}",
    "GET /v1/exhibits/{exhibit_id}/file": f"{BUY} {SELL} {AGENT} {OPERATOR} {READER}",
    "DELETE /v1/exhibits/{exhibit_id}": f"{BUY} {SELL} {AGENT}",
    "GET /v1/merchants/{merchant_id}/statement": f"{SELL} {OPERATOR} {READER}",
    "GET /v1/payouts": BUY,
    "GET /v1/wallet": BUY,
    "GET /v1/fund": f"{OPERATOR} {READER}",
    "GET /v1/fund/days": f"{OPERATOR} {READER}",
    "GET /v1/events": f"{SHOP} {SELL} {OPERATOR} {READER}",
    "GET /v1/webhooks/endpoints": f"{SELL} {OPERATOR} {READER}",
    "POST /v1/webhooks/endpoints": f"{SELL} {OPERATOR}",
    "POST /v1/webhooks/endpoints/{endpoint_id}/rotate": f"{SELL} {OPERATOR}",
    "POST /v1/webhooks/endpoints/{endpoint_id}/switch_off": f"{SELL} {OPERATOR}",
    "POST /v1/webhooks/endpoints/{endpoint_id}/switch_on": f"{SELL} {OPERATOR}",
    "GET /v1/webhooks/endpoints/{endpoint_id}/deliveries": f"{SELL} {OPERATOR} {READER}",
    "POST /v1/webhooks/endpoints/{endpoint_id}/replay": f"{SELL} {OPERATOR}",
    "GET /v1/rulebooks": ALL,
    "GET /v1/rulebooks/{market}": ALL,
    "GET /v1/rulebooks/{market}/rules": ALL,
    "GET /v1/facts": ALL,
}
"""Whom each route serves, written by hand: a route that changes hands must be changed here too."""
WITHOUT_A_KEY = {"POST /v1/webhooks/payments/{provider}"}


def filled(path: str, **ids: str) -> str:
    """The path with these ids, and with made-up ones for the rest."""
    for name in ("order_id", "case_id", "upload_id", "exhibit_id", "endpoint_id", "key_id"):
        path = path.replace(f"{{{name}}}", ids.get(name, str(uuid4())))
    return path.replace("{offset}", "0").replace("{merchant_id}", MERCHANT).replace("{market}", "cn")


@pytest.fixture
def callers(
    shop: Speaker, buyer: Callable[..., Speaker], key_of: Callable[..., Speaker], signed_in: Callable[..., Speaker]
) -> dict[str, Speaker]:
    return {
        SHOP: shop,
        BUY: buyer(BUYER),
        SELL: key_of(Scope.MERCHANT, merchant_id=MERCHANT),
        AGENT: signed_in(Role.AGENT),
        OPERATOR: key_of(Scope.OPERATOR),
        READER: key_of(Scope.READ_ONLY),
    }


def test_the_table_knows_every_route() -> None:
    routes = {f"{method.upper()} {path}" for path, methods in published()["paths"].items() for method in methods}
    assert routes == SERVES.keys() | WITHOUT_A_KEY


@pytest.mark.parametrize("route", SERVES)
def test_a_route_serves_whom_it_is_for_and_nobody_else(
    route: str, callers: dict[str, Speaker], stranger: Speaker
) -> None:
    method, path = route.split(" ")
    assert stranger.send(method, filled(path), b"{}").status_code == 401
    for name, caller in callers.items():
        content_type = "application/octet-stream" if method == "PUT" else "application/json"
        response = caller.send(
            method, filled(path), b"{}", content_type=content_type, headers={"Idempotency-Key": str(uuid4())}
        )
        refused = response.status_code == 403
        assert refused is (name not in SERVES[route].split()), (name, response.status_code, response.content[:300])


class Case(NamedTuple):
    """A case of one buyer and one merchant, with an exhibit handed in and a draft of the buyer."""

    order_id: str
    case_id: str
    exhibit_id: str
    draft_id: str
    upload_id: str


def upload(speaker: Speaker, order_id: str, shade: int) -> tuple[str, str]:
    data = photo(shade)
    body = {"order_id": order_id, "kind": "photo", "file_name": "1.jpg", "size_bytes": len(data)}
    upload_id = speaker.post("/v1/uploads", body).json()["id"]
    part = f"/v1/uploads/{upload_id}/parts/0"
    assert speaker.send("PUT", part, data, content_type="application/octet-stream").status_code == 200
    return upload_id, speaker.post(f"/v1/uploads/{upload_id}/finish", key=None).json()["id"]


@pytest.fixture
def case(callers: dict[str, Speaker]) -> Case:
    order_id = callers[SHOP].post("/v1/orders", order_document()).json()["id"]
    _, exhibit_id = upload(callers[BUY], order_id, 40)
    upload_id, draft_id = upload(callers[BUY], order_id, 200)
    opened = callers[BUY].post("/v1/cases", claim(order_id, exhibit_ids=[exhibit_id]))
    assert opened.status_code == 201, opened.json()
    return Case(order_id, opened.json()["case"]["id"], exhibit_id, draft_id, upload_id)


@pytest.fixture
def others(
    buyer: Callable[..., Speaker], key_of: Callable[..., Speaker], signed_in: Callable[..., Speaker]
) -> dict[str, Speaker]:
    """Callers of the same kinds who have nothing to do with the case."""
    return {
        "another buyer": buyer("b-999"),
        "another buyer, signed in": signed_in(Role.BUYER, buyer_id="b-998"),
        "another merchant": key_of(Scope.MERCHANT, merchant_id="m-other"),
        "another merchant's staff": signed_in(Role.MERCHANT, merchant_id="m-third"),
        "another merchant's reader": key_of(Scope.READ_ONLY, merchant_id="m-other"),
        "another shop": key_of(Scope.SHOP, shop_id="elsewhere"),
    }


def test_what_belongs_to_others_does_not_exist(case: Case, others: dict[str, Speaker]) -> None:
    for route in SERVES:
        method, path = route.split(" ")
        if not any(name in path for name in ("{order_id}", "{case_id}", "{exhibit_id}", "{upload_id}")):
            continue
        address = filled(path, **case._asdict())
        for name, other in others.items():
            content_type = "application/octet-stream" if method == "PUT" else "application/json"
            body = b"{}" if method != "POST" else _body(path)
            response = other.send(
                method, address, body, content_type=content_type, headers={"Idempotency-Key": str(uuid4())}
            )
            assert response.status_code in {403, 404}, (route, name, response.status_code, response.content[:300])
            if response.status_code == 404:
                unknown = other.send(
                    method, filled(path), body, content_type=content_type, headers={"Idempotency-Key": str(uuid4())}
                )
                assert (unknown.status_code, unknown.content) == (404, response.content), (route, name)


def _body(path: str) -> bytes:
    """A body that is well-formed for the action, so that only the owner is at fault."""
    import json

    from makewhole.doors.api.shapes.examples import example

    return json.dumps(example("inputs").get(path.rsplit("/", 1)[-1], {})).encode()


def test_lists_hold_only_ones_own(case: Case, others: dict[str, Speaker], callers: dict[str, Speaker]) -> None:
    assert [row["id"] for row in callers[BUY].get("/v1/orders").json()["items"]] == [case.order_id]
    assert [row["id"] for row in callers[SELL].get("/v1/cases").json()["items"]] == [case.case_id]
    for name, other in others.items():
        if "shop" in name:
            assert other.get("/v1/orders?number=2026111100017").json()["items"] == []
            continue
        assert other.get("/v1/orders").json()["items"] == [], name
        assert other.get("/v1/cases").json()["items"] == [], name
        assert other.get(f"/v1/cases?buyer_id={BUYER}&merchant_id={MERCHANT}").json()["items"] == [], name
        if "merchant" in name:
            assert other.get("/v1/events").json()["items"] == [] or "staff" in name, name
            assert other.get(f"/v1/merchants/{MERCHANT}/statement").status_code == 404


def test_a_draft_is_its_uploaders_alone(case: Case, callers: dict[str, Speaker]) -> None:
    for name in (SELL, AGENT, OPERATOR):
        assert callers[name].get(f"/v1/exhibits/{case.draft_id}").status_code == 404, name
        assert callers[name].get(f"/v1/exhibits/{case.draft_id}/file").status_code == 404, name
    handed_in = callers[SELL].get(f"/v1/exhibits?case_id={case.case_id}").json()["items"]
    assert [exhibit["id"] for exhibit in handed_in] == [case.exhibit_id]
    assert callers[BUY].get(f"/v1/exhibits/{case.draft_id}").json()["case_id"] is None


def test_actions_are_those_of_the_reader(case: Case, callers: dict[str, Speaker]) -> None:
    def names(caller: str) -> set[str]:
        actions = callers[caller].get(f"/v1/cases/{case.case_id}").json()["available_actions"]
        assert {action["who"] for action in actions} <= {caller}
        return {action["name"] for action in actions}

    assert names(SELL) >= {"accept_claim", "make_offer", "refuse_claim"}
    assert names(BUY) >= {"withdraw", "submit_evidence"}
    assert not names(BUY) & {"accept_claim", "refuse_claim"}
    assert names(OPERATOR) == names(READER) == set()
