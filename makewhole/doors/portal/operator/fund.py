"""The guarantee fund: what it holds, what is out, how its level moved; topping it up and its approval limit."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from makewhole.doors.portal.operator.frame import (
    currency_of,
    currency_tabs,
    frame,
    merchant_href,
    operators_only,
    zone_of_currency,
)
from makewhole.doors.portal.operator.money_acts import (
    action,
    amount_of,
    confirmed_once,
    figure,
    reference_of,
    said,
)
from makewhole.doors.portal.operator.tabs import money_tabs
from makewhole.doors.portal.parts.acting import see_other
from makewhole.doors.portal.parts.actions import new_key
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.figures import number_text
from makewhole.doors.portal.parts.plots import Plot, Series
from makewhole.rooms import clock
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury
from makewhole.rooms.treasury import service
from makewhole.rooms.treasury.queries.fund import FundDay, FundToday

DAYS = 30
FUND = "/operator/fund/"


def fund_href(currency: str) -> str:
    return f"{FUND}?currency={currency}"


@require_GET
@operators_only
def show_fund(request: HttpRequest) -> HttpResponse:
    """The fund in one currency."""
    now, currency = clock.now(), currency_of(request)
    zone = zone_of_currency(currency)
    fund = treasury.fund_today(currency)
    days = treasury.fund_by_day(currency, now, zone, DAYS)
    owing = treasury.debtors(currency)
    names = orders.merchant_names([debtor.merchant_id for debtor in owing])
    context = {
        **frame(request, now),
        "zone": zone,
        "currency": currency,
        "fund": fund,
        "level": level_plot(days, fund, currency),
        "moves": moves_plot(days, currency),
        "debtors": [
            {"debtor": each, "name": names.get(each.merchant_id, each.merchant_id),
             "href": merchant_href(each.merchant_id, currency)}
            for each in owing
        ],
        "tabs": money_tabs(),
        "currency_tabs": currency_tabs(FUND),
        "key": new_key(),
        "limit_key": new_key(),
        "amount_field": Field(
            name="amount", label=_("Amount to add"), kind="money", currency=currency, required=True, id="top-up-amount"
        ),
        "limit_field": Field(
            name="limit", label=_("Limit for one payment"), kind="money", currency=currency, required=True,
            id="limit-amount", value=number_text(fund.approval_limit_minor, currency),
            help=_("Above this the fund pays nothing by itself; 0 stops it altogether."),
        ),
    }  # fmt: skip
    return render(request, "operator/fund.html", context)


def level_plot(days: tuple[FundDay, ...], fund: FundToday, currency: str) -> Plot:
    """The fund at the end of each day, against what could fall on it now."""
    return Plot(
        title=_("The fund at the end of each day"),
        labels=[f"{day.day.month}/{day.day.day}" for day in days],
        series=[Series(_("Balance"), [day.balance_minor for day in days])],
        currency=currency,
        threshold=fund.exposed_minor or None,
        threshold_label=_("What could fall on it now") if fund.exposed_minor else "",
    )


def moves_plot(days: tuple[FundDay, ...], currency: str) -> Plot:
    """What went out and what came back, week by week would hide days: day by day."""
    last = days[-14:]
    return Plot(
        title=_("Out and back, day by day"),
        labels=[f"{day.day.month}/{day.day.day}" for day in last],
        series=[
            Series(_("Advanced"), [day.advanced_minor for day in last]),
            Series(_("Recovered"), [day.recovered_minor for day in last]),
        ],
        currency=currency,
    )


@require_POST
@operators_only
def top_up(request: HttpRequest) -> HttpResponse:
    """Put the platform's money into the fund, confirmed."""
    currency = currency_of(request)
    amount_minor, wrong = amount_of(request, "amount", currency)
    if amount_minor is None:
        messages.error(request, wrong)
        return see_other(fund_href(currency))
    fund = treasury.fund_today(currency)
    figures = [
        figure(_("The fund holds now"), fund.balance_minor, currency),
        figure(_("You add"), amount_minor, currency),
        figure(_("It then holds"), fund.balance_minor + amount_minor, currency),
    ]
    shown = action(
        "top-up", _("Top the fund up"), _("The platform's own money goes into the guarantee fund."), request.path,
        figures=figures,
    )  # fmt: skip

    def act() -> str:
        service.top_up_fund(currency, amount_minor, reference_of(request), clock.now())
        return said(_("%(amount)s is in the fund."), amount_minor, currency)

    return confirmed_once(request, shown, (), fund_href(currency), act)


@require_POST
@operators_only
def set_limit(request: HttpRequest) -> HttpResponse:
    """Up to which amount the fund pays by itself, confirmed."""
    currency = currency_of(request)
    limit_minor, wrong = amount_of(request, "limit", currency, zero=True)
    if limit_minor is None:
        messages.error(request, wrong)
        return see_other(fund_href(currency))
    before: Any = treasury.fund_today(currency).approval_limit_minor
    shown: dict[str, Any] = {
        **action(
            "limit", _("Set the limit"), _("Payments above the limit wait: the fund advances nothing for them."),
            request.path,
            figures=[figure(_("Limit now"), before, currency), figure(_("New limit"), limit_minor, currency)],
        ),
        "final": False,
    }  # fmt: skip

    def act() -> str:
        service.set_approval_limit(currency, limit_minor)
        return said(_("The fund now pays up to %(amount)s by itself."), limit_minor, currency)

    return confirmed_once(request, shown, (), fund_href(currency), act)
