"""The web server process: Granian with a few worker processes, each with a pool of threads.

Started by `makewhole up` as `python -m makewhole.config.serve`; it may also run under any other supervisor.
"""

import argparse
import multiprocessing
import sys
from pathlib import Path
from typing import Any

import makewhole
from makewhole.config import home, settings
from makewhole.doors.worker import collecting, lifeline
from makewhole.rooms.rulebooks import queries

STOP_SECONDS_MAX = 4


def application() -> Any:
    """The WSGI application, made in a web worker, which ends with its server."""
    server = multiprocessing.parent_process()
    if server is not None and server.pid is not None:
        lifeline.end_with(server.pid)
    from makewhole.config.wsgi import application as wsgi

    collecting.spare_what_is_loaded()
    return wsgi


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being answered and leave."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    parser = argparse.ArgumentParser(prog="python -m makewhole.config.serve", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--parent", type=int, help="end when this process is gone")
    chosen = parser.parse_args()
    if chosen.parent:
        lifeline.end_with(chosen.parent)
    problems = queries.not_in_service(home.rulebooks_directory(Path(makewhole.__file__).parent))
    if problems:
        told = "\n".join(problem.say("en") for problem in problems)
        sys.exit(f"The web server does not start:\n{told}")
    Granian(
        target="makewhole.config.serve:application",
        factory=True,
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.WEB_PROCESSES,
        blocking_threads=settings.WEB_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS_MAX,
        log_level=LogLevels.error,
    ).serve()


if __name__ == "__main__":
    main()
