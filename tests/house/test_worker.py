"""The worker: sweeps again and again, deliveries once more after a kill, and a quick stop."""

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from makewhole.doors.worker import deliveries, sweeps
from makewhole.doors.worker.deliveries import run_deliveries
from makewhole.doors.worker.sweeps import LIMIT, registered_sweeps, run_sweeps
from makewhole.rooms.sweeps import Sweep
from tests.house.conftest import run, start


@contextlib.contextmanager
def sweeping(*offered: Sweep) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run_sweeps, args=(offered, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


def test_a_backlog_is_worked_off_at_once_and_then_looked_for_twice_a_second() -> None:
    left = 10 * LIMIT
    calls: list[datetime] = []

    def take(now: datetime, limit: int) -> int:
        nonlocal left
        calls.append(now)
        done = min(left, limit)
        left -= done
        return done

    with sweeping(Sweep("backlog", take)):
        time.sleep(1.2)
    assert left == 0
    assert 10 < len(calls) <= 14
    assert all(now.tzinfo is not None for now in calls)


def test_a_sweep_that_fails_rests_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    failed, done = [], []

    def fails(now: datetime, limit: int) -> int:
        failed.append(time.monotonic())
        raise RuntimeError("the carrier's service is down")

    def works(now: datetime, limit: int) -> int:
        done.append(now)
        return 0

    with sweeping(Sweep("broken", fails), Sweep("sound", works)):
        deadline = time.monotonic() + 20
        while len(failed) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert failed[1] - failed[0] >= 1
    assert len(done) >= 2
    assert "the carrier's service is down" in caplog.text


def test_the_rooms_sweeps_are_found() -> None:
    assert "old_receipts" in {sweep.name for sweep in registered_sweeps()}


RAN: list[str] = []


@app.task(name="tests.note", queue="tests")
def note(word: str) -> None:
    RAN.append(word)


def jobs_left() -> int:
    """How many jobs of these tests are kept (other files leave theirs), asked on a connection that does not stay."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [note.name])
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


def deliver(word: str, seconds: float = 20) -> None:
    """Run deliveries until a job has noted the word and none is left."""

    async def work() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(run_deliveries(stop))
        deadline = time.monotonic() + seconds
        while (word not in RAN or await asyncio.to_thread(jobs_left)) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        stop.set()
        await asyncio.wait_for(running, 10)

    RAN.clear()
    asyncio.run(work())
    assert word in RAN


@pytest.mark.django_db(transaction=True)
def test_an_intent_is_delivered_once_and_its_job_removed() -> None:
    note.defer(word="退款")
    deliver("退款")
    assert RAN == ["退款"]
    assert jobs_left() == 0


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_is_delivered_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "HEARTBEAT_SECONDS", 0.2)
    note.defer(word="重发")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        )
        (dead_worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE task_name = %s",
            [dead_worker, note.name],
        )
    deliver("重发")
    assert RAN == ["重发"]


@pytest.mark.slow
def test_the_process_stops_within_five_seconds_of_sigterm(empty_home: Path) -> None:
    made = run(empty_home, "-m", "makewhole", "manage", "migrate")
    assert made.returncode == 0, made.stderr
    holds = (
        "from makewhole.doors.cli import boot\nimport sys\nwith boot.ready(): print('up', flush=True); sys.stdin.read()"
    )
    database = start(empty_home, "-c", holds)
    assert database.stdout is not None
    assert database.stdout.readline() == "up\n"
    log = empty_home / "worker.log"
    with log.open("w") as stderr:
        worker = start(empty_home, "-m", "makewhole.doors.worker", stderr=stderr)
    deadline = time.monotonic() + 60
    while "The worker runs" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert worker.poll() is None, log.read_text()
    told_at = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=10)
    assert worker.returncode == 0, log.read_text()
    assert time.monotonic() - told_at < 5
    database.communicate(timeout=30)


def test_resting_grows_and_ends_with_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(sweeps.time, "monotonic", lambda: clock[0])
    healthy = False

    def sometimes(now: datetime, limit: int) -> int:
        if not healthy:
            raise RuntimeError("not yet")
        return 0

    turn = sweeps._Turn(Sweep("sometimes", sometimes))
    rests = []
    for _ in range(8):
        sweeps._take(turn)
        rests.append(turn.rest_seconds)
    assert rests == [1, 2, 4, 8, 16, 32, 60, 60]
    healthy = True
    sweeps._take(turn)
    assert turn.rest_seconds == 0
