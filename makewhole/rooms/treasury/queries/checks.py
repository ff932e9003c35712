"""What `makewhole verify` looks at in the treasury."""

from functools import partial

from makewhole.rooms.checks import Check, CheckResult
from makewhole.rooms.treasury.store import checks as store

_CHECKS = (
    ("I1", "the entries of every posted transfer sum to zero per asset", store.TRANSFERS_SUM_TO_ZERO),
    ("I1", "all accounts of an asset sum to zero", store.LEDGER_SUMS_TO_ZERO),
    ("I1", "every balance is the sum of its entries, without a gap", store.BALANCES_FOLLOW_ENTRIES),
    ("I1", "what is reserved is what pending transfers will take", store.PENDING_FOLLOWS_TRANSFERS),
    ("I2", "per line and head: paid + under way ≤ due ≤ cap, as the payouts say", store.HEADS_WITHIN_DUE),
    ("I2", "what went into escrow is what the payments brought", store.PAYMENTS_RECEIVED),
    ("I2", "no payment gives back more than it brought", store.PAYMENTS_RETURNED_ONCE),
    ("I3", "no account is below its floor", store.ABOVE_FLOOR),
    (
        "I4",
        "every settled payout has one provider reference and one posted transfer",
        store.PAYOUTS_HAVE_ONE_REFERENCE,
    ),
    ("I4", "every statement line matches one transfer", store.LINES_PROVE_TRANSFERS),
    ("I8", "advances = recovered + outstanding + written off, on records and accounts alike", store.ADVANCES_ADD_UP),
)


def checks() -> list[Check]:
    """The invariants of money, each over whole tables."""
    return [Check(invariant, title, partial(_run, statement)) for invariant, title, statement in _CHECKS]


def _run(statement: str) -> CheckResult:
    return CheckResult(*store.run(statement))
