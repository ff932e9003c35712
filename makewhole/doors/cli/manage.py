"""`makewhole manage …`: Django's management commands, with the embedded database running where they need one."""

import click

from makewhole.doors.cli import boot, console

WITHOUT_DATABASE = frozenset(
    {"api_reference", "check", "compilemessages", "findstatic", "help", "makemessages", "version"}
)


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> int:
    """Django's own management commands: `makewhole manage help` lists them."""
    name = arguments[0] if arguments else "help"
    if name in WITHOUT_DATABASE or "--help" in arguments:
        with boot.settings_named():
            return _execute(arguments)
    with boot.ready(migrated=False):
        return _execute(arguments)


def _execute(arguments: tuple[str, ...]) -> int:
    from django.core.management import ManagementUtility
    from django.core.management.base import CommandError

    try:
        ManagementUtility(["makewhole manage", *arguments]).execute()
    except CommandError as error:
        raise console.Refused(str(error)) from error
    except SystemExit as error:
        return int(error.code or 0) if isinstance(error.code, int | None) else console.Exit.REFUSED
    return console.Exit.DONE
