"""`makewhole up`: whatever is killed comes back, and a stop leaves nothing running."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from makewhole.config.cluster import Cluster
from tests.house.conftest import run, start

pytestmark = pytest.mark.slow


@dataclass
class House:
    """A running `makewhole up`."""

    home: Path
    supervisor: subprocess.Popen[str]
    port: int

    def status(self, path: str = "/readyz") -> int:
        """The HTTP status of a page; 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def program(self, name: str) -> int:
        """Process id of the supervisor's child that runs the module `name`; 0 while there is none."""
        return next((pid for pid in children(self.supervisor.pid) if name in command_line(pid)), 0)

    def postmaster(self) -> int:
        return Cluster(self.home).postmaster_pid() or 0

    def kill(self, pid: int) -> None:
        """Kill one process. Zero would mean the test's own process group."""
        assert pid > 1
        os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.NoSuchProcess:
        return []


def command_line(pid: int) -> str:
    """How the process was started; empty when it is gone."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.NoSuchProcess:
        return ""


def is_eventually(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def house_up(home: Path, port: int = 0) -> House:
    log = home / "up.log"
    with log.open("a") as stderr:
        supervisor = start(home, "-m", "makewhole", "up", "--port", str(port), stderr=stderr)
    assert supervisor.stdout is not None
    line = supervisor.stdout.readline()
    assert "makewhole is at http://127.0.0.1:" in line, log.read_text()
    return House(home, supervisor, int(line.split("127.0.0.1:")[1].split()[0]))


@pytest.fixture(scope="module")
def house(empty_home: Path) -> Iterator[House]:
    house = house_up(empty_home)
    yield house
    if house.supervisor.poll() is None:
        house.supervisor.terminate()
        house.supervisor.communicate(timeout=60)


def test_it_serves_when_it_says_so(house: House) -> None:
    assert (house.status("/healthz"), house.status("/readyz")) == (200, 200)


def test_a_killed_web_worker_is_replaced(house: House) -> None:
    web = house.program("makewhole.config.serve")
    victim = children(web)[0]
    house.kill(victim)
    assert is_eventually(lambda: len(set(children(web)) - {victim}) == 2)
    assert is_eventually(lambda: house.status() == 200)
    assert house.program("makewhole.config.serve") == web


def test_a_killed_web_server_comes_back_and_its_orphans_leave(house: House) -> None:
    web = house.program("makewhole.config.serve")
    orphans = children(web)
    house.kill(web)
    assert is_eventually(lambda: house.program("makewhole.config.serve") not in (0, web))
    assert is_eventually(lambda: house.status() == 200)
    assert is_eventually(lambda: not any("serve" in command_line(orphan) for orphan in orphans))


def test_a_killed_worker_comes_back(house: House) -> None:
    worker = house.program("makewhole.doors.worker")
    house.kill(worker)
    assert is_eventually(lambda: house.program("makewhole.doors.worker") not in (0, worker))


def test_a_killed_database_comes_back_and_pages_are_served_again(house: House) -> None:
    postmaster = house.postmaster()
    house.kill(postmaster)
    assert is_eventually(lambda: house.postmaster() not in (0, postmaster))
    assert is_eventually(lambda: house.status() == 200)
    assert [house.status() for _ in range(20)] == [200] * 20


def test_a_taken_port_is_said_to_be_taken(house: House) -> None:
    second = run(house.home, "-m", "makewhole", "up", "--port", str(house.port))
    assert second.returncode == 1
    assert f"Port {house.port} on 127.0.0.1 cannot be used" in second.stderr
    assert "--port" in second.stderr
    assert house.status() == 200


def test_after_a_killed_supervisor_its_programs_end_and_the_next_one_takes_over(house: House) -> None:
    web, worker = house.program("makewhole.config.serve"), house.program("makewhole.doors.worker")
    house.supervisor.kill()
    house.supervisor.communicate(timeout=60)
    assert is_eventually(lambda: not command_line(web) and not command_line(worker))
    postmaster = house.postmaster()
    assert postmaster
    successor = house_up(house.home, house.port)
    assert successor.status() == 200
    assert successor.postmaster() == postmaster
    house.supervisor = successor.supervisor


def test_a_clean_stop_leaves_nothing_running(house: House) -> None:
    programs = [house.program("makewhole.config.serve"), house.program("makewhole.doors.worker"), house.postmaster()]
    assert all(programs)
    stopped_at = time.monotonic()
    house.supervisor.send_signal(signal.SIGINT)
    out, _ = house.supervisor.communicate(timeout=60)
    assert house.supervisor.returncode == 0
    assert out.endswith("Stopped.\n")
    assert time.monotonic() - stopped_at < 15
    assert not any(command_line(program) for program in programs)
    assert not Cluster(house.home).answers()
