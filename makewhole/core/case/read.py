"""Commands from the JSON bodies of requests. Bad bodies are refused whole; unknown fields are refused."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from makewhole.core.case import commands as c
from makewhole.core.case import inputs as i
from makewhole.core.case.actions import BY_NAME, OPENING
from makewhole.core.case.decision import Refusal
from makewhole.core.case.inputs import Input
from makewhole.core.case.model import Finding
from makewhole.core.facts import FactValue
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Head, Party, Reason, Remedy, Role, Text

_NOT_KEPT = re.compile("[\x00\ud800-\udfff]")
Word = TypeVar("Word", bound=StrEnum)


class BadInput(ValueError):
    """A body that is no command. `refusal` says which field and what to do."""

    def __init__(self, where: str, what: Text, to_do: Text) -> None:
        super().__init__(f"{where}: {what.en}")
        self.refusal = Refusal("bad_input", what, to_do, where)


def bad(where: str, zh: str, en: str, to_do_zh: str, to_do_en: str) -> NoReturn:
    raise BadInput(where, Text(zh, en), Text(to_do_zh, to_do_en))


def read_command(name: str, role: Role, body: object) -> c.Command:
    """The command an action's body means, for an actor of this role. Raises BadInput."""
    action = BY_NAME.get(name)
    if action is None:
        bad("action", f"没有名为 {name!r} 的操作", f"there is no action {name!r}",
            "可用的操作见 available_actions", "see available_actions for those there are")  # fmt: skip
    if role not in action.roles:
        bad("action", "这一步由对方或平台处理", "this step is not yours to take",
            "可用的操作见 available_actions", "see available_actions for yours")  # fmt: skip
    values = read_fields(action.inputs, body)
    if action.inputs[:3] == (i.REMEDY, i.AMOUNT, i.DUES):
        values = with_proposal(values)
    elif i.REMEDY_OR_NONE in action.inputs:
        values = with_ruling(values)
    command: c.Command = action.command(**values)
    return command


def read_open(body: object) -> c.OpenCase:
    """The opening a body means. Raises BadInput."""
    return c.OpenCase(**with_proposal(read_fields(OPENING, body)))


def with_proposal(values: dict[str, Any]) -> dict[str, Any]:
    """Gather remedy, sum and dues into the proposal they are."""
    given = {name: values.pop(name) for name in ("remedy", "amount_minor", "dues") if name in values}
    return {**values, "proposal": c.Proposal(**given)}


def with_ruling(values: dict[str, Any]) -> dict[str, Any]:
    """A ruling without remedy dismisses; amounts without remedy mean nothing and are refused."""
    values.setdefault("findings", ())
    if "remedy" in values:
        return with_proposal(values)
    for name in ("amount_minor", "dues"):
        if name in values:
            bad(name, "写了金额但没有处理方式", "an amount is given without a remedy",
                "写明 remedy，或去掉金额以驳回", "give the remedy, or leave the amount out to dismiss")  # fmt: skip
    return values


def read_fields(inputs: tuple[Input, ...], body: object) -> dict[str, Any]:
    """The fields of a body, read by their kinds; only those that were given."""
    given = read_object(body, "", tuple(each.name for each in inputs))
    values = {}
    for each in inputs:
        if given.get(each.name) is not None:
            values[each.name] = READERS[each.kind](given[each.name], each.name)
        elif each.required:
            missing(each.name)
        if each.required and values[each.name] in ("", ()):
            missing(each.name)
    return values


def missing(where: str) -> NoReturn:
    bad(where, f"缺少 {where}", f"{where} is missing", f"补上 {where}", f"give {where}")


def read_object(value: object, where: str, names: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        bad(where or "body", "应为 JSON 对象", "a JSON object is needed", "按说明填写", "write it as documented")
    for name in value:
        if name not in names:
            known = ", ".join(names)
            bad(f"{where}.{name}".lstrip("."), f"没有名为 {name!r} 的字段", f"there is no field {name!r}",
                f"可用字段：{known or '无'}", f"fields are: {known or 'none'}")  # fmt: skip
    return value


def read_text(value: object, where: str, most: int = i.NOTE_CHARACTERS_MAX) -> str:
    if not isinstance(value, str):
        bad(where, "应为文字", "text is needed", "写成字符串", "write a string")
    if len(value) > most:
        bad(where, f"超过 {most} 字", f"longer than {most} characters", "缩短后重试", "shorten it")
    if _NOT_KEPT.search(value):
        bad(where, "含有不可用的字符", "it holds a character that cannot be kept", "去掉空字符与残缺的字符",
            "remove NUL and broken characters")  # fmt: skip
    return value.strip()


def read_name(value: object, where: str) -> str:
    text = read_text(value, where, i.NAME_CHARACTERS_MAX)
    if not text:
        missing(where)
    return text


def read_amount(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= i.AMOUNT_MINOR_MAX:
        bad(where, "金额应为大于零的整数（最小货币单位）", "an amount is a whole number of minor units above zero",
            "例如 12900 表示 129.00", "for example 12900 for 129.00")  # fmt: skip
    return value


def word_reader(kind: type[Word]) -> Callable[[object, str], Word]:
    """A reader for one of a closed list of words."""
    members = {member.value: member for member in kind}

    def read(value: object, where: str) -> Word:
        found = members.get(value) if isinstance(value, str) else None
        if found is not None:
            return found
        known = ", ".join(kind)
        bad(
            where,
            f"没有 {value!r} 这个选项",
            f"{value!r} is not one of the choices",
            f"可选：{known}",
            f"choose {known}",
        )

    return read


def read_list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        bad(where, "应为列表", "a list is needed", "写成 [ … ]", "write [ … ]")
    if len(value) > i.LIST_MAX:
        bad(where, f"超过 {i.LIST_MAX} 项", f"more than {i.LIST_MAX} entries", "减少后重试", "give fewer")
    return value


read_remedy = word_reader(Remedy)
read_head = word_reader(Head)
read_reason = word_reader(Reason)
read_party = word_reader(Party)


def read_reasons(value: object, where: str) -> tuple[Reason, ...]:
    return tuple(read_reason(each, f"{where}.{n}") for n, each in enumerate(read_list(value, where)))


def read_parties(value: object, where: str) -> tuple[Party, ...]:
    return tuple(read_party(each, f"{where}.{n}") for n, each in enumerate(read_list(value, where)))


def read_exhibits(value: object, where: str) -> tuple[str, ...]:
    return tuple(read_name(each, f"{where}.{n}") for n, each in enumerate(read_list(value, where)))


def read_lines(value: object, where: str) -> tuple[ClaimLine, ...]:
    lines = []
    for n, each in enumerate(read_list(value, where)):
        place = f"{where}.{n}"
        given = read_object(each, place, ("line_id", "quantity"))
        quantity = given.get("quantity")
        if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
            bad(f"{place}.quantity", "数量应为不小于 1 的整数", "a quantity is a whole number, 1 or more",
                "填写件数", "give the number of units")  # fmt: skip
        lines.append(ClaimLine(read_name(given.get("line_id"), f"{place}.line_id"), quantity))
    return tuple(lines)


def read_dues(value: object, where: str) -> tuple[c.Asked, ...]:
    dues = []
    for n, each in enumerate(read_list(value, where)):
        place = f"{where}.{n}"
        given = read_object(each, place, ("line_id", "head", "amount_minor"))
        dues.append(
            c.Asked(
                read_name(given.get("line_id"), f"{place}.line_id"),
                read_head(given.get("head"), f"{place}.head"),
                read_amount(given.get("amount_minor"), f"{place}.amount_minor"),
            )
        )
    return tuple(dues)


def read_fact_value(value: object, where: str) -> FactValue:
    if not isinstance(value, (bool, int, str)):
        bad(
            where,
            "应为是/否、整数或文字",
            "yes or no, a whole number or text is needed",
            "更正该值",
            "correct the value",
        )
    return value if isinstance(value, (bool, int)) else read_text(value, where)


def read_facts(value: object, where: str) -> tuple[tuple[str, FactValue], ...]:
    if not isinstance(value, Mapping) or len(value) > i.LIST_MAX:
        bad(where, "应为名称到取值的对象", "an object of names and values is needed",
            '例如 {"goods_intact": true}', 'for example {"goods_intact": true}')  # fmt: skip
    return tuple((read_name(name, where), read_fact_value(each, f"{where}.{name}")) for name, each in value.items())


def read_findings(value: object, where: str) -> tuple[Finding, ...]:
    findings = []
    for n, each in enumerate(read_list(value, where)):
        place = f"{where}.{n}"
        given = read_object(each, place, ("fact", "value", "why", "exhibit_ids"))
        findings.append(
            Finding(
                read_name(given.get("fact"), f"{place}.fact"),
                read_fact_value(given.get("value"), f"{place}.value"),
                read_text(given.get("why"), f"{place}.why"),
                read_exhibits(given.get("exhibit_ids") or [], f"{place}.exhibit_ids"),
            )
        )
    return tuple(findings)


READERS: dict[str, Callable[[object, str], Any]] = {
    "remedy": read_remedy,
    "amount": read_amount,
    "dues": read_dues,
    "note": read_text,
    "name": read_name,
    "exhibits": read_exhibits,
    "reasons": read_reasons,
    "parties": read_parties,
    "findings": read_findings,
    "lines": read_lines,
    "facts": read_facts,
}
