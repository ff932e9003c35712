"""Stretches of time in which the rules that bear on a question do not change: each is proven once."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import z3

from makewhole.core.rulebook.prove.claim import MORE_DAYS, Formula, SymbolicClaim, latest_day
from makewhole.core.rulebook.rule import Clock, Edition, Rule, Rulebook
from makewhole.core.words import Reason


class Span(NamedTuple):
    """Rules in force together: for orders placed from `first_day` to `last_day` and steps taken by `last_step`.

    Days are ordinals; steps are taken from `first_step`. `edition` is the first of the orders' editions.
    """

    rules: tuple[Rule, ...]
    first_day: int
    last_day: int
    first_step: int
    last_step: int
    edition: Edition

    @property
    def days(self) -> tuple[int, int]:
        return self.first_day, self.last_day


def spans(book: Rulebook, bears: Callable[[Rule], bool]) -> Iterator[Span]:
    """The stretches between changes of the rules that bear on a question, in order of time.

    Rules go by the day of the order or by that of the step, so each stretch of the one is met with each of the other
    that is not before it.
    """
    last = latest_day(book)
    ends = [start - 1 for start in book.starts[1:]] + [last]
    by_order = [tuple(rule for rule in one.rules if rule.by is Clock.ORDER and bears(rule)) for one in book.editions]
    by_step = [tuple(rule for rule in one.rules if rule.by is Clock.STEP and bears(rule)) for one in book.editions]
    found: dict[tuple[int, ...], Span] = {}
    for place, edition in enumerate(book.editions):
        for later in range(place, len(book.editions)):
            rules = (*by_order[place], *by_step[later])
            step_end = ends[later] if later + 1 < len(book.editions) else last + MORE_DAYS
            made = Span(rules, book.starts[place], ends[place], book.starts[later], step_end, edition)
            key = tuple(map(id, rules))
            found[key] = _joined(found[key], made) if key in found else made
    yield from found.values()


def _joined(one: Span, other: Span) -> Span:
    """Both stretches, and what lies between: rules of one kind are proven for all of it."""
    return Span(
        one.rules, min(one.first_day, other.first_day), max(one.last_day, other.last_day),
        min(one.first_step, other.first_step), max(one.last_step, other.last_step), one.edition,
    )  # fmt: skip


def within(claim: SymbolicClaim, span: Span) -> Formula:
    """The order was placed, and the claim made, while the rules of the stretch are in force."""
    placed = claim.placed_between(span.first_day, span.last_day)
    return z3.And(placed, claim.now.day >= span.first_step, claim.now.day <= span.last_step)


def together(book: Rulebook, rules: Iterable[Rule]) -> tuple[int, int] | None:
    """The first and the last day on which all these rules are in force; None when there is no such day."""
    listed = list(rules)
    if len({rule.by for rule in listed}) > 1:
        return listed[0].start.toordinal(), latest_day(book)
    first = max(rule.start.toordinal() for rule in listed)
    last = min(rule.end.toordinal() if rule.end is not None else latest_day(book) for rule in listed)
    return (first, last) if first <= last else None


def reasons_of(book: Rulebook, rules: Iterable[Rule]) -> tuple[Reason, ...]:
    """As few reasons of the book as make a claim that all these rules concern."""
    shared = frozenset(book.reasons)
    listed = [rule.reasons for rule in rules if rule.reasons]
    for reasons in listed:
        shared &= reasons
    if shared:
        return (min(shared, key=book.reasons.index),)
    chosen = [min(reasons & frozenset(book.reasons), key=book.reasons.index) for reasons in listed]
    return tuple(sorted(set(chosen), key=book.reasons.index))
