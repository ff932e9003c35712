"""The books: every kind of account summed, accounts, transfers with their entries, payouts and how far they are."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from makewhole.core.ledger.means import POINTS
from makewhole.core.ledger.model import AccountKind, TransferState
from makewhole.core.money import DECIMALS
from makewhole.doors.portal.operator.frame import case_href, frame, merchant_href, operators_only
from makewhole.doors.portal.operator.tabs import money_tabs
from makewhole.doors.portal.operator.words import (
    ACTS,
    INTENT_KINDS,
    INTENT_STATES,
    account_text,
    act_text,
)
from makewhole.doors.portal.parts.figures import MINUS, money_text
from makewhole.doors.portal.parts.tables import Column, Filter, Table, read_wish
from makewhole.doors.portal.parts.words import label_of, listing
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury
from makewhole.rooms.treasury.models import IntentState
from makewhole.rooms.treasury.queries import BadCursor
from makewhole.rooms.treasury.queries.books import TransferRow
from makewhole.rooms.treasury.queries.people import PayoutRecord

BOOKS = "/operator/books/"
UNDER_WAY = (IntentState.HELD, IntentState.CLAIMED, IntentState.SENT, IntentState.FAILED)


def asset_text(amount_minor: int, asset: str) -> str:
    """An amount of money, or units of points or a coupon: '¥2.38', '238 points'."""
    if asset in DECIMALS:
        return money_text(amount_minor, asset)
    name = _("points") if asset == POINTS else asset
    units = f"{abs(amount_minor):,} {name}"
    return f"{MINUS}{units}" if amount_minor < 0 else units


def names_in(rows: Sequence[Any]) -> dict[str, str]:
    """What the merchants of these rows are called, by id."""
    return orders.merchant_names(list({row.merchant_id for row in rows if row.merchant_id}))


def cursor_of(request: HttpRequest) -> str:
    return request.GET.get("cursor", "")


@require_GET
@operators_only
def show_totals(request: HttpRequest) -> HttpResponse:
    """The balance sheet, asset by asset; the sums are zero."""
    sheets: dict[str, list[dict[str, Any]]] = {}
    sums: dict[str, int] = {}
    for total in treasury.totals():
        sums[total.asset] = sums.get(total.asset, 0) + total.posted_minor
        sheets.setdefault(total.asset, []).append(
            {
                "label": account_text(total.kind),
                "href": f"{BOOKS}accounts/?kind={total.kind.value}",
                "accounts": total.accounts,
                "posted": asset_text(total.posted_minor, total.asset),
                "pending": asset_text(total.pending_out_minor, total.asset) if total.pending_out_minor else "",
            }
        )
    context = {
        **frame(request),
        "sheets": [
            {
                "asset": _("Points") if asset == POINTS else asset,
                "rows": rows,
                "sum": asset_text(sums[asset], asset),
                "balanced": sums[asset] == 0,
            }
            for asset, rows in sorted(sheets.items(), key=lambda each: (each[0] not in DECIMALS, each[0]))
        ],
        "tabs": money_tabs(),
    }
    return render(request, "operator/books.html", context)


@require_GET
@operators_only
def list_accounts(request: HttpRequest) -> HttpResponse:
    """Accounts one by one, of a kind or a merchant."""
    columns = [
        Column(key="kind", label=_("Account")),
        Column(key="owner", label=_("Owner"), note_key="merchant_id"),
        Column(key="posted", label=_("Balance")),
        Column(key="pending", label=_("Reserved")),
    ]
    filters = [
        Filter(name="kind", label=_("Account"), choices=[(one.value, account_text(one)) for one in AccountKind]),
    ]
    wish = read_wish(request.GET, columns, filters)
    try:
        page = treasury.accounts(wish.filters.get("kind", ""), wish.text, cursor_of(request))
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    rows = [
        {
            "kind": account_text(row.kind),
            "owner": row.owner,
            "merchant_id": row.merchant_id if row.merchant_id != row.owner else "",
            "posted": asset_text(row.posted_minor, row.asset),
            "pending": asset_text(row.pending_out_minor, row.asset) if row.pending_out_minor else "",
        }
        for row in page.accounts
    ]
    table = Table(
        caption=_("Accounts"), columns=columns, rows=rows, wish=wish, filters=filters, searchable=True,
        empty_title=_("No account fits"), empty_text=_("Search by a merchant's id, or choose another kind."),
    )  # fmt: skip
    context = {**frame(request), "table": table, "next_cursor": page.next_cursor, "tabs": money_tabs()}
    return render(request, "operator/accounts.html", context)


@require_GET
@operators_only
def list_transfers(request: HttpRequest) -> HttpResponse:
    """Transfers, newest first, of one act or merchant."""
    columns = [
        Column(key="act", label=pgettext("ledger", "What happened"), kind="link", note_key="reference"),
        Column(key="amount", label=_("Moved")),
        Column(key="merchant", label=_("Merchant")),
        Column(key="state", label=_("State"), kind="chip", vocabulary="transfer_state"),
        Column(key="created_at", label=_("When"), kind="when"),
    ]
    filters = [
        Filter(
            name="act",
            label=pgettext("ledger", "What happened"),
            choices=[(act, str(text)) for act, text in ACTS.items()],
        )
    ]
    wish = read_wish(request.GET, columns, filters)
    try:
        page = treasury.transfers(wish.filters.get("act", ""), wish.text, cursor_of(request))
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    names = names_in(page.transfers)
    rows = [
        {
            "act": act_text(row.act),
            "reference": row.reference,
            "amount": moved_text(row),
            "merchant": names.get(row.merchant_id, row.merchant_id),
            "state": row.state,
            "created_at": row.created_at,
            "href": f"{BOOKS}transfers/{row.id}/",
        }
        for row in page.transfers
    ]
    table = Table(
        caption=_("Transfers"), columns=columns, rows=rows, wish=wish, filters=filters, searchable=True,
        empty_title=_("No transfer fits"), empty_text=_("Search by a merchant's id, or choose another act."),
    )  # fmt: skip
    context = {**frame(request), "table": table, "next_cursor": page.next_cursor, "tabs": money_tabs()}
    return render(request, "operator/transfers.html", context)


def moved_text(row: TransferRow) -> str:
    """How much a transfer moved, asset by asset."""
    sums: dict[str, int] = {}
    for entry in row.entries:
        if entry.amount_minor > 0:
            sums[entry.asset] = sums.get(entry.asset, 0) + entry.amount_minor
    return " + ".join(asset_text(amount_minor, asset) for asset, amount_minor in sums.items())


@require_GET
@operators_only
def show_transfer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """One transfer with its entries, each with the balance before and after."""
    row = treasury.transfer(transfer_id)
    if row is None:
        raise Http404(_("There is no such transfer."))
    entries = [
        {
            "kind": account_text(entry.kind),
            "owner": entry.owner,
            "amount": asset_text(entry.amount_minor, entry.asset),
            "is_in": entry.amount_minor > 0,
            "before": "" if entry.before_minor is None else asset_text(entry.before_minor, entry.asset),
            "after": "" if entry.after_minor is None else asset_text(entry.after_minor, entry.asset),
        }
        for entry in row.entries
    ]
    context = {
        **frame(request),
        "row": row,
        "act": act_text(row.act),
        "amount": moved_text(row),
        "entries": entries,
        "is_pending": row.state is TransferState.PENDING,
        "case_href": case_href(row.case_id) if row.case_id else "",
        "merchant": names_in([row]).get(row.merchant_id, row.merchant_id),
        "merchant_href": merchant_href(row.merchant_id) if row.merchant_id else "",
        "trail": [(_("Transfers"), f"{BOOKS}transfers/")],
    }
    return render(request, "operator/transfer.html", context)


@require_GET
@operators_only
def list_payouts(request: HttpRequest) -> HttpResponse:
    """What is on its way out of the house, what waits and what failed; all states when asked for one."""
    columns = [
        Column(key="kind", label=_("Payout"), note_key="reference"),
        Column(key="amount", label=_("Amount")),
        Column(key="merchant", label=_("Merchant")),
        Column(key="state", label=_("State"), note_key="error"),
        Column(key="created_at", label=_("Since"), kind="when"),
    ]
    filters = [
        Filter(
            name="state", label=_("State"), choices=[(state.value, str(text)) for state, text in INTENT_STATES.items()]
        )
    ]
    wish = read_wish(request.GET, columns, filters)
    states = (IntentState(wish.filters["state"]),) if "state" in wish.filters else UNDER_WAY
    try:
        page = treasury.payouts_in(states, cursor_of(request))
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    names = names_in(page.payouts)
    table = Table(
        caption=_("Payouts"), columns=columns, rows=[payout_row(each, names) for each in page.payouts],
        wish=wish, filters=filters, mark="failed", empty_title=_("Nothing is on its way"),
        empty_text=_("What was paid has arrived. Choose the state 'arrived' to see it."),
    )  # fmt: skip
    context = {**frame(request), "table": table, "next_cursor": page.next_cursor, "tabs": money_tabs()}
    return render(request, "operator/payouts.html", context)


def payout_row(payout: PayoutRecord, names: Mapping[str, str]) -> dict[str, Any]:
    heads = dict.fromkeys(label_of(part.head) for part in payout.parts)
    return {
        "kind": str(INTENT_KINDS[payout.kind]),
        "reference": payout.provider_reference or listing(list(heads)),
        "amount": asset_text(payout.amount_minor, payout.asset),
        "merchant": names.get(payout.merchant_id, payout.merchant_id),
        "state": str(INTENT_STATES[payout.state]),
        "error": payout.last_error if payout.state is IntentState.FAILED else "",
        "failed": payout.state is IntentState.FAILED,
        "created_at": payout.created_at,
        "href": case_href(payout.case_id) if payout.case_id else "",
    }
