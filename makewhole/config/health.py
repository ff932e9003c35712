"""Two questions for whoever watches the process: does it run, and can it serve."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from makewhole.rooms.rulebooks import queries

_migrated = False
_rules_sealed = False


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "up"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, its tables are those of this version, and every rulebook is sealed.

    Otherwise 503 with what is missing. What was right once is not looked at again: a process keeps its books.
    """
    global _migrated, _rules_sealed
    try:
        if not _rules_sealed:
            problems = queries.not_in_service()
            if problems:
                files = ", ".join(dict.fromkeys(problem.place.file for problem in problems))
                return JsonResponse({"status": "not ready", "missing": f"a sealed rulebook: {files}"}, status=503)
            _rules_sealed = True
        if not _migrated:
            executor = MigrationExecutor(connection)
            pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if pending:
                return JsonResponse({"status": "not ready", "missing": f"{len(pending)} migrations"}, status=503)
            _migrated = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "not ready", "missing": "database"}, status=503)
    return JsonResponse({"status": "ready"})


PROBES = {"/healthz": healthz, "/readyz": readyz}


class Probes:
    """Answers the two questions under whatever host name they are asked.

    Who watches knows the process by its address alone; the names in `MAKEWHOLE_ALLOWED_HOSTS` are those of people.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else self.get_response(request)
