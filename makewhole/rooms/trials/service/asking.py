"""Trials asked for on a page: queued, carried out by the worker, their progress and report kept."""

import logging
import tempfile
import time
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from makewhole.core.words import Text
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.ids import new_id
from makewhole.rooms.rulebooks import queries as rulebooks
from makewhole.rooms.trials.models import Trial
from makewhole.rooms.trials.ports import TrialError, plain_report
from makewhole.rooms.trials.service.exporting import export_cases
from makewhole.rooms.trials.service.trying import rules_named, try_rules

logger = logging.getLogger(__name__)

TASK = "trials.run"
TELL_SECONDS = 0.5
_BROKEN = Text(
    "试算中断，原因已写入日志；可以重新试算", "the trial broke off, the log says why; it can be asked for again"
)


def ask(market: str, edition: str, against: str, by: str, now: datetime) -> UUID:
    """Queue a trial of an edition on all cases there are. Raises TrialError for an edition there is not."""
    book = rulebooks.book(market)
    rules_named(book, edition)
    rules_named(book, against)
    with transaction.atomic():
        trial = Trial.objects.create(
            id=new_id(), market=market, edition=edition, against=against, asked_at=now, asked_by=by
        )
        app.configure_task(TASK, lock="trials").defer(trial_id=str(trial.id))
    return trial.id


def run(trial_id: UUID, clock: object) -> None:
    """Carry a trial out. Doing it again does the same; a fault is kept with the trial."""
    trial = Trial.objects.filter(id=trial_id).exclude(state=Trial.State.DONE).first()
    if trial is None:
        return
    progress = _Progress(trial)
    try:
        with tempfile.TemporaryDirectory(prefix="makewhole-trial-") as folder:
            report = _tried(trial, Path(folder), progress)
        _finish(trial, Trial.State.DONE, clock, report=report)
    except TrialError as error:
        _finish(trial, Trial.State.FAILED, clock, fault=error.text._asdict())
    except Exception:
        logger.exception("Trial %s broke off.", trial_id)
        _finish(trial, Trial.State.FAILED, clock, fault=_BROKEN._asdict())


def _tried(trial: Trial, folder: Path, progress: "_Progress") -> dict[str, object]:
    """The report's plain form. Reading the cases and trying them are one step each a case."""
    book = rulebooks.book(trial.market)
    export = folder / "cases.parquet"
    count = cases.count_cases()
    progress.begin(2 * count)
    export_cases(export, cases.past_cases(), progress.advance)

    def watch(done: int, of: int) -> None:
        progress.reach(count + (count * done // of if of else 0))

    changed, against = rules_named(book, trial.edition), rules_named(book, trial.against)
    return plain_report(try_rules(export, changed, against, watch, threads=1))


def _finish(trial: Trial, state: str, clock: object, **found: object) -> None:
    now = clock() if callable(clock) else clock
    Trial.objects.filter(id=trial.id).update(state=state, finished_at=now, steps_done=trial.steps, **found)


class _Progress:
    """Tells how far a trial is, twice a second at most."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.told = trial, 0.0

    def begin(self, steps: int) -> None:
        self.trial.steps, self.trial.steps_done = steps, 0
        Trial.objects.filter(id=self.trial.id).update(state=Trial.State.RUNNING, steps=steps, steps_done=0)

    def advance(self, steps: int) -> None:
        self.reach(self.trial.steps_done + steps)

    def reach(self, done: int) -> None:
        self.trial.steps_done = done
        if time.monotonic() - self.told >= TELL_SECONDS:
            self.told = time.monotonic()
            Trial.objects.filter(id=self.trial.id).update(steps_done=done)
