"""No service loads a book that a clean check has not seen as it is; the seal says which one was seen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from makewhole.core.rulebook import check
from makewhole.core.rulebook.source import RulebookError
from makewhole.doors.api.frame.door import door
from makewhole.rooms.rulebooks import queries, service
from makewhole.rooms.rulebooks.store import seals
from tests.rooms.rulebooks.conftest import RULEBOOKS, Spoil

COMMAND = "run makewhole rulebook check br --seal"
HARMLESS = ("br/law.yaml", "# Consumer Protection Code", "# The Consumer Protection Code")


@pytest.mark.parametrize("name", ["br/market.yaml", "br/law.yaml", "br/platform.yaml", "br/calendar.yaml"])
def test_a_book_changed_after_its_check_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes() + b"# A remark, and no more.\n")
    with pytest.raises(queries.Unsealed, match=COMMAND):
        queries.book("br", folder)
    (problem,) = queries.not_in_service(folder)
    assert problem.say("en").startswith("br/market.yaml:1: the rulebook br has no valid seal: it was changed since")
    assert problem.say("en").endswith(COMMAND)
    assert not queries.book_to_try("br", folder).sealed


@pytest.mark.parametrize(
    "seal", [None, "", "sha256 ", "checker 1\nsha256 0000\n", "not a seal", "sha256 a\nsha256 b\n", "é" * 5000]
)
def test_a_book_without_a_seal_of_its_own_is_refused(folder: Path, seal: str | None) -> None:
    path = folder / "br" / seals.SEAL
    path.unlink()
    if seal is not None:
        path.write_text(seal, encoding="utf-8")
    with pytest.raises(queries.Unsealed):
        queries.book("br", folder)


def test_the_seal_of_another_market_is_none(folder: Path) -> None:
    (folder / "br" / seals.SEAL).write_bytes((folder / "cn" / seals.SEAL).read_bytes())
    with pytest.raises(queries.Unsealed):
        queries.book("br", folder)


def test_a_seal_of_an_earlier_checker_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makewhole.rooms.rulebooks.store.files.CHECKER", check.CHECKER + 1)
    with pytest.raises(queries.Unsealed):
        queries.book("br", folder)


def test_a_clean_check_seals_and_the_book_serves_again(folder: Path, spoil: Spoil) -> None:
    spoil(*HARMLESS)
    report = service.check(folder, "br")
    assert report.clean
    assert not report.sealed
    assert queries.not_in_service(folder)
    service.seal(folder, report)
    assert queries.book("br", folder).market == "br"
    assert queries.not_in_service(folder) == ()
    assert sorted(path.name for path in (folder / "br").iterdir() if path.name.startswith(".")) == []


def test_a_book_with_a_fault_is_never_sealed(folder: Path, spoil: Spoil) -> None:
    spoil("br/platform.yaml", "exclusion: {of: [br-late-freight,", "exclusion: {of: [br-cdc-35-loss, br-late-freight,")
    report = service.check(folder, "br")
    assert ["rule br-late-force-majeure leaves the buyer with less than the law gives" in one.what.en
            for one in report.faults].count(True) >= 1  # fmt: skip
    with pytest.raises(ValueError, match="has faults and is not sealed"):
        service.seal(folder, report)


def test_what_is_changed_while_it_is_checked_is_not_what_is_sealed(folder: Path, spoil: Spoil) -> None:
    report = service.check(folder, "br")
    spoil(*HARMLESS)
    service.seal(folder, report)
    with pytest.raises(queries.Unsealed):
        queries.book("br", folder)


def test_comparing_seals_is_quick_and_loads_no_prover() -> None:
    program = (
        "import sys, time; from pathlib import Path; from makewhole.rooms.rulebooks import queries; "
        f"folder = Path({str(RULEBOOKS)!r}); started = time.monotonic(); assert not queries.not_in_service(folder); "
        "assert time.monotonic() - started < 1; queries.book('cn', folder); sys.exit('z3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_without_the_solver_the_check_says_how_to_get_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("makewhole.core.rulebook.prove")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(service.ProverMissing, match="install makewhole"):
        service.check(folder, "br")


@pytest.mark.parametrize(
    "command", [["-m", "makewhole.config.serve", "--port", "1"], ["-m", "makewhole", "up", "--port", "1"]]
)
def test_web_and_supervisor_do_not_start_with_a_changed_book(folder: Path, spoil: Spoil, command: list[str]) -> None:
    spoil(*HARMLESS)
    started = _started(folder, command)
    assert started.returncode == 1
    assert COMMAND in started.stderr
    assert "Traceback" not in started.stderr


def test_the_worker_does_not_start_with_a_changed_book(folder: Path, spoil: Spoil) -> None:
    spoil(*HARMLESS)
    started = _started(folder, ["-m", "makewhole.doors.worker"])
    assert started.returncode == 1
    assert "The worker does not start: br/market.yaml:1: the rulebook br has no valid seal" in started.stderr
    assert COMMAND in started.stderr
    assert "Traceback" not in started.stderr


def _started(folder: Path, command: list[str]) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ, "MAKEWHOLE_RULEBOOKS": str(folder), "MAKEWHOLE_HOME": str(folder.parent / "home"),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }  # fmt: skip
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.django_db
def test_it_is_not_ready_with_a_changed_book(
    folder: Path, spoil: Spoil, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("makewhole.config.health._rules_sealed", False)
    spoil(*HARMLESS)
    settings.RULEBOOKS_DIRECTORY = folder  # type: ignore[attr-defined]
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "missing": "a sealed rulebook: br/market.yaml"}


def test_the_api_says_that_the_rules_are_not_in_service(
    folder: Path, spoil: Spoil, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(*HARMLESS)
    view = door(lambda _request: HttpResponse(queries.book("br", folder).market))
    answer = view(RequestFactory().get("/v1/rulebooks/br/rules"))
    assert answer.status_code == 503
    assert json.loads(answer.content)["type"] == "/v1/problems/rules-not-in-service"
    assert [record.exc_info for record in caplog.records if COMMAND in record.getMessage()] == [None]


def test_a_page_says_that_the_rules_are_being_checked(
    folder: Path, spoil: Spoil, settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(*HARMLESS)
    settings.RULEBOOKS_DIRECTORY = folder  # type: ignore[attr-defined]
    answer = Client(raise_request_exception=False).get("/rules/br/", headers={"accept-language": "zh-CN"})
    assert answer.status_code == 503
    assert "规则正在核对" in answer.content.decode()
    assert [record.exc_info for record in caplog.records if COMMAND in record.getMessage()] == [None]


def test_a_book_of_structural_faults_tells_those_first(folder: Path, spoil: Spoil) -> None:
    spoil("br/platform.yaml", "step: respond, debtor: merchant", "step: respond, debtor: platform")
    with pytest.raises(RulebookError, match="step respond of the merchant has no term"):
        queries.book("br", folder)
