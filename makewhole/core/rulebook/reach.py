"""Which rules some scenario reaches: a rule no scenario brings to hold is either dead or never tried."""

from collections.abc import Iterable
from datetime import datetime

from makewhole.core.order.model import Order
from makewhole.core.rulebook.assess import check_claim
from makewhole.core.rulebook.compile import program_for
from makewhole.core.rulebook.fill import known, readable, told
from makewhole.core.rulebook.interpret import Interpreter
from makewhole.core.rulebook.model import Claim, ClaimError
from makewhole.core.rulebook.rule import Rule, Rulebook
from makewhole.core.rulebook.scenario import Scenario
from makewhole.core.rulebook.source import Problem
from makewhole.core.words import Text


def holding(book: Rulebook, order: Order, claim: Claim, now: datetime) -> tuple[Rule, ...]:
    """Every rule that holds on some line of the claim, whatever other rules make of it."""
    program = program_for(book, order.placed_at, now, claim.reasons)
    claimed = claim.claimed_at.astimezone(book.calendar.zone)
    said = told(program, claim)
    found: dict[int, Rule] = {}
    for line in check_claim(book, order, claim):
        facts = known(program, said, order, line, now, claimed, book.calendar)
        judge = Interpreter(book.calendar, claimed, dict(readable(program, facts)).get)
        found |= {place: rule for place, rule in enumerate(program.rules) if judge.holds(rule.when)}
    return tuple(found.values())


def unreached(book: Rulebook, scenarios: Iterable[Scenario]) -> tuple[Problem, ...]:
    """The rules of the own files that hold in no scenario; shared ones are tried by the market they belong to.

    A scenario whose claim does not fit its order reaches none.
    """
    reached: set[tuple[str, object]] = set()
    for scenario in scenarios:
        try:
            rules = holding(book, scenario.order, scenario.claim, scenario.claim.claimed_at)
        except ClaimError:
            continue
        reached |= {(rule.id, rule.start) for rule in rules}
    return tuple(
        Problem(
            rule.place,
            Text(
                f"没有场景用到规则 {rule.id}（{rule.start} 起）",
                f"no scenario reaches rule {rule.id} (from {rule.start})",
            ),
            Text("在 scenarios 中补一个场景，或删去规则", "add a scenario for it, or remove the rule"),
        )
        for rule in own_rules(book)
        if (rule.id, rule.start) not in reached
    )


def own_rules(book: Rulebook) -> tuple[Rule, ...]:
    """The rules of files in the book's own folder; a variant shares others with the market it is like."""
    return tuple(rule for rule in book.rules if rule.place.file.rpartition("/")[0] in ("", book.market))
