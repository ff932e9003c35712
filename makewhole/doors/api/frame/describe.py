"""Each route's entry in the OpenAPI document, from what the route says of itself."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from makewhole.doors.api.frame.callers import Standing
from makewhole.doors.api.frame.queries import NoQuery

JSON = "application/json"


class Operation(NamedTuple):
    """What a route says of itself.

    `answers` is the shape of its answer, the media type of one that is no JSON, or None for none. `body` is the shape
    of its input, a JSON Schema where another room owns it, or a media type. `also` are other statuses with the same
    answer, `refusals` those of problems besides those of every route.
    """

    method: str
    path: str
    who: frozenset[Standing]
    answers: type[BaseModel] | str | None
    example: Any
    query: type[BaseModel] = NoQuery
    body: type[BaseModel] | Mapping[str, Any] | str | None = None
    body_example: Any = None
    status: int = 200
    also: tuple[int, ...] = ()
    once: bool = False
    versioned: bool = False
    open_to_all: bool = False
    refusals: tuple[int, ...] = ()


def describe(operation: Operation, handler: Callable[..., Any]) -> dict[str, Any]:
    """The arguments with which a router registers the route."""
    summary, _, told = inspect.cleandoc(handler.__doc__ or "").partition("\n\n")
    served = "everyone, without a key" if operation.open_to_all else ", ".join(
        f"`{standing}`" for standing in Standing if standing in operation.who
    )  # fmt: skip
    statuses = (operation.status, *operation.also)
    return {
        "response": dict.fromkeys(statuses, operation.answers if isinstance(operation.answers, type) else None),
        "operation_id": handler.__name__,
        "summary": summary.replace("\n", " ").rstrip("."),
        "description": f"{told}\n\nFor: {served}.".strip(),
        "openapi_extra": {
            "parameters": [*_headers(operation), *_query_parameters(operation.query)],
            "responses": {**{status: _success(operation) for status in statuses}, **_problems(operation)},
            "security": [] if operation.open_to_all else [{"bearer": []}, {"session": []}],
            **({"requestBody": _request_body(operation)} if _has_body(operation) else {}),
        },
    }


def _headers(operation: Operation) -> list[dict[str, str]]:
    names = ["AcceptLanguage"]
    if operation.once:
        names.append("IdempotencyKey")
    if operation.versioned and operation.method == "POST":
        names.append("IfMatch")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _query_parameters(shape: type[BaseModel]) -> list[dict[str, Any]]:
    schema = shape.model_json_schema()
    required = schema.get("required", ())
    parameters = []
    for name, field in schema.get("properties", {}).items():
        told = {key: value for key, value in field.items() if key not in {"title", "description"}}
        if "$defs" in schema:
            told["$defs"] = schema["$defs"]
        parameter = {"in": "query", "name": name, "required": name in required, "schema": told}
        if "description" in field:
            parameter["description"] = field["description"]
        parameters.append(parameter)
    return parameters


def _has_body(operation: Operation) -> bool:
    """Whether there is anything to send: a route may say everything by its address."""
    body = operation.body
    return bool(body.model_fields) if isinstance(body, type) else body is not None


def _request_body(operation: Operation) -> dict[str, Any]:
    body = operation.body
    if isinstance(body, str):
        return {"required": True, "content": {body: {"schema": {}, "example": operation.body_example}}}
    schema = body.model_json_schema() if isinstance(body, type) else dict(body or {})
    return {"required": True, "content": {JSON: {"schema": schema, "example": operation.body_example}}}


def _success(operation: Operation) -> dict[str, Any]:
    media_type = operation.answers if isinstance(operation.answers, str) else JSON
    success: dict[str, Any] = {}
    if operation.answers is not None:
        success["content"] = {media_type: {"example": operation.example}}
    if operation.versioned:
        success["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}
    return success


def _problems(operation: Operation) -> dict[int, dict[str, str]]:
    statuses = {400, 500, 503, *operation.refusals}
    if not operation.open_to_all:
        statuses |= {401, 403, 429}
    if "{" in operation.path:
        statuses.add(404)
    if operation.method != "GET":
        statuses |= {409, 422}
    if _has_body(operation):
        statuses |= {411, 413, 415}
        if operation.versioned:
            statuses.add(412)
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(statuses)}
