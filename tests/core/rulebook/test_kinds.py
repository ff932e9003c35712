"""Kinds of rule beyond the plain right: alternatives, clocks of editions, ladders, stand-ins, ways outside."""

from datetime import datetime
from textwrap import indent

import pytest

from makewhole.core.order.model import Line
from makewhole.core.rulebook.describe import Describer
from makewhole.core.rulebook.explain import explain
from makewhole.core.rulebook.model import Answer, ClaimLine, ObstacleKind, Paid
from makewhole.core.rulebook.rule import Clock
from makewhole.core.words import Head, Language, Party, Reason, Remedy
from tests.core.rulebook.books import ZONE, answer, at, book, found, order, real_book, refused, rule, told

RETURN = "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}"
REPAIR = "grant: {remedy: repair}"
LOSS = "grant: {remedy: compensation, adds: yes, amounts: [{head: damages, of: loss_minor, for: order}]}"


def _extra(rule_id: str, head: str, amount: str, more: str = "") -> str:
    return rule(rule_id, f"grant: {{remedy: compensation, adds: yes, {more}amounts: [{{head: {head}, {amount}}}]}}")


def _refused(one: str) -> str:
    return refused("layer: law\nrules:\n" + indent(one, "  "))[0]


def _dues(given: Answer, remedy: Remedy = Remedy.COMPENSATION) -> dict[tuple[str, Head], int]:
    plan = given.plan(remedy)
    return {} if plan is None else {(due.line_id, due.head): due.amount_minor for due in plan.dues}


def test_of_rights_of_one_name_the_best_counts_and_others_are_added() -> None:
    ten = _extra("ten", "statutory", "of: price, rate: 10, for: order", "best_of: multiple, ")
    three = _extra("three", "statutory", "of: price, rate: 3, at_least: 500.00 CNY, for: order", "best_of: multiple, ")
    fee = _extra("fee", "statutory", "fixed: 20.00 CNY, for: order")
    for rules in ((ten, three, fee), (three, ten, fee)):
        given = answer(book(*rules))
        assert _dues(given) == {("*", Head.STATUTORY): 199000 + 2000}
        assert given.plans[0].adds_to_any


def test_best_of_is_for_rights_that_add() -> None:
    lonely = rule("lonely", "grant: {remedy: compensation, best_of: x, amounts: [{head: damages, fixed: 1.00 CNY}]}")
    assert "best_of goes with adds: yes" in _refused(lonely)


def test_a_right_by_court_says_that_the_platform_does_not_rule_on_it() -> None:
    court = _extra("three", "statutory", "of: price, rate: 3, for: order", "by_court: yes, ")
    rules = book(court, _extra("loss", "damages", "fixed: 20.00 CNY, for: order"))
    given = answer(rules)
    assert {due.head: due.by_court for due in given.plans[0].dues} == {Head.DAMAGES: False, Head.STATUTORY: True}
    assert given.plans[0].settled, "its facts are settled all the same"
    text = [line.text for block in explain(given, rules, order(), "en") for line in block.lines]
    assert [line.partition(" ")[0] for line in text if "not for the platform to rule on" in line] == ["Statutory"]


@pytest.mark.parametrize(("drop", "due"), [(5000, 5000), (9950, 9950), (9951, 9950), (30000, 9950)])
def test_a_ceiling_may_be_a_share_of_the_price(drop: int, due: int) -> None:
    rules = book(
        rule("drop", "grant: {remedy: partial_refund, amounts: [{head: goods, of: loss_minor, at_most: 50%}]}")
    )
    assert _dues(answer(rules, facts=told(loss_minor=drop)), Remedy.PARTIAL_REFUND) == {("1", Head.GOODS): due}


def test_a_sum_told_is_shared_by_the_lines_and_counts_once() -> None:
    grant = rule("drop", "grant: {remedy: partial_refund, amounts: [{head: goods, of: loss_minor}]}")
    both = (ClaimLine("1", 1), ClaimLine("2", 2))
    given = answer(book(grant), facts=told(loss_minor=2690), lines=both)
    assert _dues(given, Remedy.PARTIAL_REFUND) == {("1", Head.GOODS): 1990, ("2", Head.GOODS): 700}
    free = order(Line("1", "a", "赠", "home", 1, 0), Line("2", "b", "赠", "home", 3, 0), freight_minor=0)
    damages = rule("harm", "grant: {remedy: partial_refund, amounts: [{head: damages, of: loss_minor}]}")
    given = answer(book(damages), of=free, facts=told(loss_minor=400), lines=(ClaimLine("1", 1), ClaimLine("2", 3)))
    assert _dues(given, Remedy.PARTIAL_REFUND) == {("1", Head.DAMAGES): 100, ("2", Head.DAMAGES): 300}


def test_a_loss_of_the_whole_order_is_due_in_full_where_one_of_several_lines_has_the_right() -> None:
    fruit, cup = Line("1", "f", "苹果", "fresh", 1, 5000), Line("2", "c", "杯", "home", 1, 10000)
    rules = book(rule("loss", f"when: {{category: fresh}}\n{LOSS}"))
    given = answer(
        rules, of=order(fruit, cup), facts=told(loss_minor=900), lines=(ClaimLine("1", 1), ClaimLine("2", 1))
    )
    assert _dues(given) == {("*", Head.DAMAGES): 900}


def test_a_deduction_that_hangs_on_a_fact_makes_the_plan_hang_on_it() -> None:
    fee = rule("fee", "deduction: {of: [swap], head: goods, amount: {of: price, rate: 0.5%, "
                      "times: {fact: kilometres, per: 1000}}}")  # fmt: skip
    rules = book(rule("swap", RETURN), fee)
    given = answer(rules)
    assert given.plans[0].depends_on == ("kilometres",)
    assert [question.fact for question in given.questions] == ["kilometres"]
    # 199.00 × 0.5 % × 20,000 / 1,000 = 19.90
    assert _dues(answer(rules, facts=told(kilometres=20000)), Remedy.RETURN_AND_REFUND) == {("1", Head.GOODS): 17910}


def test_somebody_may_answer_for_what_the_merchant_owes() -> None:
    stands_in = rule("platform", "when: {seller_untraceable: yes}\nliability: {dues: platform}")
    freight = rule("freight", "liability: {freight_out: merchant, freight_back: merchant}")
    rules = book(rule("law", RETURN), freight, stands_in)
    for facts, payer in ((None, Party.MERCHANT), (found(seller_untraceable=True), Party.PLATFORM)):
        plan = answer(rules, facts=facts).plans[0]
        assert {due.payer for due in plan.dues} == {payer}
        assert plan.freight_back_payer is payer
        assert ("platform" in plan.rule_ids) is (payer is Party.PLATFORM)
    assert "the buyer pays nothing here" in _refused(rule("nobody", "liability: {dues: buyer}"))


REPLACED = "2027-05-01T10:00:00+08:00"


@pytest.mark.parametrize(
    ("window", "facts", "last_day"),
    [
        ("term: 12 months, after: signed_at", {}, "2027-11-14"),
        ("term: 12 months, after: signed_at, paused_by: repair_days", {"repair_days": 20}, "2027-12-04"),
        ("term: 365 days, after: signed_at, paused_by: repair_days", {"repair_days": 20}, "2027-12-04"),
        ("term: 12 months, after: signed_at, restarted_by: replaced_at", {}, "2027-11-14"),
        ("term: 12 months, after: signed_at, restarted_by: replaced_at", {"replaced_at": REPLACED}, "2028-05-01"),
        (
            "term: 12 months, after: signed_at, restarted_by: replaced_at, paused_by: repair_days",
            {"replaced_at": REPLACED, "repair_days": 3},
            "2028-05-04",
        ),
    ],
)
def test_a_warranty_stands_still_in_repair_and_starts_anew_with_a_replacement(
    window: str, facts: dict[str, str | int], last_day: str
) -> None:
    rules = book(rule("warranty", f"when:\n  within: {{{window}}}\n{REPAIR}"))
    last = datetime.fromisoformat(f"{last_day}T23:59:59.999999").replace(tzinfo=ZONE)
    given = answer(rules, facts=told(**facts), now=last)
    assert given.plans[0].claim_until is not None
    assert given.plans[0].claim_until.at == last
    too_late = answer(rules, facts=told(**facts), now=datetime.fromtimestamp(last.timestamp() + 1, ZONE))
    assert [(one.kind, one.since) for one in too_late.obstacles] == [(ObstacleKind.OUT_OF_TIME, last)]


def test_only_an_event_that_has_not_happened_until_told_starts_a_term_anew() -> None:
    odd = rule("odd", f"when:\n  within: {{term: 7 days, after: signed_at, restarted_by: paid_at}}\n{REPAIR}")
    assert "counts as not happened until told" in _refused(odd)


@pytest.mark.parametrize(("day", "left"), [("2026-12-31", True), ("2027-01-01", False)])
def test_an_edition_may_go_by_the_day_of_the_step(day: str, left: bool) -> None:
    later = rule("later", "when: {human_damage: no}\nexclusion: {of: [law]}", in_force="{from: 2027-01-01, by: step}")
    rules = book(rule("law", RETURN), later)
    assert rules.rule("later").by is Clock.STEP
    assert bool(answer(rules, now=at(f"{day}T12:00")).plans) is left
    assert "goes by the day of the decision" in Describer(rules, "en").when(rules.rule("later"))[-1]
    assert len(Describer(rules, "en").when(rules.rule("law"))) == 0


@pytest.mark.parametrize("market", ["cn", "jd"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_can_be_told_in_words(market: str, language: Language) -> None:
    shipped = real_book(market)
    describer = Describer(shipped, language)
    for one in shipped.rules:
        told_of = (*describer.when(one), *describer.outcome(one.outcome))
        assert told_of, one.id
        assert all(line.strip() and "{" not in line for line in told_of), one.id


def test_sanctions_fall_on_the_merchant_or_on_the_buyer_who_abused() -> None:
    rules = book(
        rule("law", RETURN),
        rule("three", "when: {compensated_before_ruling: no}\nsanction: {points: 3}"),
        rule("abuse", "when: {buyer_extorted: yes}\nsanction: {points: 2, on: buyer}"),
    )
    assert [(one.points, one.on) for one in answer(rules).sanctions] == [(3, Party.MERCHANT)]
    facts = found(compensated_before_ruling=True, buyer_extorted=True)
    assert [(one.points, one.on) for one in answer(rules, facts=facts).sanctions] == [(2, Party.BUYER)]


def test_ways_outside_the_platform_are_told_also_where_nothing_is_due() -> None:
    way = rule(
        "authority",
        "when:\n  within: {term: 36 months, after: signed_at}\navenue: {to: authority}",
        text="{zh: 可以投诉。, en: You may complain.}",
    )
    rules = book(rule("law", "when: {goods_damaged: yes}\n" + RETURN), way)
    nothing = answer(rules, facts=found(goods_damaged=False))
    assert nothing.plans == ()
    assert [(one.to, one.rule_id) for one in nothing.avenues] == [("authority", "authority")]
    lines = [line.text for block in explain(nothing, rules, order(), "en") for line in block.lines]
    assert "You may complain." in lines
    assert answer(rules, now=at("2029-11-15T00:00")).avenues == ()


def test_what_was_paid_in_full_says_so_also_for_compensation() -> None:
    rules = book(rule("law", RETURN), _extra("late", "lateness", "of: price, rate: 5%, for: order"))
    paid = Paid("*", Head.LATENESS, 995, Party.FUND)
    given = answer(rules, paid=(paid,))
    assert [plan.remedy for plan in given.plans] == [Remedy.RETURN_AND_REFUND]
    assert [(one.kind, one.remedy, one.rule_id) for one in given.obstacles] == [
        (ObstacleKind.PAID_IN_FULL, Remedy.COMPENSATION, "late")
    ]
    rest = answer(rules, paid=(paid._replace(amount_minor=994),))
    assert _dues(rest) == {("*", Head.LATENESS): 1}
    lines = [line.text for block in explain(given, rules, order(), "en") for line in block.lines]
    assert any("what was due here has been paid" in line for line in lines)


def test_a_books_fact_of_the_order_counts_days_since_payment() -> None:
    interest = _extra("interest", "costs", "of: price, rate: 3%, times: {fact: days_since_payment, per: 365}")
    # 199.00 × 3 % × 7 / 365 = 0.1145
    assert _dues(answer(book(interest), Reason.QUALITY)) == {("1", Head.COSTS): 11}


def test_what_was_paid_in_place_of_goods_closes_sending_them() -> None:
    value = rule(
        "value",
        "grant:\n  remedy: partial_refund\n  closes: [reship]\n  amounts:\n"
        "    - {head: damages, for: order, of: gift_value_minor}",
    )
    rules = book(value, rule("send", "grant: {remedy: reship}"))
    facts = told(gift_value_minor=1500)
    assert [plan.remedy for plan in answer(rules, facts=facts).plans] == [Remedy.PARTIAL_REFUND, Remedy.RESHIP]
    for minor, plans in ((1, [Remedy.PARTIAL_REFUND]), (1500, [])):
        given = answer(rules, facts=facts, paid=(Paid("*", Head.DAMAGES, minor, Party.FUND),))
        assert [plan.remedy for plan in given.plans] == plans
        assert (ObstacleKind.PAID_IN_FULL, Remedy.RESHIP) in {(one.kind, one.remedy) for one in given.obstacles}
    lateness = answer(rules, facts=facts, paid=(Paid("*", Head.LATENESS, 500, Party.FUND),))
    assert [plan.remedy for plan in lateness.plans] == [Remedy.PARTIAL_REFUND, Remedy.RESHIP]
    assert "does not close its own remedy" in _refused(rule("odd", "grant: {remedy: repair, closes: [repair]}"))


@pytest.mark.parametrize("unit", ["days", "months"])
def test_a_number_beyond_all_reason_is_counted_as_a_very_long_time(unit: str) -> None:
    window = f"term: 12 {unit}, after: signed_at, paused_by: repair_days"
    rules = book(rule("warranty", f"when:\n  within: {{{window}}}\n{REPAIR}"))
    assert answer(rules, facts=told(repair_days=10**14)).plans[0].claim_until is not None
