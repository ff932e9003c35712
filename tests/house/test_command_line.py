"""The command line's frame: quick help, clear errors, and exit codes that mean one thing each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from makewhole.doors.cli import boot, case, console
from makewhole.doors.cli.main import root
from makewhole.doors.cli.supervisor import services_running
from tests.house.conftest import CHECKOUT, environment, run


def test_help_names_every_command_without_loading_django(tmp_path: Path) -> None:
    shown = run(tmp_path, "-X", "importtime", "-m", "makewhole", "--help")
    assert shown.returncode == 0
    for command in ("answer", "case", "demo", "import", "manage", "replay", "rulebook", "up", "verify"):
        assert f"\n  {command} " in shown.stdout
    assert "django" not in shown.stderr
    assert "psycopg" not in shown.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("wrong", [["nonsense"], ["up", "--port", "70000"], ["up", "--nonsense"]])
def test_wrong_use_ends_with_2_and_says_what_is_wrong(tmp_path: Path, wrong: list[str]) -> None:
    shown = run(tmp_path, "-m", "makewhole", *wrong)
    assert shown.returncode == 2
    assert "error:" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert shown.stdout == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAKEWHOLE_HTTPS", "yes"),
        ("MAKEWHOLE_WEB_THREADS", "many"),
        ("MAKEWHOLE_HOME", "/dev/null/nowhere"),
        ("DATABASE_URL", "sqlite:///file"),
        ("MAKEWHOLE_SECRET_KEY", "guess-me"),
        ("MAKEWHOLE_ALLOWED_HOSTS", ","),
        ("MAKEWHOLE_ALLOWED_HOSTS", "https://aftersales.example.com"),
        ("MAKEWHOLE_PUBLIC_URL", "aftersales.example.com"),
        ("MAKEWHOLE_PUBLIC_URL", "https://aftersales.example.com:99999"),
        ("MAKEWHOLE_LANGUAGE", "fr"),
        ("MAKEWHOLE_FILES_URL", "ftp://host/folder"),
        ("MAKEWHOLE_FILES_URL", "file:///dev/null/nowhere"),
        ("MAKEWHOLE_SCANNER_URL", "http://host"),
        ("MAKEWHOLE_SCANNER_URL", "tcp://host:99999"),
        ("MAKEWHOLE_SMS_URL", "ftp://host"),
        ("MAKEWHOLE_MAIL_FROM", "nobody"),
        ("MAKEWHOLE_RULEBOOKS", "/nowhere"),
        ("MAKEWHOLE_LOG_LEVEL", "LOUD"),
        ("MAKEWHOLE_CLOCK", "/nowhere"),
        ("MAKEWHOLE_CLOCK", __file__),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    shown = run(tmp_path, "-m", "makewhole", "manage", "check", **{name: value})
    assert shown.returncode == 1
    assert shown.stderr.startswith("error: ")
    assert name in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_that_is_not_this_machine_s_is_refused_at_once(host: str) -> None:
    with (
        pytest.raises(console.Refused, match=r"is no address of this machine .* --host"),
        services_running(host, 0, lambda: False),
    ):
        pytest.fail("it runs")


def test_a_setting_s_name_that_is_misspelt_is_told_with_the_one_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HMOE", "ANYTHING", "TEST_HOME"):
        monkeypatch.setenv(f"MAKEWHOLE_{name}", "x")
    assert [*boot.misspelt_settings().values()] == ["", "MAKEWHOLE_HOME"]


def test_a_database_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    address = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1"
    shown = run(tmp_path, "-m", "makewhole", "manage", "migrate", DATABASE_URL=address)
    assert shown.returncode == 1
    assert "The database that DATABASE_URL names cannot be reached" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_django_management_commands_pass_through_with_their_exit_code(tmp_path: Path) -> None:
    assert run(tmp_path, "-m", "makewhole", "manage", "check").returncode == 0
    assert run(tmp_path, "-m", "makewhole", "manage", "nonsense").returncode == 1


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (console.Refused("Nothing is due on this line."), 1, "error: Nothing is due on this line."),
        (click.UsageError("Give an order file."), 2, "error: Give an order file."),
        (KeyboardInterrupt(), 130, "error: Interrupted."),
        (OSError(28, "No space left on device", "rejects.ndjson"), 1, "error: rejects.ndjson: No space left on device"),
    ],
)
def test_each_ending_has_its_exit_code(
    raised: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def command() -> None:
        raise raised

    assert console.run(command, []) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("group", [[], ["case"], ["rulebook"]])
def test_a_group_without_its_command_shows_its_commands_once(
    group: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert console.run(root, group) == 2
    told = capsys.readouterr().err
    assert told.count("Usage:") == 1
    assert "error:" not in told


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_a_terminal_that_knows_few_characters_breaks_nothing(tmp_path: Path, encoding: str) -> None:
    order = "docs/start/order.json"
    arguments = ("answer", "--order", order, "--reason", "damaged", "--at", "2026-11-21T18:00+08:00", "--lang", "zh")
    program = subprocess.run(
        [sys.executable, "-m", "makewhole", *arguments],
        env=environment(tmp_path, PYTHONIOENCODING=encoding), cwd=CHECKOUT, capture_output=True, check=False,
    )  # fmt: skip
    assert (program.returncode, program.stderr) == (0, b"")
    assert b"cn@2025-08-15" in program.stdout


def test_a_user_without_a_name_is_told_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert case.whoever_types() == str(os.getuid())


def test_verify_knows_its_invariants_in_any_case(empty_home: Path) -> None:
    shown = run(empty_home, "-m", "makewhole", "verify", "--only", "i99")
    assert shown.returncode == 2
    assert "There is no check of I99; there are I1, I2, I3" in shown.stderr
    assert run(empty_home, "-m", "makewhole", "verify", "--only", "i1").returncode == 0


def test_a_folder_without_the_dataset_is_no_replay(tmp_path: Path) -> None:
    shown = run(tmp_path, "-m", "makewhole", "replay", "olist", str(tmp_path))
    assert shown.returncode == 1
    assert "holds no table of orders, items, payments; give the folder of the dataset" in shown.stderr
    assert os.listdir(tmp_path) == []


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_json({"还款": [1, None], "path": Path("a/b")})
    assert json.loads(capsys.readouterr().out) == {"还款": [1, None], "path": "a/b"}
