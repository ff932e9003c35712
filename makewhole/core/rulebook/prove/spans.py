"""Stretches of time in which the rules that bear on a question do not change: each is proven once."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from makewhole.core.rulebook.prove.claim import latest_day
from makewhole.core.rulebook.rule import Edition, Rule, Rulebook
from makewhole.core.words import Reason


class Span(NamedTuple):
    """Rules in force for orders placed from `first_day` to `last_day` (ordinals). `edition` is the first of them."""

    rules: tuple[Rule, ...]
    first_day: int
    last_day: int
    edition: Edition

    @property
    def days(self) -> tuple[int, int]:
        return self.first_day, self.last_day


def spans(book: Rulebook, bears: Callable[[Rule], bool]) -> Iterator[Span]:
    """The stretches between changes of the rules that bear on a question, in order of time."""
    found: dict[tuple[Rule, ...], Span] = {}
    for place, edition in enumerate(book.editions):
        rules = tuple(rule for rule in edition.rules if bears(rule))
        last_day = book.starts[place + 1] - 1 if place + 1 < len(book.starts) else latest_day(book)
        known = found.get(rules)
        first_day = known.first_day if known is not None else book.starts[place]
        found[rules] = Span(rules, first_day, last_day, known.edition if known is not None else edition)
    yield from found.values()


def together(book: Rulebook, rules: Iterable[Rule]) -> tuple[int, int] | None:
    """The first and the last day on which all these rules are in force; None when there is no such day."""
    listed = list(rules)
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
