"""Every refusal of the API as a problem (RFC 9457): a stable type, what is wrong, where, and what to do.

`TYPES` is the closed list; `docs/reference/api.md` lists it, and a test compares the two. A refusal of a room keeps
its own code as its type, so that a program can tell them apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from django.http import HttpResponse

from makewhole.core.words import Language, Text

TYPE_PREFIX = "/v1/problems/"
MEDIA_TYPE = "application/problem+json"


class Fault(NamedTuple):
    """One thing wrong with the input. `field` is a JSON pointer into the body, or the parameter's or header's name."""

    field: str
    what: Text
    to_do: Text


class ProblemType(NamedTuple):
    """A kind of problem: its HTTP status, its title, and what a caller can do about it in general."""

    status: int
    title: Text
    to_do: Text


TYPES: dict[str, ProblemType] = {
    "bad-request": ProblemType(
        400,
        Text("请求格式有误", "The request cannot be read"),
        Text("请按 errors 中的提示修改请求。", "Change the request as `errors` says."),
    ),
    "bad-json": ProblemType(
        400,
        Text("请求体不是规范的 JSON", "The body is not proper JSON"),
        Text("请发送 UTF-8 编码、字段不重复的 JSON。", "Send JSON in UTF-8 without repeated names."),
    ),
    "idempotency-key-missing": ProblemType(
        400,
        Text("缺少 Idempotency-Key", "The Idempotency-Key is missing"),
        Text(
            "请为每次新操作生成一个新的 Idempotency-Key；重试同一操作时沿用原来的。",
            "Send a new Idempotency-Key with each new request, and the same one when you repeat it.",
        ),
    ),
    "not-authenticated": ProblemType(
        401,
        Text("未登录或密钥无效", "Not signed in, or the key is not valid"),
        Text(
            "请在 Authorization 标头中写 “Bearer” 加有效的密钥或令牌。",
            "Send `Authorization: Bearer` with a valid key or token.",
        ),
    ),
    "csrf-failed": ProblemType(
        403,
        Text("页面已过期", "The page is out of date"),
        Text("请刷新页面后重试。", "Reload the page and try again."),
    ),
    "not-allowed": ProblemType(
        403,
        Text("没有权限", "Not allowed"),
        Text("请换用有此权限的密钥或账号。", "Use a key or an account that may do this."),
    ),
    "not-found": ProblemType(
        404,
        Text("找不到", "Not found"),
        Text("请核对地址和编号。", "Check the address and the id."),
    ),
    "method-not-allowed": ProblemType(
        405,
        Text("此地址不支持这种方法", "This address does not take this method"),
        Text("请改用 Allow 标头中列出的方法。", "Use one of the methods in the `Allow` header."),
    ),
    "length-required": ProblemType(
        411,
        Text("缺少 Content-Length", "The Content-Length is missing"),
        Text("请在发送前确定长度，不要分块传输。", "Send the body with its length, not in chunks."),
    ),
    "too-large": ProblemType(
        413,
        Text("内容太大", "This is too large"),
        Text("请按 detail 所说减小后再发送。", "Send less at once, as `detail` says."),
    ),
    "wrong-media-type": ProblemType(
        415,
        Text("不支持这种内容类型", "This type of content is not taken here"),
        Text("请按 detail 所示设置 Content-Type。", "Set the `Content-Type` that `detail` names."),
    ),
    "range-not-satisfiable": ProblemType(
        416,
        Text("没有所要的字节范围", "There are no such bytes"),
        Text("Content-Range 标头给出文件长度。", "`Content-Range` says how long the file is."),
    ),
    "bad-input": ProblemType(
        422,
        Text("内容有误", "The input is wrong"),
        Text("请按 errors 逐项修改。", "Change each field as `errors` says."),
    ),
    "idempotency-key-reused": ProblemType(
        422,
        Text("Idempotency-Key 已用于另一请求", "The Idempotency-Key was used for another request"),
        Text("新的操作请使用新的 Idempotency-Key。", "Use a new Idempotency-Key for a new request."),
    ),
    "too-many-requests": ProblemType(
        429,
        Text("请求太频繁", "Too many requests"),
        Text("请按 Retry-After 稍候再试。", "Wait as long as `Retry-After` says."),
    ),
    "internal-error": ProblemType(
        500,
        Text("系统出错", "Something failed on our side"),
        Text(
            "什么都没有改变。请用同一 Idempotency-Key 重试；仍失败请告知平台。",
            "Nothing was changed. Repeat it with the same Idempotency-Key, and tell the platform if it fails again.",
        ),
    ),
    "rules-not-in-service": ProblemType(
        503,
        Text("该市场的规则暂停使用", "The rules of this market are not in service"),
        Text(
            "什么都没有改变。规则检查完成后，用同一 Idempotency-Key 重试。",
            "Nothing was changed. Repeat it with the same Idempotency-Key once the platform has checked its rules.",
        ),
    ),
    "unavailable": ProblemType(
        503,
        Text("暂时不可用", "Not available for the moment"),
        Text(
            "请稍候用同一 Idempotency-Key 重试，不会重复生效。",
            "Repeat it shortly with the same Idempotency-Key; it takes effect once.",
        ),
    ),
}
"""Every type of problem the frame itself knows. `refusals` adds those of the rooms."""


class Problem(Exception):
    """Ends the work on a request with an answer that says what is wrong.

    `name` is a key of `TYPES` or a room's refusal; `status`, `title` and `to_do` default to those of the type.
    """

    def __init__(
        self,
        name: str,
        detail: Text | None = None,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        kind: ProblemType | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(name)
        self.name = name
        self.kind = kind or TYPES[name]
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    @property
    def status(self) -> int:
        return self.kind.status

    def body(self, language: Language) -> bytes:
        """The problem as JSON in the reader's language."""
        document: dict[str, Any] = {
            "type": TYPE_PREFIX + self.name,
            "title": self.kind.title.say(language),
            "status": self.kind.status,
            "detail": (self.detail or self.kind.title).say(language),
            "to_do": self.kind.to_do.say(language),
            **self.extra,
        }
        if self.faults:
            document["errors"] = [
                {"field": fault.field, "what": fault.what.say(language), "to_do": fault.to_do.say(language)}
                for fault in self.faults
            ]
        return orjson.dumps(document)

    def response(self, language: Language) -> HttpResponse:
        response = HttpResponse(self.body(language), status=self.status, content_type=MEDIA_TYPE)
        for name, value in self.answer_headers(language).items():
            response.headers[name] = value
        return response

    def answer_headers(self, language: Language) -> dict[str, str]:
        """Every header of the answer but its type."""
        return {"Content-Language": language, "Cache-Control": "no-store", **self.headers}


def bad_input(*faults: Fault) -> Problem:
    """A problem whose fields are at fault; its detail tells the first."""
    first = faults[0]
    where = first.field or "/"
    return Problem(
        "bad-input",
        Text(f"{where}：{first.what.zh}；{first.to_do.zh}", f"{where}: {first.what.en}; {first.to_do.en}"),
        faults=faults,
    )
