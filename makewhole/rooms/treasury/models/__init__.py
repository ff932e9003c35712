"""Tables of the treasury. Only `store` writes them; amounts are minor units of the row's asset or currency."""

from makewhole.rooms.treasury.models.books import Account, Entry, Fund, Transfer
from makewhole.rooms.treasury.models.debts import Advance, Recourse
from makewhole.rooms.treasury.models.orders import (
    CaseDue,
    Chargeback,
    ChargebackState,
    Escrow,
    HeadBalance,
    Payment,
)
from makewhole.rooms.treasury.models.outside import ProviderEvent, StatementLine
from makewhole.rooms.treasury.models.payouts import Instruction, Intent, IntentKind, IntentState, Part

__all__ = [
    "Account",
    "Advance",
    "CaseDue",
    "Chargeback",
    "ChargebackState",
    "Entry",
    "Escrow",
    "Fund",
    "HeadBalance",
    "Instruction",
    "Intent",
    "IntentKind",
    "IntentState",
    "Part",
    "Payment",
    "ProviderEvent",
    "Recourse",
    "StatementLine",
    "Transfer",
]
