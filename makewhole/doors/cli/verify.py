"""`makewhole verify`: the invariants of the house, checked on a live database."""

import time
from collections.abc import Sequence
from typing import Any

import click

from makewhole.doors.cli import boot, console

ROOMS = ("orders", "treasury", "evidence", "notices", "cases")
"""Rooms with invariants of their own; each offers them as `queries.checks()`."""


@click.command()
@click.option("--only", multiple=True, metavar="I2", help="Check these invariants only; may be given several times.")
@console.json_option
def command(only: Sequence[str], as_json: bool) -> None:
    """Check books and cases: every invariant with its count. Exit code 1 and the first offender when one is broken."""
    with boot.ready():
        results = run_checks(frozenset(each.strip().upper() for each in only))
    broken = [result for result in results if result["wrong"]]
    if as_json:
        console.print_json({"clean": not broken, "checks": results})
    else:
        print_results(results)
    if broken:
        first = broken[0]
        raise console.Refused(
            f"{first['invariant']} is broken {first['wrong']} times ({first['title']}). "
            f"Look first at {first['first_offender']}"
        )


def run_checks(only: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Run every room's checks, in the order of their names. Raises UsageError when `only` names an unknown one."""
    import importlib

    checks = [check for room in ROOMS for check in importlib.import_module(f"makewhole.rooms.{room}.queries").checks()]
    unknown = only - {check.invariant for check in checks}
    if unknown:
        known = ", ".join(sorted({check.invariant for check in checks}, key=_number))
        raise click.UsageError(f"There is no check of {', '.join(sorted(unknown))}; there are {known}.")
    results = []
    chosen = [check for check in checks if not only or check.invariant in only]
    chosen.sort(key=lambda check: _number(check.invariant))
    with console.progress("Checking", len(chosen)) as bar:
        for check in chosen:
            began = time.perf_counter()
            checked, wrong, first_offender = check.run()
            results.append(
                {
                    "invariant": check.invariant,
                    "title": check.title,
                    "checked": checked,
                    "wrong": wrong,
                    "first_offender": first_offender,
                    "seconds": round(time.perf_counter() - began, 3),
                }
            )
            bar.advance(bar.task_ids[0])
    return results


def _number(invariant: str) -> int:
    return int(invariant.removeprefix("I"))


def print_results(results: Sequence[dict[str, Any]]) -> None:
    """One line for each check: what it keeps, how much it looked at, what it found."""
    rows = [
        (
            each["invariant"],
            each["title"],
            f"{each['checked']:,}",
            "[green]clean[/green]" if not each["wrong"] else f"[bold red]{each['wrong']:,} wrong[/bold red]",
            f"{each['seconds']:.2f}",
        )
        for each in results
    ]
    columns = {"": "left", "invariant": "left", "checked": "right", "found": "left", "seconds": "right"}
    console.print_table("Invariants", columns, rows)
