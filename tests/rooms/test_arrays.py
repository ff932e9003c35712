"""Lists as array literals come back from the database as they went."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, connection
from hypothesis import given
from hypothesis import strategies as st

from makewhole.core.words import Head
from makewhole.rooms.arrays import array, columns

pytestmark = pytest.mark.django_db
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from('\\"\n\t{},'))


def back(literal: str, kind: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [literal])
        return cursor.fetchone()[0]


@given(st.lists(st.none() | TEXTS | st.sampled_from(["null", "NULL", "", r"\n", r"\\n", "\\", '\\"', "\x01", "\x7f"])))
def test_any_texts_come_back_as_they_went(texts: list[str | None]) -> None:
    assert back(array(texts), "text") == texts


def test_numbers_ids_times_and_words_come_back_as_they_went() -> None:
    order_id, at = UUID(int=7), datetime(2026, 11, 21, 10, 0, 0, 5, tzinfo=UTC)
    numbers, ids, times, words = columns([(-3, order_id, at, Head.GOODS), (2**62, None, None, Head.DAMAGES)])
    assert back(numbers, "bigint") == [-3, 2**62]
    assert back(ids, "uuid") == [order_id, None]
    assert back(times, "timestamptz") == [at, None]
    assert back(words, "text") == ["goods", "damages"]


def test_json_in_an_array_comes_back_as_it_went() -> None:
    told = '{"note": "a \\"b\\" \\\\ c\\nd \\u0007"}'
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::jsonb[])[1] ->> 'note'", [array([told])])
        assert cursor.fetchone()[0] == 'a "b" \\ c\nd \x07'


def test_a_text_with_a_nul_is_refused() -> None:
    with pytest.raises(DataError, match="NUL"):
        array(["a\0b"])
