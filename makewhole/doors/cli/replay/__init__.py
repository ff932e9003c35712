"""`makewhole replay`: real past orders through the house in simulated time, with people who behave by a seed."""

from pathlib import Path

import click

from makewhole.doors.cli import boot, console
from makewhole.integrations.shops.olist_tables import files_of
from makewhole.integrations.shops.rows import RowError

SHOPS = {"olist": "olist-replay"}


@click.command()
@click.argument("dataset", type=click.Choice(sorted(SHOPS)))
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same people.")
@click.option("--orders", "most", type=click.IntRange(1), help="Stop after so many orders of the dataset.")
@click.option("--services", is_flag=True, help="Let a running worker fire deadlines; see MAKEWHOLE_CLOCK.")
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path),
              help="Write down every acknowledged command: case and number of its last event.")  # fmt: skip
@console.json_option
def command(
    dataset: str, directory: Path, seed: int, most: int | None, services: bool, journal: Path | None, as_json: bool
) -> None:
    """Play the claims that the real orders of DIRECTORY warrant, and end with what they came to.

    Every order is taken in, every claim its dates and reviews warrant is opened through the ordinary service,
    merchants answer by seeded manners, and time passes until every deadline has fired. The same replay again goes on
    where the last one stopped and changes nothing once it is through.
    """
    try:
        files_of([directory])
    except RowError as error:
        raise console.Refused(error.fault.say()) from error
    with boot.ready() as mend:
        from makewhole.doors.cli.replay.run import replay

        report = replay(SHOPS[dataset], directory, seed, most, mend, services, journal)
        if as_json:
            told = report._asdict()
            told["reasons"] = [reason._asdict() for reason in report.reasons]
            console.print_json(told)
        else:
            from makewhole.doors.cli.replay.outcome import print_report

            print_report(report)
