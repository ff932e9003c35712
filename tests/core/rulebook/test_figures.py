"""How much is due: bases and rates, freight, units, what was paid before, and never more than the cap."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makewhole.core.allocation.allocate import allocate
from makewhole.core.order.model import Freight, Line, Means
from makewhole.core.rulebook.model import WHOLE_ORDER, Answer, ClaimLine, FundCover, ObstacleKind, Paid
from makewhole.core.words import Head, Party, Reason, Remedy, Step
from tests.core.rulebook.books import answer, book, found, order, real_book, rule, told

RETURN = "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}"
DEFECTIVE = "when: {goods_defective: yes}\n"
_BACK = Head.FREIGHT_BACK


def _dues(given: Answer, remedy: Remedy) -> dict[tuple[str, Head], int]:
    plan = given.plan(remedy)
    return {} if plan is None else {(due.line_id, due.head): due.amount_minor for due in plan.dues}


def _amount(body: str, **facts: int) -> int:
    """What a compensation of this amount gives on the cup at 199.00."""
    grant = rule("a-rule", f"grant:\n  remedy: compensation\n  amounts:\n    - {body}")
    return sum(_dues(answer(book(grant), facts=told(**facts)), Remedy.COMPENSATION).values())


reasons_of_cn = st.lists(st.sampled_from(real_book("cn").reasons), min_size=1, max_size=3, unique=True)


@pytest.mark.parametrize(
    ("body", "minor"),
    [
        ("{head: lateness, of: price, rate: 5%}", 995),
        ("{head: lateness, of: price, rate: 0.25%}", 50),  # 49.75 is rounded half up, once
        ("{head: lateness, of: price, rate: 5%, at_least: 10.00 CNY}", 1000),
        ("{head: lateness, of: price, rate: 5%, at_most: 9.00 CNY}", 900),
        ("{head: statutory, of: price, rate: 3, at_least: 500.00 CNY}", 59700),
        ("{head: statutory, fixed: 500.00 CNY}", 50000),
        ("{head: lateness, of: freight_out}", 740),
        ("{head: lateness, of: order_price, rate: 10%}", 2690),
        ("{head: lateness, of: order_paid, rate: 10%}", 2790),
    ],
)
def test_amounts_are_reckoned_from_their_base(body: str, minor: int) -> None:
    assert _amount(body) == minor


@pytest.mark.parametrize(("price_minor", "minor"), [(16666, 50000), (16667, 50001), (16668, 50004)])
def test_three_times_the_price_crosses_the_statutory_minimum_to_the_cent(price_minor: int, minor: int) -> None:
    grant = "grant: {remedy: compensation, amounts: [{head: statutory, of: price, rate: 3, at_least: 500.00 CNY}]}"
    bought = order(Line("1", "s", "杯", "home", 1, price_minor))
    assert _dues(answer(book(rule("a-rule", grant)), of=bought), Remedy.COMPENSATION) == {("1", Head.STATUTORY): minor}


def test_amounts_may_rest_on_facts() -> None:
    assert _amount("{head: damages, of: loss_minor}", loss_minor=1234) == 1234
    assert _amount("{head: damages, of: price, percent_of: value_lost_percent}", value_lost_percent=15) == 2985
    used = "{head: damages, of: price, rate: 0.5%, times: {fact: repair_days, per: 10}}"
    assert _amount(used, repair_days=25) == 249  # 199.00 × 0.5 % × 25 / 10 = 2.4875


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        # 199.00, 70.00: of a freight of 10.00 the cup bears 7.40 and the mats 2.60; of an extra of 4.00, 2.96 and 1.04.
        ((ClaimLine("1", 1),), {"1": 740 - 296}),
        ((ClaimLine("2", 2),), {"2": 260 - 104}),
        ((ClaimLine("2", 1),), {"2": 130 - 52}),
        ((ClaimLine("1", 1), ClaimLine("2", 2)), {"1": 740 - 296, "2": 260 - 104}),
    ],
)
def test_an_amount_told_for_the_whole_order_is_shared_over_its_lines(
    lines: tuple[ClaimLine, ...], left: dict[str, int]
) -> None:
    grant = "grant: {remedy: refund_only, amounts: [{head: freight_out, of: freight_out}]}"
    body = "deduction: {of: [law], head: freight_out, amount: {of: loss_minor, shared_by: freight_out}}"
    given = answer(book(rule("law", grant), rule("extra", body)), lines=lines, facts=told(loss_minor=400))
    assert _dues(given, Remedy.REFUND_ONLY) == {(line, Head.FREIGHT_OUT): minor for line, minor in left.items()}


def test_what_is_shared_adds_up_to_the_whole_once_over_all_lines() -> None:
    grant = "grant: {remedy: compensation, amounts: [{head: damages, of: loss_minor, shared_by: price}]}"
    three = order(*(Line(str(place), "s", "杯", "home", 1, 500) for place in (1, 2, 3)), freight_minor=0)
    lines = tuple(ClaimLine(str(place), 1) for place in (1, 2, 3))
    given = answer(book(rule("law", grant)), of=three, lines=lines, facts=told(loss_minor=1000))
    assert sorted(_dues(given, Remedy.COMPENSATION).values()) == [333, 333, 334]
    whole = grant.replace("shared_by: price", "shared_by: freight_out, for: order")
    free = answer(book(rule("law", whole)), of=three, lines=lines, facts=told(loss_minor=1000))
    assert free.plans == (), "nothing is shared by a freight nobody paid"


def test_a_promotion_no_longer_earned_is_taken_off() -> None:
    taken = rule("taken", "deduction: {of: [law], head: goods, amount: {fixed: 5.00 CNY}}")
    given = answer(book(rule("law", RETURN), taken))
    assert _dues(given, Remedy.RETURN_AND_REFUND) == {("1", Head.GOODS): 19400}
    assert given.plans[0].rule_ids == ("law", "taken")


def test_a_right_the_deduction_does_not_name_escapes_it() -> None:
    taken = rule("taken", "deduction: {of: [law], head: goods, amount: {fixed: 5.00 CNY}}")
    given = answer(book(rule("law", RETURN), rule("promise", RETURN), taken))
    assert _dues(given, Remedy.RETURN_AND_REFUND) == {("1", Head.GOODS): 19900}


def test_who_is_at_fault_bears_the_freight() -> None:
    fault = rule("fault", DEFECTIVE + "liability: {freight_out: merchant, freight_back: merchant}")
    given = answer(book(rule("law", RETURN), fault), facts=found(goods_defective=True))
    assert _dues(given, Remedy.RETURN_AND_REFUND) == {("1", Head.GOODS): 19900, ("1", Head.FREIGHT_OUT): 740}
    assert given.plans[0].freight_back_payer is Party.MERCHANT
    innocent = answer(book(rule("law", RETURN), fault), facts=found(goods_defective=False))
    assert _dues(innocent, Remedy.RETURN_AND_REFUND) == {("1", Head.GOODS): 19900}
    assert innocent.plans[0].freight_back_payer is Party.BUYER


def test_trap_11_return_freight_is_due_once_its_cost_is_known() -> None:
    fault = rule("fault", "liability: {freight_back: merchant}")
    cap = rule("cap", "when: {freight_receipt_shown: no}\ncap: {on: freight_back, amount: {fixed: 25.00 CNY}}")
    rules = book(rule("law", RETURN), fault, cap)
    assert (("1", Head.FREIGHT_BACK)) not in _dues(answer(rules), Remedy.RETURN_AND_REFUND)
    for cost, shown, due in ((1200, False, 1200), (3000, False, 2500), (3000, True, 3000)):
        given = answer(rules, facts=told(return_freight_minor=cost, freight_receipt_shown=shown))
        assert _dues(given, Remedy.RETURN_AND_REFUND)["1", Head.FREIGHT_BACK] == due


def test_trap_11_lines_that_travel_back_together_cost_their_freight_once() -> None:
    rules = book(rule("law", RETURN), rule("fault", "liability: {freight_back: merchant}"))
    both = (ClaimLine("1", 1), ClaimLine("2", 2))
    given = answer(rules, lines=both, facts=told(return_freight_minor=3200))
    back = {place: minor for place, minor in _dues(given, Remedy.RETURN_AND_REFUND).items() if place[1] is _BACK}
    assert back == {("1", _BACK): 3200}
    part = Paid("1", _BACK, 3200, Party.FUND)
    assert all(due.head is not _BACK for due in answer(
        rules, lines=both, facts=told(return_freight_minor=3200), paid=(part,)).plans[0].dues)  # fmt: skip


def test_trap_19_freight_that_was_free_is_not_refunded() -> None:
    fault = rule("fault", "liability: {freight_out: merchant}")
    free = order(freight=Freight(1000, 1000))
    assert _dues(answer(book(rule("law", RETURN), fault), of=free), Remedy.RETURN_AND_REFUND) == {
        ("1", Head.GOODS): 19900
    }


def test_outbound_freight_counts_once_over_lines_and_reasons() -> None:
    fault = rule("fault", "liability: {freight_out: merchant}")
    both = (ClaimLine("1", 1), ClaimLine("2", 2))
    given = answer(book(rule("law", RETURN), fault), Reason.QUALITY, Reason.DAMAGED, lines=both)
    freight = [due.amount_minor for due in given.plans[0].dues if due.head is Head.FREIGHT_OUT]
    assert sum(freight) == 1000


def test_trap_09_units_claimed_one_after_the_other_make_up_the_line_exactly() -> None:
    bought = order(Line("1", "s", "徽章", "home", 3, 334, 2), freight_minor=100)
    fault = rule("fault", "liability: {freight_out: merchant}")
    rules = book(rule("law", RETURN), fault)
    parts = [answer(rules, of=bought, lines=(ClaimLine("1", 1, first),)).plans[0] for first in range(3)]
    assert [[due.amount_minor for due in plan.dues] for plan in parts] == [[333, 33], [333, 33], [334, 34]]


def test_trap_13_trap_16_an_order_discount_is_counted_once_over_partial_claims() -> None:
    bought = order(discount_minor=2691)
    rules = book(rule("law", RETURN))
    claims = [(ClaimLine("1", 1),), (ClaimLine("2", 1),), (ClaimLine("2", 1, 1),)]
    refunded = sum(answer(rules, of=bought, lines=lines).plans[0].total_minor for lines in claims)
    assert refunded == 26900 - 2691


def test_what_was_paid_before_is_taken_off_and_told() -> None:
    given = answer(book(rule("law", RETURN)), paid=(Paid("1", Head.GOODS, 6000, Party.FUND),))
    due = given.plans[0].dues[0]
    assert (due.amount_minor, due.full_minor, due.cap_minor) == (13900, 19900, 19900)


def test_full_payment_closes_the_return_but_not_the_freight_still_owed() -> None:
    fault = rule("fault", "liability: {freight_out: merchant, freight_back: merchant}")
    rules = book(rule("law", RETURN), rule("swap", "grant: {remedy: exchange}"), fault)
    given = answer(rules, paid=(Paid("1", Head.GOODS, 19900, Party.FUND),))
    assert [plan.remedy for plan in given.plans] == [Remedy.REFUND_ONLY]
    assert _dues(given, Remedy.REFUND_ONLY) == {("1", Head.FREIGHT_OUT): 740}
    assert Step.SHIP_BACK not in [step.term.step for step in given.plans[0].steps]
    assert {one.kind for one in given.obstacles} == {ObstacleKind.PAID_IN_FULL}
    closed = answer(
        rules, paid=(Paid("1", Head.GOODS, 19900, Party.FUND), Paid("1", Head.FREIGHT_OUT, 740, Party.FUND))
    )
    assert closed.plans == ()


def test_a_part_paid_back_closes_only_what_would_give_the_whole_item_again() -> None:
    rules = book(
        rule("law", RETURN),
        rule("swap", "grant: {remedy: exchange}"),
        rule("mend", "grant: {remedy: repair}"),
    )
    given = answer(rules, paid=(Paid("1", Head.GOODS, 1, Party.MERCHANT),))
    assert [plan.remedy for plan in given.plans] == [Remedy.RETURN_AND_REFUND, Remedy.REPAIR]
    assert [(one.kind, one.remedy) for one in given.obstacles] == [(ObstacleKind.NOT_CLAIMABLE, Remedy.EXCHANGE)]


def test_compensation_for_the_whole_order_is_due_once() -> None:
    late = "grant: {remedy: compensation, amounts: [{head: lateness, for: order, of: price, rate: 5%}]}"
    rules = book(rule("late", late))
    both = answer(rules, lines=(ClaimLine("1", 1), ClaimLine("2", 2)))
    assert _dues(both, Remedy.COMPENSATION) == {(WHOLE_ORDER, Head.LATENESS): 1345}
    paid = (Paid(WHOLE_ORDER, Head.LATENESS, 1345, Party.MERCHANT),)
    assert answer(rules, lines=(ClaimLine("1", 1), ClaimLine("2", 2)), paid=paid).plans == ()


def test_sanctions_and_the_funds_cap_are_part_of_the_answer() -> None:
    rules = book(
        rule("law", RETURN),
        rule("points", DEFECTIVE + "sanction: {points: 3}"),
        rule("cap", "cap: {on: fund, amount: {of: order_paid, at_most: 200.00 CNY}}"),
    )
    given = answer(rules)
    assert [(one.points, one.rule_id) for one in given.sanctions] == [(3, "points")]
    assert (given.fund.cap_minor, given.fund.rule_id) == (20000, "cap")


def test_compensation_may_be_paid_in_points() -> None:
    grant = "grant: {remedy: compensation, form: points, amounts: [{head: lateness, fixed: 5.00 CNY}]}"
    assert answer(book(rule("late", grant))).plans[0].dues[0].form is Means.POINTS


@settings(max_examples=150, deadline=None)
@given(
    reasons_of_cn,
    st.integers(1, 50_000),
    st.integers(1, 4),
    st.integers(0, 2_000),
    st.integers(0, 60_000),
    st.integers(1, 100),
)
def test_trap_36_no_answer_gives_more_than_its_caps_and_every_due_names_its_rule(
    reasons: list[Reason], price: int, quantity: int, freight: int, paid: int, lost: int
) -> None:
    rules = real_book("cn")
    bought = order(Line("1", "s", "杯", "home", quantity, price), freight_minor=freight)
    before = (Paid("1", Head.GOODS, paid, Party.FUND),) if paid else ()
    facts = told(value_lost_percent=lost, goods_intact=True, sold_out=True, lateness_grave=True)
    given = answer(rules, *reasons, of=bought, lines=(ClaimLine("1", quantity),), facts=facts, paid=before)
    share = allocate(bought).share("1")
    for plan in given.plans:
        assert plan.rule_ids
        for due in plan.dues:
            assert 0 < due.amount_minor <= due.full_minor <= due.cap_minor
            assert rules.rule(due.rule_id)
            already = sum(one.amount_minor for one in before if (one.line_id, one.head) == (due.line_id, due.head))
            assert due.amount_minor + already <= due.cap_minor
        goods = sum(due.amount_minor for due in plan.dues if due.head is Head.GOODS)
        assert goods + min(paid, share.goods_minor) <= share.goods_minor
        for earlier, later in zip(plan.steps, plan.steps[1:], strict=False):
            assert earlier.due_at <= later.due_at


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 100_000), st.fractions(Fraction(0), Fraction(1)))
def test_shares_by_percent_never_exceed_the_price(price: int, part: Fraction) -> None:
    grant = "grant: {remedy: partial_refund, amounts: [{head: goods, of: price, percent_of: value_lost_percent}]}"
    bought = order(Line("1", "s", "杯", "home", 1, price))
    percent = int(part * 100)
    given = answer(book(rule("a-rule", grant)), of=bought, facts=told(value_lost_percent=percent))
    assert sum(_dues(given, Remedy.PARTIAL_REFUND).values()) <= price


def test_the_fund_cites_the_cap_that_counts_not_the_first_one() -> None:
    low, high = (f"cap: {{on: fund, amount: {{fixed: {amount} CNY}}}}" for amount in ("100.00", "250.00"))
    for rules in ([("low", low), ("high", high)], [("high", high), ("low", low)]):
        given = answer(book(rule("law", RETURN), *(rule(name, body) for name, body in rules)))
        assert given.fund == FundCover(25_000, "high")
