"""Keeps the web and worker processes, and the database under them, running until it is told to stop."""

import contextlib
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from makewhole.doors.cli import console

LOOK_SECONDS = 0.2
STOP_SECONDS_MAX = 8.0
READY_SECONDS_MAX = 60.0
PORT_SECONDS_MAX = 6.0
PAUSE_SECONDS_MAX = 10.0
STEADY_SECONDS = 10.0
CRASHES_MAX = 6
"""Crashes in a row, each within `STEADY_SECONDS`, after which a program is beyond restarting."""


@dataclass
class Child:
    """A program that is kept running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    crashes: int = 0

    def start(self) -> None:
        # A group of its own: Ctrl-C at the terminal reaches the supervisor alone, which then stops each child once.
        # Its output goes to stderr: stdout belongs to the command.
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=sys.stderr, process_group=0)
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start the program when it has ended, at once the first time, then after longer and longer pauses."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.crashes = 1 if now - self.started_at > STEADY_SECONDS else self.crashes + 1
        pause = 0.0 if self.crashes == 1 else min(0.5 * 2 ** (self.crashes - 2), PAUSE_SECONDS_MAX)
        console.err.print(f"{self.name} ended ({_ending(code)}); starting it again.", style="yellow")
        self.process = None
        self.start_again_at = now + pause

    def stop(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Services:
    """The running programs. `address` is where people reach them."""

    address: str
    children: Sequence[Child]
    mend_database: Callable[[], bool]
    failure: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Mend whatever ends, until told to stop or something is beyond mending."""
        while not self._stop.wait(LOOK_SECONDS):
            try:
                if self.mend_database():
                    console.err.print("The database had ended; it runs again.", style="yellow")
                for child in self.children:
                    child.look()
                    if child.crashes >= CRASHES_MAX:
                        raise RuntimeError(
                            f"{child.name} ended {child.crashes} times in a row; see what it said above."
                        )
            except Exception as error:
                self.failure = str(error)
                return

    def wait(self) -> None:
        """Wait until a signal ends the command. Raises `Refused` when a program cannot be kept running."""
        while not self._stop.wait(LOOK_SECONDS):
            self._raise_failure()

    def wait_until_ready(self) -> None:
        """Wait until pages are served and the database answers. Raises `Refused` when that takes too long."""
        host, _, port = self.address.removeprefix("http://").rpartition(":")
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            self._raise_failure()
            if _is_ready(host, int(port)):
                return
            time.sleep(0.05)
        raise console.Refused(f"No page came from {self.address} within {READY_SECONDS_MAX:.0f} seconds.")

    def stop(self) -> None:
        """Stop every program: politely, and after some seconds by force."""
        self._stop.set()
        for child in self.children:
            if child.process is not None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS_MAX
        for child in self.children:
            child.stop(deadline)

    def _raise_failure(self) -> None:
        if self.failure:
            raise console.Refused(self.failure)


@contextmanager
def services_running(host: str, port: int, mend_database: Callable[[], bool]) -> Iterator[Services]:
    """Run web and worker during the block and stop them after it, whatever happens.

    `port` 0 takes a free one. `mend_database` starts the database when it has ended and says whether it had to.
    Raises `Refused` when the port is taken.
    """
    port = _free_port(host, port)
    parent = ["--parent", str(os.getpid())]
    python = [sys.executable, "-m"]
    services = Services(
        address=f"http://{host if host not in {'0.0.0.0', '::'} else 'localhost'}:{port}",  # noqa: S104
        children=[
            Child("web", [*python, "makewhole.config.serve", "--host", host, "--port", str(port), *parent]),
            Child("worker", [*python, "makewhole.doors.worker", *parent]),
        ],
        mend_database=mend_database,
    )
    watcher = threading.Thread(target=services.watch, name="supervisor", daemon=True)
    try:
        for child in services.children:
            child.start()
        watcher.start()
        yield services
    finally:
        with _undisturbed():
            services._stop.set()
            if watcher.is_alive():
                watcher.join()
            services.stop()


def _free_port(host: str, port: int) -> int:
    """The port, or a free one for 0; waits a little for the processes of a killed predecessor to leave it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + PORT_SECONDS_MAX
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return int(probe.getsockname()[1])
            except OSError as error:
                if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                    raise console.Refused(
                        f"{host} is no address of this machine ({error.strerror}). Choose another with --host."
                    ) from error
                if time.monotonic() > deadline:
                    raise console.Refused(
                        f"Port {port} on {host} cannot be used ({error.strerror}). Choose another with --port."
                    ) from error
        time.sleep(0.2)


def _is_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host.strip("[]"), port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/readyz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C interrupt the stopping, which is bounded in time anyway."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
