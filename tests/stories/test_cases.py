"""Journeys of cases told as transcripts of the command line: each line typed, and what it answered.

A transcript holds lines typed (`$ …`), what they printed, and remarks (`# …`). Ids are written CASE and ORDER. With
`WRITE_TRANSCRIPTS=1` the files are written anew, to be read before they are committed.
"""

import json
import os
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from makewhole.core.order.model import Order
from makewhole.doors.cli import console
from makewhole.doors.cli.main import root
from makewhole.rooms import clock
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury import service as treasury
from tests.core.case.play import MARKET, an_order
from tests.rooms.cases.stage import sell
from tests.rooms.treasury.stage import play

FOLDER = Path(__file__).parent / "cases"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shop(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Orders A-1 (paid into escrow) and A-2 (whose escrow the merchant has had already); no worker. It is May 2026."""
    clock.set_rehearsal(tmp_path / "clock", datetime(2026, 5, 1, tzinfo=UTC))
    monkeypatch.setenv(clock.VARIABLE, str(tmp_path / "clock"))
    settings.RULEBOOKS_DIRECTORY = MARKET  # type: ignore[attr-defined]
    registered = ports.provider("sandbox")
    play()
    treasury.top_up_fund("CNY", 1_000_000, "start", an_order().placed_at)
    sell(numbered("A-1"), numbered("A-2"))
    yield
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)


def numbered(number: str) -> Order:
    order = an_order()
    return order._replace(id=number, payments=tuple(p._replace(reference=f"ref-{number}") for p in order.payments))


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
def test_the_journey_goes_as_written(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "width", 110)
    case_id = ""
    told: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line:
            told.append(line)
        if not line.startswith("$ "):
            continue
        told.append(line)
        arguments = shlex.split(line.removeprefix("$ makewhole ").replace("CASE", case_id))
        code = console.run(root, arguments)
        printed = "".join(capsys.readouterr())
        found = UUID.search(printed)
        case_id = case_id or (found.group() if found else "")
        told += [each.rstrip() for each in UUID.sub("CASE", printed).splitlines()]
        if code:
            told.append(f"(exit {code})")
    transcript = "\n".join(told) + "\n"
    if os.environ.get("WRITE_TRANSCRIPTS"):
        file.write_text(transcript, encoding="utf-8")
    assert transcript == file.read_text(encoding="utf-8")


def test_there_are_journeys() -> None:
    assert len(TRANSCRIPTS) >= 2


def test_programs_read_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--at", "2026-03-02T18:00+08:00", "--json"]
    claim = ["--reason", "item_missing", "--line", "1:1", "--remedy", "refund_only"]
    assert console.run(root, ["case", "open", "stage/A-1", *claim, *at]) == 0
    opened = json.loads(capsys.readouterr().out)
    assert (opened["stage"], opened["version"], opened["wanted"]["remedy"]) == ("negotiation", 1, "refund_only")
    assert console.run(root, ["case", "show", opened["id"], "--as", "merchant", *at]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert next(action["name"] for action in shown["available_actions"]) == "accept_claim"
    assert shown["timeline"][0]["kind"] == "opened"
    assert console.run(root, ["case", "list", "--as", "agent:a-1", "--all", "--json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)["cases"]] == [opened["id"]]
    assert console.run(root, ["case", "table", "--json"]) == 0
    assert "accept_claim" in {row["name"] for row in json.loads(capsys.readouterr().out)}
