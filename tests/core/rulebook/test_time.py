"""Dates of a claim: editions, windows, terms of the procedure, what comes too early or too late."""

from datetime import timedelta

import pytest

from makewhole.core.rulebook.describe import Describer
from makewhole.core.rulebook.model import ObstacleKind
from makewhole.core.words import Remedy, Step
from tests.core.rulebook.books import answer, at, book, order, parcel, rule, told

RETURN = "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}"


def test_trap_25_the_rules_of_the_day_of_the_order_apply_for_ever() -> None:
    seven = rule(
        "law",
        "when: {within: {term: 7 days, after: signed_at}}\n" + RETURN,
        in_force="{from: 2020-01-01, to: 2026-11-10}",
    )
    three = rule("law", "when: {within: {term: 3 days, after: signed_at}}\n" + RETURN, in_force="{from: 2026-11-11}")
    later = at("2026-11-21T10:00")
    old = answer(book(seven, three), now=later)
    assert old.plans[0].claim_until is not None
    assert old.plans[0].claim_until.at == at("2026-11-21T23:59:59.999999")
    assert answer(book(seven, three), of=order(placed_at=at("2026-11-11T00:00")), now=later).plans == ()


def test_terms_of_the_procedure_are_those_of_the_time_of_the_step() -> None:
    term = "term: {step: respond, debtor: merchant, within: %s, on_silence: claim_accepted}"
    old = rule("respond", term % "48 hours", in_force="{from: 2020-01-01, to: 2026-11-16}")
    new = rule("respond", term % "24 hours", in_force="{from: 2026-11-17}")
    rules = book(rule("law", RETURN), old, new)
    assert [
        answer(rules, now=at(day)).term(Step.RESPOND).length for day in ("2026-11-16T20:00", "2026-11-17T20:00")
    ] == [48, 24]


def test_of_several_terms_the_better_for_the_buyer_holds() -> None:
    respond = "term: {step: respond, debtor: merchant, within: %s, on_silence: claim_accepted}"
    ship = "term: {step: ship_back, debtor: buyer, within: %s, on_silence: case_closed}"
    rules = book(
        rule("law", RETURN), rule("a", respond % "48 hours"), rule("b", respond % "1 days"),
        rule("c", ship % "7 days"), rule("d", ship % "5 working days"),
    )  # fmt: skip
    given = answer(rules)
    assert [given.term(step).rule_id for step in (Step.RESPOND, Step.SHIP_BACK)] == ["b", "c"]


def test_a_term_for_a_remedy_goes_before_the_general_one() -> None:
    send = "term: {step: send_goods, debtor: merchant, within: %s, on_silence: refunded_instead%s}"
    rules = book(
        rule("mend", "grant: {remedy: repair}"), rule("swap", "grant: {remedy: exchange}"),
        rule("general", send % ("72 hours", "")), rule("long", send % ("30 days", ", remedies: [repair]")),
    )  # fmt: skip
    given = answer(rules)
    assert [plan.steps[0].term.rule_id for plan in given.plans] == ["general", "long"]
    assert given.term(Step.SEND_GOODS).rule_id == "general"
    assert given.term(Step.SEND_GOODS, remedy=Remedy.REPAIR).rule_id == "long"
    with pytest.raises(KeyError, match="sets no term for respond"):
        given.term(Step.RESPOND)


def test_trap_26_without_a_day_of_receipt_the_window_is_asked_for_not_forgotten() -> None:
    rules = book(rule("law", "when: {within: {term: 7 days, after: signed_at}}\n" + RETURN))
    silent = order(parcels=(parcel(("dispatched", at("2026-11-11T10:00"))),))
    given = answer(rules, of=silent)
    assert given.plans[0].depends_on == ("signed_at",)
    told_late = answer(rules, of=silent, facts=told(signed_at="2026-11-05T10:00+08:00"))
    assert told_late.plans == ()
    assert told_late.obstacles[0].kind is ObstacleKind.OUT_OF_TIME


@pytest.mark.parametrize(
    ("signed", "first", "continued"),
    [
        ("2025-11-13T15:00", "2025-11-27", "2026-11-27"),
        ("2025-11-13T23:59:59", "2025-11-27", "2026-11-27"),
        # Both ends may move: 28 November 2026 is a Saturday.
        ("2025-11-14T15:00", "2025-11-28", "2026-11-30"),
        # The first term ends on a Saturday and moves to Monday; the second begins there.
        ("2025-11-15T15:00", "2025-12-01", "2026-12-01"),
    ],
)
def test_a_term_may_be_continued_by_another(signed: str, first: str, continued: str) -> None:
    body = "when: {within: {term: 14 days, after: signed_at, rolls: yes%s}}\n" + RETURN
    delivered = order(
        placed_at=at("2025-11-10T10:00"),
        parcels=(parcel(("dispatched", at("2025-11-11T10:00")), ("signed", at(signed))),),
    )
    for more, last in (("", first), (", plus: 12 months", continued)):
        rules = book(rule("law", body % more))
        in_time = answer(rules, of=delivered, now=at(f"{last}T23:59:59"))
        assert in_time.plans[0].claim_until is not None
        assert in_time.plans[0].claim_until.at.date().isoformat() == last
        late = answer(rules, of=delivered, now=at(f"{last}T23:59:59") + timedelta(seconds=1))
        assert [one.kind for one in late.obstacles] == [ObstacleKind.OUT_OF_TIME]


def test_a_right_that_an_exclusion_will_end_can_be_claimed_until_then() -> None:
    law = rule("law", "when: {within: {term: 24 months, after: signed_at}}\n" + RETURN)
    used = "when: {is_gift: %s, past: {term: 30 days, after: signed_at}}\nexclusion: {of: [law]}"
    for applies, until in (("no", "2026-12-14"), ("yes", "2028-11-14")):
        rules = book(law, rule("used", used % applies))
        given = answer(rules)
        assert given.plans[0].claim_until is not None
        assert given.plans[0].claim_until.at.date().isoformat() == until
        after = answer(rules, now=at("2026-12-15T00:00"))
        assert [one.rule_id for one in after.obstacles] == (["used"] if applies == "no" else [])
    forever = answer(book(rule("law", RETURN), rule("used", used % "no")))
    assert forever.plans[0].claim_until is not None, "a right without a limit of its own has this one"


def test_a_continued_term_says_both_parts_when_it_is_described() -> None:
    rules = book(rule("law", "when: {within: {term: 14 days, after: signed_at, plus: 12 months}}\n" + RETURN))
    when = rules.rules[0].when
    assert Describer(rules, "en").conditions(when) == ("within 14 days of time of receipt and 12 months more",)
    assert Describer(rules, "zh").conditions(when) == ("签收时间起 14 天内，期满后再加 12 个月",)


def test_a_term_does_not_run_before_its_event() -> None:
    rules = book(rule("law", "when: {within: {term: 7 days, after: signed_at}}\n" + RETURN))
    travelling = order(
        parcels=(parcel(("dispatched", at("2026-11-11T10:00")), ("in_transit", at("2026-11-12T10:00"))),)
    )
    given = answer(rules, of=travelling, now=at("2027-03-01T10:00"))
    assert given.plans[0].depends_on == ()
    assert given.plans[0].claim_until is None


def test_what_comes_too_early_is_told_with_its_day() -> None:
    rules = book(rule("law", "when: {past: {term: 10 days, after: paid_at}}\n" + RETURN))
    given = answer(rules, now=at("2026-11-17T20:00"))
    assert [(one.kind, one.since) for one in given.obstacles] == [
        (ObstacleKind.NOT_YET, at("2026-11-20T23:59:59.999999"))
    ]
    assert len(answer(rules, now=at("2026-11-21T00:00")).plans) == 1
