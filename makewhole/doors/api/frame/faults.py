"""Faults of shape told for people: where, what, what to do; from pydantic's errors to the API's `errors`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from makewhole.core.words import Text
from makewhole.doors.api.frame.problems import Fault, bad_input

FAULTS_MAX = 50
"""A document wrong from end to end need not be told so a million times."""


class Shape(BaseModel):
    """What every input of the API shares: nothing is guessed, nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Id = Annotated[UUID, Field(strict=False)]
"""An id of the house, which JSON can only hold as text."""


class Nothing(Shape):
    """The input of a request that says everything by its address: an empty object, or no body."""


def pointer(location: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a place in the body."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


S = TypeVar("S", bound=Shape)


def read_shape(shape: type[S], value: Any) -> S:
    """The input as its shape. Raises the problem `bad-input` with every fault."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise bad_input(*told(error)) from None


def told(error: ValidationError) -> tuple[Fault, ...]:
    """What pydantic found, told for people."""
    details = error.errors(include_url=False, include_input=False)[:FAULTS_MAX]
    return tuple(_fault(detail) for detail in details)


_WHOLE = Text("不是整数", "is not a whole number")
_WRITE_WHOLE = Text("请写成不带引号的整数", "write it as a whole number without quotes")
_PLAIN: dict[str, tuple[Text, Text]] = {
    "missing": (Text("缺少这个字段", "is missing"), Text("请补上", "add it")),
    "extra_forbidden": (
        Text("不认识这个字段", "is not a field of this request"),
        Text("请删去，字段见接口文档", "remove it; the reference lists the fields"),
    ),
    "int_type": (_WHOLE, _WRITE_WHOLE),
    "int_from_float": (_WHOLE, _WRITE_WHOLE),
    "int_parsing": (_WHOLE, Text("请写整数", "write a whole number")),
    "int_parsing_size": (_WHOLE, Text("数字太大", "it is too large")),
    "string_type": (Text("不是文本", "is not text"), Text("请加引号写成文本", "write it as text, in quotes")),
    "bool_type": (
        Text("不是 true 或 false", "is not true or false"),
        Text("请写 true 或 false", "write true or false"),
    ),
    "bool_parsing": (
        Text("不是 true 或 false", "is not true or false"),
        Text("请写 true 或 false", "write true or false"),
    ),
    "list_type": (Text("不是列表", "is not a list"), Text("请写成 [ … ]", "write it as [ … ]")),
    "tuple_type": (Text("不是列表", "is not a list"), Text("请写成 [ … ]", "write it as [ … ]")),
    "dict_type": (Text("不是对象", "is not an object"), Text("请写成 { … }", "write it as { … }")),
    "model_type": (Text("不是对象", "is not an object"), Text("请写成 { … }", "write it as { … }")),
    "model_attributes_type": (Text("不是对象", "is not an object"), Text("请写成 { … }", "write it as { … }")),
    "string_unicode": (
        Text("含有残缺的字符", "holds a broken character"),
        Text("请用正确的 UTF-8", "send it as valid UTF-8"),
    ),
    "uuid_parsing": (
        Text("不是编号", "is not an id"),
        Text("请使用接口返回的编号（UUID）", "use an id (UUID) that the API gave you"),
    ),
    "uuid_type": (
        Text("不是编号", "is not an id"),
        Text("请使用接口返回的编号（UUID）", "use an id (UUID) that the API gave you"),
    ),
    **dict.fromkeys(
        (
            "datetime_parsing",
            "datetime_from_date_parsing",
            "datetime_type",
            "datetime_object_invalid",
            "timezone_aware",
        ),
        (
            Text("不是带时区的时间", "is not a time with its offset"),
            Text("请照 RFC 3339 书写：2026-11-21T18:00:00+08:00", "write it as in RFC 3339: 2026-11-21T18:00:00+08:00"),
        ),
    ),
}


def _fault(error: ErrorDetails) -> Fault:
    what, to_do = (
        _PLAIN.get(error["type"])
        or _bounded(error)
        or (
            Text(f"不合要求（{error['type']}）", f"is not as it should be ({error['msg']})"),
            Text("字段说明见接口文档", "the reference says what is wanted"),
        )
    )
    return Fault(pointer(error["loc"]), what, to_do)


def _bounded(error: ErrorDetails) -> tuple[Text, Text] | None:
    context: Mapping[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "greater_than_equal":
            return Text("太小", "is too small"), Text(f"至少为 {context['ge']}", f"it must be at least {context['ge']}")
        case "less_than_equal":
            return Text("太大", "is too large"), Text(f"至多为 {context['le']}", f"it may be at most {context['le']}")
        case "string_too_short" | "too_short":
            return Text("是空的", "is empty"), Text("请填写", "fill it in")
        case "string_too_long":
            most = context["max_length"]
            return Text("太长", "is too long"), Text(f"至多 {most} 个字符", f"at most {most} characters")
        case "too_long":
            most = context["max_length"]
            return Text("项数太多", "has too many items"), Text(f"至多 {most} 项", f"at most {most}")
        case "string_pattern_mismatch":
            wanted = context["pattern"]
            return Text("写法不对", "is not written as it should be"), Text(
                f"须符合 {wanted}", f"it must match {wanted}"
            )
        case "enum" | "literal_error":
            choices = str(context["expected"])
            return Text("不在可选值之中", "is not one of the choices"), Text(f"可选：{choices}", f"choose {choices}")
    return None
