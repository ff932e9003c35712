"""Holding the books against the outside and against the invariants: statements compared, every room's checks run."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from makewhole.doors.portal.operator.frame import frame, operators_only
from makewhole.doors.portal.operator.tabs import money_tabs
from makewhole.doors.portal.operator.words import act_text, check_text
from makewhole.doors.portal.parts.acting import see_other
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.checks import Check
from makewhole.rooms.evidence import queries as evidence
from makewhole.rooms.notices import queries as notices
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import ports, service
from makewhole.rooms.treasury import queries as treasury
from makewhole.rooms.treasury.service.reconciling import SETTLES_WITHIN

RECONCILIATION = "/operator/books/reconciliation/"


class Checked(NamedTuple):
    """What one check found."""

    invariant: str
    title: str
    checked: int
    wrong: int
    first_offender: str
    milliseconds: int


@require_GET
@operators_only
def show_reconciliation(request: HttpRequest) -> HttpResponse:
    """Statement lines without a transfer, and transfers no statement proves although it should by now."""
    now = clock.now()
    context = {
        **frame(request, now),
        "differences": treasury.differences(),
        "unproven": [
            {"row": row, "act": act_text(row.act), "href": f"/operator/books/transfers/{row.id}/"}
            for row in treasury.unproven(now - SETTLES_WITHIN)
        ],
        "days": SETTLES_WITHIN.days,
        "providers": ports.provider_names(),
        "tabs": money_tabs(),
    }
    return render(request, "operator/reconciliation.html", context)


@require_POST
@operators_only
def reconcile(request: HttpRequest) -> HttpResponse:
    """Fetch every provider's statement and compare it; the same statement again changes nothing."""
    now = clock.now()
    lines = matched = wrong = 0
    for name in ports.provider_names():
        compared = service.reconcile_provider(name, now)
        lines += compared.lines
        matched += compared.matched
        wrong = len(compared.differences)
    told = _("%(lines)d new lines read, %(matched)d matched, %(wrong)d without a transfer.") % {
        "lines": lines, "matched": matched, "wrong": wrong,
    }  # fmt: skip
    (messages.warning if wrong else messages.success)(request, told)
    return see_other(RECONCILIATION)


def all_checks() -> list[Check]:
    """Every room's checks, in the order of the invariants."""
    found = [check for room in (orders, treasury, evidence, notices, cases) for check in room.checks()]
    return sorted(found, key=lambda check: int(check.invariant.removeprefix("I")))


def run(checks: list[Check]) -> Iterator[Checked]:
    for check in checks:
        began = time.perf_counter()
        checked, wrong, first = check.run()
        spent = round((time.perf_counter() - began) * 1000)
        yield Checked(check.invariant, check_text(check.title), checked, wrong, first, spent)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def show_checks(request: HttpRequest) -> HttpResponse:
    """The invariants of the house; sent as a form, they are checked now."""
    found = list(run(all_checks())) if request.method == "POST" else []
    context: dict[str, Any] = {
        **frame(request),
        "checks": [(check.invariant, check_text(check.title)) for check in all_checks()],
        "found": found,
        "broken": [each for each in found if each.wrong],
        "seconds": round(sum(each.milliseconds for each in found) / 1000, 1),
        "tabs": money_tabs(),
    }
    return render(request, "operator/checks.html", context)
