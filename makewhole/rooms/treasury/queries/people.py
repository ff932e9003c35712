"""Money as the parties see it: a merchant's statement, a buyer's payouts and wallet."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from makewhole.core.ledger.model import PayDue
from makewhole.core.words import Head, Party
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.queries.paging import bounded, identifier, number
from makewhole.rooms.treasury.store import reports


class MerchantMoney(NamedTuple):
    """What a merchant has and owes. `in_escrow_minor` is not the merchant's yet."""

    balance_minor: int
    sending_minor: int
    deposit_minor: int
    owed_minor: int
    written_off_minor: int
    in_escrow_minor: int


class MerchantBalances(NamedTuple):
    """One merchant's accounts in one currency; what is pending out is taken off already."""

    merchant_id: str
    balance_minor: int
    deposit_minor: int
    owed_minor: int
    written_off_minor: int


class MerchantPage(NamedTuple):
    """`next_cursor` is empty on the last page."""

    merchants: tuple[MerchantBalances, ...]
    next_cursor: str


class MerchantEntry(NamedTuple):
    """One line of a merchant's statement. `account` is merchant, deposit or receivable; `after_minor` its balance."""

    id: int
    at: datetime
    account: str
    act: str
    reference: str
    order_id: UUID | None
    case_id: UUID | None
    order_number: str
    amount_minor: int
    after_minor: int


class MerchantStatement(NamedTuple):
    money: MerchantMoney
    entries: tuple[MerchantEntry, ...]
    next_cursor: str


class PayoutRecord(NamedTuple):
    """One amount on its way to a buyer or merchant, or arrived.

    `paid_from` names who gave it (of its whole instruction), `parts` what it is for. `units` is what came in kind.
    """

    id: UUID
    order_id: UUID | None
    case_id: UUID | None
    kind: IntentKind
    state: IntentState
    asset: str
    amount_minor: int
    units: int
    provider: str
    payment_reference: str
    provider_reference: str
    last_error: str
    created_at: datetime
    settled_at: datetime | None
    next_attempt_at: datetime | None
    round: int
    attempts: int
    parts: tuple[PayDue, ...]
    paid_from: tuple[tuple[str, int], ...]
    merchant_id: str


class PayoutPage(NamedTuple):
    payouts: tuple[PayoutRecord, ...]
    next_cursor: str


class OrderPayment(NamedTuple):
    """A payment of an order, and what of it went back or is under way (`lost_minor`: through the buyer's bank)."""

    payment_id: str
    means: str
    provider: str
    provider_reference: str
    amount_minor: int
    units: int
    returned_minor: int
    lost_minor: int
    paid_at: datetime | None


class WalletBalance(NamedTuple):
    """What a buyer owns here of one asset: a currency in minor units, `points`, or a coupon (`coupon:CODE`)."""

    asset: str
    balance: int


def merchant_money(merchant_id: str, currency: str) -> MerchantMoney:
    found = {row[0]: row for row in reports.rows(reports.MERCHANT, [merchant_id, merchant_id, currency])}

    def posted(kind: str) -> int:
        return int(found[kind][1]) if kind in found else 0

    ((in_escrow,),) = reports.rows(reports.MERCHANT_IN_ESCROW, [merchant_id, currency])
    sending = sum(int(found[kind][2]) for kind in ("merchant", "deposit") if kind in found)
    return MerchantMoney(
        balance_minor=posted("merchant") - (int(found["merchant"][2]) if "merchant" in found else 0),
        sending_minor=sending,
        deposit_minor=posted("deposit") - (int(found["deposit"][2]) if "deposit" in found else 0),
        owed_minor=-posted("receivable"),
        written_off_minor=-posted("write_off"),
        in_escrow_minor=int(in_escrow),
    )


def merchants(currency: str, only: Sequence[str] | None = None, cursor: str = "", limit: int = 50) -> MerchantPage:
    """A page of merchants with money or debts here, by id; of these ids only, when given."""
    limit = bounded(limit)
    values = {"asset": currency, "after": cursor, "only": None if only is None else list(only), "limit": limit + 1}
    found = reports.rows(reports.MERCHANTS, values)
    page = tuple(MerchantBalances(row[0], *(int(figure) for figure in row[1:])) for row in found[:limit])
    return MerchantPage(page, page[-1].merchant_id if len(found) > limit else "")


def merchant_statement(merchant_id: str, currency: str, cursor: str = "", limit: int = 50) -> MerchantStatement:
    """Balances and a page of entries, newest first. Raises `BadCursor`."""
    start, limit = number(cursor), bounded(limit)
    values = [start, start, limit + 1, merchant_id, merchant_id, currency, limit + 1]
    found = reports.rows(reports.MERCHANT_ENTRIES, values)
    entries = tuple(MerchantEntry(*row)._replace(order_number=row[7] or "") for row in found[:limit])
    more = str(entries[-1].id) if len(found) > limit else ""
    return MerchantStatement(merchant_money(merchant_id, currency), entries, more)


def order_payments(order_id: UUID) -> tuple[OrderPayment, ...]:
    """How an order was paid, and what of each payment went back."""
    return tuple(OrderPayment(*row) for row in reports.payments_of(order_id))


def order_payouts(order_id: UUID) -> tuple[PayoutRecord, ...]:
    """All that was paid on an order: what, by whom, when, by which means; oldest first."""
    return tuple(_payout(row) for row in reports.rows(reports.PAYOUTS + reports.OF_ORDER, [order_id]))


def buyer_payouts(buyer_id: str, cursor: str = "", limit: int = 50) -> PayoutPage:
    """A page of what a buyer was paid over all orders, newest first. Raises `BadCursor`."""
    start, limit = identifier(cursor), bounded(limit)
    return _page(reports.rows(reports.PAYOUTS + reports.OF_BUYER, [buyer_id, start, start, limit + 1]), limit)


def payouts_in(states: tuple[IntentState, ...], cursor: str = "", limit: int = 50) -> PayoutPage:
    """A page of payouts in these states, newest first: what waits, what failed. Raises `BadCursor`."""
    start, limit = identifier(cursor), bounded(limit)
    values = [[str(state) for state in states], start, start, limit + 1]
    return _page(reports.rows(reports.PAYOUTS + reports.IN_STATE, values), limit)


def wallet(buyer_id: str) -> tuple[WalletBalance, ...]:
    """What a buyer owns here: money, points, coupons."""
    return tuple(WalletBalance(asset, int(total)) for asset, total in reports.rows(reports.WALLET, [buyer_id]))


def _page(found: list[tuple[Any, ...]], limit: int) -> PayoutPage:
    payouts = tuple(_payout(row) for row in found[:limit])
    return PayoutPage(payouts, str(payouts[-1].id) if len(found) > limit else "")


def _payout(row: tuple[Any, ...]) -> PayoutRecord:
    parts, paid_from = (json.loads(value) if isinstance(value, str) else value for value in row[17:19])
    dues = tuple(PayDue(line_id, Head(head), amount, Party(payer)) for line_id, head, amount, payer in parts or ())
    sources = tuple((source, amount) for source, amount in paid_from or ())
    return PayoutRecord._make([*row[:3], IntentKind(row[3]), IntentState(row[4]), *row[5:17], dues, sources, row[19]])
