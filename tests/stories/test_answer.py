"""`makewhole answer` and `makewhole rulebook` as people use them: commented scripts with the output they give.

Each file in `answer/` holds remarks (#), commands ($) and, under each command, what it prints. After a change that is
meant, `ACCEPT=1 pytest tests/stories/test_answer.py` writes the new output; read the difference before keeping it.
"""

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from makewhole.doors.cli import console
from makewhole.doors.cli.main import root
from makewhole.doors.cli.rulebook import facts_page
from tests.rooms.rulebooks.conftest import BELOW_THE_LAW

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"
FOLDER = Path(__file__).parent / "answer"
SCRIPTS = sorted(FOLDER.glob("*.txt"))


def _run(command: str) -> str:
    """What a command prints, errors included, and its exit code when that is not 0."""
    program, *arguments = shlex.split(command)
    assert program == "makewhole"
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        code = console.run(root, arguments)
    told = "\n".join(line.rstrip() for line in printed.getvalue().strip("\n").splitlines())
    return told + (f"\nexit {int(code)}" if code else "")


def _play(script: str) -> str:
    """The script with the output its commands give now."""
    played: list[str] = []
    for part in re.split(r"^(?=[#$])", script, flags=re.MULTILINE):
        first = part.split("\n", 1)[0]
        if first.startswith("$ "):
            played.append(f"{first}\n{_run(first[2:])}\n\n")
        elif first.startswith("#"):
            played.append(f"{first}\n")
    return "".join(played)


@pytest.fixture
def _at_a_plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    for one in (console.out, console.err):
        monkeypatch.setattr(one, "_width", 96)


@pytest.mark.usefixtures("_at_a_plain_terminal")
@pytest.mark.parametrize("path", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_script(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    played = _play(script)
    if os.environ.get("ACCEPT") == "1":
        path.write_text(played, encoding="utf-8")
    assert played == script or os.environ.get("ACCEPT") == "1"


def test_there_are_scripts_in_both_languages() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    assert "--lang zh" in told
    assert "--lang en" in told
    assert len(SCRIPTS) >= 4


def test_the_program_itself_answers_without_a_database() -> None:
    arguments = "answer --order cup.json --reason item_missing --line 1:1 --at 2026-11-21T18:00+08:00 --lang en --json"
    done = subprocess.run(
        [sys.executable, "-m", "makewhole", *arguments.split()],
        cwd=FOLDER,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@localhost:1/none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"remedy": "refund_only"' in done.stdout


@pytest.fixture
def changed_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped rulebooks with a remark added to one file of cn: as right as before, but not what was checked."""
    folder = tmp_path / "rulebooks"
    shutil.copytree(RULEBOOKS, folder)
    with (folder / "cn" / "law.yaml").open("a", encoding="utf-8") as law:
        law.write("# A remark.\n")
    monkeypatch.setenv("MAKEWHOLE_RULEBOOKS", str(folder))
    monkeypatch.chdir(FOLDER)
    return folder


@pytest.mark.usefixtures("changed_books")
def test_an_answer_by_a_book_nobody_checked_is_given_with_a_loud_warning() -> None:
    answer = "makewhole answer --order cup.json --reason item_missing --line 1:1 --at 2026-11-21T18:00+08:00"
    told = " ".join(_run(f"{answer} --lang en").split())
    assert told.startswith("warning: the rulebook cn has no valid seal: this answer rests on rules nobody has checked")
    assert "run makewhole rulebook check cn --seal" in told
    assert "What is due" in told
    assert "规则库 cn 没有有效的封签" in _run(f"{answer} --lang zh")


def test_a_clean_check_seals_and_a_faulty_one_does_not(changed_books: Path) -> None:
    assert "Not sealed" in _run("makewhole rulebook check cn")
    assert "Sealed: a service may load it." in _run("makewhole rulebook check cn --seal")
    with (changed_books / "br" / "platform.yaml").open("a", encoding="utf-8") as platform:
        platform.write(BELOW_THE_LAW)
    told = _run("makewhole rulebook check br --seal --lang en")
    assert "rule br-no-gifts leaves the buyer with less than the law gives: return and refund is taken away" in told
    assert "For example, an order of R$ 89.00" in told
    assert told.endswith("exit 1")
    assert "br has no valid seal" in _run("makewhole up --port 1")


def test_the_page_of_facts_is_that_of_the_list() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "facts.md"
    assert page.read_text(encoding="utf-8") == facts_page(), (
        "run makewhole rulebook facts --markdown > docs/reference/facts.md"
    )
