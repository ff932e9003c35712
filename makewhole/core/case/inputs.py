"""What each action asks for: one description that is both the JSON Schema shown and the reading of the body."""

from typing import Any, NamedTuple

from makewhole.core.case.say import HEADS, PARTIES, REMEDIES
from makewhole.core.order.document import ID_CHARACTERS_MAX, LINES_MAX
from makewhole.core.words import Head, Language, Party, Reason, Remedy, Text

NOTE_CHARACTERS_MAX = 4000
NAME_CHARACTERS_MAX = ID_CHARACTERS_MAX
"""Whatever an order calls a line must do for a claim, too."""
AMOUNT_MINOR_MAX = 10**15
LIST_MAX = LINES_MAX
"""All of an order may be claimed at once."""


class Input(NamedTuple):
    """One field of an action. `kind` names an entry of `SCHEMAS` (and of the readers in `read`)."""

    name: str
    kind: str
    title: Text
    required: bool = False
    help: Text = Text("", "")


REMEDY = Input("remedy", "remedy", Text("处理方式", "remedy"), required=True)
REMEDY_OR_NONE = Input(
    "remedy", "remedy", Text("处理方式", "remedy"), help=Text("不填即不支持诉求", "leave out to dismiss the claim")
)
AMOUNT = Input(
    "amount_minor",
    "amount",
    Text("总额", "amount in all"),
    help=Text("不填即全部应得", "leave out for all that is due"),
)
DUES = Input("dues", "dues", Text("分项金额", "amounts by line and head"))
NOTE = Input("note", "note", Text("说明", "note"))
WHY = Input("note", "note", Text("理由", "reason"), required=True)
EXHIBITS = Input("exhibit_ids", "exhibits", Text("证据", "exhibits"))
CARRIER = Input("carrier", "name", Text("快递公司", "carrier"), required=True)
TRACKING = Input("tracking_number", "name", Text("运单号", "tracking number"), required=True)
FREIGHT_PAID = Input(
    "freight_minor",
    "amount",
    Text("退货运费", "cost of sending back"),
    help=Text("由商家承担时一并退还，请保留凭证", "refunded too where the merchant bears it; keep the receipt"),
)
QUESTION = Input("question", "note", Text("需要补充什么", "what is asked for"), required=True)
PARTIES_ASKED = Input("parties", "parties", Text("向谁要求", "of whom"), required=True)
FINDINGS = Input("findings", "findings", Text("认定的事实", "findings"))
REASONS_GIVEN = Input("reasons", "note", Text("裁决理由", "reasons"), required=True)
BEYOND = Input(
    "beyond_reason",
    "note",
    Text("超出规则的理由", "why it goes beyond the rules"),
    help=Text("仅在超出规则金额时填写", "only for amounts beyond the rules"),
)
GROUNDS = Input("grounds", "note", Text("新的理由", "new grounds"), required=True)
CLAIM_REASONS = Input("reasons", "reasons", Text("原因", "reasons"), required=True)
LINES = Input("lines", "lines", Text("商品和数量", "lines and quantities"), required=True)
STORY = Input("story", "note", Text("诉求描述", "story"))
FACTS = Input("facts", "facts", Text("事实", "facts"))


def choice(value: str, label: Text, language: Language) -> dict[str, str]:
    return {"const": value, "title": label.say(language)}


def schema_of(kind: str, language: Language) -> dict[str, Any]:
    """The JSON Schema of one kind of field."""
    if kind == "remedy":
        return {"type": "string", "oneOf": [choice(each, REMEDIES[each], language) for each in Remedy]}
    if kind == "parties":
        sides = [choice(each, PARTIES[each], language) for each in (Party.BUYER, Party.MERCHANT)]
        return {"type": "array", "items": {"type": "string", "oneOf": sides}, "minItems": 1, "maxItems": 2}
    if kind == "dues":
        heads = [choice(each, HEADS[each], language) for each in Head]
        due = {
            "line_id": {"type": "string", "maxLength": NAME_CHARACTERS_MAX},
            "head": {"type": "string", "oneOf": heads},
            "amount_minor": SIMPLE["amount"],
        }
        return listed(due, ("line_id", "head", "amount_minor"))
    return SIMPLE[kind]


def listed(properties: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    item = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    return {"type": "array", "items": item, "maxItems": LIST_MAX}


FACT_VALUE: dict[str, Any] = {"type": ["boolean", "integer", "string"]}
SIMPLE: dict[str, dict[str, Any]] = {
    "amount": {"type": "integer", "minimum": 1, "maximum": AMOUNT_MINOR_MAX},
    "note": {"type": "string", "maxLength": NOTE_CHARACTERS_MAX},
    "name": {"type": "string", "minLength": 1, "maxLength": NAME_CHARACTERS_MAX},
    "exhibits": {"type": "array", "items": {"type": "string", "maxLength": NAME_CHARACTERS_MAX}, "maxItems": LIST_MAX},
    "reasons": {"type": "array", "items": {"type": "string", "enum": [each.value for each in Reason]}, "minItems": 1},
    "facts": {"type": "object", "additionalProperties": FACT_VALUE, "maxProperties": LIST_MAX},
    "lines": listed(
        {
            "line_id": {"type": "string", "maxLength": NAME_CHARACTERS_MAX},
            "quantity": {"type": "integer", "minimum": 1},
        },
        ("line_id", "quantity"),
    ),
    "findings": listed(
        {
            "fact": {"type": "string", "maxLength": NAME_CHARACTERS_MAX},
            "value": FACT_VALUE,
            "why": {"type": "string", "maxLength": NOTE_CHARACTERS_MAX},
            "exhibit_ids": {"type": "array", "items": {"type": "string"}, "maxItems": LIST_MAX},
        },
        ("fact", "value", "why"),
    ),
}


def schema(inputs: tuple[Input, ...], language: Language = "en", currency: str = "") -> dict[str, Any]:
    """The JSON Schema (2020-12) of an action's body. An amount names its currency."""
    properties: dict[str, Any] = {}
    for each in inputs:
        field = {**schema_of(each.kind, language), "title": each.title.say(language)}
        if each.help.zh:
            field["description"] = each.help.say(language)
        if each.kind == "amount" and currency:
            field["currency"] = currency
        properties[each.name] = field
    return {
        "type": "object",
        "properties": properties,
        "required": [each.name for each in inputs if each.required],
        "additionalProperties": False,
    }
