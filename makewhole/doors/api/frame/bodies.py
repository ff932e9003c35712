"""Read request bodies strictly: UTF-8 JSON, no name twice, nothing a database or another program would read otherwise.

I-JSON (RFC 7493) in short: what two parsers could understand differently is refused, never guessed.
"""

import codecs
import json
import math
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from makewhole.core.words import Text
from makewhole.doors.api.frame.problems import Problem

JSON_BYTES_MAX = 2 * 1024 * 1024
WHOLE_NUMBER_DIGITS_MAX = 18
"""Whole numbers fit the database's 64 bits."""


def read_json(request: HttpRequest) -> tuple[Any, bytes]:
    """The body as a value, and its bytes. An empty body reads as an empty object.

    Raises Problem when it is no JSON, too large, or of another type.
    """
    raw = read_bytes(request, JSON_BYTES_MAX)
    if not raw:
        return {}, raw
    charset = (request.content_params or {}).get("charset", "utf-8")
    if request.content_type != "application/json" or charset.lower() != "utf-8":
        raise wrong_media_type("application/json")
    return parse(raw), raw


def read_bytes(request: HttpRequest, bytes_max: int) -> bytes:
    """The whole body, at most so many bytes. Raises Problem."""
    require_length(request, bytes_max)
    try:
        return request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise _unreadable(error) from error


def require_length(request: HttpRequest, bytes_max: int) -> int:
    """The announced length of the body. Raises Problem when it is missing or more than allowed, or the body packed."""
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in {"identity", ""}:
        told = Text("请求体不能压缩；请去掉 Content-Encoding", "The body may not be packed; leave Content-Encoding out")
        raise Problem("wrong-media-type", told)
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced:
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            raise Problem("length-required")
        return 0
    if not announced.isascii() or not announced.isdigit():
        raise Problem("bad-request", Text("Content-Length 不是数字", "Content-Length is not a number"))
    if len(announced) > 15 or int(announced) > bytes_max:
        raise Problem(
            "too-large", Text(f"内容至多 {bytes_max} 字节。", f"The body may have at most {bytes_max} bytes.")
        )
    return int(announced)


def wrong_media_type(wanted: str) -> Problem:
    return Problem("wrong-media-type", Text(f"请使用 Content-Type: {wanted}", f"Send it as Content-Type: {wanted}"))


def parse(raw: bytes) -> Any:
    """The JSON value in these bytes. Raises Problem that says where and why it cannot be read."""
    if raw.startswith(codecs.BOM_UTF8):
        raise _bad_json("开头有字节序标记（BOM）", "it begins with a byte order mark (BOM)")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad_json(
            f"第 {error.start + 1} 个字节起不是 UTF-8", f"it is not UTF-8 from byte {error.start + 1} on"
        ) from error
    try:
        value = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise _bad_json(
            f"第 {error.lineno} 行第 {error.colno} 列无法解析",
            f"it cannot be read from line {error.lineno}, column {error.colno} on ({error.msg})",
        ) from error
    except RecursionError:
        raise _bad_json("嵌套太深", "it is nested too deeply") from None
    if "\\u" in text and not _speakable(value):
        raise _bad_json(
            r"含有 \u0000 或残缺的代理字符", r"it holds \u0000 or half of a surrogate pair, which no text may contain"
        )
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        shown = ascii(next(name for name in names if names.count(name) > 1))[:60]
        raise _bad_json(f"字段 {shown} 出现了两次", f"the name {shown} stands twice in one object")
    return made


def _whole(digits: str) -> int:
    if len(digits) > WHOLE_NUMBER_DIGITS_MAX and len(digits.lstrip("-")) > WHOLE_NUMBER_DIGITS_MAX:
        raise _bad_json(f"数字 {digits[:20]}… 太大", f"the number {digits[:20]}… is too large")
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _bad_json(f"数字 {digits[:20]} 太大", f"the number {digits[:20]} is too large")
    return value


def _constant(name: str) -> NoReturn:
    raise _bad_json(f"{name} 不是 JSON", f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_int=_whole, parse_float=_fraction, parse_constant=_constant)


def _speakable(value: Any) -> bool:
    """Whether a database can keep it and a file can hold it."""
    if isinstance(value, str):
        return "\x00" not in value and _encodes(value)
    if isinstance(value, dict):
        return all(_speakable(name) and _speakable(item) for name, item in value.items())
    if isinstance(value, list):
        return all(_speakable(item) for item in value)
    return True


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _bad_json(zh: str, en: str) -> Problem:
    return Problem("bad-json", Text(f"请求体不是规范的 JSON：{zh}。", f"The body is not proper JSON: {en}."))


def _unreadable(error: Exception) -> Problem:
    if isinstance(error, RequestDataTooBig):
        return Problem("too-large")
    return Problem("bad-request", Text("请求体没有完整到达", "The body did not arrive whole"))
