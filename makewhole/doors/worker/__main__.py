"""`python -m makewhole.doors.worker`: the worker process. The database runs and Django's settings are named."""

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading

import django

from makewhole.doors.worker import collecting, lifeline

logger = logging.getLogger("makewhole.doors.worker")

STOP_SECONDS_MAX = 5.0


def main() -> None:
    """Run sweeps and deliveries until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m makewhole.doors.worker", description=main.__doc__)
    parser.add_argument("--parent", type=int, help="end when this process is gone")
    chosen = parser.parse_args()
    if chosen.parent:
        lifeline.end_with(chosen.parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makewhole.config.settings")
    django.setup()
    from makewhole.rooms.rulebooks import queries

    problems = queries.not_in_service()
    for problem in problems:
        logger.error("The worker does not start: %s", problem.say("en"))
    if problems:
        sys.exit(1)
    asyncio.run(_work())


async def _work() -> None:
    from makewhole.doors.worker.deliveries import run_deliveries
    from makewhole.doors.worker.sweeps import registered_sweeps, run_sweeps

    stop = asyncio.Event()
    stop_sweeps = threading.Event()

    def leave() -> None:
        stop.set()
        stop_sweeps.set()
        deadline = threading.Timer(STOP_SECONDS_MAX, _give_up)
        deadline.daemon = True
        deadline.start()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave)
    sweeps = registered_sweeps()
    collecting.spare_what_is_loaded()
    sweeping = threading.Thread(target=run_sweeps, args=(sweeps, stop_sweeps), name="sweeps")
    sweeping.start()
    logger.info("The worker runs deliveries and %d sweeps.", len(sweeps))
    try:
        await run_deliveries(stop)
    finally:
        stop_sweeps.set()
        await asyncio.to_thread(sweeping.join)


def _give_up() -> None:
    """Leave although something hangs: what is open is rolled back, and taken up again by the next worker."""
    logger.error("The worker did not stop in %.0f seconds and is ended.", STOP_SECONDS_MAX)
    os._exit(1)


if __name__ == "__main__":
    main()
