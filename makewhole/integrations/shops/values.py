"""Values as shops write them: amounts in major units, times with and without offset, fields that may be absent."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from makewhole.core.money import DECIMALS, decimals
from makewhole.core.words import Text
from makewhole.integrations.shops.rows import RowError

_EXPORT_ANEW = Text("请重新导出，含此字段", "export again with this field")


_PLAIN_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def known_currency(value: Any, path: str) -> str:
    """The currency's ISO code in capitals. Raises RowError when the house does not know it."""
    code = str(value or "").upper()
    if code not in DECIMALS:
        raise RowError(
            path,
            Text(f"币种 {code!r} 未知", f"{code!r} is not a currency the house knows"),
            Text(f"可用：{'、'.join(sorted(DECIMALS))}", f"known are {', '.join(sorted(DECIMALS))}"),
        )
    return code


def _number(value: Any) -> Fraction | None:
    """A number written as text or JSON number, exactly; absent is 0, anything else None."""
    if value is None or value == "":
        return Fraction(0)
    if not isinstance(value, bool) and isinstance(value, str | int | float | Decimal):
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            return None
        if number.is_finite() and abs(number) < 10**15:
            return Fraction(number)
    return None


def exact(value: Any, path: str) -> Fraction:
    """An amount, exactly; absent is 0. Raises RowError when it is no number."""
    number = _number(value)
    if number is None:
        wrong = Text(f"{value!r} 不是金额", f"{value!r} is not an amount")
        raise RowError(path, wrong, Text("写成 129.00", "write it like 129.00"))
    return number


def minor(value: Any, currency: str, path: str) -> int:
    """An amount in major units as minor units; absent is 0. Raises RowError for decimals the currency does not have."""
    if isinstance(value, str) and _PLAIN_AMOUNT.fullmatch(value):
        scaled = Decimal(value).scaleb(decimals(currency))
        whole_part = int(scaled)
        if scaled == whole_part:
            return whole_part
    exactly = exact(value, path) * 10 ** decimals(currency)
    if exactly.denominator != 1:
        raise RowError(
            path,
            Text(f"{value!r} 的小数位多于 {currency} 的 {decimals(currency)} 位",
                 f"{value!r} has more than the {decimals(currency)} decimals of {currency}"),
            Text("核对币种与金额", "check currency and amount"),
        )  # fmt: skip
    return exactly.numerator


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves up."""
    return (value + Fraction(1, 2)).__floor__()


def whole(value: Any, path: str) -> int:
    """A whole number written as number or text; absent is 0. Raises RowError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) < 16 and value.isascii() and value.isdigit():
        return int(value)
    number = _number(value)
    if number is None or number.denominator != 1:
        wrong = Text(f"{value!r} 不是整数", f"{value!r} is not a whole number")
        raise RowError(path, wrong, Text("写整数", "write a whole number"))
    return number.numerator


def time(value: Any, path: str, zone: tzinfo | None = None) -> str | None:
    """A time as RFC 3339 with its offset; absent is None.

    ISO 8601 and '2026-11-21 18:00:00 +0800' are read. A time without offset is in `zone`; without a zone it is
    refused. Raises RowError.
    """
    if value is None or value == "":
        return None
    try:
        text = str(value).strip().replace(" +", "+").replace(" -", "-").replace(" UTC", "Z")
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            if zone is None:
                raise ValueError("no offset")
            moment = moment.replace(tzinfo=zone)
        moment.astimezone(UTC)
        return moment.isoformat()
    except (ValueError, OverflowError):
        raise RowError(
            path,
            Text(f"{value!r} 不是时间", f"{value!r} is not a time"),
            Text("写成 2026-11-21T18:00:00+08:00", "write it like 2026-11-21T18:00:00+08:00"),
        ) from None


def needed(record: Mapping[str, Any], field: str, path: str = "") -> Any:
    """A field that must be there and not empty. Raises RowError."""
    value = record.get(field)
    if value is None or value == "":
        raise RowError(f"{path}{field}", Text("缺少这个字段", "is missing"), _EXPORT_ANEW)
    return value


def listed(record: Mapping[str, Any], field: str, path: str = "") -> list[dict[str, Any]]:
    """A list of objects; absent is empty. Raises RowError for anything else."""
    value = record.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise RowError(f"{path}{field}", Text("不是对象的列表", "is not a list of objects"), _EXPORT_ANEW)
    return value


def mapped(record: Mapping[str, Any], field: str, path: str = "") -> dict[str, Any]:
    """An object; absent is empty. Raises RowError for anything else."""
    value = record.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RowError(f"{path}{field}", Text("不是对象", "is not an object"), _EXPORT_ANEW)
    return value


def phrase(value: Any, most: int = 500) -> str:
    """A text for people, cut to `most` characters, without control characters."""
    text = "" if value is None else str(value)
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return text[:most].strip()


def full_name(person: Mapping[str, Any]) -> str:
    """First and last name, as far as they are given."""
    return phrase(" ".join(str(part) for part in (person.get("first_name"), person.get("last_name")) if part))
