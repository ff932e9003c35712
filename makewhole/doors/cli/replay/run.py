"""One replay from reading the files to the report."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from makewhole.core.case.model import Case
from makewhole.doors.cli import console
from makewhole.doors.cli.replay.claims import PastOrder, moment, past_orders
from makewhole.doors.cli.replay.payouts import CURRENCY
from makewhole.doors.cli.replay.people import People
from makewhole.doors.cli.replay.steady import Steady
from makewhole.doors.cli.replay.world import OPERATOR, TICK, World
from makewhole.doors.cli.simulated import sweeping
from makewhole.integrations.payments.sandbox.manners import ROUGH
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import Filter
from makewhole.rooms.desk.queries import Report, report
from makewhole.rooms.treasury import service as treasury

DEPOSIT_MINOR = 20_000
FUND_MINOR = 20_000_000
CATCH_UP_SECONDS_MAX = 120.0
TICK_BESIDE = timedelta(days=1)
"""What every merchant leaves as a deposit and the platform puts into the fund before a replay, in minor units."""


def replay(
    shop_id: str,
    directory: Path,
    seed: int,
    most: int | None,
    mend: Callable[[], bool],
    services: bool,
    journal: Path | None,
) -> Report:
    """Play the dataset of a directory as the shop's orders and return what became of it."""
    steady = Steady(mend)
    with ExitStack() as stack:
        acknowledged = _journal(stack, journal)
        tick = TICK_BESIDE if services else TICK
        world = World(shop_id, People(seed), _clockwork(services, steady), steady, acknowledged, tick)
        merchants: dict[str, datetime] = {}
        rejected = planned = 0
        for past in islice(past_orders(directory, shop_id), most):
            if not isinstance(past, PastOrder):
                rejected += 1
                continue
            planned += 1
            world.plan(past)
            placed_at = moment(past.document["placed_at"])
            merchant_id = past.document["merchant_id"]
            merchants[merchant_id] = min(placed_at, merchants.get(merchant_id, placed_at))
        if not planned:
            raise console.Refused(f"No order of {directory} could be read; {rejected} rows were rejected.")
        _provide(shop_id, merchants, steady)
        with console.progress("Replaying", None) as bar:
            bar.update(bar.task_ids[0], total=len(world.arrivals))
            began = time.monotonic()
            ended = world.run(lambda count: bar.advance(bar.task_ids[0], count))
        told = steady(lambda: report(shop_id))
    counted = ", ".join(f"{count:,} {what}" for what, count in sorted(world.counts.items()))
    console.err.print(
        f"{planned:,} orders ({rejected:,} rows could not be read) up to {ended:%d %b %Y} in "
        f"{time.monotonic() - began:.0f} s: {counted}.",
        soft_wrap=True,
    )
    return told


def _journal(stack: ExitStack, path: Path | None) -> Callable[[Case], None]:
    """Where acknowledged commands are written down."""
    if path is None:
        return lambda case: None
    file = stack.enter_context(path.open("a", encoding="ascii", buffering=1))
    return lambda case: print(case.id, case.sequence, file=file)


def _provide(shop_id: str, merchants: dict[str, datetime], steady: Steady) -> None:
    """The fund and every merchant's deposit, once: before the first order of each."""
    first = min(merchants.values())
    steady(lambda: treasury.top_up_fund(CURRENCY, FUND_MINOR, f"{shop_id} fund", first))
    for merchant_id, placed_at in merchants.items():
        reference = f"{shop_id} deposit {merchant_id}"
        steady(partial(treasury.top_up_deposit, merchant_id, CURRENCY, DEPOSIT_MINOR, reference, placed_at))


def _clockwork(services: bool, steady: Steady) -> Callable[[datetime], None]:
    """The sweeps in this program; with services, the rehearsal's clock and patience until the worker has caught up."""
    if services:
        return _beside(steady)
    return sweeping(ROUGH)


def _beside(steady: Steady) -> Callable[[datetime], None]:
    if not os.environ.get(clock.VARIABLE):
        raise console.Refused(
            f"--services needs {clock.VARIABLE}: a file that names the rehearsal's time, the same for all programs."
        )
    path = Path(os.environ[clock.VARIABLE])

    def turn(now: datetime) -> None:
        clock.set_rehearsal(path, now)
        patience = time.monotonic() + CATCH_UP_SECONDS_MAX
        overdue = Filter(waiting=True, due_before=now)
        while steady(partial(cases.inbox, OPERATOR, overdue, "", 1)).rows:
            if time.monotonic() > patience:
                raise console.Refused(f"The worker has not fired the deadlines of {now:%d %b %Y %H:%M} in time.")
            time.sleep(0.05)

    return turn
