"""Today: load, clocks at risk, money out, the fund, and what needs an operator now."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from makewhole.core.case.model import Actor
from makewhole.core.words import Party, Stage
from makewhole.doors.portal.operator.cases import row_of
from makewhole.doors.portal.operator.frame import (
    currency_of,
    currency_tabs,
    frame,
    operators_only,
    zone_of_currency,
)
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.times import language
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import Filter
from makewhole.rooms.notices import queries as notices
from makewhole.rooms.treasury import queries as treasury
from makewhole.rooms.treasury.queries.fund import FundToday

AT_RISK = timedelta(hours=24)
ROWS = 6
NOTICES_READ = 60
UNPAID = "case.payment_short.fund_tried"
"""The notice by which the house tells that not even the fund could pay."""
DEBTORS = (Party.PLATFORM, Party.MERCHANT, Party.BUYER)


@require_GET
@operators_only
def show_today(request: HttpRequest) -> HttpResponse:
    """The day at a glance."""
    now, reader, currency = clock.now(), actor_of(request), currency_of(request)
    zone = zone_of_currency(currency)
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, zone)
    fund = treasury.fund_today(currency)
    loads = [(party, cases.how_much_waits(reader, now, Filter(waiting=True, waiting_for=party))) for party in DEBTORS]
    by_stage = cases.open_by_stage()
    told = unread(reader)
    context = {
        **frame(request, now),
        "zone": zone,
        "currency": currency,
        "fund": fund,
        "out": treasury.money_out(currency, midnight),
        "stages": [
            {"label": label_of(stage), "count": by_stage.get(stage, 0), "href": f"/operator/cases/?stage={stage.value}"}
            for stage in Stage
            if stage is not Stage.CLOSED
        ],
        "open_count": sum(by_stage.values()),
        "loads": [
            {"label": label_of(party), "load": load, "href": f"/operator/cases/?waiting_for={party.value}"}
            for party, load in loads
        ],
        "at_risk": at_risk(reader, now),
        "alarms": alarms(fund, currency, sum(load.overdue for _party, load in loads), told),
        "notices": told,
        "currency_tabs": currency_tabs("/operator/"),
    }
    return render(request, "operator/today.html", context)


def at_risk(reader: Actor, now: datetime) -> list[dict[str, Any]]:
    """The panel's own cases that fall due within a day, the most urgent first."""
    wanted = Filter(waiting=True, waiting_for=Party.PLATFORM, due_before=now + AT_RISK)
    return [row_of(row) for row in cases.inbox(reader, wanted, limit=ROWS).rows]


def alarms(fund: FundToday, currency: str, overdue: int, told: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What needs somebody now, each with the page that helps."""
    found: list[dict[str, str]] = []
    unpaid = sum(each["is_unpaid"] for each in told)
    if unpaid:
        text = ngettext(
            "%(count)d case could not be paid in full, not even by the fund.",
            "%(count)d cases could not be paid in full, not even by the fund.",
            unpaid,
        ) % {"count": unpaid}
        found.append({"tone": "harm", "href": "#unread", "label": _("See why"), "text": text})
    if not fund.solvent:
        found.append(
            {"tone": "harm", "href": f"/operator/fund/?currency={currency}", "label": _("Top the fund up"),
             "text": _("The fund holds less than could fall on it. Advances may be refused.")}
        )  # fmt: skip
    trouble = treasury.payouts_in_trouble()
    if trouble.get("failed"):
        count = trouble["failed"]
        text = ngettext("%(count)d payout failed.", "%(count)d payouts failed.", count) % {"count": count}
        found.append(
            {"tone": "harm", "href": "/operator/books/payouts/?state=failed", "label": _("See them"), "text": text}
        )
    if trouble.get("held"):
        count = trouble["held"]
        text = ngettext(
            "%(count)d payout waits for the end of a chargeback.",
            "%(count)d payouts wait for the end of a chargeback.",
            count,
        ) % {"count": count}
        found.append(
            {"tone": "waiting", "href": "/operator/books/payouts/?state=held", "label": _("See them"), "text": text}
        )
    if overdue:
        text = ngettext("%(count)d clock is overdue.", "%(count)d clocks are overdue.", overdue) % {"count": overdue}
        hint = _("The sweep should take it within minutes; if it stays, look at the worker.")
        found.append(
            {
                "tone": "waiting",
                "href": "/operator/cases/?due=overdue",
                "label": _("See them"),
                "text": f"{text} {hint}",
            }
        )
    if treasury.differences(limit=1):
        found.append(
            {"tone": "waiting", "href": "/operator/books/reconciliation/", "label": _("Reconcile"),
             "text": _("A provider's statement has lines the books do not know.")}
        )  # fmt: skip
    return found


def unread(reader: Actor) -> list[dict[str, Any]]:
    """What the house told its operators and nobody has read, the newest of each case; others are one each."""
    tongue = language()
    newest: dict[object, dict[str, Any]] = {}
    for notice in notices.inbox(reader, limit=NOTICES_READ, unread_only=True).rows:
        told = {
            "subject": notice.subject(tongue),
            "body": notice.body(tongue),
            "at": notice.created_at,
            "href": f"/operator/notices/{notice.id}/",
            "is_unpaid": notice.template == UNPAID,
        }
        newest.setdefault(notice.case_id or notice.id, told)
    return list(newest.values())[:ROWS]
