"""The merchant's money: balance, deposit, what is owed, and every entry with what it was for."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from makewhole.core.ledger.model import AccountKind, TransferState
from makewhole.core.money import DECIMALS
from makewhole.doors.portal.merchant.frame import case_href, frame, merchants_only
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.rooms.cases.queries import CaseView
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury

ACTS = {
    "receive": gettext_lazy("Payment received"),
    "settle": gettext_lazy("Order settled to you"),
    "pay": gettext_lazy("Refund to the buyer"),
    "advance": gettext_lazy("The guarantee fund paid for you"),
    "recover": gettext_lazy("Repaid to the guarantee fund"),
    "write_off": gettext_lazy("Debt written off"),
    "deposit_in": gettext_lazy("Deposit paid in"),
    "deposit_out": gettext_lazy("Deposit paid out"),
    "merchant_out": gettext_lazy("Paid out to you"),
    "deposit_out_returned": gettext_lazy("Payout of the deposit came back"),
    "merchant_out_returned": gettext_lazy("Payout came back"),
    "chargeback": gettext_lazy("Taken back by the buyer's bank"),
    "freeze": gettext_lazy("Set aside for the buyer's bank"),
    "unfreeze": gettext_lazy("Released by the buyer's bank"),
    "bear": gettext_lazy("Borne by the platform"),
    "refund": gettext_lazy("Sent to the buyer by the way they paid"),
    "payout": gettext_lazy("Paid out to the buyer"),
    "refund_returned": gettext_lazy("The refund came back"),
    "payout_returned": gettext_lazy("The payout to the buyer came back"),
    "prior": gettext_lazy("Refunded by the shop before"),
    "wallet": gettext_lazy("Points or credit to the buyer"),
}
ACCOUNTS = {
    AccountKind.MERCHANT: pgettext_lazy("account", "Balance"),
    AccountKind.DEPOSIT: pgettext_lazy("account", "Deposit"),
    AccountKind.RECEIVABLE: pgettext_lazy("account", "Owed to the fund"),
    AccountKind.ESCROW: pgettext_lazy("account", "Held for the order"),
    AccountKind.FUND: pgettext_lazy("account", "Guarantee fund"),
    AccountKind.OUTGOING: pgettext_lazy("account", "On its way to the buyer"),
}


def act_text(act: str) -> str:
    """A business act of the ledger in the merchant's words; one not listed is a movement like any other."""
    return str(ACTS.get(act, _("Movement")))


@require_GET
@merchants_only
def show_statement(request: HttpRequest) -> HttpResponse:
    """Balances, and entries newest first by cursor, in one currency."""
    merchant_id = actor_of(request).stands_for
    latest = orders.orders_of_merchant(merchant_id, limit=1).records
    order = latest[0].order if latest else None
    currency = request.GET.get("currency", "") or (order.currency if order else "CNY")
    if currency not in DECIMALS:
        raise BadRequest(f"{currency[:8]!r} is not a currency the house knows")
    try:
        statement = treasury.merchant_statement(merchant_id, currency, request.GET.get("cursor", ""), 50)
    except treasury.BadCursor as error:
        raise BadRequest(str(error)) from None
    rows = [
        {
            "entry": entry,
            "act": act_text(entry.act),
            "account": ACCOUNTS[AccountKind(entry.account)],
            "case_href": case_href(entry.case_id) if entry.case_id else "",
        }
        for entry in statement.entries
    ]
    context = {
        **frame(request),
        "money": statement.money,
        "currency": currency,
        "rows": rows,
        "next_cursor": statement.next_cursor,
        "zone": zone_of(order.market) if order else None,
    }
    return render(request, "merchant/statement.html", context)


def entries_of_case(view: CaseView) -> list[dict[str, Any]]:
    """What a case moved between the merchant, the order's escrow, the fund and the buyer, oldest first."""
    found = []
    for transfer in treasury.transfers_of_order(view.order.id):
        if str(transfer.case_id) != view.case.id or transfer.state is TransferState.VOIDED:
            continue
        moved = [entry for entry in transfer.entries if entry.kind in ACCOUNTS and entry.asset == view.case.currency]
        found.append(
            {
                "act": act_text(transfer.act),
                "at": transfer.resolved_at or transfer.created_at,
                "state": transfer.state,
                "moved": [(ACCOUNTS[entry.kind], entry.amount_minor) for entry in moved],
            }
        )
    return [entry for entry in found if entry["moved"]]
