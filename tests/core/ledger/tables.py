"""Ledger tests as tables: what the accounts held, what was done, what they hold now.

    escrow  deposit  fund | outgoing  receivable
     10000     2000  5000 |        0           0
      4000     2000  5000 |     6000           0

Columns are kinds of accounts (an asset may follow: `wallet:points`); bars are only for the eye. Every account belongs
to order `o-1`, merchant `m-1`, buyer `b-1`, provider `sandbox` and the first stripe of the fund.
"""

from collections.abc import Iterable

from makewhole.core.ledger.model import AccountKey, AccountKind, Transfer
from makewhole.core.ledger.movements import Scope, applied

SCOPE = Scope("m-1", "o-1", "c-1")
CURRENCY = "CNY"

_OWNERS = {
    AccountKind.PROVIDER: "sandbox",
    AccountKind.ESCROW: "o-1",
    AccountKind.OUTGOING: "o-1",
    AccountKind.CHARGEBACK: "o-1",
    AccountKind.FUND: "00",
    AccountKind.WALLET: "b-1",
}


def account(name: str) -> AccountKey:
    """`escrow` or `wallet:points` as an account of the table's people."""
    kind_name, _, asset = name.partition(":")
    kind = AccountKind(kind_name)
    asset = asset or CURRENCY
    owner = asset if kind is AccountKind.ISSUED else _OWNERS.get(kind, "m-1")
    return AccountKey(kind, owner, asset)


def rows(table: str) -> list[dict[AccountKey, int]]:
    """The rows of a table as balances."""
    lines = [line.replace("|", " ").split() for line in table.strip().splitlines() if line.strip()]
    names = [account(name) for name in lines[0]]
    found = []
    for line in lines[1:]:
        found.append(dict(zip(names, [int(word) for word in line], strict=True)))
    return found


def check(table: str, *steps: Iterable[Transfer]) -> None:
    """The first row holds before; each further row after one more step. Accounts not named must hold nothing."""
    before, *after = rows(table)
    assert len(after) == len(steps), "one row for each step, and one for the beginning"
    balances = dict(before)
    for step, wanted in zip(steps, after, strict=True):
        transfers = list(step)
        for transfer in transfers:
            sums_to_zero(transfer)
        balances = applied(balances, transfers)
        held = {key: amount for key, amount in balances.items() if amount or key in wanted}
        assert held == wanted


def sums_to_zero(transfer: Transfer) -> None:
    """The entries of a transfer sum to zero per asset, and no account appears twice."""
    sums: dict[str, int] = {}
    for key, amount in transfer.entries:
        sums[key.asset] = sums.get(key.asset, 0) + amount
    assert not any(sums.values()), transfer
    assert len({key for key, _ in transfer.entries}) == len(transfer.entries), transfer
