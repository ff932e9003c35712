"""What others may read of the treasury."""

from makewhole.rooms.treasury.queries.books import (
    accounts,
    differences,
    totals,
    transfer,
    transfers,
    transfers_of_order,
    unproven,
)
from makewhole.rooms.treasury.queries.checks import checks
from makewhole.rooms.treasury.queries.fund import debtors, fund_by_day, fund_today, money_out, payouts_in_trouble
from makewhole.rooms.treasury.queries.paging import BadCursor
from makewhole.rooms.treasury.queries.people import (
    buyer_payouts,
    merchant_money,
    merchant_statement,
    merchants,
    order_payments,
    order_payouts,
    payouts_in,
    wallet,
)
from makewhole.rooms.treasury.queries.position import Position, ask_paid, paid, position

__all__ = [
    "BadCursor",
    "Position",
    "accounts",
    "ask_paid",
    "buyer_payouts",
    "checks",
    "debtors",
    "differences",
    "fund_by_day",
    "fund_today",
    "merchant_money",
    "merchant_statement",
    "merchants",
    "money_out",
    "order_payments",
    "order_payouts",
    "paid",
    "payouts_in",
    "payouts_in_trouble",
    "position",
    "totals",
    "transfer",
    "transfers",
    "transfers_of_order",
    "unproven",
    "wallet",
]
