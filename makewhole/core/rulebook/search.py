"""Find rules by words, in Chinese of either script and in English, forgiving slips of the hand.

A few hundred rules need no search engine. English words are found by their beginning, or within a slip or two; Chinese,
which has no spaces, by the pairs of characters it is made of, so that a question finds what it is about.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.describe import kind_of
from makewhole.core.rulebook.rule import Grant, Rule
from makewhole.core.traditional import simplified
from makewhole.core.words import Text

QUERY_MAX = 100
"""Characters of a query that count."""
_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PAIRS_NEEDED, _PAIRS_NEAR = 0.6, 0.2
"""The share of a Chinese word's pairs that means it, and that which is at least about it."""
NEAREST_MAX = 10
_ONE_SLIP, _TWO_SLIPS = 4, 8
"""Letters from which on a word may have one slip, and two."""
_WEIGHTS = (5, 3, 1)
"""What a hit counts in the id and sentence, in the source, and in the words a rule is filed under."""


class Entry(NamedTuple):
    """A rule made ready to be searched: its texts and their English words, by how much a hit in them counts."""

    rule: Rule
    texts: tuple[str, ...]
    words: tuple[frozenset[str], ...]


class Index:
    """The rules of a book, ready to be searched."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.entries = tuple(_entry(rule) for rule in rules)
        self.vocabulary = frozenset[str]().union(*(words for entry in self.entries for words in entry.words))

    def find(self, query: str) -> "Found":
        """The rules every word of the query is found in, best first; all of them, in their order, for no words.

        Where there is none, the few that have at least half of the words, or a part of a Chinese question, in them.
        """
        words = _WORD.findall(_plain(query[:QUERY_MAX]))
        if not words:
            return Found(tuple(entry.rule for entry in self.entries), True)
        meant = [_Meant(word, frozenset(self._like(word))) for word in words]
        hits = [(_hits(entry, meant, _PAIRS_NEEDED), entry.rule) for entry in self.entries]
        fitting = [(sum(each), rule) for each, rule in hits if all(each)]
        if fitting:
            return Found(_best_first(fitting), True)
        hits = [(_hits(entry, meant, _PAIRS_NEAR), entry.rule) for entry in self.entries]
        near = [(sum(each), rule) for each, rule in hits if sum(map(bool, each)) * 2 >= len(words)]
        return Found(_best_first(near)[:NEAREST_MAX], False)

    def _like(self, word: str) -> Iterable[str]:
        """The words of the book that a word of the query may mean: itself, what begins with it, else the nearest."""
        if _CHINESE.match(word):
            return
        begun = [known for known in self.vocabulary if known.startswith(word)]
        if begun or len(word) < _ONE_SLIP:
            yield from begun
            return
        most = 1 if len(word) < _TWO_SLIPS else 2
        yield from (known for known in self.vocabulary if known.isalpha() and _slips(word, known, most) <= most)


class Found(NamedTuple):
    """What a search found; `exact` is no where the rules are only the nearest there are."""

    rules: tuple[Rule, ...]
    exact: bool


class _Meant(NamedTuple):
    word: str
    like: frozenset[str]


def _entry(rule: Rule) -> Entry:
    filed = [phrases.REASONS[reason] for reason in rule.reasons]
    filed += [phrases.KINDS[kind_of(rule)], phrases.LAYERS[rule.layer]]
    if isinstance(rule.outcome, Grant):
        filed.append(phrases.REMEDIES[rule.outcome.remedy])
        filed += [phrases.HEADS[each.head] for each in rule.outcome.amounts]
    texts = (_joined(rule.sentence, extra=rule.id), _joined(rule.citation.text), _joined(*filed))
    return Entry(rule, texts, tuple(frozenset(_WORD.findall(text)) for text in texts))


def _joined(*texts: Text, extra: str = "") -> str:
    return _plain("\n".join([extra, *(part for text in texts for part in text)]))


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    """One form for all ways of writing the same: full and half width, capitals, both scripts."""
    return simplified(unicodedata.normalize("NFKC", text)).casefold()


def _best_first(scored: list[tuple[float, Rule]]) -> tuple[Rule, ...]:
    """Stable: of two that fit equally well, the earlier one of the book comes first."""
    return tuple(rule for _score, rule in sorted(scored, key=lambda each: -each[0]))


def _hits(entry: Entry, meant: Sequence[_Meant], share: float) -> list[float]:
    """How well each word is found in a rule; 0 where it is not."""
    places = list(zip(entry.texts, entry.words, _WEIGHTS, strict=True))
    return [max(_hit(each, *place, share) for place in places) for each in meant]


def _hit(meant: _Meant, text: str, words: frozenset[str], weight: int, share: float) -> float:
    if _CHINESE.match(meant.word):
        found = _share_of_pairs(meant.word, text)
        return weight * found if found >= share else 0
    if meant.word in words:
        return weight * 2
    return 0 if meant.like.isdisjoint(words) else weight


def _share_of_pairs(word: str, text: str) -> float:
    """How much of a Chinese word stands in a text; the whole word counts double."""
    if word in text:
        return 2
    pairs = {word[place : place + 2] for place in range(len(word) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0


def _slips(one: str, other: str, most: int) -> int:
    """Letters left out, put in, changed or swapped between two words; above `most` it may be any larger number."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        older, before, row = before, row, [place]
        for there, known in enumerate(other, 1):
            cost = min(before[there] + 1, row[-1] + 1, before[there - 1] + (letter != known))
            if place > 1 and there > 1 and letter == other[there - 2] and one[place - 2] == known:
                cost = min(cost, older[there - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
