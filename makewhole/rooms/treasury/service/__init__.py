"""What others may ask the treasury to do. Every act is idempotent by its reference."""

from makewhole.rooms.treasury.service.carrying import carry_out, carry_out_all, carry_out_due
from makewhole.rooms.treasury.service.dues import Granted, set_all_dues, set_dues
from makewhole.rooms.treasury.service.merchants import (
    pay_out_merchant,
    repay,
    set_approval_limit,
    top_up_deposit,
    top_up_fund,
    withdraw_deposit,
    write_off,
)
from makewhole.rooms.treasury.service.paying import PaymentResult, pay, pay_all
from makewhole.rooms.treasury.service.receiving import import_orders, receive_orders, sales_in_use
from makewhole.rooms.treasury.service.reconciling import reconcile, reconcile_provider
from makewhole.rooms.treasury.service.reporting import pay_into_wallet, receive_webhook, report, retry
from makewhole.rooms.treasury.service.settling import settle_due, settle_order

__all__ = [
    "Granted",
    "PaymentResult",
    "carry_out",
    "carry_out_all",
    "carry_out_due",
    "import_orders",
    "pay",
    "pay_all",
    "pay_into_wallet",
    "pay_out_merchant",
    "receive_orders",
    "receive_webhook",
    "reconcile",
    "reconcile_provider",
    "repay",
    "report",
    "retry",
    "sales_in_use",
    "set_all_dues",
    "set_approval_limit",
    "set_dues",
    "settle_due",
    "settle_order",
    "top_up_deposit",
    "top_up_fund",
    "withdraw_deposit",
    "write_off",
]
