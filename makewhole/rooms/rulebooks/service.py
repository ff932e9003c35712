"""Check rulebooks and seal them: what the command line does for those who edit rules. No service calls this.

Checking proves the rules with a solver, which takes seconds; the seal lets a service see in a moment that this very
book was checked.
"""

from pathlib import Path
from typing import NamedTuple

from makewhole.core.rulebook.check import faults_of
from makewhole.core.rulebook.reach import unreached
from makewhole.core.rulebook.scenario import run
from makewhole.core.rulebook.source import Problem, RulebookError
from makewhole.core.words import Text
from makewhole.rooms.rulebooks import store


class ProverMissing(RuntimeError):
    """The solver is not installed. `text` says what to do."""

    text = Text(
        "缺少证明规则所需的 z3；请安装 makewhole[prove]（例如 pip install 'makewhole[prove]'）",
        "z3, which proves rules, is not installed; install makewhole[prove], "
        "for example with: pip install 'makewhole[prove]'",
    )

    def __init__(self) -> None:
        super().__init__(self.text.en)


class WrongScenario(NamedTuple):
    """A scenario that comes out otherwise than its author expects."""

    id: str
    place: str
    difference: str


class Report(NamedTuple):
    """What a check found. `digest` stands for the files that were checked; counts are 0 for a book not readable."""

    market: str
    digest: str
    faults: tuple[Problem, ...]
    wrong: tuple[WrongScenario, ...]
    rules: int = 0
    editions: int = 0
    reasons: int = 0
    scenarios: int = 0
    sealed: bool = False

    @property
    def clean(self) -> bool:
        return not self.faults and not self.wrong


def check(folder: Path, market: str) -> Report:
    """Check a market's rulebook: read it, judge its structure, run its scenarios, prove it.

    Raises store.UnknownMarket for a market there is not, ProverMissing where the solver is not installed.
    """
    try:
        files = store.read_files(folder, market)
        book = store.book_of(files)
        scenarios = store.scenarios(folder, book)
    except RulebookError as error:
        return Report(market, "", error.problems, ())
    faults = [*faults_of(book), *unreached(book, scenarios)]
    wrong = tuple(
        WrongScenario(scenario.id, str(scenario.place), difference)
        for scenario in scenarios
        for difference in run(scenario, book)
    )
    if not faults:
        try:
            from makewhole.core.rulebook.prove import prove
        except ModuleNotFoundError as error:
            if error.name != "z3":
                raise
            raise ProverMissing() from None
        faults = [finding.problem() for finding in prove(book).findings]
    return Report(
        market, files.digest, tuple(faults), wrong, len(book.rules), len(book.editions), len(book.reasons),
        len(scenarios), store.sealed_digest(folder, market) == files.digest,
    )  # fmt: skip


def seal(folder: Path, report: Report) -> Path:
    """Seal the files a clean check has seen. Raises ValueError for a report with faults. Returns the seal's path."""
    if not report.clean:
        raise ValueError(f"the rulebook {report.market} has faults and is not sealed")
    return store.write_seal(folder, report.market, report.digest)
