"""The command line's frame: one table of commands, each imported only when it is used."""

import importlib
import sys
from collections.abc import Sequence

import click

import makewhole
from makewhole.doors.cli import console

COMMANDS: dict[str, tuple[str, str]] = {
    "answer": ("makewhole.doors.cli.answer", "What is due on an order file, with rules and dates; needs no database."),
    "case": ("makewhole.doors.cli.case", "Open, read and act on cases."),
    "demo": ("makewhole.doors.cli.demo", "Play the stories of an invented marketplace and serve it."),
    "export": ("makewhole.doors.cli.export", "Write past cases to a file, to try rules on."),
    "import": ("makewhole.doors.cli.import_orders", "Take in orders from files of real shops."),
    "manage": ("makewhole.doors.cli.manage", "Django's own management commands."),
    "replay": ("makewhole.doors.cli.replay", "Run real past orders through the house in simulated time."),
    "rulebook": ("makewhole.doors.cli.rulebook", "Read and check rulebooks."),
    "up": ("makewhole.doors.cli.up", "Start database, web and worker, and keep them running."),
    "verify": ("makewhole.doors.cli.verify", "Check the books and cases of a live database."),
}
"""Name, module and one line of help. Each module exposes its click command as `command`."""


class Commands(click.Group):
    """A group that knows its commands by name and imports one module only: that of the command asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module_name, _ = COMMANDS[cmd_name]
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name != module_name:
                raise
            raise click.ClickException(f"This version of makewhole has no {cmd_name!r} command yet.") from error
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(makewhole.__version__, prog_name="makewhole")
def root() -> None:
    """Makes the buyer whole: after-sales, disputes and buyer protection for marketplaces.

    Exit code 0: done. 1: refused, or faults found. 2: wrong use.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(console.run(root, arguments))
