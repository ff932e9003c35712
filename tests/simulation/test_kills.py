"""Web, worker and database are killed at random during a replay: nothing acknowledged is lost, nothing paid twice."""

import json
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from makewhole.rooms.clock import set_rehearsal
from tests.house.conftest import empty_home, run, start
from tests.house.test_supervisor import House, is_eventually
from tests.simulation.dataset import write_dataset

pytestmark = pytest.mark.slow
__all__ = ["empty_home"]

ORDERS = 54
PAUSE_SECONDS = (0.8, 2.0)
SECONDS_MAX = 300

LEDGER = """
from makewhole.doors.cli import boot
with boot.ready(migrated=False):
    import json, sys
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id::text, max(sequence) FROM cases_event GROUP BY 1")
        events = dict(cursor.fetchall())
        cursor.execute(
            "SELECT coalesce(sum(amount_minor), 0)::bigint FROM payments_sandbox_payment"
            " WHERE state = 'settled' AND kind <> 'transfer'"
        )
        by_bank_minor = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(sum(paid_minor), 0)::bigint FROM cases_case")
        by_cases_minor = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM cases_case WHERE closed_at IS NULL")
        still_open = cursor.fetchone()[0]
    told = {"events": events, "by_bank_minor": by_bank_minor, "by_cases_minor": by_cases_minor, "open": still_open}
    json.dump(told, sys.stdout)
"""


def killer(house: House, stop: threading.Event, killed: Counter[str], seed: int) -> None:
    """Kill each of the three twice, in an order of chance, unless told to stop before."""
    chance = random.Random(seed)
    waiting = chance.sample(["web", "worker", "database"] * 2, 6)
    while waiting and not stop.wait(chance.uniform(*PAUSE_SECONDS)):
        what = waiting[-1]
        names = {"web": "makewhole.config.serve", "worker": "makewhole.doors.worker"}
        pid = house.postmaster() if what == "database" else house.program(names[what])
        if pid > 1:
            house.kill(pid)
            killed[waiting.pop()] += 1


def test_nothing_acknowledged_is_lost_and_nothing_is_paid_twice(empty_home: Path, tmp_path: Path) -> None:
    write_dataset(tmp_path / "data", ORDERS)
    clock, journal = tmp_path / "clock", tmp_path / "journal"
    set_rehearsal(clock, datetime(2018, 3, 1, tzinfo=UTC))
    house = house_in_rehearsal(empty_home, clock)
    killed: Counter[str] = Counter()
    stop = threading.Event()
    killing = threading.Thread(target=killer, args=(house, stop, killed, 7))
    killing.start()
    try:
        done = run_replay(empty_home, tmp_path / "data", clock, journal)
        stop.set()
        killing.join()
        assert is_eventually(lambda: house.status() == 200), "the web did not come back"
    finally:
        stop.set()
        killing.join()
        house.supervisor.send_signal(signal.SIGTERM)
        house.supervisor.wait(timeout=30)
    assert done.returncode == 0, done.stderr
    assert killed == {"web": 2, "worker": 2, "database": 2}

    verified = run(empty_home, "-m", "makewhole", "verify", "--json", MAKEWHOLE_CLOCK=str(clock))
    assert verified.returncode == 0, verified.stdout
    told = json.loads(run(empty_home, "-c", LEDGER).stdout)
    acknowledged = [line.split() for line in journal.read_text().splitlines()]
    assert len(acknowledged) > ORDERS / 2
    lost = [(case, number) for case, number in acknowledged if told["events"].get(case, 0) < int(number)]
    assert lost == []
    assert told["open"] == 0
    assert told["by_bank_minor"] == told["by_cases_minor"] > 0


def house_in_rehearsal(home: Path, clock: Path) -> House:
    """`makewhole up`, living by the clock."""
    with (home / "up.log").open("a") as stderr:
        supervisor = start(home, "-m", "makewhole", "up", "--port", "0", stderr=stderr, MAKEWHOLE_CLOCK=str(clock))
    assert supervisor.stdout is not None
    line = supervisor.stdout.readline()
    assert "makewhole is at http://127.0.0.1:" in line, (home / "up.log").read_text()
    return House(home, supervisor, int(line.split("127.0.0.1:")[1].split()[0]))


def run_replay(home: Path, data: Path, clock: Path, journal: Path) -> subprocess.CompletedProcess[str]:
    arguments = ("-m", "makewhole", "replay", "olist", str(data), "--services", "--journal", str(journal), "--json")
    with (home / "replay.log").open("w+") as stderr:
        program = start(home, *arguments, stderr=stderr, MAKEWHOLE_CLOCK=str(clock))
        began = time.monotonic()
        out, _ = program.communicate(timeout=SECONDS_MAX)
        stderr.seek(0)
        told = f"{stderr.read()}\nafter {time.monotonic() - began:.0f} s"
    return subprocess.CompletedProcess(arguments, program.returncode, out, told)
