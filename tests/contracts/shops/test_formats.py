"""Finding a file's format out, and only where it is plain."""

import gzip
from pathlib import Path

import pytest

from makewhole.integrations.shops.formats import detect
from makewhole.integrations.shops.rows import RowError
from tests.contracts.shops.reading import EXPORTS


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("medusa_orders.json", "medusa"),
        ("shopify_orders.json", "shopify"),
        ("shopify_orders.csv", "shopify"),
        ("taobao_trades.ndjson", "taobao"),
        ("olist", "olist"),
        ("olist/orders_later.csv", "olist"),
        ("own.csv", "makewhole"),
    ],
)
def test_a_plain_file_is_recognised(name: str, format_name: str) -> None:
    assert detect([EXPORTS / name]) == format_name


@pytest.mark.parametrize("content", ["[]", '{"a": 1}', "nonsense", '[{"items": []}]'])
def test_nothing_is_guessed(tmp_path: Path, content: str) -> None:
    path = tmp_path / "orders.json"
    path.write_text(content)
    assert detect([path]) is None
    assert detect([tmp_path]) is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (gzip.compress(b'{"id": "1"}'), r"is packed \(gzip\)"),
        ("order_id,line_id\n".encode("utf-16"), "is written in UTF-16"),
        (b"order_id;line_id\n1;2\n", "separates its columns by ';'"),
        (b"order_id\tline_id\n1\t2\n", "separates its columns by tab"),
        (b"order_id,line_id\r1,2\r", "ends its lines with CR alone"),
    ],
)
def test_a_file_nothing_can_be_read_from_is_told_as_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with pytest.raises(RowError, match=f"orders.csv: {says}"):
        detect([path])


def test_a_table_is_known_by_its_columns_whatever_its_file_is_called(tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_bytes((EXPORTS / "own.csv").read_bytes())
    assert detect([path]) == "makewhole"


def test_files_of_two_formats_have_none_in_common() -> None:
    assert detect([EXPORTS / "own.csv", EXPORTS / "medusa_orders.json"]) is None


def test_medusas_own_csv_is_named_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "order-exports.csv"
    path.write_text("Order_ID,Display_ID,Order status\norder_1,1,pending\n")
    with pytest.raises(RowError, match="holds no lines"):
        detect([path])
