"""How commands speak: tables and colours to people, JSON to programs, errors to stderr, and the exit codes."""

import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from makewhole.core.words import LANGUAGES, Language, Text, language_of


class Exit(IntEnum):
    """What the process's exit code means."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2


WIDTH_UNKNOWN = 120
"""Columns of what is written where no terminal says how wide it is: a table in a file needs not be squeezed."""


def _width() -> int | None:
    return None if sys.stdout.isatty() or os.environ.get("COLUMNS") else WIDTH_UNKNOWN


out = Console(highlight=False, width=_width())
err = Console(stderr=True, highlight=False)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of tables.")
"""The decorator that gives a command its `--json` flag; the value arrives as `as_json`."""


def read_language(_context: click.Context, _parameter: click.Parameter, given: str | None) -> Language:
    """The language asked for; without one, that of the terminal where it is Chinese."""
    if given is not None:
        return next(each for each in LANGUAGES if each == given)
    return language_of(os.environ.get("LC_ALL") or os.environ.get("LANG") or "") or "en"


language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    callback=read_language,
    help="Language of the texts; that of the terminal when left out.",
)
"""The decorator that gives a command its `--lang` option; the value arrives as `language`."""


class Refused(click.ClickException):
    """The request was understood and refused, or faults were found: what is wrong, where, and what to do."""

    exit_code = Exit.REFUSED


def print_json(value: Any) -> None:
    """Write one JSON document and a newline to stdout: dates as RFC 3339, UUIDs and enums as text."""
    import orjson

    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table. `columns` maps each heading to its alignment, `left` or `right`."""
    if title:
        # Above the table, not in it: there a title is folded to the width of the columns.
        out.print(title, style="italic", markup=False)
    table = Table(header_style="bold")
    for heading, justify in columns.items():
        table.add_column(heading, justify="right" if justify == "right" else "left")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)


def clauses(language: Language, *texts: Text) -> str:
    """Texts one after the other in one sentence: what is wrong, and what to do."""
    return Text("；", "; ").say(language).join(text.say(language) for text in texts)


@contextmanager
def progress(description: str, total: int | None) -> Iterator[Progress]:
    """A progress bar on stderr with one task of id 0, shown on a terminal only; `total` in steps, or None."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        bar.add_task(description, total=total)
        yield bar


def print_error(message: str) -> None:
    """Write one error to stderr, in red on a terminal; square brackets are printed as they are."""
    err.print("error:", style="bold red", end=" ")
    err.print(message, markup=False, soft_wrap=True)


def print_warning(message: str) -> None:
    """Write one warning to stderr, in yellow on a terminal: what follows is given nevertheless."""
    err.print("warning:", style="bold yellow", end=" ")
    err.print(message, markup=False, soft_wrap=True)


def run(command: click.Command, arguments: Sequence[str] | None) -> int:
    """Run a click command and return the exit code, printing every expected error in one plain sentence."""
    _print_anywhere()
    with _ended_by_signals():
        try:
            outcome = command.main(
                args=None if arguments is None else list(arguments), prog_name="makewhole", standalone_mode=False
            )
        except click.exceptions.NoArgsIsHelpError as error:
            err.print(error.format_message(), markup=False)
            return Exit.WRONG_USE
        except click.UsageError as error:
            if error.ctx is not None:
                err.print(error.ctx.get_usage(), markup=False)
            print_error(error.format_message())
            return Exit.WRONG_USE
        except click.ClickException as error:
            print_error(error.format_message())
            return error.exit_code
        except click.exceptions.Exit as error:
            return error.exit_code
        except OSError as error:
            print_error(f"{error.filename}: {error.strerror}" if error.filename else str(error))
            return Exit.REFUSED
        except ValueError as error:
            return _rulebook_refused(error)
        except (click.Abort, KeyboardInterrupt):
            print_error("Interrupted.")
            return 130
    return int(outcome) if isinstance(outcome, int) else Exit.DONE


def _print_anywhere() -> None:
    """Let a terminal that cannot show a character show a question mark: in GBK there is no ¥, in ASCII no Chinese."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _rulebook_refused(error: ValueError) -> int:
    """Tell the faults of a rulebook that may not be used, whichever command came upon it; raise anything else again."""
    from makewhole.core.rulebook.source import RulebookError

    if not isinstance(error, RulebookError):
        raise error
    for problem in error.problems:
        print_error(problem.say("en"))
    return Exit.REFUSED


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn signals into an ordinary exit, so that what a command started is stopped again.

    SIGINT is listened to even where a shell started the command in the background with it switched off; SIGHUP stays
    switched off where nohup did that.
    """

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    handlers = {signal.SIGTERM: leave, signal.SIGINT: signal.default_int_handler}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        handlers[signal.SIGHUP] = leave
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
