"""Faults of shape: what a document's fields are, told for people instead of for programmers."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from makewhole.core.money import DECIMALS
from makewhole.core.order.document import NO_BLANK_ENDS, YEARS, OrderDocument
from makewhole.core.order.faults import OrderFault
from makewhole.core.words import Text

GUIDE = "docs/reference/order.md"

_NOT_WHOLE = Text("不是整数", "is not a whole number")
_NOT_TEXT = Text("不是文本", "is not text")
_SEE_FIELDS = Text(f"各字段见 {GUIDE}", f"{GUIDE} lists the fields")
_IN_MINOR = Text("金额以分等最小单位的整数书写，12900 表示 129.00", "write amounts in minor units: 12900 for 129.00")
_AS_TEXT = Text("请加引号写成文本", "write it as text, in quotes")

_PLAIN: dict[str, tuple[Text, Text]] = {
    "missing": (
        Text("缺少这个字段", "is missing"),
        Text(f"请补上，含义见 {GUIDE}", f"add it; {GUIDE} says what it means"),
    ),
    "extra_forbidden": (
        Text("不是订单格式的字段", "is not a field of the order format"),
        Text(f"请删去或改名，各字段见 {GUIDE}", f"remove or rename it; {GUIDE} lists the fields"),
    ),
    "int_type": (_NOT_WHOLE, _IN_MINOR),
    "int_from_float": (_NOT_WHOLE, _IN_MINOR),
    "int_parsing_size": (_NOT_WHOLE, _IN_MINOR),
    "string_type": (_NOT_TEXT, _AS_TEXT),
    "string_unicode": (
        Text("含有残缺的字符", "holds a broken character"),
        Text("请存为正确的 UTF-8", "save the file as valid UTF-8"),
    ),
    "bool_type": (
        Text("不是 true 或 false", "is not true or false"),
        Text("请写 true 或 false", "write true or false"),
    ),
    "list_type": (Text("不是列表", "is not a list"), Text("请写成 [ … ]", "write it as [ … ]")),
    "model_type": (Text("不是对象", "is not an object"), Text("请写成 { … }", "write it as { … }")),
    "order_time": (
        Text("不是带时区的时间", "is not a time with its offset"),
        Text("请照 RFC 3339 书写：2026-11-21T18:00:00+08:00", "write it as in RFC 3339: 2026-11-21T18:00:00+08:00"),
    ),
    "order_year": (
        Text(f"不在 {YEARS[0]} 年至 {YEARS[-1]} 年之间", f"is not between the years {YEARS[0]} and {YEARS[-1]}"),
        Text("请核对年份", "check the year"),
    ),
    "order_control_character": (
        Text("含有控制字符", "holds a control character"),
        Text("请删去不可见的字符", "remove the invisible characters"),
    ),
    "order_currency": (
        Text("不是已知的币种", "is not a currency the house knows"),
        Text(f"可用：{'、'.join(sorted(DECIMALS))}", f"known are {', '.join(sorted(DECIMALS))}"),
    ),
}


def _bounded(error: ErrorDetails) -> tuple[Text, Text] | None:
    context: Mapping[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if isinstance(error["input"], str):
        # Length after a check of our own is told as that of a list.
        kind = {"too_short": "string_too_short", "too_long": "string_too_long"}.get(kind, kind)
    match kind:
        case "greater_than_equal":
            least = context["ge"]
            return Text("太小", "is too small"), Text(f"至少为 {least}", f"it must be at least {least}")
        case "less_than_equal":
            most = context["le"]
            return Text("太大", "is too large"), Text(f"至多为 {most}", f"it may be at most {most}")
        case "string_too_short":
            return Text("是空的", "is empty"), Text("请填写", "fill it in")
        case "string_too_long":
            most = context["max_length"]
            return Text("太长", "is too long"), Text(f"至多 {most} 个字符", f"at most {most} characters")
        case "string_pattern_mismatch" if context["pattern"] == NO_BLANK_ENDS:
            return Text("首尾有空白或含有换行", "has a blank at its ends, or a line break"), Text("请删去", "remove it")
        case "string_pattern_mismatch":
            pattern = context["pattern"]
            return Text("写法不对", "is not written as it should be"), Text(
                f"须符合 {pattern}", f"it must match {pattern}"
            )
        case "too_short":
            return Text("是空的", "is empty"), Text("至少写一项", "give at least one")
        case "too_long":
            most = context["max_length"]
            return Text("项数太多", "has too many items"), Text(f"至多 {most} 项", f"at most {most}")
        case "order_choice":
            choices = str(context["choices"])
            return Text("不在词表之中", "is not a word of the list"), Text(
                f"可用：{choices.replace(', ', '、')}", f"choose one of {choices}"
            )
    return None


def json_path(location: tuple[int | str, ...]) -> str:
    """The JSON path (RFC 9535) of a place in the document."""
    parts = []
    for step in location:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif step.isidentifier():
            parts.append(f".{step}")
        else:
            parts.append(f"[{step[:80]!r}]")
    return "$" + "".join(parts)


def _fault(error: ErrorDetails) -> OrderFault:
    told = _PLAIN.get(error["type"]) or _bounded(error)
    if told is None:
        told = Text(f"不合格式（{error['type']}）", f"does not fit the format ({error['type']})"), _SEE_FIELDS
    wrong, remedy = told
    given = error["input"]
    if error["type"] not in {"missing", "extra_forbidden"} and isinstance(given, str | int | float):
        shown = repr(given) if len(repr(given)) <= 60 else repr(given)[:57] + "…"
        wrong = Text(f"{shown} {wrong.zh}", f"{shown} {wrong.en}")
    return OrderFault(json_path(error["loc"]), wrong, remedy)


def read_shape(document: Mapping[str, Any]) -> tuple[OrderDocument | None, tuple[OrderFault, ...]]:
    """The document with its fields checked one by one, or None and every fault of shape."""
    try:
        return OrderDocument.model_validate(document), ()
    except ValidationError as error:
        return None, tuple(_fault(detail) for detail in error.errors(include_url=False))
