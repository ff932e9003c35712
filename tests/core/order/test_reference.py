"""The reference says what the code does: schema, tables of fields, and the example."""

import json
import re
from typing import Any

import jsonschema
import pytest

from makewhole.core.allocation.allocate import allocate
from makewhole.core.money import parse_major
from makewhole.core.order.read import OrderError, read_order, write_order
from makewhole.integrations.shops.own import COLUMNS
from tests.core.order import reference
from tests.core.order.orders import order_document

SCHEMA: dict[str, Any] = json.loads(reference.SCHEMA.read_text(encoding="utf-8"))
GUIDE = reference.GUIDE.read_text(encoding="utf-8")


def test_the_shipped_schema_and_the_tables_are_up_to_date() -> None:
    assert reference.SCHEMA.read_text(encoding="utf-8") == reference.schema_text()
    assert reference.guide_text() == GUIDE


def test_every_part_of_the_format_has_its_table() -> None:
    assert {"OrderDocument", *SCHEMA["$defs"]} == set(reference.blocks())


def test_the_example_of_the_guide_is_an_order() -> None:
    found = re.search(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    assert read_order(json.loads(found.group(1))).paid_minor == 11300


def test_the_guide_lists_every_column_of_the_flat_csv() -> None:
    listed = GUIDE.split("## As a file")[1]
    assert [column for column in COLUMNS if f"`{column}`" not in listed] == []


def test_the_schema_takes_what_the_reader_takes() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    validator.validate(order_document())
    validator.validate(write_order(read_order(order_document())))


def test_the_worked_example_of_allocation_is_what_the_code_works_out() -> None:
    order = read_order(order_document())
    allocation = allocate(order)
    rows = {
        cells[0].strip("* "): [cell.strip("* ") for cell in cells[1:]]
        for line in (reference.ROOT / "docs/concepts/allocation.md").read_text(encoding="utf-8").splitlines()
        if len(cells := line.strip("|").split("|")) == 5
    }

    def minor(cell: str) -> int:
        return parse_major(cell.replace("−", "-"), "CNY") if cell else 0

    assert [minor(cell) for cell in rows["price"][:2]] == [line.gross_minor for line in order.lines]
    assert [minor(cell) for cell in rows["to pay"][:2]] == [share.goods_minor for share in allocation.lines]
    for place, name in enumerate(("money", "points worth 5.00", "coupon 10.00")):
        paid = [share.by_payment[place][1] for share in allocation.lines]
        paid.append(allocation.freight_by_payment[place][1])
        assert [minor(cell) for cell in rows[name]] == [*paid, order.payments[place].amount_minor]


@pytest.mark.parametrize(
    "change", [{"colour": 1}, {"lines": []}, {"currency": "XYZ"}, {"id": ""}, {"market": "CN"}, {"placed_at": None}]
)
def test_the_schema_refuses_what_the_reader_refuses(change: dict[str, Any]) -> None:
    document = order_document() | change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)
    with pytest.raises(OrderError):
        read_order(document)
