"""Chargebacks: the buyer's bank disputes a payment. What it may take is set aside once and never paid a second time.

While it runs, refunds on that payment wait; what they need is taken out of what is set aside. When the bank takes the
money, waiting refunds are thereby paid; when it does not, they go out and the rest goes back to the merchant.
"""

from typing import NamedTuple

from makewhole.core.ledger.funding import advance
from makewhole.core.ledger.model import AccountKey, AccountKind, FundLimits, Transfer
from makewhole.core.ledger.movements import Balances, Move, Scope, applied, available, transfer
from makewhole.core.ledger.refusals import BadAmount


class Lost(NamedTuple):
    """`advanced_minor` is what neither the order nor the merchant held, so the fund had to lay it out."""

    transfers: tuple[Transfer, ...]
    advanced_minor: int


def freeze(
    balances: Balances, scope: Scope, asset: str, reference: str, amount_minor: int, waiting_minor: int
) -> tuple[Transfer, ...]:
    """Set aside what the bank may take, beyond what already waits in refunds: from escrow, then the balance.

    Where these hold less, less is set aside; the rest is found when the bank takes it.
    """
    if amount_minor <= 0:
        raise BadAmount(amount_minor)
    frozen = AccountKey(AccountKind.CHARGEBACK, scope.order_id, asset)
    moves = _moves(balances, _merchant_sources(scope, asset), frozen, amount_minor - waiting_minor)
    return (transfer("freeze", reference, scope, moves),) if moves else ()


def release(balances: Balances, scope: Scope, asset: str, reference: str, settled: bool) -> tuple[Transfer, ...]:
    """The bank took nothing: what is still set aside returns to escrow, or once settled to the merchant."""
    frozen = AccountKey(AccountKind.CHARGEBACK, scope.order_id, asset)
    escrow, merchant = _merchant_sources(scope, asset)
    amount_minor = available(balances, frozen)
    if amount_minor <= 0:
        return ()
    return (transfer("unfreeze", reference, scope, [Move(frozen, merchant if settled else escrow, amount_minor)]),)


def lose(
    balances: Balances,
    scope: Scope,
    provider: AccountKey,
    reference: str,
    amount_minor: int,
    waiting_minor: int,
    limits: FundLimits,
) -> Lost:
    """The bank took the money: out of the refunds that waited, what was set aside, escrow, the merchant's balance.

    What is still missing is gone all the same: the fund lays it out with recourse on the merchant, and the platform
    first fills the fund when it holds too little.
    """
    if amount_minor <= 0:
        raise BadAmount(amount_minor)
    asset = provider.asset
    outgoing = AccountKey(AccountKind.OUTGOING, scope.order_id, asset)
    frozen = AccountKey(AccountKind.CHARGEBACK, scope.order_id, asset)
    waiting_minor = min(waiting_minor, amount_minor)
    moves = [Move(outgoing, provider, waiting_minor)] if waiting_minor else []
    sources = (frozen, *_merchant_sources(scope, asset))
    moves += _moves(balances, sources, provider, amount_minor - waiting_minor)
    made = [transfer("chargeback", reference, scope, moves)] if moves else []
    missing_minor = amount_minor - sum(move.amount_minor for move in moves)
    if missing_minor:
        fund_minor = sum(available(balances, stripe) for stripe in limits.stripes)
        if fund_minor < missing_minor:
            platform = AccountKey(AccountKind.PLATFORM, scope.merchant_id, asset)
            fill = Move(platform, limits.stripes[0], missing_minor - fund_minor)
            made.append(transfer("fund_in", reference, scope, [fill]))
        made += advance(applied(balances, made), scope, reference, provider, limits, missing_minor, None)
    return Lost(tuple(made), missing_minor)


def _merchant_sources(scope: Scope, asset: str) -> tuple[AccountKey, AccountKey]:
    return (
        AccountKey(AccountKind.ESCROW, scope.order_id, asset),
        AccountKey(AccountKind.MERCHANT, scope.merchant_id, asset),
    )


def _moves(balances: Balances, sources: tuple[AccountKey, ...], target: AccountKey, wanted_minor: int) -> list[Move]:
    moves: list[Move] = []
    for source in sources:
        amount_minor = min(wanted_minor, available(balances, source))
        if amount_minor > 0:
            moves.append(Move(source, target, amount_minor))
            wanted_minor -= amount_minor
    return moves
