"""A client of the API for tests: it speaks as somebody, and holds every answer against the OpenAPI document."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from django.http.response import HttpResponseBase
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from makewhole.doors.api.frame.openapi import document
from makewhole.doors.api.routes import api

JSON = "application/json"


@cache
def published() -> dict[str, Any]:
    """The OpenAPI document."""
    return document(api)


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)) + "$"), path) for path in published()["paths"]
    ]


@cache
def _validator(pointer: str) -> Draft202012Validator:
    resource = Resource.from_contents(published(), default_specification=DRAFT202012)
    return Draft202012Validator({"$ref": f"urn:api#{pointer}"}, registry=Registry().with_resource("urn:api", resource))


def operation_at(path: str) -> str | None:
    """The path of the OpenAPI document that an address belongs to; a plain path wins over one with a variable."""
    found = [documented for pattern, documented in _paths() if pattern.match(path.split("?", 1)[0])]
    return min(found, key=lambda documented: documented.count("{"), default=None)


def escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def hold_against_contract(method: str, path: str, response: HttpResponseBase) -> None:
    """The answer is one that the document describes: its status, its type and its shape."""
    media_type = response.headers.get("Content-Type", "").split(";")[0]
    if media_type == "application/problem+json":
        assert response.status_code >= 400
        _check("/components/schemas/Problem", json.loads(response.getvalue()))
        assert json.loads(response.getvalue())["status"] == response.status_code
    else:
        assert response.status_code < 400, (response.status_code, media_type)
    documented = operation_at(path)
    operation = published()["paths"].get(documented, {}).get(method.lower())
    if operation is None:
        assert response.status_code in {404, 405}
        return
    told = operation["responses"].get(str(response.status_code))
    assert told is not None, f"{method} {documented} does not tell of {response.status_code}"
    if response.status_code >= 400:
        return
    if "content" not in told:
        assert (media_type, response.getvalue()) == ("", b"")
        return
    assert media_type in told["content"], f"{method} {documented} answers {media_type}"
    if media_type == JSON:
        place = f"/paths/{escaped(documented)}/{method.lower()}/responses/{response.status_code}"
        _check(f"{place}/content/{escaped(JSON)}/schema", json.loads(response.getvalue()))


def _check(pointer: str, value: Any) -> None:
    faults = [f"{fault.json_path}: {fault.message[:300]}" for fault in _validator(pointer).iter_errors(value)]
    assert not faults, faults


class Speaker:
    """Somebody who speaks to the API, with an `Authorization` or with a signed-in browser."""

    def __init__(self, bearer: str = "", *, browser: Client | None = None, language: str = "en") -> None:
        self.browser = browser or Client()
        self.headers = {"Accept-Language": language}
        if bearer:
            self.headers["Authorization"] = f"Bearer {bearer}"

    def send(
        self,
        method: str,
        path: str,
        data: bytes | str = b"",
        *,
        content_type: str = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        response = self.browser.generic(method, path, data, content_type, headers={**self.headers, **(headers or {})})
        if method != "HEAD":
            hold_against_contract(method, path, response)
        return response

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, headers=headers)

    def post(
        self, path: str, body: Any = None, *, key: str | None = "", headers: Mapping[str, str] | None = None
    ) -> Any:
        """POST with a fresh Idempotency-Key, or this `key`; None sends none."""
        named = {} if key is None else {"Idempotency-Key": key or str(uuid4())}
        data = json.dumps({} if body is None else body)
        return self.send("POST", path, data, headers={**named, **(headers or {})})
