"""Finding a file's format out, and only where it is plain."""

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


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', "nonsense", '[{"items": []}]'])
def test_nothing_is_guessed(tmp_path: Path, content: str) -> None:
    path = tmp_path / "orders.json"
    path.write_text(content)
    assert detect([path]) is None
    assert detect([tmp_path]) is None


def test_files_of_two_formats_have_none_in_common() -> None:
    assert detect([EXPORTS / "own.csv", EXPORTS / "medusa_orders.json"]) is None


def test_medusas_own_csv_is_named_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "order-exports.csv"
    path.write_text("Order_ID,Display_ID,Order status\norder_1,1,pending\n")
    with pytest.raises(RowError, match="holds no lines"):
        detect([path])
