"""The OpenAPI document of the API, complete: what ninja gathers from the routes, and what they share."""

from http import HTTPStatus
from typing import Any

import orjson
from ninja import NinjaAPI

from makewhole.doors.api.frame.problems import MEDIA_TYPE, TYPE_PREFIX, TYPES, Problem
from makewhole.rooms.identity.service import IDEMPOTENCY_KEY_LENGTH_MAX

PREFIX = "/v1/"
PROBLEM_STATUSES = (400, 401, 403, 404, 405, 409, 411, 412, 413, 415, 416, 422, 429, 500, 503)

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "A refusal (RFC 9457). Tell types apart by `type`; the texts are for people and may change.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "to_do"],
    "properties": {
        "type": {"type": "string", "pattern": f"^{TYPE_PREFIX}[a-z0-9-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong this time."},
        "to_do": {"type": "string", "description": "What you can do about it."},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["field", "what", "to_do"],
                "additionalProperties": False,
                "properties": {
                    "field": {
                        "type": "string",
                        "description": "JSON pointer into the body, or the name of the parameter or header.",
                    },
                    "what": {"type": "string"},
                    "to_do": {"type": "string"},
                },
            },
        },
    },
}


def document(api: NinjaAPI) -> dict[str, Any]:
    """The whole document as plain JSON values."""
    by_ninja = orjson.dumps(api.get_openapi_schema(path_prefix=PREFIX), option=orjson.OPT_NON_STR_KEYS)
    gathered: dict[str, Any] = orjson.loads(by_ninja)
    schemas: dict[str, Any] = gathered["components"]["schemas"]
    for path in gathered["paths"].values():
        for operation in path.values():
            _hoist(operation, schemas)
    schemas["Problem"] = PROBLEM_SCHEMA
    for schema in list(schemas.values()):
        _hoist(schema, schemas)
    gathered["components"].update(
        {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": SECURITY,
            "parameters": PARAMETERS,
            "headers": {"ETag": {"description": "The case's version, for `If-Match`.", "schema": {"type": "string"}}},
            "responses": {f"Problem{status}": _problem_response(status) for status in PROBLEM_STATUSES},
        }
    )
    return gathered


SECURITY: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`mw_…`), or a shop's token for its buyer (`mwt_…`, see `POST /v1/tokens`).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "makewhole_session",
        "description": "A person signed in to the portal; writes carry the page's `X-CSRFToken` as well.",
    },
}

PARAMETERS: dict[str, Any] = {
    "AcceptLanguage": {
        "in": "header",
        "name": "Accept-Language",
        "required": False,
        "schema": {"type": "string"},
        "example": "zh-CN",
        "description": "Language of every text for people: `zh`, `zh-Hant` (also `zh-TW`, `zh-HK`) or `en`.",
    },
    "IdempotencyKey": {
        "in": "header",
        "name": "Idempotency-Key",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_LENGTH_MAX},
        "example": "5f0c8e0e-6a55-4b6d-9a3e-2f6f5a7a1c11",
        "description": "New for each new request; the same when you repeat one. One effect and one answer per key, "
        "kept for seven days; a repetition is marked `Idempotency-Replayed: true`.",
    },
    "IfMatch": {
        "in": "header",
        "name": "If-Match",
        "required": False,
        "schema": {"type": "string"},
        "example": '"7"',
        "description": "The `ETag` you read: the action is refused with 412 when the case has moved on since.",
    },
}


def _problem_response(status: int) -> dict[str, Any]:
    name = next((name for name, kind in TYPES.items() if kind.status == status), None)
    content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if name is not None:
        content["example"] = orjson.loads(Problem(name).body("en"))
    return {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: content}}


def _hoist(value: Any, schemas: dict[str, Any]) -> None:
    """Move definitions inside a schema to the document's components and point references there."""
    if isinstance(value, list):
        for item in value:
            _hoist(item, schemas)
    elif isinstance(value, dict):
        value.pop("$schema", None)
        for name, definition in value.pop("$defs", {}).items():
            if name not in schemas:
                schemas[name] = definition
                _hoist(definition, schemas)
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            value["$ref"] = "#/components/schemas/" + reference.removeprefix("#/$defs/")
        for item in value.values():
            _hoist(item, schemas)
