"""Trials asked for on a page: queued, carried out by the worker, their progress and report kept."""

import logging
import tempfile
import time
from datetime import datetime
from difflib import unified_diff
from pathlib import Path, PurePosixPath
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Text
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.ids import new_id
from makewhole.rooms.rulebooks import queries as rulebooks
from makewhole.rooms.trials.models import Trial
from makewhole.rooms.trials.ports import Draft, TrialError, plain_report
from makewhole.rooms.trials.service.exporting import export_cases
from makewhole.rooms.trials.service.trying import Rules, rules_named, try_rules

logger = logging.getLogger(__name__)

TASK = "trials.run"
TELL_SECONDS = 0.5
_BROKEN = Text(
    "试算中断，原因已写入日志；可以重新试算", "the trial broke off, the log says why; it can be asked for again"
)


def ask(market: str, edition: str, against: str, by: str, now: datetime, draft: Draft | None = None) -> UUID:
    """Queue a trial on all cases there are: of an edition or, with a draft, of the latest edition as it would be.

    Raises TrialError for an edition there is not and for a draft that changes nothing, RulebookError for a faulty one.
    """
    rules_named(rulebooks.book(market), against)
    changed = _changed(market, edition, draft)
    asked = {} if draft is None else {
        "changed_file": draft.file, "changed_text": draft.text, "difference": _difference(market, draft),
    }  # fmt: skip
    with transaction.atomic():
        trial = Trial.objects.create(
            id=new_id(), market=market, edition=changed.name, against=against, asked_at=now, asked_by=by, **asked
        )
        app.configure_task(TASK, lock="trials").defer(trial_id=str(trial.id))
    return trial.id


def _changed(market: str, edition: str, draft: Draft | None) -> Rules:
    """The rules to try."""
    if draft is None:
        return rules_named(rulebooks.book(market), edition)
    book = rulebooks.changed_book(market, draft.file, draft.text)
    return Rules(book, len(book.editions) - 1, PurePosixPath(draft.file).name)


def _difference(market: str, draft: Draft) -> str:
    """The lines in which a draft differs from the published file."""
    published = rulebooks.rule_files(market)[draft.file].splitlines()
    lines = [*unified_diff(published, draft.text.splitlines(), n=1, lineterm="")][2:]
    if not lines:
        raise TrialError(Text(
            f"{draft.file} 与已发布的一样；先改一处再试算",
            f"{draft.file} says what is published already; change something in it first",
        ))  # fmt: skip
    return "\n".join(lines)


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
    except RulebookError as error:
        # The other files of the book were changed since the draft was read.
        problem = error.problems[0]
        _finish(trial, Trial.State.FAILED, clock, fault={"zh": problem.say("zh"), "en": problem.say("en")})
    except Exception:
        logger.exception("Trial %s broke off.", trial_id)
        _finish(trial, Trial.State.FAILED, clock, fault=_BROKEN._asdict())


def _tried(trial: Trial, folder: Path, progress: "_Progress") -> dict[str, object]:
    """The report's plain form. Reading the cases and trying them are one step each a case."""
    draft = Draft(trial.changed_file, trial.changed_text) if trial.changed_file else None
    changed = _changed(trial.market, trial.edition, draft)
    against = rules_named(rulebooks.book(trial.market), trial.against)
    export = folder / "cases.parquet"
    count = cases.count_cases()
    progress.begin(2 * count)
    export_cases(export, cases.past_cases(), progress.advance)

    def watch(done: int, of: int) -> None:
        progress.reach(count + (count * done // of if of else 0))

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
