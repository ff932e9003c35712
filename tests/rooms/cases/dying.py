"""A program that does everything a command asks and is killed at the moment of committing."""

import os
import sys
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main(case_id: str, database: str) -> None:
    import django
    from django.conf import settings
    from django.db import connection, transaction

    from tests.core.case.play import MARKET, MERCHANT, START

    settings.RULEBOOKS_DIRECTORY = MARKET
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from makewhole.core.case.commands import AcceptClaim
    from makewhole.rooms.cases import service
    from makewhole.rooms.treasury import ports

    ports.tell_worker(False)
    with transaction.atomic():
        done = service.act(UUID(case_id), AcceptClaim(), MERCHANT, START)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_event WHERE case_id = %s", [case_id])
            sys.stdout.write(f"{len(done.events)} events decided, {cursor.fetchone()[0]} in the books\n")
        sys.stdout.flush()
        os._exit(9)


if __name__ == "__main__":
    main(*sys.argv[1:])
