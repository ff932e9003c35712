"""The Chinese book against the traps of the field: windows, promotions, warranty, published deadlines."""

import pytest

from makewhole.core.order.model import Discount, Line
from makewhole.core.rulebook.model import Answer, ClaimLine, ObstacleKind
from makewhole.core.words import Head, Layer, Party, Reason, Remedy, RuleStatus, Step
from tests.core.rulebook.books import answer, at, found, order, real_book, told

CN = real_book("cn")
INTACT = told(goods_intact=True)
KEPT_A_PROMOTION = order(discounts=(Discount("d", 3000, 25000),))


def _goods(given: Answer) -> int:
    return sum(due.amount_minor for plan in given.plans[:1] for due in plan.dues if due.head is Head.GOODS)


def test_trap_14_a_partial_return_neither_keeps_nor_loses_a_promotion_unfairly() -> None:
    cup = answer(CN, Reason.CHANGED_MIND, of=KEPT_A_PROMOTION, facts=INTACT)
    # 269.00 - 30.00 + 10.00 freight were paid; the mats kept cost 70.00 without the promotion: 239.00 - 70.00.
    assert _goods(cup) == 16900
    everything = answer(
        CN, Reason.CHANGED_MIND, of=KEPT_A_PROMOTION, facts=INTACT, lines=(ClaimLine("1", 1), ClaimLine("2", 2))
    )
    assert _goods(everything) == 23900
    at_fault = answer(CN, Reason.DAMAGED, of=KEPT_A_PROMOTION, facts=found(goods_damaged=True))
    assert _goods(at_fault) == 17681, "who is at fault takes nothing off"


def test_trap_27_withdrawal_and_warranty_are_two_rights() -> None:
    eighth_day = at("2026-11-22T10:00")
    assert answer(CN, Reason.CHANGED_MIND, facts=INTACT, now=eighth_day).plans == ()
    defect = answer(CN, Reason.QUALITY, facts=found(goods_defective=True), now=eighth_day)
    assert {plan.remedy for plan in defect.plans} >= {Remedy.EXCHANGE, Remedy.REPAIR}
    broken_fruit = order(Line("1", "f", "苹果", "fresh/fruit", 1, 5000))
    assert answer(CN, Reason.CHANGED_MIND, of=broken_fruit, facts=INTACT).plans == ()
    spoiled = answer(CN, Reason.QUALITY, of=broken_fruit, facts=found(goods_defective=True))
    assert spoiled.plan(Remedy.RETURN_AND_REFUND) is not None, "what cannot be returned at will can still be defective"


def test_trap_29_the_deadline_is_reckoned_and_published() -> None:
    plan = answer(CN, Reason.CHANGED_MIND, facts=INTACT).plans[0]
    assert plan.claim_until is not None
    assert plan.claim_until.at == at("2026-11-21T23:59:59.999999")
    assert not plan.claim_until.provisional


@pytest.mark.parametrize(
    ("line", "rule_id"),
    [
        (Line("1", "s", "鲜果", "fresh/fruit", 1, 5000), "cn-consumer-25-fresh"),
        (Line("1", "s", "软件", "digital/download", 1, 5000), "cn-consumer-25-download"),
        (Line("1", "s", "杂志", "periodical", 1, 5000), "cn-consumer-25-periodical"),
    ],
)
def test_trap_28_what_cannot_be_returned_without_a_reason_is_not(line: Line, rule_id: str) -> None:
    given = answer(CN, Reason.CHANGED_MIND, of=order(line), facts=INTACT)
    assert given.plans == ()
    assert [(one.kind, one.rule_id) for one in given.obstacles] == [(ObstacleKind.EXCLUDED, rule_id)]


@pytest.mark.parametrize("reason", CN.reasons)
def test_trap_32_for_every_reason_every_step_has_a_term_and_an_outcome_of_silence(reason: Reason) -> None:
    given = answer(CN, reason, facts=INTACT)
    for step in Step:
        assert given.term(step).on_silence
        assert given.term(step).length > 0
    for step in (Step.ANSWER_OFFER, Step.GIVE_EVIDENCE, Step.APPEAL):
        assert {given.term(step, debtor=party).debtor for party in (Party.BUYER, Party.MERCHANT)} == {
            Party.BUYER,
            Party.MERCHANT,
        }


def test_the_merchants_clock_is_shorter_before_dispatch_and_before_receipt() -> None:
    hours = []
    for parcels in ((), order().parcels[:1]):
        given = answer(CN, Reason.CHANGED_MIND, of=order(parcels=parcels), facts=INTACT)
        hours.append(given.term(Step.RESPOND).length)
    assert hours == [24, 48]


def test_refunds_follow_the_goods_within_the_laws_seven_days_or_sooner() -> None:
    law = CN.rule("cn-consumer-25-refund-7-days")
    assert (law.layer, law.status) == (Layer.LAW, RuleStatus.VERIFIED)
    assert answer(CN, Reason.CHANGED_MIND, facts=INTACT).term(Step.PAY).rule_id == "cn-pay", "the platform is quicker"
