"""Query parameters, read as strictly as bodies: each once, none unknown."""

from typing import Any, TypeVar

from django.http import HttpRequest
from pydantic import ConfigDict, Field, ValidationError

from makewhole.core.words import Text
from makewhole.doors.api.frame.faults import Shape, told
from makewhole.doors.api.frame.problems import Fault, Problem

PAGE_ROWS = 50
PAGE_ROWS_MAX = 200
CURSOR_CHARACTERS_MAX = 500


class Query(Shape):
    """Query parameters arrive as text, so numbers and yes-or-no are read from it."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class NoQuery(Query):
    """A route without query parameters."""


NOTHING = NoQuery()


class Paged(Query):
    """A list in pages: go on with the `next_cursor` of the page before."""

    cursor: str = Field(
        default="", max_length=CURSOR_CHARACTERS_MAX, description="`next_cursor` of the page before; empty to begin."
    )
    limit: int = Field(default=PAGE_ROWS, ge=1, le=PAGE_ROWS_MAX, description="Rows in a page.")


Q = TypeVar("Q", bound=Shape)


def read_query(request: HttpRequest, shape: type[Q]) -> Q:
    """The query parameters as their shape. Raises Problem `bad-request` with every fault."""
    if isinstance(NOTHING, shape) and not request.META.get("QUERY_STRING"):
        return NOTHING
    given: dict[str, Any] = {}
    faults: list[Fault] = []
    if request.META.get("QUERY_STRING"):
        for name, values in request.GET.lists():
            if len(values) > 1:
                faults.append(Fault(name, Text("出现了多次", "is given twice"), Text("只写一次", "give it once")))
            if any("\x00" in value or "\ufffd" in value for value in (name, *values)):
                faults.append(
                    Fault(name, Text("含有无法读取的字符", "holds a broken character"), Text("请用 UTF-8", "use UTF-8"))
                )
            given[name] = values[0]
    if not faults:
        try:
            return shape.model_validate(given)
        except ValidationError as error:
            faults.extend(fault._replace(field=fault.field.removeprefix("/")) for fault in told(error))
    first = faults[0]
    raise Problem(
        "bad-request",
        Text(
            f"参数 {first.field}：{first.what.zh}；{first.to_do.zh}",
            f"Parameter {first.field}: {first.what.en}; {first.to_do.en}",
        ),
        faults=faults,
    )
