"""What the API says of itself: the OpenAPI document, a page to read it by, and the list of problem types.

Open to everyone: it tells nothing about anybody's data. The page loads nothing from elsewhere and runs no script.
"""

import hashlib
from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from makewhole.core.words import LANGUAGES, Text
from makewhole.doors.api.frame.languages import preferred
from makewhole.doors.api.frame.openapi import document
from makewhole.doors.api.frame.problems import TYPE_PREFIX, TYPES, Problem
from makewhole.doors.api.frame.refusals import REFUSALS


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document, made once."""
    from makewhole.doors.api.routes import api

    return document(api)


@cache
def _openapi_bytes() -> tuple[bytes, str]:
    content = orjson.dumps(openapi(), option=orjson.OPT_INDENT_2)
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def read_openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    content, tag = _openapi_bytes()
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type="application/json")
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def read_page(request: HttpRequest) -> HttpResponse:
    """The reference for people."""
    response = render(request, "api/reference.html", {"document": openapi(), "rooms": rooms(), "problems": problems()})
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def read_problem(request: HttpRequest, name: str) -> HttpResponse:
    """What a type of problem means, in both languages: `type` of every refusal is the address of this."""
    for problem in problems():
        if problem["name"] == name:
            told = {
                "type": TYPE_PREFIX + name,
                "status": problem["status"],
                **{
                    field: {language: problem[field].say(language) for language in LANGUAGES}
                    for field in ("title", "to_do")
                },
            }
            return HttpResponse(
                orjson.dumps(told),
                content_type="application/json",
                headers={"Content-Language": preferred(request.headers.get("Accept-Language", ""))},
            )
    raise Problem("not-found", Text("没有这种问题类型。", "There is no such type of problem."))


def problems() -> list[dict[str, Any]]:
    """Every type of problem, by status and name."""
    every = {**TYPES, **REFUSALS}
    return [
        {"name": name, "status": kind.status, "title": kind.title, "to_do": kind.to_do}
        for name, kind in sorted(every.items(), key=lambda item: (item[1].status, item[0]))
    ]


def rooms() -> dict[str, list[dict[str, Any]]]:
    """The operations by room, each ready to be drawn."""
    found: dict[str, list[dict[str, Any]]] = {}
    parameters = openapi()["components"]["parameters"]
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            drawn = {
                "id": operation["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "paragraphs": operation["description"].split("\n\n"),
                "parameters": [
                    parameters[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one
                    for one in operation["parameters"]
                ],
                "body": _example(operation.get("requestBody", {}).get("content", {})),
                "answers": [
                    {"status": status, **_example(answer["content"])}
                    for status, answer in operation["responses"].items()
                    if "content" in answer
                ],
                "refusals": [status for status, answer in operation["responses"].items() if "$ref" in answer],
            }
            found.setdefault(operation["tags"][0], []).append(drawn)
    return found


def _example(content: dict[str, Any]) -> dict[str, str]:
    for media_type, told in content.items():
        example = told.get("example")
        text = example if isinstance(example, str) else orjson.dumps(example, option=orjson.OPT_INDENT_2).decode()
        return {"media_type": media_type, "example": text}
    return {}
