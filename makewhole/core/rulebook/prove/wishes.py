"""What an example had better look like: an ordinary order, so that its story is about the fault and nothing else."""

from collections.abc import Iterable, Iterator

import z3

from makewhole.core.facts import ALLEGED_BY, FACTS, FactType
from makewhole.core.rulebook.prove.claim import SIGNED, SINGLE, Formula, SymbolicClaim
from makewhole.core.words import Reason

_PRICE_MINOR = 8900
_SMALL = 100
_DAYS_IN = 30
"""Orders are best placed some days into the newest edition: that is where a reader's own orders are."""
_MORNING, _AFTERNOON, _EVENING = 10 * 60, 15 * 60, 20 * 60


def wishes(claim: SymbolicClaim, span: tuple[int, int], reasons: Iterable[Reason]) -> Iterator[Formula]:
    """Wishes, the weightiest first; each is granted where the fault allows it. `span`: when the order may be placed."""
    yield claim.shape == SINGLE
    yield claim.history == SIGNED
    yield z3.Not(claim.completed)
    yield z3.Not(claim.receipt_told)
    yield claim.price_minor == _PRICE_MINOR
    yield claim.freight_minor == 0
    yield claim.waived_minor == 0
    yield claim.category == 0
    yield from (z3.Not(flag) for flag in claim.flags_met())
    yield from (claim.fact(ALLEGED_BY[reason]).value for reason in reasons if reason in ALLEGED_BY)
    yield from claim.nothing_promised()
    yield from _told(claim)
    first_day, last_day = span
    yield claim.placed.day == min(max(first_day, claim.book.starts[-1] + _DAYS_IN), last_day)
    yield z3.And(claim.paid.day == claim.placed.day, claim.paid.minute == claim.placed.minute)
    yield claim.dispatched.day == claim.placed.day + 1
    yield claim.signed.day == claim.placed.day + 4
    for days in (1000, 100, 31, 8):
        yield claim.now.day <= claim.signed.day + days
    yield claim.now.day == claim.signed.day + 3
    yield claim.placed.minute == _MORNING
    yield claim.dispatched.minute == _MORNING
    yield claim.signed.minute == _AFTERNOON
    yield claim.now.minute == _EVENING


def _told(claim: SymbolicClaim) -> Iterator[Formula]:
    """Facts as they usually are: exceptions not raised, small counts, and of the rest as little told as will do."""
    for name, said in claim.said().items():
        entry = FACTS[name]
        if entry.type is FactType.TIME or entry.derived:
            yield z3.Not(said)
            continue
        value = claim.fact(name).value
        if entry.assumed is not None:
            yield value == entry.assumed
            continue
        if entry.type in (FactType.COUNT, FactType.AMOUNT):
            yield value <= _SMALL
        yield z3.Not(said)
