"""What holds for every route: who is let in, what is refused how, and in which language."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils.timezone import now

from makewhole.core.words import Role
from makewhole.doors.api import me
from makewhole.doors.api.frame import limits
from makewhole.doors.api.frame.languages import preferred
from makewhole.doors.api.frame.refusals import pointer_of
from makewhole.rooms.identity import service
from makewhole.rooms.identity.models import ApiKey, Scope
from tests.contracts.api.client import Speaker


def kind(response: object) -> str:
    return str(response.json()["type"]).removeprefix("/v1/problems/")  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_nobody_is_told_how_to_come_in(stranger: Speaker) -> None:
    response = stranger.get("/v1/me")
    assert (response.status_code, kind(response)) == (401, "not-authenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="makewhole"'


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["Basic eDp5", "Bearer", "Bearer ", "Bearer mw_x", "Bearer 密钥", "Bearer mwt_x", "mw_1_2"]
)
def test_what_is_no_valid_key_is_refused(stranger: Speaker, header: str) -> None:
    response = stranger.get("/v1/me", Authorization=header)
    assert response.status_code == 401
    assert "error=" in response.headers["WWW-Authenticate"]


def test_a_revoked_key_is_refused(operator: Speaker) -> None:
    service.revoke_key(ApiKey.objects.get(), now())
    assert operator.get("/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("scopes", "standing", "may_write"),
    [
        ([Scope.SHOP], "shop", True),
        ([Scope.OPERATOR], "operator", True),
        ([Scope.OPERATOR, Scope.READ_ONLY], "operator", False),
        ([Scope.READ_ONLY], "operator", False),
    ],
)
def test_a_key_comes_as_what_its_scopes_say(
    key_of: Callable[..., Speaker], scopes: list[Scope], standing: str, may_write: bool
) -> None:
    told = key_of(*scopes).get("/v1/me").json()
    assert (told["standing"], told["may_write"]) == (standing, may_write)


def test_a_shops_token_comes_as_its_buyer(buyer: Callable[..., Speaker]) -> None:
    told = buyer("买家-7").get("/v1/me").json()
    assert (told["standing"], told["acts_for"]) == ("buyer", "买家-7")


def test_people_come_with_their_session(signed_in: Callable[..., Speaker]) -> None:
    assert signed_in(Role.MERCHANT, merchant_id="m-1").get("/v1/me").json()["acts_for"] == "m-1"


def test_an_empty_header_names_nobody_and_hides_no_session(signed_in: Callable[..., Speaker]) -> None:
    person = signed_in(Role.MERCHANT, merchant_id="m-1")
    assert person.get("/v1/me", Authorization="").json()["acts_for"] == "m-1"


def test_who_names_a_key_is_not_looked_up_by_session(
    signed_in: Callable[..., Speaker], operator: Speaker, django_assert_num_queries: Any
) -> None:
    both = signed_in(Role.MERCHANT, merchant_id="m-1")
    header = operator.headers["Authorization"]
    assert both.get("/v1/me", Authorization=header).json()["standing"] == "operator"
    with django_assert_num_queries(0):  # the key itself is remembered
        both.get("/v1/me", Authorization=header)


def test_a_session_changes_nothing_without_the_pages_token(signed_in: Callable[..., Speaker]) -> None:
    person = signed_in(Role.OPERATOR, checks_csrf=True)
    body = {"name": "x", "scopes": ["shop"]}
    refused = person.post("/v1/keys", body)
    assert (refused.status_code, kind(refused)) == (403, "csrf-failed")
    assert ApiKey.objects.count() == 0
    secret = "a" * 32
    person.browser.cookies["makewhole_csrf"] = secret
    assert person.post("/v1/keys", body, headers={"X-CSRFToken": secret}).status_code == 201


def test_a_key_needs_no_token_of_a_page(operator: Speaker) -> None:
    operator.browser = Client(enforce_csrf_checks=True)
    assert operator.post("/v1/keys", {"name": "x", "scopes": ["shop"]}).status_code == 201


def test_a_reader_changes_nothing(key_of: Callable[..., Speaker]) -> None:
    response = key_of(Scope.OPERATOR, Scope.READ_ONLY).post("/v1/keys", {"name": "x", "scopes": ["shop"]})
    assert (response.status_code, kind(response)) == (403, "not-allowed")


def test_a_route_for_others_says_for_whom_it_is(shop: Speaker) -> None:
    response = shop.get("/v1/keys")
    assert response.status_code == 403
    assert response.json()["detail"] == "This is for an operator; you come as a shop's key."


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/", "/v1/cases//", "/v1/%00", "/v1/%ff%fe", "/v1/keys/1/revoke"])
def test_an_unknown_address_is_a_problem_not_a_page(stranger: Speaker, path: str) -> None:
    response = stranger.get(path)
    assert (response.status_code, kind(response)) == (404, "not-found")


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_a_problem_not_a_page(stranger: Speaker) -> None:
    response = stranger.get("/v1/me", Host="evil.example")
    assert (response.status_code, kind(response)) == (400, "bad-request")


def test_a_wrong_method_names_the_right_ones(operator: Speaker) -> None:
    response = operator.send("PUT", "/v1/keys")
    assert (response.status_code, kind(response)) == (405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD, POST"


def test_head_is_get_without_its_body(operator: Speaker) -> None:
    got, head = operator.get("/v1/me"), operator.send("HEAD", "/v1/me")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(got.content))


@pytest.mark.parametrize("query", ["?x=1", "?limit=%FF", "?a=1&a=2", "?%00=1"])
def test_an_unknown_or_broken_parameter_is_refused(operator: Speaker, query: str) -> None:
    response = operator.get(f"/v1/keys{query}")
    assert response.status_code == 400
    assert response.json()["errors"]


def test_faults_of_a_body_name_field_and_remedy_in_the_readers_language(operator: Speaker) -> None:
    body = {"name": "", "scopes": ["shops"], "merchant": "m-1"}
    english = operator.post("/v1/keys", body).json()
    assert [fault["field"] for fault in english["errors"]] == ["/name", "/scopes/0", "/merchant"]
    chinese = operator.post("/v1/keys", body, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert chinese.headers["Content-Language"] == "zh"
    assert [fault["what"] for fault in chinese.json()["errors"]] == ["是空的", "不在可选值之中", "不认识这个字段"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("zh-Hant", "zh-hant"), ("zh-TW,zh;q=0.9", "zh-hant"), ("zh-HK", "zh-hant"),
        ("en-GB", "en"), ("fr, zh;q=0.2", "zh"), ("fr", "en"),
        ("", "en"), ("*", "en"), ("en;q=0.1, zh;q=0.2", "zh"), ("zh;q=0, en;q=0.1", "en"), ("zh;q=x", "en"),
        ("zh;q=9e9", "en"), (";;,,=", "en"), ("zh" * 1000, "en"),
    ],
)  # fmt: skip
def test_the_language_is_what_the_header_wants_most(header: str, language: str) -> None:
    assert preferred(header) == language


def test_what_nobody_foresaw_is_a_problem_that_tells_nothing_of_the_inside(
    operator: Speaker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(me, "standing_of", lambda caller: {}["secret inside"])
    response = operator.get("/v1/me")
    assert (response.status_code, kind(response)) == (500, "internal-error")
    assert "secret inside" not in json.dumps(response.json())
    assert "secret inside" in caplog.text


def test_a_lost_database_is_unavailable_not_broken(operator: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(caller: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(me, "standing_of", lost)
    response = operator.get("/v1/me")
    assert (response.status_code, kind(response)) == (503, "unavailable")
    assert response.headers["Retry-After"]


def test_no_cache_keeps_an_answer(operator: Speaker) -> None:
    assert operator.get("/v1/me").headers["Cache-Control"] == "no-store"


def test_a_caller_who_calls_too_often_waits_and_is_told_how_long() -> None:
    clock = [0.0]
    limiter = limits.Limiter(limits.Allowance(2, 0.5), lambda: clock[0])
    assert [limiter.seconds_to_wait("a") for _ in range(3)] == [0, 0, 2]
    assert limiter.seconds_to_wait("b") == 0
    clock[0] = 2.0
    assert limiter.seconds_to_wait("a") == 0
    assert limiter.seconds_to_wait("a") == 2


def test_tokens_are_limited_and_keys_are_not(
    shop: Speaker, buyer: Callable[..., Speaker], monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = buyer("b-7")
    monkeypatch.setattr(limits, "_reads", limits.Limiter(limits.Allowance(1, 0.1)))
    assert caller.get("/v1/me").status_code == 200
    refused = caller.get("/v1/me")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert [shop.get("/v1/me").status_code for _ in range(3)] == [200, 200, 200]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [("$", ""), ("$.id", "/id"), ("$.lines[0].quantity", "/lines/0/quantity"), ("$['a b'][3]", "/a b/3")],
)
def test_a_json_path_becomes_a_json_pointer(path: str, pointer: str) -> None:
    assert pointer_of(path) == pointer
