"""`makewhole import`: what people and programs see of an import, and its exit codes."""

import json
import os
import threading
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
    options = "--market", "eu", "--shop", "my-shop", "--categories", mapping, "--dry-run", "--json"
    assert run(EXPORTS / "medusa_orders.json", *options) == 1
    assert json.loads(capsys.readouterr().out)["accepted"] == 1
    for wrong, says in ((b"clothes\n", "row 1: write two columns"), (b"a,b\nclothes,\n", "row 2: write two columns"),
                        ("衣服,clothing".encode("gbk"), "is no CSV in UTF-8")):  # fmt: skip
        mapping.write_bytes(wrong)
        assert run(EXPORTS / "medusa_orders.json", *options) == 2
        assert says in capsys.readouterr().err


def test_orders_nobody_could_answer_on_are_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "orders.ndjson"
    strange = {"market": "atlantis"}, {"currency": "JPY"}, {"placed_at": "2026-11-11T10:00:00+23:59"}
    path.write_text("\n".join(json.dumps(order_document() | each) for each in strange))
    assert run(path, "--dry-run") == 1
    told = capsys.readouterr().out
    assert "$.market: there are no rules for the market 'atlantis'; known are br, cn, eu" in told
    assert "$.currency: the rules of cn reckon in CNY, the order in JPY; check currency and market" in told
    assert "$.placed_at: '2026-11-11T10:00:00+23:59' is not a time with its offset" in told


@pytest.mark.django_db
def test_a_number_that_cannot_be_printed_breaks_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, rejects = tmp_path / os.fsdecode(b"orders-\xff.ndjson"), tmp_path / "rejects.ndjson"
    rows = [{"id": "\ud800"}, {"id": "\x1b[2J"}, {}]
    path.write_text("\n".join(json.dumps(order_document() | row) for row in rows))
    assert run(path, "--rejects", rejects, "--shop", "my-shop") == 1
    assert "\x1b[2J" not in capsys.readouterr().out
    assert [json.loads(line)["number"] for line in rejects.read_text().splitlines()] == ["", "[2J"]
    assert queries.order_by_number("my-shop", order_document()["id"]) is not None


def test_what_is_piped_in_is_read_like_a_file(
    good_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with good_file.open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        assert run("-", "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out)["accepted"] == 3
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(good_file.read_bytes()))
    writer.start()
    assert run(tmp_path / "pipe", "--dry-run", "--json") == 0
    writer.join()
    assert json.loads(capsys.readouterr().out)["accepted"] == 3


def test_the_file_for_rejects_is_none_that_is_read(good_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = good_file.read_bytes()
    assert run(good_file, "--dry-run", "--rejects", good_file) == 2
    assert "is a file to be read" in capsys.readouterr().err
    assert good_file.read_bytes() == before
    assert run(good_file, "--dry-run", "--rejects", good_file.parent / "none" / "rejects") == 2
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err


def test_a_file_that_holds_nothing_to_read_is_a_rejected_row(
    good_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.ndjson"
    empty.touch()
    assert run(good_file, empty, "--format", "makewhole", "--dry-run", "--lang", "zh") == 1
    told = capsys.readouterr().out
    assert "makewhole 订单，仅检查" in told
    assert "1 笔有问题，首笔 empty.ndjson:1" in told
    assert "empty.ndjson：是空文件；请重新导出" in told
    assert run(empty, "--lang", "zh") == 2
    assert "是空文件" in capsys.readouterr().err


WRONG_USE = [
    # arguments                                                           what is said
    ((EXPORTS / "none.json",), "does not exist"),
    ((EXPORTS / "own.csv", "--format", "magento"), "'magento' is not one of"),
    ((EXPORTS / "own.csv", EXPORTS / "medusa_orders.json"), "The format is not plain"),
    ((EXPORTS / "medusa_orders.json",), "medusa needs --shop"),
    ((EXPORTS / "medusa_orders.json", "--shop", "my-shop", "--dry-run"), "medusa needs --market"),
    ((EXPORTS / "own.csv", "--shop", "My Shop"), "cannot name a shop"),
    ((EXPORTS / "own.csv", "--market", "cn"), "tell market and merchant themselves; leave --market out"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG_USE)
@pytest.mark.django_db
def test_wrong_use_ends_with_2_and_says_what_to_do(
    arguments: tuple[object, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert says in capsys.readouterr().err
