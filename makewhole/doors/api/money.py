"""Money to read: of an order, of a merchant, of a buyer, and of the guarantee fund."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Router
from pydantic import Field

from makewhole.core.money import DECIMALS
from makewhole.core.words import Head, Party, Text
from makewhole.doors.api.frame.callers import OPERATORS, Standing, standing_of
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.problems import Fault, Problem
from makewhole.doors.api.frame.queries import Paged, Query
from makewhole.doors.api.frame.routes import reads
from makewhole.doors.api.markets import UTC, currency_of, market_paying_in, zone_of
from makewhole.doors.api.ownership import order_of
from makewhole.doors.api.shapes.examples import example
from makewhole.doors.api.shapes.plain import Amount, Answered, Day, Page, Time, amount, page, time, time_or_none, words
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.rulebooks import queries as rulebooks
from makewhole.rooms.treasury import queries
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.queries.people import PayoutRecord

router = Router(tags=["money"])
BUYERS = frozenset({Standing.BUYER})
_CURRENCIES = words(["", *sorted(DECIMALS)])


class OfCurrency(Query):
    currency: str = Field(
        default="",
        json_schema_extra=_CURRENCIES,
        description="ISO 4217. Left out: that of `cn`, else of the first market.",
    )


class StatementPage(Paged):
    currency: str = Field(
        default="",
        json_schema_extra=_CURRENCIES,
        description="ISO 4217. Left out: that of the merchant's latest order.",
    )


class LastDays(OfCurrency):
    market: str = Field(
        default="", max_length=16, description="Whose days. Left out: those of the market that pays in the currency."
    )
    days: int = Field(default=30, ge=1, le=366)


class PaymentTaken(Answered):
    """One payment of the order, and what of it went back or is on its way."""

    payment_id: str
    means: str
    provider: str
    reference: str
    amount: Amount
    units: int
    returned: Amount
    paid_at: Time | None


class PayoutPart(Answered):
    line_id: str
    head: str = Field(json_schema_extra=words(Head))
    amount: Amount
    payer: str = Field(json_schema_extra=words(Party))


class PayoutRow(Answered):
    """One amount on its way to the buyer, or arrived. `asset` is a currency, `points`, or `coupon:CODE`."""

    id: str
    order_id: str | None
    case_id: str | None
    kind: str = Field(json_schema_extra=words(IntentKind))
    state: str = Field(json_schema_extra=words(IntentState))
    asset: str
    amount_minor: int
    units: int
    provider: str
    provider_reference: str
    created_at: Time
    settled_at: Time | None
    parts: list[PayoutPart]


class OrderMoney(Answered):
    order_id: str
    payments: list[PaymentTaken]
    payouts: list[PayoutRow]


class StatementEntry(Answered):
    """One movement. `account` is `merchant`, `deposit` or `receivable`; `after` its balance then."""

    at: Time
    account: str
    act: str
    reference: str
    order_id: str | None
    order_number: str
    case_id: str | None
    amount: Amount
    after: Amount


class MerchantStatement(Answered):
    """What a merchant has and owes, and a page of movements, newest first."""

    merchant_id: str
    balance: Amount
    sending: Amount
    deposit: Amount
    owed: Amount
    written_off: Amount
    in_escrow: Amount
    items: list[StatementEntry]
    next_cursor: str | None


class WalletRow(Answered):
    asset: str
    balance: int


class Wallet(Answered):
    items: list[WalletRow]


class FundState(Answered):
    """The guarantee fund in one currency. `exposed` is the most that could fall on it at once."""

    balance: Amount
    approval_limit: Amount
    advances: int
    advanced: Amount
    recovered: Amount
    written_off: Amount
    outstanding: Amount
    exposed: Amount
    solvent: bool


class FundDayRow(Answered):
    day: Day
    topped_up: Amount
    recovered: Amount
    advanced: Amount
    borne: Amount
    balance: Amount


class FundDays(Answered):
    items: list[FundDayRow]


@reads(router, "/orders/{uuid:order_id}/money", answers=OrderMoney, example=example("order_money"))
def read_order_money(call: Call, order_id: UUID) -> Reply:
    """Read how an order was paid and what of it went back: what, by whom, when, by which means."""
    record = order_of(call, order_id)
    zone, currency = zone_of(record.order.market), record.order.currency
    payments = [
        {
            "payment_id": one.payment_id,
            "means": one.means,
            "provider": one.provider,
            "reference": one.provider_reference,
            "amount": amount(one.amount_minor, currency),
            "units": one.units,
            "returned": amount(one.returned_minor, currency),
            "paid_at": time_or_none(one.paid_at, zone),
        }
        for one in queries.order_payments(order_id)
    ]
    payouts = [_payout(one, zone, currency) for one in queries.order_payouts(order_id)]
    return Reply({"order_id": str(order_id), "payments": payments, "payouts": payouts})


@reads(
    router,
    "/merchants/{merchant_id}/statement",
    answers=MerchantStatement,
    example=example("statement"),
    query=StatementPage,
    who=frozenset({Standing.MERCHANT, Standing.OPERATOR}),
)
def read_statement(call: Call, merchant_id: str) -> Reply:
    """Read a merchant's balance, deposit and debts, and every movement of them."""
    if standing_of(call.caller) is Standing.MERCHANT and call.actor.stands_for != merchant_id:
        raise Problem("not-found", Text("没有这个商家。", "There is no such merchant."))
    wanted: StatementPage = call.query
    currency = _currency(wanted.currency or _sold_in(merchant_id))
    found = queries.merchant_statement(merchant_id, currency, wanted.cursor, wanted.limit)
    items = [
        {
            "at": time(entry.at, UTC),
            "account": entry.account,
            "act": entry.act,
            "reference": entry.reference,
            "order_id": str(entry.order_id) if entry.order_id else None,
            "order_number": entry.order_number,
            "case_id": str(entry.case_id) if entry.case_id else None,
            "amount": amount(entry.amount_minor, currency),
            "after": amount(entry.after_minor, currency),
        }
        for entry in found.entries
    ]
    money = found.money
    return Reply(
        {
            "merchant_id": merchant_id,
            "balance": amount(money.balance_minor, currency),
            "sending": amount(money.sending_minor, currency),
            "deposit": amount(money.deposit_minor, currency),
            "owed": amount(money.owed_minor, currency),
            "written_off": amount(money.written_off_minor, currency),
            "in_escrow": amount(money.in_escrow_minor, currency),
            **page(items, found.next_cursor),
        }
    )


@reads(router, "/payouts", answers=Page[PayoutRow], example=example("payouts"), query=Paged, who=BUYERS)
def list_payouts(call: Call) -> Reply:
    """List what you were paid over all your orders, newest first. Times are in UTC."""
    found = queries.buyer_payouts(call.actor.stands_for, call.query.cursor, call.query.limit)
    return Reply(page([_payout(one, UTC, one.asset) for one in found.payouts], found.next_cursor))


@reads(router, "/wallet", answers=Wallet, example={"items": [{"asset": "points", "balance": 500}]}, who=BUYERS)
def read_wallet(call: Call) -> Reply:
    """Read what you own here: money in minor units, points, coupons."""
    return Reply({"items": [one._asdict() for one in queries.wallet(call.actor.stands_for)]})


@reads(router, "/fund", answers=FundState, example=example("fund"), query=OfCurrency, who=OPERATORS)
def read_fund(call: Call) -> Reply:
    """Read what the guarantee fund holds, what it has laid out, and how much could fall on it."""
    currency = _currency(call.query.currency or currency_of(rulebooks.home_market()))
    fund = queries.fund_today(currency)
    return Reply(
        {
            "balance": amount(fund.balance_minor, currency),
            "approval_limit": amount(fund.approval_limit_minor, currency),
            "advances": fund.advances,
            "advanced": amount(fund.advanced_minor, currency),
            "recovered": amount(fund.recovered_minor, currency),
            "written_off": amount(fund.written_off_minor, currency),
            "outstanding": amount(fund.outstanding_minor, currency),
            "exposed": amount(fund.exposed_minor, currency),
            "solvent": fund.solvent,
        }
    )


@reads(router, "/fund/days", answers=FundDays, example=example("fund_days"), query=LastDays, who=OPERATORS)
def read_fund_days(call: Call) -> Reply:
    """Read how the fund moved day by day, in the days of a market."""
    wanted: LastDays = call.query
    currency = _currency(wanted.currency or currency_of(wanted.market or rulebooks.home_market()))
    zone = zone_of(wanted.market or market_paying_in(currency))
    found = queries.fund_by_day(currency, call.now, zone, wanted.days)
    items = [
        {
            "day": day.day.isoformat(),
            "topped_up": amount(day.topped_up_minor, currency),
            "recovered": amount(day.recovered_minor, currency),
            "advanced": amount(day.advanced_minor, currency),
            "borne": amount(day.borne_minor, currency),
            "balance": amount(day.balance_minor, currency),
        }
        for day in found
    ]
    return Reply({"items": items})


def _payout(payout: PayoutRecord, zone: ZoneInfo, currency: str) -> dict[str, Any]:
    return {
        "id": str(payout.id),
        "order_id": str(payout.order_id) if payout.order_id else None,
        "case_id": str(payout.case_id) if payout.case_id else None,
        "kind": payout.kind,
        "state": payout.state,
        "asset": payout.asset,
        "amount_minor": payout.amount_minor,
        "units": payout.units,
        "provider": payout.provider,
        "provider_reference": payout.provider_reference,
        "created_at": time(payout.created_at, zone),
        "settled_at": time_or_none(payout.settled_at, zone),
        "parts": [
            {
                "line_id": part.line_id,
                "head": part.head,
                "amount": amount(part.amount_minor, currency),
                "payer": part.payer,
            }
            for part in payout.parts
        ],
    }


def _sold_in(merchant_id: str) -> str:
    """The currency of a merchant's latest order; of the home market for one who has sold nothing."""
    latest = orders.orders_of_merchant(merchant_id, limit=1).records
    return latest[0].order.currency if latest else currency_of(rulebooks.home_market())


def _currency(currency: str) -> str:
    if currency not in DECIMALS:
        what, to_do = Text("不是已知的币种", "is not a currency the house knows"), Text("例如 CNY", "such as CNY")
        raise Problem("bad-request", faults=[Fault("currency", what, to_do)])
    return currency
