"""What the statements have no words for is refused, never left out; no text of a rule can leave its quotes."""

import duckdb
import pytest

from makewhole.core.calendar import TermUnit
from makewhole.core.rulebook.compile import compile_program
from makewhole.core.rulebook.rule import Is, Rulebook
from makewhole.core.rulebook.sql.conditions import ConditionWriter, Untranslatable
from makewhole.core.rulebook.sql.layers import Layers, Source, literal
from makewhole.core.rulebook.sql.match import Matched
from makewhole.core.words import Reason
from tests.core.rulebook.books import book, rule

WRITER = ConditionWriter(Layers(Source("claims")), {"signed_at__day": "d", "category": "c"})


def _match(rules: Rulebook) -> None:
    Matched(Layers(Source("claims")), compile_program(rules, 0, 0, frozenset({Reason.QUALITY})))


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(Untranslatable, match="no SQL for the condition"):
        WRITER.truth("a condition of a new kind")  # type: ignore[arg-type]
    with pytest.raises(Untranslatable, match="a time is compared by a window"):
        WRITER.truth(Is("signed_at", ("2026-01-01T00:00+08:00",)))
    with pytest.raises(Untranslatable, match="no SQL for a term in hours"):
        WRITER.after("d", "3", TermUnit.HOURS)


def test_a_promise_or_presumption_the_statements_cannot_reckon_is_refused() -> None:
    grant = rule("a-grant", "when: {dispatched_late: yes}\ngrant: {remedy: repair}")
    promise = rule("a-promise", "promise: {what: dispatch, within: 2 days, after: defect_found_at}")
    with pytest.raises(Untranslatable, match="counted from defect_found_at"):
        _match(book(grant, promise))


@pytest.mark.parametrize("text", ["fresh", "it's", "'; DROP TABLE claims; --", "鲜活"])
def test_a_constant_stays_within_its_quotes(text: str) -> None:
    assert duckdb.connect().execute(f"SELECT {literal(text)}").fetchall() == [(text,)]


@pytest.mark.parametrize("text", ["a\0b", "a\\b"])
def test_a_constant_no_rule_needs_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be a value"):
        literal(text)
