"""What a party may raise unasked: exceptions and losses that count as not so until told.

Answers ask only for facts that are open. These are not: nobody is asked whether a platform cannot name its merchant.
But who reads an answer must be able to say so, wherever a rule for goods like these would listen.
"""

from datetime import datetime

from makewhole.core.facts import FACTS
from makewhole.core.order.model import Order
from makewhole.core.rulebook.assess import check_claim
from makewhole.core.rulebook.compile import facts_used, program_for
from makewhole.core.rulebook.fill import known, readable, told
from makewhole.core.rulebook.interpret import Interpreter
from makewhole.core.rulebook.model import Claim
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.words import Party


def raisable(book: Rulebook, order: Order, claim: Claim, now: datetime, teller: Party) -> tuple[str, ...]:
    """Facts this party may tell though nobody asks, in the order of the closed list. Raises ClaimError as `assess`."""
    program = program_for(book, order.placed_at, now, claim.reasons)
    claimed = book.calendar.local(claim.claimed_at)
    said = told(program, claim)
    heard: set[str] = set()
    for line in check_claim(book, order, claim):
        facts = known(program, said, order, line, now, claimed, book.calendar)
        judge = Interpreter(book.calendar, claimed, readable(program, facts).get)
        for rule in program.rules:
            if not judge.for_other_goods(rule.when):
                heard |= facts_read(rule.when) | facts_used(rule)
    return tuple(
        name
        for name, entry in FACTS.items()
        if name in heard and entry.assumed is not None and entry.tells is teller and not entry.derived
    )
