"""The embedded PostgreSQL: started by who comes first, stopped by who leaves last, whole after any kill."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from makewhole.config import postgres
from makewhole.config.cluster import Cluster
from makewhole.config.environment import BadSetting, DatabaseFailed
from tests.house.conftest import environment, run, start

pytestmark = pytest.mark.slow

USES_DATABASE = """
import sys, psycopg
from makewhole.config.postgres import database_in_use, database_url
with database_in_use():
    with psycopg.connect(database_url()) as connection:
        connection.execute("SELECT 1")
    print("in use", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module's installation, with no server running; this process counts as one of its programs."""
    for name in os.environ:
        if name.startswith(("MAKEWHOLE_", "DATABASE_URL")):
            monkeypatch.delenv(name)
    for name, value in environment(empty_home).items():
        monkeypatch.setenv(name, value)
    assert not Cluster(empty_home).answers()
    return empty_home


def ask(question: str) -> object:
    with psycopg.connect(postgres.database_url(), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def is_eventually(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def postmaster(home: Path) -> int:
    return int((home / "database" / "postmaster.pid").read_text().split()[0])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_on_first_use_kept_between_runs_and_stopped_after_each(home: Path) -> None:
    with postgres.database_in_use(), psycopg.connect(postgres.database_url()) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('先行赔付')")
    assert not Cluster(home).answers()
    with postgres.database_in_use():
        assert ask("SELECT word FROM kept") == "先行赔付"
    assert not Cluster(home).answers()
    assert Cluster(home).postmaster_pid() is None


def test_what_is_secret_is_readable_by_its_owner_alone(home: Path) -> None:
    with postgres.database_in_use():
        password = home / "database-password"
        assert mode(password) == 0o600
        assert mode(home / "database") == 0o700
        assert mode(home / "run") == 0o700
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(postgres.database_url().replace(password.read_text().strip(), "guess"))


def test_it_writes_through_to_the_disk_unless_a_test_says_otherwise(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAKEWHOLE_DATABASE_FSYNC")
    with postgres.database_in_use():
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert ask(f"SHOW {setting}") == "on"
        assert ask("SHOW listen_addresses") == ""


def test_a_second_program_attaches_and_the_last_one_out_stops_the_server(home: Path) -> None:
    with postgres.database_in_use():
        first_postmaster = postmaster(home)
        other = start(home, "-c", USES_DATABASE)
        assert other.stdout is not None
        assert other.stdout.readline() == "in use\n"
    assert Cluster(home).answers()
    assert postmaster(home) == first_postmaster
    other.communicate(timeout=60)
    assert not Cluster(home).answers()


def test_programs_that_start_together_share_one_server(home: Path) -> None:
    programs = [start(home, "-c", USES_DATABASE) for _ in range(4)]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "in use\n"
    assert {program.poll() for program in programs} == {None}
    for program in programs:
        program.communicate(timeout=60)
    assert [program.returncode for program in programs] == [0, 0, 0, 0]
    assert not Cluster(home).answers()


def test_a_killed_server_is_revived_with_all_that_was_committed(home: Path) -> None:
    with postgres.database_in_use() as cluster:
        assert cluster is not None
        with psycopg.connect(postgres.database_url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE counted (number int)")
            for number in range(50):
                connection.execute("INSERT INTO counted VALUES (%s)", [number])
            os.kill(postmaster(home), signal.SIGKILL)
        assert is_eventually(lambda: not cluster.answers())
        assert postgres.revive(cluster)
        assert ask("SELECT count(*) FROM counted") == 50
        assert not postgres.revive(cluster)


def test_after_a_killed_program_the_next_one_attaches_and_later_stops_the_server(home: Path) -> None:
    killed = start(home, "-c", USES_DATABASE)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "in use\n"
    killed.kill()
    killed.wait()
    left_running = postmaster(home)
    assert Cluster(home).answers()
    with postgres.database_in_use():
        assert postmaster(home) == left_running
    assert not Cluster(home).answers()


def test_a_pid_file_that_names_somebody_elses_process_does_not_bar_the_start(home: Path) -> None:
    stale = home / "database" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{home / 'database'}\n1700000000\n5432\n{home / 'run'}\n\n  1  1\nready\n")
    with postgres.database_in_use():
        assert ask("SELECT 1") == 1
        assert postmaster(home) != os.getpid()


def test_a_broken_first_attempt_leaves_nothing_behind(home: Path) -> None:
    shutil.rmtree(home / "database")
    leftover = home / "database-making-broken"
    leftover.mkdir()
    with postgres.database_in_use():
        assert ask("SELECT 1") == 1
    assert not list(home.glob("database-making-*"))


def test_a_database_of_another_version_is_left_alone(home: Path) -> None:
    version = home / "database" / "PG_VERSION"
    kept = version.read_text()
    version.write_text("15\n")
    try:
        made_by = r"made by PostgreSQL 15; this is PostgreSQL 18"
        with pytest.raises(DatabaseFailed, match=made_by), postgres.database_in_use():
            pass
    finally:
        version.write_text(kept)


def test_migrations_are_applied_once_by_programs_that_start_together(home: Path) -> None:
    counts = "from makewhole.doors.cli import boot\nwith boot.ready(): print('ready')"
    programs = [start(home, "-c", counts) for _ in range(3)]
    for program in programs:
        out, err = program.communicate(timeout=120)
        assert (program.returncode, out) == (0, "ready\n"), err
    with postgres.database_in_use():
        assert ask("SELECT count(*) - count(DISTINCT (app, name)) FROM django_migrations") == 0


def test_a_folder_with_a_long_path_gets_its_socket_elsewhere(
    empty_home: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = empty_home / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setenv("MAKEWHOLE_HOME", str(deep))
    with postgres.database_in_use() as cluster:
        assert cluster is not None
        assert ask("SELECT 1") == 1
        directory = cluster.socket_directory
        assert directory.is_relative_to(tempfile.gettempdir())
        assert mode(directory) == 0o700
    shutil.rmtree(directory)


def test_a_folder_that_cannot_be_made_is_refused(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("MAKEWHOLE_HOME", "/dev/null/makewhole")
    with pytest.raises(BadSetting, match="MAKEWHOLE_HOME"):
        postgres.database_url()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as another user")
def test_root_is_told_when_the_database_user_cannot_reach_the_folder_and_nothing_is_opened(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = Path(tempfile.mkdtemp())
    monkeypatch.setenv("MAKEWHOLE_HOME", str(private / "data"))
    try:
        with pytest.raises(DatabaseFailed, match=f"may not enter {private}"), postgres.database_in_use():
            pass
        assert mode(private) == 0o700
    finally:
        shutil.rmtree(private)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_said_to_be_full(home: Path) -> None:
    small = Path(tempfile.mkdtemp(prefix="makewhole-small-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", str(small)], check=False)
    if mounted.returncode != 0:
        small.rmdir()
        pytest.skip("this machine does not let its root mount a small disk")
    try:
        outcome = run(small, "-m", "makewhole", "manage", "migrate")
        assert outcome.returncode == 1
        assert "Too little space" in outcome.stderr
        assert "MAKEWHOLE_HOME" in outcome.stderr
        assert "Traceback" not in outcome.stderr
        assert not (small / "database").exists()
    finally:
        subprocess.run(["umount", str(small)], check=True)
        small.rmdir()


@pytest.mark.parametrize("url", ["sqlite:///file", "mysql://h/d", "postgresql://host:notaport/x y", "nonsense"])
def test_an_address_that_is_no_postgresql_database_is_refused_in_words(url: str) -> None:
    with pytest.raises(BadSetting, match="DATABASE_URL"):
        postgres.connection_settings(url)


def test_an_address_with_options_becomes_djangos_settings() -> None:
    settings = postgres.connection_settings("postgresql://u:p%40ss@db.example:6432/shop?sslmode=require")
    assert (settings["NAME"], settings["USER"], settings["PASSWORD"]) == ("shop", "u", "p@ss")
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "6432")
    assert settings["OPTIONS"]["sslmode"] == "require"
