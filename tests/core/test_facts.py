"""The closed list of facts: both languages, typed values, and each derived fact read somewhere."""

import pytest

from makewhole.core.facts import (
    ALLEGED_BY,
    CHOICES,
    FACTS,
    NEVER,
    FactError,
    FactType,
    check_value,
    fact_name,
    read_value,
)
from makewhole.core.rulebook.derive import ALWAYS_KNOWN, DERIVED, RESTS_ON
from makewhole.core.words import Party


def test_every_fact_is_labelled_and_asked_for_in_both_languages() -> None:
    for entry in FACTS.values():
        for text in (entry.label, entry.question):
            assert text.zh.strip(), entry.name
            assert text.en.strip(), entry.name
        assert entry.question.zh.endswith("？"), entry.name
        assert entry.question.en.endswith("?"), entry.name
        assert entry.tells in (Party.BUYER, Party.MERCHANT), entry.name


def test_choices_are_given_for_choices_only_and_each_is_named() -> None:
    for entry in FACTS.values():
        assert bool(entry.choices) is (entry.type is FactType.CHOICE), entry.name
    assert {choice for entry in FACTS.values() for choice in entry.choices} == set(CHOICES)
    assert all(text.zh.strip() and text.en.strip() for text in CHOICES.values())


def test_the_facts_said_to_be_derived_are_those_read_from_orders() -> None:
    assert {entry.name for entry in FACTS.values() if entry.derived} == set(DERIVED)
    assert set(DERIVED) >= ALWAYS_KNOWN
    assert set(RESTS_ON) <= set(DERIVED) - ALWAYS_KNOWN


def test_what_reasons_allege_is_yes_or_no() -> None:
    assert all(FACTS[name].type is FactType.YES_NO for name in ALLEGED_BY.values())


def test_a_count_that_makes_no_sense_is_refused() -> None:
    assert check_value(FACTS["value_lost_percent"], 100) == 100
    with pytest.raises(
        FactError, match="value_lost_percent cannot be 101; write a whole number, 0 or more, at most 100"
    ):
        check_value(FACTS["value_lost_percent"], 101)
    with pytest.raises(FactError, match="at most 36500"):
        read_value("repair_days", "36501")


def test_an_assumed_value_fits_its_fact() -> None:
    for entry in FACTS.values():
        if entry.assumed not in (None, NEVER):
            assert check_value(entry, entry.assumed) == entry.assumed


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("goods_intact", "yes", True),
        ("goods_intact", "否", False),
        ("unrepaired_days", "30", 30),
        ("loss_minor", "12345", 12345),
        ("defect_kind", "hidden", "hidden"),
        ("signed_at", "2026-11-14T15:00+08:00", "2026-11-14T15:00+08:00"),
        ("category", "fresh/fruit", "fresh/fruit"),
    ],
)
def test_values_are_read_as_people_write_them(name: str, written: str, value: object) -> None:
    assert read_value(name, written) == value


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("goods_intact", "maybe", "write yes or no"),
        ("unrepaired_days", "-1", "a whole number, 0 or more"),
        ("unrepaired_days", "1" * 40, "a whole number, 0 or more"),
        ("unrepaired_days", "３", "a whole number, 0 or more"),
        ("defect_kind", "odd", "one of visible, hidden"),
        ("signed_at", "2026-11-14", "a time with its offset"),
        ("signed_at", "tomorrow", "a time with its offset"),
        ("replaced_at", NEVER, "between 1900 and 2199"),
        ("replaced_at", "0001-01-01T00:00+08:00", "between 1900 and 2199"),
        ("goods_entact", "yes", "did you mean goods_"),
        ("zzz", "yes", "docs/reference/facts.md"),
    ],
)
def test_values_that_do_not_fit_are_refused_with_what_would(name: str, written: str, told: str) -> None:
    with pytest.raises(FactError) as refusal:
        read_value(name, written)
    assert told in refusal.value.text.en
    assert refusal.value.text.zh


def test_a_name_of_the_list_is_found() -> None:
    assert fact_name("sold_out").tells is Party.MERCHANT
