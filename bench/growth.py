"""What a full answer costs when a book has ten times the rules, none of which concern the claim.

The Chinese book is taken as it is, and with nine copies of every rule under other ids that hold for a reason no claim
gives. Both answer the same claims in turns, on one core; stated is the median of the rounds. Budget: the large book
takes at most a tenth more time. Reference: the same book as it is, in the same run.
"""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from bench.answer import RULEBOOKS, Case, cases
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.rule import Rulebook, editions_of
from makewhole.core.words import Reason
from makewhole.rooms.rulebooks import queries

TIMES = 10
ROUNDS = 9
BUDGET = 1.10
ELSEWHERE = frozenset({Reason.MALICIOUS_REVIEW})


def enlarged(book: Rulebook) -> Rulebook:
    """The book with nine more rules for each, all of them about something else."""
    copies = [
        rule._replace(id=f"{rule.id}-copy-{number}", reasons=ELSEWHERE)
        for number in range(1, TIMES)
        for rule in book.rules
    ]
    rules = (*book.rules, *copies)
    editions = editions_of(book.market, rules)
    starts = tuple(edition.start.toordinal() for edition in editions)
    return replace(book, rules=rules, editions=editions, starts=starts, programs={})


def seconds(book: Rulebook, mix: Sequence[Case]) -> float:
    began = time.process_time()
    for case in mix:
        assess(book, case.order, case.allocation, case.claim, case.now)
    return time.process_time() - began


def main(arguments: Sequence[str] = ()) -> int:
    """Print what was measured; 1 when the budget is missed."""
    book = queries.book("cn", RULEBOOKS)
    large = enlarged(book)
    mix = [case for case in cases(book) if Reason.MALICIOUS_REVIEW not in case.claim.reasons]
    for each in (book, large):
        seconds(each, mix)
    rounds = [(seconds(book, mix), seconds(large, mix)) for _ in range(ROUNDS)]
    ratio = statistics.median(many / few for few, many in rounds)
    missed = ratio > BUDGET
    if "--json" in arguments:
        found = {"rules": len(book.rules), "rules_large": len(large.rules), "ratio": ratio}
        print(json.dumps({"bench": "growth", "found": found, "budgets": {"ratio": BUDGET}, "missed": missed}))
        return int(missed)
    few = len(mix) / statistics.median(one for one, _ in rounds)
    print(f"Full answers with {len(large.rules):,} rules instead of {len(book.rules):,}, one core")
    print(f"  as it is               {few:>12,.0f} /s   the reference of the same run")
    print(f"  with ten times the rules{ratio:>11.2f} x   its time, budget {BUDGET:.2f} x")
    if missed:
        print("  MISSED: ratio")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
