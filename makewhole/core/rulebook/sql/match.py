"""Which rules hold on each row, as the pattern the engine knows: the same bits, in columns of sixty.

What follows from a pattern is worked out by the engine's own `pattern_of`, once for each pattern met. So exclusions,
deductions, presumptions, liabilities, caps and layers mean here what they mean there, by construction.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from makewhole.core.rulebook.compile import SOUND, Program, Ready, facts_used
from makewhole.core.rulebook.fill import Known
from makewhole.core.rulebook.pattern import Pattern, pattern_of
from makewhole.core.rulebook.sql.conditions import WORD_BITS, ConditionWriter
from makewhole.core.rulebook.sql.facts import FactWriter
from makewhole.core.rulebook.sql.layers import Layers


class Matched(NamedTuple):
    """The columns that hold a row's pattern, and those of its facts."""

    words: tuple[str, ...]
    facts: dict[str, str]


def add_matching(layers: Layers, program: Program) -> Matched:
    """Add layers that work out each row's pattern under a program."""
    facts = FactWriter(layers, program)
    facts.add()
    ready = judged(program)
    writer = ConditionWriter(layers, facts.columns)
    writer.prepare([one.rule for one in ready])
    count = 1 + max((bit.bit_length() - 1 for bit in _all_bits(program, ready)), default=0) // WORD_BITS
    parts: list[list[str]] = [[] for _ in range(count)]
    for one in ready:
        if one.signs is not None:
            for word, text in writer.words(one.rule, one.signs, sorted(facts_used(one.rule))).items():
                parts[word].append(f"({text})")
    known = layers.columns("w", [f"CAST({' + '.join(part) or '0'} AS BIGINT)" for part in parts])
    words = tuple(f"{layers.prefix}p{place}" for place in range(count))
    layers.add({
        word: f"{column}{_asked(program, ready, writer, place, known)}"
        for place, (word, column) in enumerate(zip(words, known, strict=True))
    })  # fmt: skip
    return Matched(words, facts.columns)


def judged(program: Program) -> list[Ready[Any]]:
    """The rules whose holding changes what is due; terms, sanctions and avenues do not."""
    kinds = program.kinds
    return [*kinds.grants, *kinds.exclusions, *kinds.deductions, *kinds.liabilities, *kinds.caps]


def _all_bits(program: Program, ready: Sequence[Ready[Any]]) -> list[int]:
    signs = [one.signs for one in ready if one.signs is not None]
    bits = [bit for sign in signs for bit in (sign.holds, sign.may_hold, sign.late, sign.early, *sign.open_any)]
    return [bit for bit in (*bits, *program.matching.unknown.values()) if bit]


def _asked(
    program: Program, ready: Sequence[Ready[Any]], writer: ConditionWriter, word: int, known: Sequence[str]
) -> str:
    """What the facts not known add to a word, on rows where some rule waits for a fact."""
    terms = []
    for slot, bit in program.matching.unknown.items():
        place, value = divmod(bit.bit_length() - 1, WORD_BITS)
        if place == word:
            column = writer.fact(program.names[slot])
            terms.append(f"CASE WHEN {column} IS NULL THEN {1 << value} ELSE 0 END")
    doubts = sum(one.signs.may_hold for one in ready if one.signs is not None)
    masks = [doubts >> (place * WORD_BITS) & ((1 << WORD_BITS) - 1) for place in range(len(known))]
    waits = [f"({column} & {mask}) <> 0" for column, mask in zip(known, masks, strict=True) if mask]
    if not terms or not waits:
        return ""
    return f" + CASE WHEN {' OR '.join(waits)} THEN {' + '.join(terms)} ELSE 0 END"


def pattern_at(program: Program, words: Sequence[int]) -> Pattern:
    """What follows from the pattern in these words; how firmly facts stand changes no amount."""
    bits = sum(word << (place * WORD_BITS) for place, word in enumerate(words))
    return pattern_of(program, bits, Known([], [SOUND] * len(program.names), 0, 0))
