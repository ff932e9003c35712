"""`makewhole demo`: an invented marketplace whose stories are played, then served."""

import os

import click

from makewhole.core.words import Language
from makewhole.doors.cli import boot, console
from makewhole.doors.cli.supervisor import services_running


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--once", is_flag=True, help="Play the stories, show their outcome, stop everything and end.")
@console.language_option
def command(host: str, port: int, once: bool, language: Language) -> None:
    """Bring up database, web and worker with a small invented marketplace, and serve it until Ctrl-C.

    The stories are played through the ordinary services in simulated time, up to this moment, so that some have ended
    and some wait for you.
    """
    os.environ["MAKEWHOLE_DEMO"] = "1"
    with boot.ready() as mend_database:
        from makewhole.doors.cli.demo import load
        from makewhole.doors.cli.demo.outcome import print_guide, print_outcomes
        from makewhole.rooms import clock

        if not load.is_loaded():
            with console.progress("Playing the stories", len(load.STORIES)) as bar:
                load.load(clock.now(), lambda: bar.advance(bar.task_ids[0]))
        told = load.outcomes()
        boot.close_connections()
        with services_running(host, 0 if once else port, mend_database) as services:
            services.wait_until_ready()
            print_outcomes(told, language)
            print_guide(services.address, language)
            if once:
                console.out.print("Stopping …")
                return
            try:
                services.wait()
            except (KeyboardInterrupt, SystemExit):
                console.out.print("Stopping …")
    console.out.print("Stopped.")
