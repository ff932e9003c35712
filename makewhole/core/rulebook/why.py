"""Why not: the grants that came close to a claim and did not count, with the condition that failed.

Slow and complete, where `assess` is quick and brief: it judges every condition of every grant that concerns the claim.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from makewhole.core.dates import moment_text
from makewhole.core.facts import CHOICES, FACTS, FactType
from makewhole.core.order.model import Order
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.assess import check_claim
from makewhole.core.rulebook.compile import program_for
from makewhole.core.rulebook.explain import amount_text
from makewhole.core.rulebook.fill import known, readable, told
from makewhole.core.rulebook.interpret import Interpreter, Judged
from makewhole.core.rulebook.model import Claim
from makewhole.core.rulebook.rule import AnyOf, Between, Condition, Exclusion, Grant, Is, Rule, Rulebook, Window
from makewhole.core.rulebook.windows import NOT_BEGUN, NOT_YET
from makewhole.core.words import Language

_CLOSE = 2
"""A rule that fails by more conditions than this did not come close."""


class NearMiss(NamedTuple):
    """A grant that came close on one line: the conditions that failed, or the exclusion that stopped it."""

    rule: Rule
    line_id: str
    failed: tuple[Judged, ...]
    stopped_by: Rule | None
    values: dict[str, Any]


def why_not(book: Rulebook, order: Order, claim: Claim, now: datetime) -> tuple[NearMiss, ...]:
    """The grants that came close, line by line, nearest first. Raises ClaimError as `assess` does."""
    lines = check_claim(book, order, claim)
    program = program_for(book, order.placed_at, now, claim.reasons)
    claimed = claim.claimed_at.astimezone(book.calendar.zone)
    said = told(program, claim)
    misses: list[NearMiss] = []
    for line in lines:
        facts = known(program, said, order, line, now, claimed, book.calendar)
        values = dict(readable(program, facts))
        judge = Interpreter(book.calendar, claimed, values.get)
        stops = [r for r in program.rules if isinstance(r.outcome, Exclusion) and judge.holds(r.when)]
        found: list[NearMiss] = []
        for rule in program.rules:
            if not isinstance(rule.outcome, Grant):
                continue
            failed = tuple(judged for judged in judge.judge(rule.when) if judged.holds is False)
            stop = next((r for r in stops if isinstance(r.outcome, Exclusion) and rule.id in r.outcome.of), None)
            if 0 < len(failed) <= _CLOSE or (not failed and stop is not None):
                found.append(NearMiss(rule, line.id, failed, None if failed else stop, values))
        misses += sorted(found, key=lambda miss: len(miss.failed))
    return tuple(misses)


class WhyTeller:
    """Tells failed conditions in one language. `now` is a moment on the market's clocks."""

    def __init__(self, book: Rulebook, language: Language, now: datetime) -> None:
        self.book, self.language, self.now = book, language, book.calendar.local(now)

    def say(self, phrase: str, **parts: object) -> str:
        return phrases.PHRASES[phrase].say(self.language).format(**parts)

    def reasons(self, miss: NearMiss) -> tuple[str, ...]:
        """Why the rule did not count, one sentence for each failed condition."""
        if miss.stopped_by is not None:
            sentence = miss.stopped_by.sentence.say(self.language)
            return (self.say("stopped", rule=miss.stopped_by.id, sentence=sentence),)
        return tuple(self.condition(judged.condition, judged, miss.values) for judged in miss.failed)

    def condition(self, condition: Condition, judged: Judged | None, values: dict[str, Any]) -> str:
        """A condition that failed, with the value that made it fail."""
        if isinstance(condition, AnyOf):
            branches = (self._branch(branch, values) for branch in condition.branches)
            return self.say("any", branches="; ".join(branches))
        if isinstance(condition, Window):
            return self._window(condition, judged, values)
        label = FACTS[condition.fact].label.say(self.language)
        value = self.value(condition.fact, values.get(condition.fact))
        if isinstance(condition, Is):
            if FACTS[condition.fact].type is FactType.YES_NO and value != self.say("unknown"):
                wants_yes = (True in condition.values) is not condition.negated
                return self.say("only_where" if wants_yes else "not_where", fact=label)
            wanted = self.say("or").join(self.value(condition.fact, one) for one in condition.values)
            return self.say("is_not" if condition.negated else "is", fact=label, values=wanted, value=value)
        return self.say("between", fact=label, range=self._range(condition, values), value=value)

    def _branch(self, branch: Sequence[Condition], values: dict[str, Any]) -> str:
        return self.say("and").join(self.condition(part, None, values) for part in branch)

    def _range(self, condition: Between, values: dict[str, Any]) -> str:
        ends = (("at_least", condition.at_least), ("at_most", condition.at_most))
        told_ends = (
            self.say(name, value=self.value(condition.fact, values.get(end) if isinstance(end, str) else end))
            for name, end in ends
            if end is not None
        )
        return self.say("and").join(told_ends)

    def _window(self, window: Window, judged: Judged | None, values: dict[str, Any]) -> str:
        length = window.length if isinstance(window.length, int) else values.get(window.length)
        end = judged.end if judged is not None else None
        if end is None:
            date = self.say("unknown")
        elif end is NOT_BEGUN:
            date = self.say("not_begun")
        else:
            date = moment_text(end.at, self.now).say(self.language)
        term = self.say(str(window.unit), count=self.say("unknown") if length is None else length)
        if window.plus is not None:
            more, unit = window.plus
            term += self.say("and_more", term=self.say(str(unit), count=more))
        return self.say(
            "past" if window.past else "within",
            event=FACTS[window.after].label.say(self.language),
            term=term,
            date=date,
        )

    def value(self, fact: str, value: Any) -> str:
        """A fact's value as people say it."""
        if value is None:
            return self.say("unknown")
        kind = FACTS[fact].type
        if kind is FactType.YES_NO:
            return self.say("yes" if value else "no")
        if kind is FactType.AMOUNT:
            return amount_text(value, self.book.currency)
        if kind is FactType.TIME:
            moment = self.book.calendar.local(value)
            return self.say("not_yet") if value is NOT_YET else moment_text(moment, self.now).say(self.language)
        if kind is FactType.PATH:
            path = value if isinstance(value, str) else (value[-1] if value else "")
            label = self.book.categories.get(path)
            return label.say(self.language) if label is not None else path or self.say("unknown")
        return CHOICES[value].say(self.language) if kind is FactType.CHOICE else str(value)
