"""The double-entry ledger's values. Integers in minor units, one asset per account, nothing ever edited."""

from enum import StrEnum
from typing import NamedTuple


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
