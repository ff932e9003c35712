"""Two editions held against each other: what came and went, and what is better or worse for the buyer."""

import pytest

from makewhole.core.rulebook.compare import Comparison, Effect, Happened, Named, compare
from makewhole.core.words import Reason
from tests.core.rulebook.books import book, real_book, rule

RETURN = "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}"
LATE = "grant: {remedy: compensation, amounts: [{head: lateness, of: price, rate: %s}]}"


def _compared(before: str, after: str, **changes: str) -> Comparison:
    """One rule in two editions, beside one that stays."""
    stays = rule("stays", RETURN)
    old, new = book(stays, rule("a-rule", before)), book(stays, rule("a-rule", after, **changes))
    return compare(Named(old, "old", old.rules), Named(new, "new", new.rules))


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (LATE % "5%", LATE % "10%", Effect.BETTER),
        (LATE % "10%", LATE % "5%", Effect.WORSE),
        (LATE % "30%", LATE % "5%, at_least: 5.00 CNY", Effect.MIXED),
        (f"when: {{within: {{term: 7 days, after: signed_at}}}}\n{RETURN}",
         f"when: {{within: {{term: 15 days, after: signed_at}}}}\n{RETURN}", Effect.BETTER),
        (f"when: {{past: {{term: 7 days, after: paid_at}}}}\n{RETURN}",
         f"when: {{past: {{term: 15 days, after: paid_at}}}}\n{RETURN}", Effect.WORSE),
        (RETURN, f"when: {{goods_intact: yes}}\n{RETURN}", Effect.WORSE),
        (f"when: {{goods_intact: yes}}\n{RETURN}", RETURN, Effect.BETTER),
        ("when: {category: [fresh]}\nexclusion: {of: [stays]}",
         "when: {category: [fresh], goods_intact: no}\nexclusion: {of: [stays]}", Effect.BETTER),
        ("liability: {freight_back: buyer}", "liability: {freight_back: merchant}", Effect.BETTER),
        ("presumption: {fact: goods_defective, burden: merchant}",
         "presumption: {fact: goods_defective, burden: buyer}", Effect.WORSE),
        ("term: {step: respond, debtor: merchant, within: 48 hours, on_silence: claim_accepted}",
         "term: {step: respond, debtor: merchant, within: 24 hours, on_silence: claim_accepted}", Effect.BETTER),
        ("term: {step: ship_back, debtor: buyer, within: 7 days, on_silence: case_closed}",
         "term: {step: ship_back, debtor: buyer, within: 3 days, on_silence: case_closed}", Effect.WORSE),
    ],
)  # fmt: skip
def test_a_change_is_told_as_good_or_bad_for_the_buyer(before: str, after: str, effect: Effect) -> None:
    found = _compared(before, after)
    assert [(change.rule.id, change.happened, change.effect) for change in found.changes] == [
        ("a-rule", Happened.CHANGED, effect)
    ]
    assert all(text.zh and text.en for text in found.changes[0].told)


def test_the_price_is_named_from_which_more_turns_into_less() -> None:
    told = [text.en for text in _compared(LATE % "30%", LATE % "5%, at_least: 5.00 CNY").changes[0].told]
    assert told[-1] == "more for goods of up to ¥16.68, less above"


def test_rules_that_came_and_went_are_told_by_reason() -> None:
    old = book(rule("stays", RETURN), rule("goes", RETURN, reasons="[quality]"))
    new = book(rule("stays", RETURN), rule("comes", "exclusion: {of: [stays]}", reasons="[damaged]"))
    found = compare(Named(old, "old", old.rules), Named(new, "new", new.rules))
    assert [(one.rule.id, one.happened, one.effect) for one in found.changes] == [
        ("goes", Happened.WENT, Effect.WORSE),
        ("comes", Happened.CAME, Effect.WORSE),
    ]
    assert {reason: counts[Effect.WORSE] for reason, counts in found.by_reason.items()} == {
        Reason.QUALITY: 1,
        Reason.DAMAGED: 1,
    }


def test_equal_rules_do_not_differ_whatever_their_place_and_wording() -> None:
    assert _compared(RETURN, RETURN, text="{zh: 另一句。, en: Another sentence.}").changes == ()


def test_the_figures_of_2022_are_better_for_cheap_goods_and_worse_for_dear_ones() -> None:
    cn = real_book("cn")
    sides = [cn.edition_named("cn@2022-03-15"), cn.edition_named("cn@2022-07-18")]
    found = compare(*(Named(cn, side.name, side.rules) for side in sides))
    late = next(change for change in found.changes if change.rule.id == "cn-promise-late-dispatch")
    assert late.effect is Effect.MIXED
    assert late.reasons == (Reason.LATE_DISPATCH,)
