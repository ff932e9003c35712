"""What is no proper JSON is refused with a reason, whatever it is."""

import gzip

import pytest
from django.test import RequestFactory

from makewhole.doors.api.frame.bodies import JSON_BYTES_MAX, parse, read_json
from makewhole.doors.api.frame.problems import Problem
from tests.contracts.api.client import Speaker

ODD = {
    "no JSON": (b"{", "line 1, column 2"),
    "two values": (b"{} {}", "line 1, column 4"),
    "a comment": (b"/* */ {}", "line 1, column 1"),
    "a name twice": (b'{"amount": 1, "amount": 2}', "'amount' stands twice"),
    "a name twice, deep inside": (b'[{"a": {"b": 1, "b": 1}}]', "'b' stands twice"),
    "a name twice, written differently": (b'{"a": 1, "\\u0061": 2}', "'a' stands twice"),
    "not a number": (b'{"a": NaN}', "NaN is not JSON"),
    "endless": (b"[-Infinity]", "-Infinity is not JSON"),
    "beyond 64 bits": (b"[10000000000000000000]", "is too large"),
    "ten thousand digits": (b"[" + b"9" * 10_000 + b"]", "is too large"),
    "a fraction beyond all bounds": (b"[1e400]", "is too large"),
    "GB 18030": ("{'备注': '少发'}".encode("gb18030"), "not UTF-8 from byte"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8 from byte"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "begins with a byte order mark"),
    "half a surrogate pair": (b'["\\ud83d"]', "surrogate"),
    "NUL": (b'{"a\\u0000": 1}', r"\u0000"),
    "a raw control character": (b'["\x00"]', "cannot be read"),
    "nested without end": (b"[" * 100_000, "nested too deeply"),
    "nested objects without end": (b'{"a":' * 100_000, "nested too deeply"),
}


@pytest.mark.parametrize(("raw", "why"), ODD.values(), ids=ODD.keys())
def test_odd_json_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(Problem) as refused:
        parse(raw)
    assert refused.value.status == 400
    assert refused.value.detail is not None
    assert why in refused.value.detail.en


@pytest.mark.parametrize("text", ['"少发 😀"', '"\\ud83d\\ude00"', '"\\\\u0000"', "999999999999999999", "-1.5e3", "[]"])
def test_proper_json_is_read(text: str) -> None:
    assert parse(text.encode()) == __import__("json").loads(text)


def test_an_empty_body_is_an_empty_object() -> None:
    assert read_json(RequestFactory().post("/v1/keys", b"", content_type="text/plain")) == ({}, b"")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/json;charset=gbk"]
)
def test_only_json_is_taken(operator: Speaker, content_type: str) -> None:
    response = operator.send("POST", "/v1/keys", b'{"name": "x"}', content_type=content_type)
    assert response.status_code == 415
    assert "application/json" in response.json()["detail"]


@pytest.mark.parametrize(
    ("path", "content_type"), [("orders", "application/json"), ("orders/bulk", "application/x-ndjson")]
)
def test_a_packed_body_is_told_as_what_it_is(shop: Speaker, path: str, content_type: str) -> None:
    packed = gzip.compress(b'{"name": "x"}')
    response = shop.send("POST", f"/v1/{path}", packed, content_type=content_type, headers={"Content-Encoding": "gzip"})
    assert response.status_code == 415
    assert response.json()["detail"] == "The body may not be packed; leave Content-Encoding out"


def test_a_body_too_large_is_refused_before_it_is_read(operator: Speaker) -> None:
    response = operator.send("POST", "/v1/keys", b" " * (JSON_BYTES_MAX + 1))
    assert response.status_code == 413
    assert str(JSON_BYTES_MAX) in response.json()["detail"]


@pytest.mark.parametrize(("length", "status"), [("-1", 400), ("１", 400), ("9" * 5000, 413), ("", 411)])
def test_a_wrong_length_is_refused(operator: Speaker, length: str, status: int) -> None:
    browser = operator.browser
    response = browser.generic(
        "POST", "/v1/keys", b"", "application/json", headers=operator.headers, CONTENT_LENGTH=length,
        HTTP_TRANSFER_ENCODING="chunked",
    )  # fmt: skip
    assert response.status_code == status
