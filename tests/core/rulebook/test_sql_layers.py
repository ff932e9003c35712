"""Statements hold each column once, where it is needed, and no other; patterns are found by the truths that tell."""

import duckdb
import pytest

from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.compile import compile_program
from makewhole.core.rulebook.derive import DERIVED
from makewhole.core.rulebook.model import Claim, ClaimLine
from makewhole.core.rulebook.sql.layers import Layers, Source
from makewhole.core.rulebook.sql.match import Matched
from makewhole.core.rulebook.sql.met import met, signs_of
from makewhole.core.rulebook.sql.terms import FALSE, TRUE, UNKNOWN, both, by_number, chosen, coalesced, either, negated
from makewhole.core.words import Reason
from tests.core.rulebook.books import NOW, book, order, rule, told
from tests.core.rulebook.tables import Asked, Database, by_engine

SOURCE = Source("(SELECT 3 AS quantity, 7 AS price_minor, 0 AS place)", frozenset({"quantity", "price_minor", "place"}))


def _run(layers: Layers, final: str) -> list[tuple[object, ...]]:
    return duckdb.connect().execute(layers.statement(final)).fetchall()


def test_a_column_is_known_by_what_it_says() -> None:
    layers = Layers(SOURCE)
    twice = layers.column("twice", "quantity * 2")
    assert layers.column("again", "quantity * 2") == twice
    assert layers.column("same", twice) == twice
    assert layers.column("constant", "12") == "12"


def test_what_is_read_once_stands_there_and_what_is_read_twice_below() -> None:
    layers = Layers(SOURCE)
    once, twice = layers.column("once", "price_minor + 1"), layers.column("twice", "quantity * 2")
    both_read = layers.column("sum", f"{once} + {twice} + {twice}")
    layers.column("unread", "price_minor * 1000")
    statement = layers.statement(f"SELECT {both_read} FROM {{last}}")
    assert once not in statement
    assert statement.count("quantity * 2") == 1
    assert "1000" not in statement
    assert _run(layers, f"SELECT {both_read} FROM {{last}}") == [(20,)]


def test_a_word_between_quotes_is_no_column() -> None:
    layers = Layers(SOURCE)
    name = layers.column("c", "price_minor + 1")
    text = layers.column("t", f"'{name} it''s quantity' || {name}")
    assert _run(layers, f"SELECT {text} FROM {{last}}") == [(f"{name} it's quantity8",)]


def test_a_column_that_holds_nothing_stands_as_null() -> None:
    assert SOURCE.value("quantity") == "quantity"
    assert SOURCE.value("fact_goods_intact") == UNKNOWN
    assert _run(Layers(SOURCE), "SELECT fact_goods_intact, quantity FROM {last}") == [(None, 3)]


@pytest.mark.parametrize("one", [TRUE, FALSE, UNKNOWN])
@pytest.mark.parametrize("two", [TRUE, FALSE, UNKNOWN])
def test_truths_put_together_are_those_of_the_database(one: str, two: str) -> None:
    given = (both(one, two), either(one, two), negated(one), coalesced([one, two]))
    plain = (f"{one} AND {two}", f"{one} OR {two}", f"NOT {one}", f"COALESCE({one}, {two})")
    row = duckdb.connect().execute(f"SELECT {', '.join((*given, *plain))}").fetchone()
    assert row is not None
    assert row[:4] == row[4:]


def test_a_choice_that_is_none_is_not_written() -> None:
    assert chosen(TRUE, "a", "b") == chosen("test", "a", "a") == "a"
    assert by_number("2", [(1, "a"), (2, "b")], "0") == "b"
    assert by_number("column", [(1, "0")], "0") == "0"
    assert by_number("column", [(1, "a")], "0") == "CASE column WHEN 1 THEN a ELSE 0 END"


FLAGS = [name for name, entry in FACTS.items() if entry.type is FactType.YES_NO and name not in DERIVED][:34]


def _right(name: str, place: int) -> str:
    amount = f"amounts: [{{head: damages, fixed: {place * place + 1}.00 CNY}}]"
    return rule(f"right-{place}", f"when: {{{name}: yes}}\ngrant: {{remedy: compensation, adds: yes, {amount}}}")


def test_more_truths_than_one_key_holds() -> None:
    rules = book(*(_right(name, place) for place, name in enumerate(FLAGS)))
    asked = []
    for flag in (*FLAGS, ""):
        facts = told(**{name: name == flag for name in FLAGS})
        asked.append(Asked(order(), Claim((Reason.QUALITY,), (ClaimLine("1", 1),), facts, NOW), NOW))
    database = Database(rules)
    database.fill(asked)
    assert len(database.met(compile_program(rules, 0, 0, frozenset({Reason.QUALITY}))).places) == len(FLAGS) > 30
    for one, found in zip(asked, database.answers(asked), strict=True):
        assert found == by_engine(rules, one)


def test_truths_that_tell_nothing_are_no_key() -> None:
    rules = book(rule("a", "when: {goods_intact: yes, human_damage: no}\ngrant: {remedy: repair}"))
    matched = [Matched(Layers(Source("claims")), compile_program(rules, 0, 0, frozenset({Reason.QUALITY})))]
    signs = signs_of(matched)
    found = met(matched, [tuple(value for _ in signs) for value in (True, False)])
    assert len(found.places) == 1 < len(signs)
    assert len(found.patterns) == 2
