"""`makewhole rulebook try`: changed rules on past cases; needs no server and no database, only an export."""

from datetime import date
from pathlib import Path

import click

from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.words import Language, Text
from makewhole.doors.cli import console
from makewhole.doors.cli.books import book_of
from makewhole.doors.cli.trial_view import print_report, write_tables
from makewhole.rooms.trials.ports import TrialError, plain_report
from makewhole.rooms.trials.service import Rules, rules_named
from makewhole.rooms.trials.service import try_rules as run_trial

_ONE_OF_BOTH = Text(
    "请用 --edition 指定版本，或用 --rules 指定改过的规则文件夹",
    "name an edition with --edition, or a folder of changed rules with --rules",
)


@click.command("try")
@click.argument("market")
@click.option("--edition", metavar="NAME", help="The edition to try, such as cn@2022-07-18.")
@click.option("--rules", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Try the rules of this folder (a changed copy of the folder rulebooks) instead.")  # fmt: skip
@click.option("--on", "export", required=True, type=click.Path(exists=True, path_type=Path),
              help="The past cases: a file written by makewhole export cases.")  # fmt: skip
@click.option("--against", metavar="NAME",
              help="Compare with this edition, or with the rules of each case's own time ('then').")  # fmt: skip
@click.option(
    "--csv", "tables", type=click.Path(file_okay=False, path_type=Path), help="Write every table to a folder."
)
@console.language_option
@console.json_option
def try_rules(
    market: str,
    edition: str | None,
    folder: Path | None,
    export: Path,
    against: str | None,
    tables: Path | None,
    language: Language,
    as_json: bool,
) -> None:
    """Try an edition, or changed rules, of MARKET on past cases: who would get more or less, and who would pay it.

    Without --against an edition is held against the one before it, changed rules against those in force today.
    """
    if edition is None and folder is None:
        raise click.UsageError(_ONE_OF_BOTH.say(language))
    book = book_of(market, language)
    try:
        changed = _changed(book, market, edition, folder, language)
        held = _against(book, changed, against, given=folder is not None)
        with console.progress("Trying", None) as bar:
            report = run_trial(
                export, changed, held, lambda done, of: bar.update(bar.task_ids[0], completed=done, total=of)
            )
    except TrialError as error:
        raise console.Refused(error.text.say(language)) from error
    if tables is not None:
        write_tables(report, tables)
    if as_json:
        console.print_json(plain_report(report))
    else:
        print_report(report, language)


def _changed(book: Rulebook, market: str, edition: str | None, folder: Path | None, language: Language) -> Rules:
    """The rules to try: a named edition, of the shipped book or of the folder given; of a folder else the latest."""
    tried = book if folder is None else book_of(market, language, folder)
    found = Rules(tried, len(tried.editions) - 1) if edition is None else rules_named(tried, edition)
    return found if folder is None else found._replace(label=folder.name)


def _against(book: Rulebook, changed: Rules, against: str | None, *, given: bool) -> Rules:
    if against is not None:
        return rules_named(book, against)
    if given or changed.place is None:
        today = date.today().toordinal()  # noqa: DTZ011 (which edition is in force is a matter of days)
        return Rules(book, max(0, sum(start <= today for start in book.starts) - 1))
    return Rules(book, max(0, changed.place - 1))
