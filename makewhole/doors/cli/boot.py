"""What a command needs before it works: the database running, Django set up, the tables there.

The command line is where the program starts, so this one module of the doors may call on `config`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import makewhole
from makewhole.config.environment import BadSetting
from makewhole.config.environment import DatabaseFailed as DatabaseFailed
from makewhole.doors.cli import console


@contextmanager
def ready(*, migrated: bool = True) -> Iterator[Callable[[], bool]]:
    """Make Django and the database usable within the block; import models and rooms only inside it.

    Starts the embedded database when no program runs it, and the last program out stops it. With `migrated` the
    missing migrations are applied first. Yields a function that starts the database again when it has ended and says
    whether it had to. Configuration and database errors become one plain sentence.
    """
    from django.apps import apps

    if apps.ready:
        # A command called from within a running program works on that program's database and connections.
        yield lambda: False
        return
    with settings_named():
        from makewhole.config.postgres import database_in_use, ensure_database, revive

        with database_in_use() as cluster:
            import django
            from django.db import OperationalError

            django.setup()
            try:
                if migrated:
                    ensure_database()
                yield lambda: cluster is not None and revive(cluster)
            except OperationalError as error:
                raise console.Refused(f"The database cannot be reached: {str(error).strip()}") from error
            finally:
                close_connections()


@contextmanager
def settings_named() -> Iterator[None]:
    """Name the settings module for Django and turn settings that cannot be used into a plain refusal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makewhole.config.settings")
    try:
        yield
    except (BadSetting, DatabaseFailed) as error:
        raise console.Refused(str(error)) from error


def rulebooks_directory() -> Path:
    """The folder of the rulebooks, for commands that need no database and no Django."""
    from makewhole.config.home import rulebooks_directory as configured

    with settings_named():
        return configured(Path(makewhole.__file__).parent)


def misspelt_settings() -> dict[str, str]:
    """Variables that look like settings and are none, each with the one that may be meant, or ''."""
    from makewhole.config.environment import misspelt

    return misspelt()


def close_connections() -> None:
    """End this program's sessions, so that the database can stop without waiting for them."""
    from django.db import connections

    connections.close_all()
