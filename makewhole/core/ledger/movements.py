"""Movements of money, one pure function per business act, from a snapshot of balances to transfers.

A snapshot maps an account to what is available on it (posted less pending out); a missing account holds nothing. Every
transfer sums to zero per asset and, applied to the snapshot, leaves no account below its floor; what cannot be done
is refused whole with a `MoneyRefused`. Amounts are minor units of the asset named.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from makewhole.core.ledger.model import (
    AccountKey,
    AccountKind,
    Entry,
    PaymentTaken,
    Payout,
    PayoutKind,
    Transfer,
)
from makewhole.core.ledger.refusals import BadAmount, DebtOutstanding, InsufficientFunds, MoreThanOwed
from makewhole.core.order.model import Means

Balances = Mapping[AccountKey, int]


class Scope(NamedTuple):
    """Whose money moves. `order_id` and `case_id` are empty where the act belongs to none."""

    merchant_id: str
    order_id: str = ""
    case_id: str = ""


class Move(NamedTuple):
    source: AccountKey
    target: AccountKey
    amount_minor: int


def available(balances: Balances, account: AccountKey) -> int:
    return balances.get(account, 0)


def applied(balances: Balances, transfers: Iterable[Transfer]) -> dict[AccountKey, int]:
    """The snapshot after these transfers."""
    after = dict(balances)
    for transfer in transfers:
        for account, amount_minor in transfer.entries:
            after[account] = after.get(account, 0) + amount_minor
    return after


def transfer(act: str, reference: str, scope: Scope, moves: Iterable[Move]) -> Transfer:
    """One transfer of several moves; entries of one account are summed, so an account appears once."""
    sums: dict[AccountKey, int] = {}
    for source, target, amount_minor in moves:
        if amount_minor <= 0:
            raise BadAmount(amount_minor)
        sums[source] = sums.get(source, 0) - amount_minor
        sums[target] = sums.get(target, 0) + amount_minor
    entries = tuple(Entry(account, amount) for account, amount in sums.items() if amount)
    return Transfer(act, reference, entries, scope.merchant_id, scope.order_id, scope.case_id)


def require(balances: Balances, account: AccountKey, wanted_minor: int) -> None:
    """Raises `InsufficientFunds` unless the account holds as much, `BadAmount` unless it is above zero."""
    if wanted_minor <= 0:
        raise BadAmount(wanted_minor)
    if available(balances, account) < wanted_minor:
        raise InsufficientFunds(account, wanted_minor, available(balances, account))


def owed(balances: Balances, merchant_id: str, asset: str) -> int:
    """What the merchant owes the fund and has not been written off."""
    return -available(balances, AccountKey(AccountKind.RECEIVABLE, merchant_id, asset))


def receive_payment(payment: PaymentTaken, currency: str, scope: Scope) -> Transfer:
    """A payment of an order goes into escrow; for points and coupons the platform puts in their value."""
    escrow = AccountKey(AccountKind.ESCROW, scope.order_id, currency)
    if payment.means is Means.MONEY:
        source = AccountKey(AccountKind.PROVIDER, payment.provider, currency)
    else:
        source = AccountKey(AccountKind.PLATFORM, scope.merchant_id, currency)
    reference = f"{scope.order_id}/{payment.id}"
    return transfer("receive", reference, scope, [Move(source, escrow, payment.amount_minor)])


def settle_escrow(
    balances: Balances, scope: Scope, asset: str, reference: str, stripe: AccountKey
) -> tuple[Transfer, ...]:
    """What is left in an order's escrow becomes the merchant's; debts to the fund are netted from it at once."""
    escrow = AccountKey(AccountKind.ESCROW, scope.order_id, asset)
    merchant = AccountKey(AccountKind.MERCHANT, scope.merchant_id, asset)
    amount_minor = available(balances, escrow)
    if amount_minor <= 0:
        return ()
    settled = transfer("settle", reference, scope, [Move(escrow, merchant, amount_minor)])
    after = applied(balances, [settled])
    netted_minor = min(amount_minor, owed(balances, scope.merchant_id, asset))
    return (settled, *recover(after, scope, asset, reference, stripe, merchant, netted_minor))


def recover(
    balances: Balances,
    scope: Scope,
    asset: str,
    reference: str,
    stripe: AccountKey,
    source: AccountKey,
    wanted_minor: int,
) -> tuple[Transfer, ...]:
    """The merchant's debt shrinks by what `source` can give, up to `wanted_minor`; nothing when there is neither."""
    give_minor = min(wanted_minor, owed(balances, scope.merchant_id, asset))
    if source.kind is not AccountKind.PROVIDER:
        give_minor = min(give_minor, available(balances, source))
    if give_minor <= 0:
        return ()
    advanced, receivable = debt_accounts(scope.merchant_id, asset)
    moves = [Move(source, stripe, give_minor), Move(advanced, receivable, give_minor)]
    return (transfer("recover", f"{reference}/{source.kind}", scope, moves),)


def debt_accounts(merchant_id: str, asset: str) -> tuple[AccountKey, AccountKey]:
    """Both sides of what a merchant owes: (advanced, receivable)."""
    return (
        AccountKey(AccountKind.ADVANCED, merchant_id, asset),
        AccountKey(AccountKind.RECEIVABLE, merchant_id, asset),
    )


def repay(
    balances: Balances, scope: Scope, asset: str, reference: str, stripe: AccountKey, provider: str, amount_minor: int
) -> tuple[Transfer, ...]:
    """The merchant pays its debt with new money. Refused above what is owed."""
    if amount_minor <= 0:
        raise BadAmount(amount_minor)
    outstanding_minor = owed(balances, scope.merchant_id, asset)
    if amount_minor > outstanding_minor:
        raise MoreThanOwed(scope.merchant_id, amount_minor, outstanding_minor)
    source = AccountKey(AccountKind.PROVIDER, provider, asset)
    return recover(balances, scope, asset, reference, stripe, source, amount_minor)


def write_off(balances: Balances, scope: Scope, asset: str, reference: str, amount_minor: int) -> Transfer:
    """The house gives up collecting a part of the debt. Refused above what is owed."""
    outstanding_minor = owed(balances, scope.merchant_id, asset)
    if amount_minor > outstanding_minor:
        raise MoreThanOwed(scope.merchant_id, amount_minor, outstanding_minor)
    _, receivable = debt_accounts(scope.merchant_id, asset)
    lost = AccountKey(AccountKind.WRITE_OFF, scope.merchant_id, asset)
    return transfer("write_off", reference, scope, [Move(lost, receivable, amount_minor)])


def top_up_deposit(
    balances: Balances, scope: Scope, asset: str, reference: str, stripe: AccountKey, provider: str, amount_minor: int
) -> tuple[Transfer, ...]:
    """The merchant pays into its deposit; a debt to the fund is recovered from the deposit at once."""
    deposit = AccountKey(AccountKind.DEPOSIT, scope.merchant_id, asset)
    source = AccountKey(AccountKind.PROVIDER, provider, asset)
    paid_in = transfer("deposit_in", reference, scope, [Move(source, deposit, amount_minor)])
    after = applied(balances, [paid_in])
    return (paid_in, *recover(after, scope, asset, reference, stripe, deposit, amount_minor))


def withdraw(
    balances: Balances, scope: Scope, asset: str, reference: str, provider: str, kind: AccountKind, amount_minor: int
) -> Transfer:
    """The merchant takes money out of its deposit or balance, to be sent by the provider.

    Raises `DebtOutstanding` while the merchant owes the fund, `InsufficientFunds` when the account holds less.
    """
    source = AccountKey(kind, scope.merchant_id, asset)
    if owed(balances, scope.merchant_id, asset) > 0:
        raise DebtOutstanding(scope.merchant_id, owed(balances, scope.merchant_id, asset))
    require(balances, source, amount_minor)
    target = AccountKey(AccountKind.PROVIDER, provider, asset)
    act = "deposit_out" if kind is AccountKind.DEPOSIT else "merchant_out"
    return transfer(act, reference, scope, [Move(source, target, amount_minor)])


def top_up_fund(asset: str, reference: str, stripes: tuple[AccountKey, ...], amount_minor: int) -> Transfer:
    """The platform puts its own money into the fund, spread evenly; the first stripes take what does not divide."""
    if amount_minor <= 0:
        raise BadAmount(amount_minor)
    platform = AccountKey(AccountKind.PLATFORM, "", asset)
    each, more = divmod(amount_minor, len(stripes))
    portions = [(stripe, each + (1 if index < more else 0)) for index, stripe in enumerate(stripes)]
    return transfer(
        "fund_in", reference, Scope(""), [Move(platform, stripe, portion) for stripe, portion in portions if portion]
    )


def send_out(payout: Payout, provider: str, reference: str, scope: Scope, currency: str) -> Transfer:
    """Money set aside for the buyer leaves through the provider: pending until the provider reports."""
    outgoing = AccountKey(AccountKind.OUTGOING, scope.order_id, currency)
    target = AccountKey(AccountKind.PROVIDER, provider, currency)
    return transfer(str(payout.kind), reference, scope, [Move(outgoing, target, payout.amount_minor)])


def into_wallet(payout: Payout, buyer_id: str, reference: str, scope: Scope, currency: str) -> Transfer:
    """The buyer's own account here is credited.

    Money goes straight over. Points and coupons come back in kind: their units are issued to the buyer, and the value
    the merchant gives up returns to the platform, which stood for it at purchase.
    """
    if payout.kind is not PayoutKind.WALLET:
        raise ValueError(f"a {payout.kind} does not go into a wallet")
    outgoing = AccountKey(AccountKind.OUTGOING, scope.order_id, currency)
    wallet = AccountKey(AccountKind.WALLET, buyer_id, payout.asset)
    if payout.asset == currency:
        return transfer("wallet", reference, scope, [Move(outgoing, wallet, payout.amount_minor)])
    platform = AccountKey(AccountKind.PLATFORM, scope.merchant_id, currency)
    moves = [Move(outgoing, platform, payout.amount_minor)]
    if payout.units:
        issued = AccountKey(AccountKind.ISSUED, payout.asset, payout.asset)
        moves.append(Move(issued, wallet, payout.units))
    return transfer("wallet", reference, scope, moves)


def returned(sent: Transfer, reference: str) -> Transfer:
    """The provider brought back what it had sent: every entry of the transfer the other way round."""
    entries = tuple(Entry(account, -amount_minor) for account, amount_minor in sent.entries)
    return sent._replace(act=f"{sent.act}_returned", reference=reference, entries=entries)
