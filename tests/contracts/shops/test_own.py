"""makewhole's own format: an array, one order per line, and the flat CSV."""

import json
from pathlib import Path

from makewhole.core.order.model import LineFlag, Means
from makewhole.integrations.shops.own import COLUMNS
from tests.contracts.shops.reading import OPTIONS, good, rejected, rows
from tests.core.order.orders import order_document


def test_an_array_and_one_order_per_line_give_the_same(tmp_path: Path) -> None:
    documents = [order_document() | {"id": str(number)} for number in range(3)]
    (tmp_path / "array.json").write_text(json.dumps(documents, indent=2))
    (tmp_path / "lines.ndjson").write_text("\n".join(json.dumps(document) for document in documents))
    array = rows("makewhole", str(tmp_path / "array.json"))
    lines = rows("makewhole", str(tmp_path / "lines.ndjson"))
    assert [row.document for row in array] == [row.document for row in lines] == documents
    assert [row.line_number for row in lines] == [1, 2, 3]


def test_the_csv_gives_the_whole_order() -> None:
    order = good([row for row in rows("makewhole", "own.csv") if row.number == "9001"])["9001"]
    assert [(line.id, line.quantity, line.gross_minor) for line in order.lines] == [("1", 2, 9500), ("2", 1, 3000)]
    assert order.lines[0].flags == {LineFlag.NOT_RETURNABLE_CONFIRMED}
    assert (order.discounts[0].amount_minor, order.discounts[0].threshold_minor) == (1000, 10_000)
    assert [payment.means for payment in order.payments] == [Means.MONEY, Means.POINTS, Means.COUPON]
    assert (order.promises.no_reason_return_days, order.promises.freight_insurance) == (7, True)
    assert order.signed_at is not None
    assert order.parcels[0].tracking_number == "SF1"


def test_a_wrong_number_is_told_with_its_column_and_a_wrong_word_is_left_to_the_format() -> None:
    read = rows("makewhole", "own.csv")
    assert rejected(read) == {"9002": "quantity: 'x' is not a whole number; write a whole number"}
    (last,) = [row for row in read if row.number == "9003"]
    assert last.document is not None
    assert last.document["promises"]["freight_insurance"] == "maybe"


def test_unknown_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,line_id,colour\n1,1,red\n")
    (row,) = rows("makewhole", str(path), options=OPTIONS)
    assert row.faults[0].wrong.en == "has unknown columns colour"
    assert row.faults[0].remedy.en.endswith(", ".join(COLUMNS))


def test_a_document_that_is_no_order_is_passed_on_to_be_refused_there(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    path.write_text('[{"id": 7}, {"id": "8"}]')
    read = rows("makewhole", str(path))
    assert [(row.number, row.document) for row in read] == [("", {"id": 7}), ("8", {"id": "8"})]
