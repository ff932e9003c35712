"""Simulated time in one program: everything that falls due up to a moment happens, with a provider that settles."""

from collections.abc import Callable
from datetime import datetime

from makewhole.integrations.payments.apps import webhook_secret
from makewhole.integrations.payments.sandbox.manners import Manners
from makewhole.integrations.payments.sandbox.provider import Sandbox, in_process
from makewhole.rooms.cases import jobs as case_jobs
from makewhole.rooms.treasury import jobs as treasury_jobs
from makewhole.rooms.treasury import ports as treasury_ports

SWEEP_LIMIT = 500


def sweeping(manners: Manners) -> Callable[[datetime], None]:
    """What lets clocks run out up to a moment: the rooms' own sweeps, and a sandbox of these manners.

    From now on this program hands nothing to a worker: a worker lives in another time.
    """
    treasury_ports.tell_worker(False)
    sandbox = Sandbox(webhook_secret("sandbox"), manners=manners, post=in_process)
    treasury_ports.register_provider(sandbox, stands_in=True)
    sweeps = (
        *(sweep.run for sweep in case_jobs.SWEEPS),
        *(sweep.run for sweep in treasury_jobs.SWEEPS),
        sandbox.advance,
        sandbox.deliver,
    )

    def turn(now: datetime) -> None:
        backlog = True
        while backlog:
            done = [sweep(now, SWEEP_LIMIT) for sweep in sweeps]
            backlog = max(done) >= SWEEP_LIMIT

    return turn
