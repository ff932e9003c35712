"""My money: what came back, by which means and when, and what I own here in points and coupons."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from makewhole.core.money import DECIMALS
from makewhole.doors.portal.buyer.frame import buyers_only, case_href, frame, order_href
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury
from makewhole.rooms.treasury.models import IntentKind, IntentState

UNDER_WAY = frozenset({IntentState.HELD, IntentState.CLAIMED, IntentState.SENT, IntentState.FAILED})


@require_GET
@buyers_only
def show_money(request: HttpRequest) -> HttpResponse:
    """Refunds, newest first, and the wallet."""
    reader = actor_of(request)
    try:
        page = treasury.buyer_payouts(reader.stands_for, request.GET.get("cursor", ""), 30)
    except treasury.BadCursor as error:
        raise BadRequest(str(error)) from None
    records = orders.orders([payout.order_id for payout in page.payouts if payout.order_id])
    rows = [refund_row(payout, records) for payout in page.payouts]
    on_the_way: dict[str, int] = {}
    for payout in page.payouts:
        if payout.state in UNDER_WAY and payout.asset in DECIMALS:
            on_the_way[payout.asset] = on_the_way.get(payout.asset, 0) + payout.amount_minor
    context = {
        **frame(request),
        "rows": rows,
        "next_cursor": page.next_cursor,
        "on_the_way": on_the_way.items(),
        "wallet": [wallet_row(balance) for balance in treasury.wallet(reader.stands_for)],
        "zone": rows[0]["zone"] if rows else None,
    }
    return render(request, "buyer/money.html", context)


def refund_row(payout: Any, records: Any) -> dict[str, Any]:
    """One refund in words: how much, for what, by which means, how far it is."""
    record = records.get(payout.order_id)
    order = record.order if record else None
    return {
        "payout": payout,
        "currency": order.currency if order else payout.asset,
        "means": means_text(payout),
        "state": state_text(payout),
        "arrived": payout.state is IntentState.SETTLED,
        "order": order,
        "zone": zone_of(order.market) if order else None,
        "href": case_href(payout.case_id) if payout.case_id else order_href(payout.order_id) if order else "",
        "units": payout.units if payout.asset not in DECIMALS else 0,
        "terms": {"dues": payout.parts},
        "lines": {line.id: line.title for line in order.lines} if order else {},
    }


def means_text(payout: Any) -> str:
    """By which road the money comes."""
    if payout.kind is IntentKind.WALLET or payout.asset not in DECIMALS:
        return (
            _("Points") if payout.asset == "points" else _("Coupon") if payout.asset != "" else _("Your account here")
        )
    return {
        IntentKind.REFUND: _("Back by the way you paid"),
        IntentKind.PAYOUT: _("Paid out to you"),
        IntentKind.CHARGEBACK: _("Given back by your bank"),
        IntentKind.PRIOR: _("Refunded by the shop before"),
    }.get(payout.kind, _("Paid out to you"))


def state_text(payout: Any) -> str:
    """How far it is, in words."""
    return {
        IntentState.HELD: _("Waits for your bank's decision"),
        IntentState.CLAIMED: _("Being sent"),
        IntentState.SENT: _("On its way"),
        IntentState.SETTLED: _("Arrived"),
        IntentState.FAILED: _("Did not go through; it is tried again"),
    }.get(payout.state, _("On its way"))


def wallet_row(balance: Any) -> dict[str, str]:
    if balance.asset in DECIMALS:
        return {"label": _("Credit"), "value": money_text(balance.balance, balance.asset)}
    if balance.asset == "points":
        return {"label": _("Points"), "value": f"{balance.balance:,}"}
    return {
        "label": _("Coupon %(code)s") % {"code": balance.asset.removeprefix("coupon:")},
        "value": f"{balance.balance:,}",
    }
