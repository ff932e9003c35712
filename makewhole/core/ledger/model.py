"""The double-entry ledger's values. Integers in minor units, one asset per account, nothing ever edited."""

from enum import StrEnum
from typing import NamedTuple

from makewhole.core.words import Head, Party


class AccountKind(StrEnum):
    """The chart of accounts. The key of an account is its kind, its owner and its asset.

    Signs: a positive balance is value held for the owner. `provider` mirrors the outside world and is negative by
    as much as was ever taken in and not paid out; `receivable` is negative while the merchant owes.
    """

    PROVIDER = "provider"
    ESCROW = "escrow"
    MERCHANT = "merchant"
    DEPOSIT = "deposit"
    RECEIVABLE = "receivable"
    FUND = "fund"
    OUTGOING = "outgoing"
    PLATFORM = "platform"
    WRITE_OFF = "write_off"
    ISSUED = "issued"
    WALLET = "wallet"


class AccountKey(NamedTuple):
    """`owner`: order id for escrow, merchant id, buyer id, provider name, or stripe number for the fund."""

    kind: AccountKind
    owner: str
    asset: str


class Entry(NamedTuple):
    account: AccountKey
    amount_minor: int


class TransferState(StrEnum):
    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"


class Transfer(NamedTuple):
    """Entries that sum to zero per asset. `act` names the business act; `reference` makes it unique (never twice)."""

    act: str
    reference: str
    entries: tuple[Entry, ...]
    merchant_id: str
    order_id: str
    case_id: str


class Funding(StrEnum):
    """Out of whose money an instruction is paid.

    `merchant`: the order's escrow, then the merchant's balance; what is missing is a shortfall, nothing else is touched.
    `fund`: the order's escrow, then the guarantee fund advances the rest (cap and solvency permitting) and takes
    recourse at once: the merchant's deposit, then a receivable; only for dues the merchant is liable for.
    """

    MERCHANT = "merchant"
    FUND = "fund"


class PayDue(NamedTuple):
    """One amount to pay out: the merchant's debt unless `payer` is platform or fund."""

    line_id: str
    head: Head
    amount_minor: int
    payer: Party


class PaymentInstruction(NamedTuple):
    """What a decided case asks the treasury to pay to the buyer, by original means. `reference` makes it unique."""

    reference: str
    case_id: str
    order_id: str
    merchant_id: str
    buyer_id: str
    currency: str
    dues: tuple[PayDue, ...]
    funding: Funding
    fund_cap_minor: int
