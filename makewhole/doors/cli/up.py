"""`makewhole up`: the whole program with one command."""

import click

from makewhole.core.rulebook.source import RulebookError
from makewhole.doors.cli import boot, console
from makewhole.doors.cli.supervisor import services_running
from makewhole.rooms.rulebooks import queries


def refuse_rulebooks_not_in_service() -> None:
    """Raises RulebookError when some market's rulebook is faulty, or changed since it was sealed."""
    problems = queries.not_in_service(boot.rulebooks_directory())
    if problems:
        raise RulebookError(problems)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every network.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
def command(host: str, port: int) -> None:
    """Start database, web and worker, and keep them running until Ctrl-C or SIGTERM."""
    for name, meant in boot.misspelt_settings().items():
        console.print_warning(f"{name} is no setting and changes nothing" + (f"; is {meant} meant?" if meant else "."))
    refuse_rulebooks_not_in_service()
    with boot.ready() as mend_database:
        boot.close_connections()
        with services_running(host, port, mend_database) as services:
            services.wait_until_ready()
            console.out.print(f"makewhole is at {services.address}  (Ctrl-C stops it)", soft_wrap=True)
            try:
                services.wait()
            except (KeyboardInterrupt, SystemExit):
                console.out.print("Stopping …")
    console.out.print("Stopped.")
