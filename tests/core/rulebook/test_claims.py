"""Claims that do not fit are refused; old answers come out the same for ever."""

from datetime import timedelta

import pytest

from makewhole.core.rulebook.model import ClaimError, ClaimLine
from makewhole.core.words import Reason
from tests.core.rulebook.books import NOW, answer, at, book, order, parcel, real_book, rule, told

RETURN = "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}"


@pytest.mark.parametrize(
    ("lines", "reasons", "field"),
    [
        ((), (Reason.QUALITY,), "lines"),
        ((ClaimLine("9", 1),), (Reason.QUALITY,), "lines"),
        ((ClaimLine("1", 0),), (Reason.QUALITY,), "lines"),
        ((ClaimLine("1", 2),), (Reason.QUALITY,), "lines"),
        ((ClaimLine("2", 2, 1),), (Reason.QUALITY,), "lines"),
        ((ClaimLine("2", 1, -1),), (Reason.QUALITY,), "lines"),
        ((ClaimLine("2", 1), ClaimLine("2", 1)), (Reason.QUALITY,), "lines"),
        ((ClaimLine("1", 1),), (Reason.COUNTERFEIT,), "reasons"),
        ((ClaimLine("1", 1),), tuple(Reason)[:7], "reasons"),
    ],
)
def test_a_claim_that_does_not_fit_is_refused(
    lines: tuple[ClaimLine, ...], reasons: tuple[Reason, ...], field: str
) -> None:
    with pytest.raises(ClaimError) as refusal:
        answer(book(rule("law", RETURN)), *reasons, lines=lines)
    assert refusal.value.field == field
    assert refusal.value.text.zh
    assert refusal.value.fix.en


def test_an_order_of_another_market_or_time_is_refused() -> None:
    rules = book(rule("law", RETURN))
    for strange in (
        order()._replace(market="br"),
        order()._replace(currency="EUR"),
        order(placed_at=at("2019-12-31T23:59")),
    ):
        with pytest.raises(ClaimError):
            answer(rules, of=strange)


def test_nothing_can_be_claimed_before_the_order_is_placed() -> None:
    placed_at = at("2026-03-01T10:00")
    rules, bought = book(rule("law", RETURN)), order(placed_at=placed_at)._replace(parcels=())
    assert answer(rules, of=bought, now=placed_at)
    with pytest.raises(ClaimError, match="the order is placed only at 2026-03-01T10:00:00"):
        answer(rules, of=bought, now=placed_at - timedelta(seconds=1))


@pytest.mark.parametrize(
    "facts", [{"no_such_fact": True}, {"goods_defective": 3}, {"signed_at": "yesterday"}, {"loss_minor": -1}]
)
def test_a_fact_that_does_not_fit_is_refused(facts: dict[str, bool | int | str]) -> None:
    with pytest.raises(ClaimError) as refusal:
        answer(book(rule("law", RETURN)), facts=told(**facts))
    assert refusal.value.field == f"facts.{next(iter(facts))}"


def test_a_time_without_a_zone_is_refused() -> None:
    rules, naive = book(rule("law", RETURN)), NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="has no time zone"):
        answer(rules, now=naive)
    with pytest.raises(ClaimError, match="has no offset"):
        answer(rules, claimed_at=naive)


def test_old_answers_are_worked_out_again_exactly() -> None:
    rules, early = real_book("cn"), at("2026-11-13T12:00")
    travelling = order()._replace(
        parcels=(parcel(("dispatched", at("2026-11-11T10:00")), ("in_transit", at("2026-11-12T10:00"))),)
    )
    then = answer(rules, Reason.CHANGED_MIND, of=travelling, now=early)
    later = order(
        parcels=(
            parcel(
                ("dispatched", at("2026-11-11T10:00")),
                ("in_transit", at("2026-11-12T10:00")),
                ("signed", at("2026-11-14T15:00")),
            ),
        )
    )
    assert answer(rules, Reason.CHANGED_MIND, of=later, now=early) == then
