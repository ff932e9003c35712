"""Prove a rulebook with the solver Z3, or find an order that breaks it.

Needs the package `z3`, which only those who check rules have; so this room is imported where it is used, never by a
service. `docs/concepts/rules.md` says what is proven.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from makewhole.core.rulebook.prove.bounds import excesses_in
from makewhole.core.rulebook.prove.clashes import clashes_in
from makewhole.core.rulebook.prove.floor import losses_in
from makewhole.core.rulebook.prove.floor_terms import worse_terms_in
from makewhole.core.rulebook.prove.gaps import gaps_in
from makewhole.core.rulebook.prove.reach import unreachable_in
from makewhole.core.rulebook.prove.refusal import Unprovable
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.story import Finding
from makewhole.core.rulebook.rule import Place, Rulebook
from makewhole.core.words import Text

PROPERTIES: Sequence[Callable[[Space], Iterator[Finding]]] = (
    gaps_in, clashes_in, losses_in, worse_terms_in, excesses_in, unreachable_in,
)  # fmt: skip
"""What is proven of every book, in the order it is reported."""


class Proof(NamedTuple):
    """What was found; without findings everything is proven. `searches`: how many questions the solver was asked."""

    findings: tuple[Finding, ...]
    searches: int


def prove(book: Rulebook) -> Proof:
    """Prove all properties of a book, or report what breaks them, each with an example where there can be one."""
    space = Space(book)
    found: list[Finding] = []
    for property_ in PROPERTIES:
        try:
            found += property_(space)
        except Unprovable as error:
            found.append(_gave_up(book, error))
    return Proof(tuple(found), space.searches)


def _gave_up(book: Rulebook, error: Unprovable) -> Finding:
    place = Place(f"{book.market}/market.yaml", 1)
    fix = Text("规则库未经证明，不能投入使用", "the book is not proven, so it cannot serve")
    return Finding(place, error.text, fix)
