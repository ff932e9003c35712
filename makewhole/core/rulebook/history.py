"""What changed in a rulebook, and when: the rules that came, were changed and ended, in order of time.

For people who look rules up: a change tells what a rule said before and what it says since, by the lines of `describe`.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from makewhole.core.rulebook.describe import Describer
from makewhole.core.rulebook.rule import Rule, Rulebook


class ChangeKind(StrEnum):
    """What became of a rule on a day."""

    CAME = "came"
    CHANGED = "changed"
    ENDED = "ended"


class Change(NamedTuple):
    """What became of a rule from a day on. `before` is the edition it replaces; None where the rule is new.

    Of a rule that ended, `rule` is its last edition and `day` the first day without it.
    """

    day: date
    kind: ChangeKind
    rule: Rule
    before: Rule | None


class Difference(NamedTuple):
    """Lines of a rule's description that are gone, and those that came instead."""

    gone: tuple[str, ...]
    come: tuple[str, ...]


def editions_of_rule(book: Rulebook, rule_id: str) -> tuple[Rule, ...]:
    """Every edition of a rule, the newest first; empty for a rule the book does not have."""
    return tuple(sorted(book.by_id.get(rule_id, ()), key=lambda rule: rule.start, reverse=True))


def changes(book: Rulebook) -> tuple[Change, ...]:
    """Everything that became of the book's rules, the latest day first; on one day in the order of the book."""
    found: list[Change] = []
    for editions in book.by_id.values():
        earlier: Rule | None = None
        for rule in sorted(editions, key=lambda rule: rule.start):
            follows = earlier is not None and earlier.end is not None and after(earlier) == rule.start
            if earlier is not None and not follows:
                found.append(Change(after(earlier), ChangeKind.ENDED, earlier, None))
            kind = ChangeKind.CHANGED if follows else ChangeKind.CAME
            found.append(Change(rule.start, kind, rule, earlier if follows else None))
            earlier = rule
        if earlier is not None and earlier.end is not None:
            found.append(Change(after(earlier), ChangeKind.ENDED, earlier, None))
    places: Mapping[tuple[str, date], int] = {(rule.id, rule.start): place for place, rule in enumerate(book.rules)}
    found.sort(key=lambda change: places[change.rule.id, change.rule.start])
    return tuple(sorted(found, key=lambda change: change.day, reverse=True))


def after(rule: Rule) -> date:
    """The first day an ended rule is no longer in force."""
    return rule.end + timedelta(days=1) if rule.end is not None else date.max


def difference(before: Rule, now: Rule, describer: Describer) -> Difference:
    """What a new edition of a rule changed, in the describer's language; the sentence where nothing else tells it."""
    old, new = _lines(before, describer), _lines(now, describer)
    told = Difference(tuple(line for line in old if line not in new), tuple(line for line in new if line not in old))
    if any(told) or before.sentence == now.sentence:
        return told
    return Difference((before.sentence.say(describer.language),), (now.sentence.say(describer.language),))


def _lines(rule: Rule, describer: Describer) -> tuple[str, ...]:
    """A rule line by line: when it holds, what follows, for what it is and where it comes from."""
    return (
        *describer.outcome(rule.outcome),
        *describer.when(rule),
        describer.reasons(rule),
        rule.citation.text.say(describer.language),
    )
