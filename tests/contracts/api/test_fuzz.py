"""Whatever is sent, the answer is one the document describes and never a failure of ours.

The input is made from the document's own examples: kept, changed in one place, given too little or too much, or
replaced by any JSON, any bytes. The client holds every answer against the document; 500 and 503 fail.
"""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makewhole.core.words import Role
from makewhole.doors.api.frame import limits
from makewhole.rooms.identity.models import Scope
from tests.contracts.api.client import Speaker, published
from tests.contracts.api.market import BUYER, MERCHANT, claim, order_document
from tests.contracts.api.test_permissions import AGENT, BUY, OPERATOR, SELL, SERVES, SHOP, filled

FUZZING = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ODD = st.sampled_from(
    [
        None, True, False, 0, -1, 1, 10**18, 10**17, 1.5, -0.0, "", " ", "x" * 5000, "\u202e", "\u0000",
        "\ud800", "'; --",
        "2026-11-21", "2026-13-45T99:99:99Z", "9999-12-31T23:59:59+23:59", "0001-01-01T00:00:00-23:59", "cn", "CNY",
        "00000000-0000-0000-0000-000000000000", "*", "goods", [], {}, [[]], {"": ""}, [None], {"$ref": "#"},
    ]
)  # fmt: skip
ANY = st.recursive(
    ODD | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield from places(item, (*at, step))


@st.composite
def changed(draw: st.DrawFn, example: Any) -> Any:
    """The example with one or two places replaced, dropped or added to."""
    value = copy.deepcopy(example)
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.sampled_from(list(places(value))))
        if not at:
            return draw(ANY)
        holder = value
        for step in at[:-1]:
            holder = holder[step]
        match draw(st.sampled_from(["replace", "replace", "replace", "drop", "add"])):
            case "replace":
                holder[at[-1]] = draw(ANY)
            case "drop":
                del holder[at[-1]]
            case "add" if isinstance(holder, dict):
                holder[draw(st.text(max_size=12))] = draw(ANY)
            case "add":
                holder.append(draw(ANY))
    return value


def written(value: Any) -> bytes:
    """JSON as a careless program writes it: lone surrogates and all."""
    return json.dumps(value).encode()


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_reads", "_writes"):
        monkeypatch.setattr(limits, name, limits.Limiter(limits.Allowance(10**9, 1.0)))


@pytest.fixture
def system(
    shop: Speaker,
    buyer: Callable[..., Speaker],
    key_of: Callable[..., Speaker],
    signed_in: Callable[..., Speaker],
    without_limits: None,
) -> tuple[dict[str, Speaker], dict[str, str]]:
    """One caller of each kind, and the ids of an order and a case that are theirs."""
    callers = {
        SHOP: shop, BUY: buyer(BUYER), SELL: key_of(Scope.MERCHANT, merchant_id=MERCHANT),
        AGENT: signed_in(Role.AGENT), OPERATOR: key_of(Scope.OPERATOR),
    }  # fmt: skip
    order_id = shop.post("/v1/orders", order_document()).json()["id"]
    case_id = callers[BUY].post("/v1/cases", claim(order_id)).json()["case"]["id"]
    endpoint = {"url": "https://hooks.example/x", "event_types": []}
    endpoint_id = callers[SELL].post("/v1/webhooks/endpoints", endpoint).json()["id"]
    return callers, {"order_id": order_id, "case_id": case_id, "endpoint_id": endpoint_id}


def operations(method: str) -> list[tuple[str, dict[str, Any]]]:
    return [(path, methods[method]) for path, methods in published()["paths"].items() if method in methods]


WITH_BODY = [
    (path, operation["requestBody"]["content"]["application/json"]["example"])
    for path, operation in operations("post")
    if "application/json" in operation.get("requestBody", {}).get("content", {})
    and f"POST {path}" in SERVES
]  # fmt: skip


def speak(
    system: tuple[dict[str, Speaker], dict[str, str]], method: str, path: str, data: bytes, query: str = ""
) -> None:
    callers, ids = system
    for name in SERVES[f"{method} {path}"].split():
        if name in callers:
            headers = {"Idempotency-Key": str(uuid4())}
            response = callers[name].send(method, filled(path, **ids) + query, data, headers=headers)
            assert response.status_code < 500, (name, data[:2000], response.content)


@pytest.mark.parametrize(("path", "example"), WITH_BODY, ids=[path for path, _ in WITH_BODY])
def test_no_body_makes_us_fail(system: tuple[dict[str, Speaker], dict[str, str]], path: str, example: Any) -> None:
    example = json.loads(json.dumps(example).replace("019ab3c2-7a10-7c11-8f00-5d2f1c9b0e01", str(uuid4())))
    if "order_id" in example:
        example |= {"order_id": system[1]["order_id"], "lines": [{"line_id": "1", "quantity": 1}]}

    @FUZZING
    @given(body=changed(example) | ANY)
    def any_body(body: Any) -> None:
        speak(system, "POST", path, written(body))

    any_body()


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/answers", "/v1/orders"])
def test_no_bytes_make_us_fail(system: tuple[dict[str, Speaker], dict[str, str]], path: str) -> None:
    @FUZZING
    @given(
        data=st.binary(max_size=200)
        | st.text(alphabet='{}[]",:0123456789eE+-.\\unltrfas ', max_size=60).map(str.encode)
    )
    def any_bytes(data: bytes) -> None:
        speak(system, "POST", path, data)

    any_bytes()


READ = [
    (path, {one["name"]: one["schema"] for one in operation["parameters"] if one.get("in") == "query"})
    for path, operation in operations("get")
]


def choices(schema: Any) -> list[str]:
    """Values that a parameter's schema names."""
    if not isinstance(schema, dict):
        return []
    if "$ref" in schema:
        return choices(published()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    found = [str(value) for value in schema.get("enum", ())]
    if schema.get("format") in {"date", "date-time", "uuid"}:
        found += ["2026-11-21", "2026-11-21T00:00:00Z", "00000000-0000-0000-0000-000000000000"]
    return found + [value for one in schema.get("anyOf", ()) for value in choices(one)]


@pytest.mark.parametrize(("path", "schemas"), READ, ids=[path for path, _ in READ])
def test_no_query_makes_us_fail(
    system: tuple[dict[str, Speaker], dict[str, str]], path: str, schemas: dict[str, Any]
) -> None:
    odd = st.text(max_size=30) | st.integers().map(str) | ODD.map(str)
    given_here = [
        st.tuples(st.just(name), st.sampled_from(choices(schema) or ["1", "true", "cn", "CNY"]) | odd)
        for name, schema in schemas.items()
    ]

    @FUZZING
    @given(query=st.lists(st.one_of(*given_here, st.tuples(st.just("x"), odd)), max_size=2))
    def any_query(query: list[tuple[str, str]]) -> None:
        text = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in query)
        speak(system, "GET", path, b"", f"?{text}")

    any_query()


@pytest.mark.parametrize(
    "header", ["If-Match", "Idempotency-Key", "Accept-Language", "Authorization", "Range", "Content-Type"]
)
def test_no_header_makes_us_fail(system: tuple[dict[str, Speaker], dict[str, str]], header: str) -> None:
    callers, ids = system

    @FUZZING
    @given(value=st.text(alphabet=st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40))
    def any_header(value: str) -> None:
        for path in ("submit_evidence", "withdraw"):
            headers = {"Idempotency-Key": str(uuid4()), header: value}
            response = callers[BUY].send("POST", f"/v1/cases/{ids['case_id']}/{path}", b"[]", headers=headers)
            assert response.status_code < 500, (value, response.content)
        assert callers[BUY].get(f"/v1/cases/{ids['case_id']}", **{header: value}).status_code < 500

    any_header()
