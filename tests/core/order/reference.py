"""Writes what the reference says of the order format: the JSON Schema and the tables of fields.

`python -m tests.core.order.reference` brings both files up to date; a test compares them.
"""

import json
import re
from pathlib import Path

from pydantic.fields import FieldInfo

from makewhole.core.order import document
from makewhole.core.order.document import Document
from makewhole.core.order.read import json_schema

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "makewhole/core/order/order.schema.json"
GUIDE = ROOT / "docs/reference/order.md"

_BLOCK = re.compile(r"<!-- fields of (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def schema_text() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def guide_text() -> str:
    """The guide with every block of fields written anew from the models."""
    return _BLOCK.sub(lambda found: _block(found.group(1)), GUIDE.read_text(encoding="utf-8"))


def blocks() -> list[str]:
    """The models whose fields the guide lists."""
    return _BLOCK.findall(GUIDE.read_text(encoding="utf-8"))


def _block(name: str) -> str:
    model: type[Document] = getattr(document, name)
    shapes = {**json_schema()["$defs"], "OrderDocument": json_schema()}[name]["properties"]
    rows = ["| field | shape | meaning |", "|---|---|---|"]
    for field_name, info in model.model_fields.items():
        rows.append(f"| `{field_name}` | {_shape(shapes[field_name], info)} | {info.description} |")
    return f"<!-- fields of {name} -->\n" + "\n".join(rows) + "\n<!-- end -->"


def _shape(schema: dict[str, object], info: FieldInfo) -> str:
    words = _plain(schema)
    return words if info.is_required() else f"{words}, optional"


def _plain(schema: dict[str, object]) -> str:
    options = schema.get("anyOf")
    if isinstance(options, list):
        return _plain(next(option for option in options if option.get("type") != "null"))
    if "enum" in schema:
        return "one of " + " ".join(f"`{word}`" for word in schema["enum"])  # type: ignore[attr-defined]
    if "$ref" in schema:
        return "object"
    if schema.get("format") == "date-time":
        return "time"
    if schema.get("maximum") == document.AMOUNT_MAX_MINOR:
        return "amount" if schema["minimum"] == 0 else "amount above 0"
    kind = {"integer": "whole number", "string": "text", "boolean": "yes or no", "array": "list"}[str(schema["type"])]
    items = schema.get("items")
    if isinstance(items, dict) and "enum" in items:
        return f"list of {_plain(items).removeprefix('one of ')}"
    if kind == "whole number":
        return f"{kind} {schema['minimum']}–{schema['maximum']:,}"
    return f"{kind} up to {schema['maxLength']}" if "maxLength" in schema else kind


def main() -> None:
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    GUIDE.write_text(guide_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
