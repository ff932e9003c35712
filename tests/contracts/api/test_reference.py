"""What the API says of itself is true, complete and kept in the documentation."""

import re
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator

from makewhole.core.words import LANGUAGES
from makewhole.doors.api import reference
from makewhole.doors.api.management.commands.api_reference import guide
from tests.contracts.api.client import Speaker, published

DOCS = Path(__file__).parents[3] / "docs" / "reference"
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in published()["paths"].items()
    for method, operation in methods.items()
]


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_every_operation_has_words_and_examples_that_fit_their_schemas(name: str, operation: dict[str, object]) -> None:
    assert operation["summary"]
    contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []  # type: ignore[index]
    contents += [answer["content"] for answer in operation["responses"].values() if "content" in answer]  # type: ignore[attr-defined]
    for content in contents:
        for media_type, told in content.items():
            assert "example" in told, media_type
            if media_type == "application/json":
                validator = Draft202012Validator({**told["schema"], "components": published()["components"]})
                faults = [
                    f"{fault.json_path}: {fault.message[:200]}" for fault in validator.iter_errors(told["example"])
                ]
                assert not faults


def test_every_reference_in_the_document_leads_somewhere() -> None:
    for reference_text in set(re.findall(r'"\$ref":"#([^"]+)"', orjson.dumps(published()).decode())):
        place: object = published()
        for step in reference_text.strip("/").split("/"):
            place = place[step.replace("~1", "/").replace("~0", "~")]  # type: ignore[index]


def test_the_documentation_is_that_of_these_routes() -> None:
    assert orjson.loads((DOCS / "openapi.json").read_bytes()) == orjson.loads(orjson.dumps(reference.openapi()))
    assert (DOCS / "api.md").read_text(encoding="utf-8") == guide()


@pytest.mark.django_db
def test_everyone_may_read_the_document_and_need_not_read_it_twice(stranger: Speaker) -> None:
    response = stranger.browser.get("/v1/openapi.json")
    assert orjson.loads(response.content)["openapi"].startswith("3.1")
    again = stranger.browser.get("/v1/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing(stranger: Speaker) -> None:
    response = stranger.browser.get("/v1/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    assert "<script" not in page
    assert "style=" not in page
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert all(operation["operationId"] in page for _, operation in OPERATIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("problem", reference.problems(), ids=lambda problem: problem["name"])
def test_the_type_of_every_problem_can_be_looked_up(stranger: Speaker, problem: dict[str, object]) -> None:
    told = stranger.browser.get(f"/v1/problems/{problem['name']}").json()
    assert told["status"] == problem["status"]
    assert set(told["title"]) == set(told["to_do"]) == set(LANGUAGES)


@pytest.mark.django_db
def test_an_unknown_type_of_problem_is_not_found(stranger: Speaker) -> None:
    assert stranger.get("/v1/problems/nothing").status_code == 404
