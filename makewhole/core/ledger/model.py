"""The double-entry ledger's values. Integers in minor units, one asset per account, nothing ever edited."""

from enum import StrEnum
from typing import NamedTuple

from makewhole.core.order.model import Means
from makewhole.core.words import Head, Party


class AccountKind(StrEnum):
    """The chart of accounts. The key of an account is its kind, its owner and its asset.

    Signs: a positive balance is value held for the owner. `provider` mirrors the outside world and is negative by
    as much as was ever taken in and not paid out; `receivable` is negative while the merchant owes, and `write_off`
    by what the house gave up collecting. `advanced` is the other side of both: what the fund laid out for a merchant
    and has not got back. `outgoing` holds what was taken for a buyer until it has left the house, `chargeback` what
    is set aside while the buyer's bank disputes a payment.
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
    ADVANCED = "advanced"
    CHARGEBACK = "chargeback"


UNBOUNDED = frozenset(
    {AccountKind.PROVIDER, AccountKind.RECEIVABLE, AccountKind.PLATFORM, AccountKind.WRITE_OFF, AccountKind.ISSUED}
)
"""Accounts that may fall below zero: mirrors of the outside world and debts. Every other account has the floor zero."""


class AccountKey(NamedTuple):
    """`owner`: order id for escrow, outgoing and chargeback; provider name; buyer id for the wallet; the asset itself
    for issued; stripe number for the fund; otherwise the merchant id.

    Except for the fund's stripes, accounts exist per merchant: the transfer's `merchant_id` completes the key, so no
    row is shared between merchants.
    """

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

    `merchant`: the order's escrow, then the merchant's balance; what is missing is a shortfall, nothing else is
    touched. `fund`: the order's escrow, then the guarantee fund advances the rest (cap and solvency permitting) and
    takes recourse at once: the merchant's deposit, its balance, then a receivable; only for dues the merchant is
    liable for. `deposit`: escrow and balance, then the merchant's deposit, for what the fund does not stand in for.
    """

    MERCHANT = "merchant"
    FUND = "fund"
    DEPOSIT = "deposit"


class HeadDue(NamedTuple):
    """What one case grants on a line and head, and the most that may ever be paid there over all cases (I2)."""

    line_id: str
    head: Head
    due_minor: int
    cap_minor: int


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


class PaymentShare(NamedTuple):
    """How much of one payment fell on a line's goods or on the order's freight (line '*')."""

    line_id: str
    head: Head
    amount_minor: int


class PaymentTaken(NamedTuple):
    """One payment of an order as the books hold it.

    `returned_minor` is what already went back on it, under way included. `units` are the points or coupons spent
    (zero: as many as minor units, so that every part of the value can be returned).
    """

    id: str
    means: Means
    provider: str
    reference: str
    amount_minor: int
    units: int
    returned_minor: int
    shares: tuple[PaymentShare, ...]


class PayoutKind(StrEnum):
    """By what road an amount reaches the buyer.

    `refund`: back on the payment it came from. `payout`: new money, sent by the provider to whoever made that payment.
    `wallet`: into the buyer's account here (points, coupons, and money where no payment can carry it).
    `chargeback`: already taken back by the buyer's bank, so nothing more is sent.
    """

    REFUND = "refund"
    PAYOUT = "payout"
    WALLET = "wallet"
    CHARGEBACK = "chargeback"


class Payout(NamedTuple):
    """One amount on one road. `units` of `asset` is what the buyer gets in kind (a wallet only)."""

    kind: PayoutKind
    payment_id: str
    amount_minor: int
    asset: str
    units: int
    parts: tuple[PayDue, ...]


class FundObstacle(StrEnum):
    """Why the fund did not advance everything that was asked of it."""

    CAP_REACHED = "cap_reached"
    INSOLVENT = "insolvent"
    APPROVAL_NEEDED = "approval_needed"


class FundLimits(NamedTuple):
    """What the fund may do for one order now.

    `stripes` are the fund's accounts this payment may draw on, first choice first. `advanced_minor` was already laid
    out for the order. Above `approval_limit_minor` two people must agree, so nothing goes out by itself.
    `total_minor` is the whole fund over all its stripes.
    """

    stripes: tuple[AccountKey, ...]
    total_minor: int
    advanced_minor: int
    approval_limit_minor: int


class Advance(NamedTuple):
    """Money the fund laid out for a merchant: `amount_minor` = recovered + written off + still outstanding (I8)."""

    reference: str
    merchant_id: str
    asset: str
    amount_minor: int
    recovered_minor: int
    written_off_minor: int

    @property
    def outstanding_minor(self) -> int:
        return self.amount_minor - self.recovered_minor - self.written_off_minor
