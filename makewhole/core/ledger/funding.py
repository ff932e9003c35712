"""Out of whose money a buyer is paid: the order of funding, the fund's limits, and recourse on the merchant.

Merchant's debts come out of what a running chargeback has frozen for this very order, then the order's escrow, then
(funding `merchant`) the merchant's balance, (funding `deposit`) the balance and the deposit, or (funding `fund`) an
advance by the guarantee fund, which takes recourse at once: the deposit, the balance, and for the rest a receivable.
What the platform or the fund owes itself is borne by the fund, without recourse.
"""

from collections.abc import Iterable
from typing import NamedTuple

from makewhole.core.ledger.model import (
    AccountKey,
    AccountKind,
    Funding,
    FundLimits,
    FundObstacle,
    PayDue,
    PaymentInstruction,
    Transfer,
)
from makewhole.core.ledger.movements import (
    Balances,
    Move,
    Scope,
    applied,
    available,
    debt_accounts,
    recover,
    transfer,
)
from makewhole.core.ledger.refusals import BadAmount, FundCapReached, FundInsolvent, MoneyRefused
from makewhole.core.words import Party


class Funded(NamedTuple):
    """How far an instruction could be funded.

    `paid` are the dues as far as money was found, in the order given; `paid_from` who gave how much; `recovered` what
    recourse brought back at once. `advanced_minor` is what the fund laid out for the merchant, recovered or not.
    """

    transfers: tuple[Transfer, ...]
    paid: tuple[PayDue, ...]
    paid_from: tuple[tuple[str, int], ...]
    recovered: tuple[tuple[str, int], ...]
    advanced_minor: int
    shortfall_minor: int
    obstacle: FundObstacle | None


def fund_dues(
    instruction: PaymentInstruction, dues: tuple[PayDue, ...], balances: Balances, limits: FundLimits
) -> Funded:
    """Find the money for these dues of an instruction; what is found is set aside in the order's outgoing account.

    Raises `MoneyRefused` when a due is not above zero or its payer is the buyer.
    """
    merchant_due, house_due = _by_payer(dues)
    scope = Scope(instruction.merchant_id, instruction.order_id, instruction.case_id)
    outgoing = AccountKey(AccountKind.OUTGOING, instruction.order_id, instruction.currency)
    taken = _take(balances, _own_sources(instruction), merchant_due)
    missing = merchant_due - sum(amount for _, amount in taken)
    transfers: list[Transfer] = []
    if taken:
        moves = [Move(source, outgoing, amount) for source, amount in taken]
        transfers.append(transfer("pay", instruction.reference, scope, moves))
    wanted = missing if instruction.funding is Funding.FUND else 0
    advance_minor, borne_minor, obstacle = _room(limits, instruction.fund_cap_minor, wanted, house_due)
    if advance_minor:
        set_aside = applied(balances, transfers)
        transfers += advance(
            set_aside, scope, instruction.reference, outgoing, limits, advance_minor, instruction.fund_cap_minor
        )
    if borne_minor:
        transfers += bear(applied(balances, transfers), instruction, limits, borne_minor)
    return Funded(
        transfers=tuple(transfers),
        paid=_paid_dues(dues, merchant_due - missing + advance_minor, borne_minor),
        paid_from=_sources(taken, advance_minor + borne_minor),
        recovered=_recovered(transfers),
        advanced_minor=advance_minor,
        shortfall_minor=missing - advance_minor + house_due - borne_minor,
        obstacle=obstacle,
    )


def advance(
    balances: Balances,
    scope: Scope,
    reference: str,
    target: AccountKey,
    limits: FundLimits,
    amount_minor: int,
    cap_minor: int | None,
) -> list[Transfer]:
    """The fund pays for the merchant and takes recourse: deposit, then balance; the rest stays a receivable.

    `cap_minor` None: no rule caps it. Raises `FundCapReached` above the cap for the order, `FundInsolvent` when the
    stripes hold less.
    """
    if cap_minor is not None and amount_minor > cap_minor - limits.advanced_minor:
        raise FundCapReached(amount_minor, cap_minor, limits.advanced_minor)
    asset = target.asset
    advanced, receivable = debt_accounts(scope.merchant_id, asset)
    moves = [Move(stripe, target, amount) for stripe, amount in _from_stripes(balances, limits, amount_minor)]
    made = [transfer("advance", reference, scope, [*moves, Move(receivable, advanced, amount_minor)])]
    left_minor = amount_minor
    for kind in (AccountKind.DEPOSIT, AccountKind.MERCHANT):
        source = AccountKey(kind, scope.merchant_id, asset)
        back = recover(applied(balances, made), scope, asset, reference, limits.stripes[0], source, left_minor)
        made += back
        left_minor -= recovered_minor(back)
    return made


def recovered_minor(transfers: Iterable[Transfer]) -> int:
    """What these transfers brought back to the fund."""
    return sum(
        amount
        for each in transfers
        if each.act == "recover"
        for account, amount in each.entries
        if account.kind is AccountKind.RECEIVABLE
    )


def bear(balances: Balances, instruction: PaymentInstruction, limits: FundLimits, amount_minor: int) -> list[Transfer]:
    """The fund pays what the platform itself owes the buyer; nobody gives it back."""
    scope = Scope(instruction.merchant_id, instruction.order_id, instruction.case_id)
    outgoing = AccountKey(AccountKind.OUTGOING, instruction.order_id, instruction.currency)
    moves = [Move(stripe, outgoing, amount) for stripe, amount in _from_stripes(balances, limits, amount_minor)]
    return [transfer("bear", instruction.reference, scope, moves)]


def _by_payer(dues: tuple[PayDue, ...]) -> tuple[int, int]:
    merchant_minor = house_minor = 0
    for due in dues:
        if due.amount_minor <= 0:
            raise BadAmount(due.amount_minor)
        if due.payer is Party.MERCHANT:
            merchant_minor += due.amount_minor
        elif due.payer is Party.BUYER:
            raise MoneyRefused(f"line {due.line_id}, {due.head}: the buyer cannot owe the buyer; name another payer")
        else:
            house_minor += due.amount_minor
    return merchant_minor, house_minor


def _own_sources(instruction: PaymentInstruction) -> list[AccountKey]:
    order_id, asset = instruction.order_id, instruction.currency
    sources = [AccountKey(kind, order_id, asset) for kind in (AccountKind.CHARGEBACK, AccountKind.ESCROW)]
    if instruction.funding is not Funding.FUND:
        sources.append(AccountKey(AccountKind.MERCHANT, instruction.merchant_id, asset))
    if instruction.funding is Funding.DEPOSIT:
        sources.append(AccountKey(AccountKind.DEPOSIT, instruction.merchant_id, asset))
    return sources


def _take(balances: Balances, sources: list[AccountKey], wanted_minor: int) -> list[tuple[AccountKey, int]]:
    taken: list[tuple[AccountKey, int]] = []
    for source in sources:
        amount_minor = min(wanted_minor, max(0, available(balances, source)))
        if amount_minor:
            taken.append((source, amount_minor))
            wanted_minor -= amount_minor
    return taken


def _room(
    limits: FundLimits, cap_minor: int, wanted_minor: int, borne_minor: int
) -> tuple[int, int, FundObstacle | None]:
    """What the fund may advance and bear. The cap trims an advance; solvency and approval allow all or nothing."""
    under_cap = max(0, min(wanted_minor, cap_minor - limits.advanced_minor))
    obstacle = FundObstacle.CAP_REACHED if under_cap < wanted_minor else None
    if under_cap + borne_minor > limits.approval_limit_minor:
        return 0, 0, FundObstacle.APPROVAL_NEEDED
    if under_cap + borne_minor > limits.total_minor:
        return 0, 0, FundObstacle.INSOLVENT
    return under_cap, borne_minor, obstacle


def _from_stripes(balances: Balances, limits: FundLimits, wanted_minor: int) -> list[tuple[AccountKey, int]]:
    taken = _take(balances, list(limits.stripes), wanted_minor)
    found_minor = sum(amount for _, amount in taken)
    if found_minor < wanted_minor:
        raise FundInsolvent(limits.stripes[0].asset, wanted_minor, found_minor)
    return taken


def _paid_dues(dues: tuple[PayDue, ...], merchant_minor: int, house_minor: int) -> tuple[PayDue, ...]:
    paid: list[PayDue] = []
    for due in dues:
        if due.payer is Party.MERCHANT:
            amount_minor = min(due.amount_minor, merchant_minor)
            merchant_minor -= amount_minor
        else:
            amount_minor = min(due.amount_minor, house_minor)
            house_minor -= amount_minor
        if amount_minor:
            paid.append(due._replace(amount_minor=amount_minor))
    return tuple(paid)


def _sources(taken: list[tuple[AccountKey, int]], fund_minor: int) -> tuple[tuple[str, int], ...]:
    named = [(str(source.kind), amount) for source, amount in taken]
    return tuple([*named, ("fund", fund_minor)] if fund_minor else named)


def _recovered(transfers: list[Transfer]) -> tuple[tuple[str, int], ...]:
    sources = (AccountKind.DEPOSIT, AccountKind.MERCHANT)
    return tuple(
        (str(account.kind), -amount)
        for each in transfers
        if each.act == "recover"
        for account, amount in each.entries
        if account.kind in sources
    )
