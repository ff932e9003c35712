"""What a form sent, read into the body that an action's JSON Schema asks for."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from makewhole.core.money import parse_major
from makewhole.doors.portal.parts.fields import is_nested
from makewhole.doors.portal.parts.figures import number_text, style_of


class FormBody(NamedTuple):
    """The body, and what is wrong by field. With errors the body is not to be used."""

    body: dict[str, Any]
    errors: dict[str, list[str]]


def read_form_body(schema: Mapping[str, Any], data: QueryDict) -> FormBody:
    """Read amounts from major units, numbers, yes and no, lists of choices and text.

    Empty optional fields are left out.
    Nested properties are the page's own to add. The core still checks the body: this only gives it its shape.
    """
    body: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    required = set(schema.get("required", ()))
    for name, each in schema.get("properties", {}).items():
        if is_nested(each):
            continue
        try:
            value = read_value(each, name, data)
        except ValueError:
            errors[name] = [wrong_form(each)]
            continue
        if value not in ("", []):
            body[name] = value
        elif name in required:
            errors[name] = [_("This is needed.")]
    return FormBody(body, errors)


def read_value(schema: Mapping[str, Any], name: str, data: QueryDict) -> Any:
    """One field's value in the schema's type. Raises ValueError when the text does not fit it."""
    if schema.get("type") == "array":
        return data.getlist(name)
    text = data.get(name, "").strip()
    if schema.get("type") == "boolean":
        return text == "true"
    if not text:
        return ""
    if schema.get("currency"):
        return read_amount(text, schema["currency"])
    return int(text) if schema.get("type") == "integer" else text


def read_amount(text: str, currency: str) -> int:
    """Minor units of an amount written as its currency is: '1,299.00' for CNY, '1.299,00' for BRL.

    Raises ValueError for marks in other places: '12,50' CNY is nobody's 1,250.
    """
    style = style_of(currency)
    thousands, point = re.escape(style.thousands), re.escape(style.point)
    if not re.fullmatch(rf"(\d+|\d{{1,3}}({thousands}\d{{3}})+)({point}\d+)?", text, re.ASCII):
        raise ValueError(f"{text!r} is not an amount of {currency}")
    return parse_major(text.replace(style.thousands, "").replace(style.point, "."), currency)


def wrong_form(schema: Mapping[str, Any]) -> str:
    """What the field should look like."""
    if schema.get("currency"):
        example = number_text(12900, schema["currency"])
        return _("This is not an amount. Write it like %(example)s.") % {"example": example}
    return _("This is not a whole number.")
