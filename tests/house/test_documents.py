"""What exists is documented, and what is documented exists."""

import re

import pytest
from django.core.management import call_command

from makewhole.config.environment import OF_THE_SUITE, VARIABLES
from makewhole.doors.cli.main import COMMANDS
from tests.house.tracked import CHECKOUT, python_files, shown

REFERENCE = CHECKOUT / "docs" / "reference"


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", (REFERENCE / "settings.md").read_text(encoding="utf-8"), re.M)
    assert [name for name, _ in rows] == [*VARIABLES]
    for name, default in rows:
        if VARIABLES[name]:
            assert default == f"`{VARIABLES[name]}`", name


def test_no_setting_is_read_that_is_not_in_the_table() -> None:
    named = {
        f"{shown(path)}: {name}"
        for path in python_files()
        for name in re.findall(r"[\"'](MAKEWHOLE_[A-Z_]*[A-Z])[\"']", path.read_text(encoding="utf-8"))
        if name not in VARIABLES and not name.startswith(OF_THE_SUITE)
    }
    assert named == set()


def test_every_command_is_documented() -> None:
    headings = re.findall(r"^## `makewhole ([a-z]+)", (REFERENCE / "commands.md").read_text(encoding="utf-8"), re.M)
    assert sorted(headings) == sorted(COMMANDS)


def test_every_dependency_is_justified_in_one_line() -> None:
    import tomllib

    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for extra in project["project"].get("optional-dependencies", {}).values():
        wanted.extend(extra)
    names = {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted}
    page = (CHECKOUT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^- `([a-z0-9-]+)`", page, re.M)) == names


@pytest.mark.django_db
def test_the_migrations_are_those_of_the_models() -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail("Models changed without a migration: run `makewhole manage makemigrations`.")
