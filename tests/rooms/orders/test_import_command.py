"""`makewhole import`: what people and programs see of an import, and its exit codes."""

import json
from pathlib import Path

import pytest

from makewhole.doors.cli import console
from makewhole.doors.cli.main import root
from makewhole.rooms.orders import queries
from tests.contracts.shops.reading import EXPORTS
from tests.core.order.orders import order_document


def run(*arguments: object) -> int:
    return console.run(root, ["import", *(str(argument) for argument in arguments)])


@pytest.fixture
def good_file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.ndjson"
    path.write_text("\n".join(json.dumps(order_document() | {"id": str(number)}) for number in range(3)))
    return path


@pytest.mark.django_db
def test_good_orders_are_stored_and_the_same_file_again_changes_nothing(
    good_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(good_file, "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["format"], first["accepted"], first["rejected"]) == ("makewhole", 3, 0)
    assert queries.order_by_number("makewhole", "2") is not None
    assert run(good_file, "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["accepted"], again["unchanged"]) == (0, 3)


@pytest.mark.django_db
def test_bad_rows_are_told_with_place_and_reason_and_good_ones_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rejects = tmp_path / "rejects.ndjson"
    exports = EXPORTS / "taobao_trades.ndjson", EXPORTS / "taobao_beside.ndjson"
    assert run(*exports, "--rejects", rejects, "--merchant", "m-7:青禾果园") == 1
    told = capsys.readouterr().out
    assert "accepted" in told
    assert "1 refused, first taobao_trades.ndjson:2 3103" in told
    assert "status: is WAIT_BUYER_PAY: it was not paid; import it once it is paid" in told
    kept = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(reject["line_number"], reject["number"]) for reject in kept] == [(2, "3103"), (2, "3105"), (2, "3106")]
    assert kept[0]["faults"][0]["wrong"]["zh"] == "为 WAIT_BUYER_PAY，未付款"
    stored = queries.order_by_number("taobao", "3101")
    assert stored is not None
    assert (stored.order.merchant_id, stored.order.merchant_name) == ("m-7", "青禾果园")


def test_a_dry_run_needs_no_database(good_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(good_file, "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["accepted"]) == (True, 3)
    assert run(EXPORTS / "own.csv", "--dry-run", "--lang", "zh") == 1
    assert "quantity：'x' 不是整数；写整数" in capsys.readouterr().out


def test_categories_of_the_shop_are_mapped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = tmp_path / "categories.csv"
    mapping.write_text("clothes,clothing\n")
    options = "--market", "cn", "--shop", "my-shop", "--categories", mapping, "--dry-run", "--json"
    assert run(EXPORTS / "medusa_orders.json", *options) == 1
    assert json.loads(capsys.readouterr().out)["accepted"] == 2
    mapping.write_text("clothes\n")
    assert run(EXPORTS / "medusa_orders.json", *options) == 2
    assert "row 1: write two columns" in capsys.readouterr().err


WRONG_USE = [
    # arguments                                                           what is said
    ((EXPORTS / "none.json",), "does not exist"),
    ((EXPORTS / "own.csv", "--format", "magento"), "'magento' is not one of"),
    ((EXPORTS / "own.csv", EXPORTS / "medusa_orders.json"), "The format is not plain"),
    ((EXPORTS / "medusa_orders.json",), "medusa needs --shop"),
    ((EXPORTS / "medusa_orders.json", "--shop", "my-shop", "--dry-run"), "medusa needs --market"),
    ((EXPORTS / "own.csv", "--shop", "My Shop"), "cannot name a shop"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG_USE)
@pytest.mark.django_db
def test_wrong_use_ends_with_2_and_says_what_to_do(
    arguments: tuple[object, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert says in capsys.readouterr().err
