"""Data folders for tests: made, marked as in use, removed at the end, and swept up when a run was killed."""

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "makewhole-tests-"
MARK = "test-run.lock"


def new_home() -> Path:
    """An empty data folder, which PostgreSQL's own user can reach; removed when this process ends."""
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    home.chmod(0o755)
    mark = os.open(home / MARK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(mark, fcntl.LOCK_EX)  # held until the process is gone, however it goes
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


def remove_abandoned_homes() -> None:
    """Stop and remove what killed test runs left; a folder whose run is alive is locked."""
    from makewhole.config.cluster import Cluster

    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        mark = home / MARK
        if not mark.exists() or mark.stat().st_uid != os.geteuid():
            continue
        with mark.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            Cluster(home).stop()
            shutil.rmtree(home, ignore_errors=True)
