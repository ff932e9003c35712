"""What makes a book unfit for service is found: reasons without outcome, steps without term, dangling dates."""

from textwrap import indent

import pytest

from makewhole.core.rulebook.check import faults_of
from makewhole.core.rulebook.rule import Exclusion, Grant, Presumption
from makewhole.core.words import Layer, RuleStatus
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import HEADER, RULEBOOKS, read, real_book, rule

MARKETS = queries.markets(RULEBOOKS)

TERMS = (
    ("respond", "merchant", "claim_accepted"), ("answer_offer", "buyer", "offer_lapses"),
    ("answer_offer", "merchant", "offer_lapses"), ("revise_or_escalate", "buyer", "case_closed"),
    ("ship_back", "buyer", "case_closed"), ("inspect", "merchant", "return_accepted"),
    ("send_goods", "merchant", "refunded_instead"), ("confirm_receipt", "buyer", "receipt_confirmed"),
    ("pay", "merchant", "fund_advances"), ("settle_refund", "platform", "reminded"),
    ("give_evidence", "buyer", "ruled_on_file"), ("give_evidence", "merchant", "ruled_on_file"),
    ("rule", "platform", "reminded"), ("appeal", "buyer", "ruling_final"), ("appeal", "merchant", "ruling_final"),
    ("rule_appeal", "platform", "reminded"),
)  # fmt: skip
GRANT = "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}"


def _sound(**changes: str | None) -> list[str]:
    """Rules of a sound book by name; a change of None leaves a rule out."""
    rules: dict[str, str | None] = {
        "grant": rule("a-grant", GRANT),
        "cap": rule("a-cap", "cap: {on: fund, amount: {of: order_paid}}"),
    }
    for step, debtor, silence in TERMS:
        body = f"term: {{step: {step}, debtor: {debtor}, within: 3 days, on_silence: {silence}}}"
        rules[f"{step}_{debtor}"] = rule(f"t-{step}-{debtor}".replace("_", "-"), body)
    return [text for text in (rules | changes).values() if text is not None]


def _faults(rules: list[str], head: str = HEADER) -> list[str]:
    book = read("layer: law\nrules:\n" + indent("\n".join(rules), "  "), head)
    return [problem.say("en") for problem in faults_of(book)]


def test_a_sound_book_has_no_faults() -> None:
    assert _faults(_sound()) == []


@pytest.mark.parametrize("market", MARKETS)
def test_the_shipped_books_have_no_faults(market: str) -> None:
    assert faults_of(real_book(market)) == ()


@pytest.mark.parametrize(("step", "debtor", "_silence"), TERMS)
def test_a_step_without_a_term_is_found(step: str, debtor: str, _silence: str) -> None:
    found = _faults(_sound(**{f"{step}_{debtor}": None}))
    assert any(f"step {step} of the {debtor} has no term" in line for line in found)


def test_a_term_that_does_not_always_hold_is_no_term() -> None:
    body = "when: {delivered: yes}\nterm: {step: respond, debtor: merchant, within: 3 days, on_silence: claim_accepted}"
    assert any("step respond" in line for line in _faults(_sound(respond_merchant=rule("t-respond", body))))


def test_a_reason_without_any_remedy_is_found() -> None:
    found = _faults(
        _sound(grant=rule("a-grant", GRANT, reasons="[quality, damaged, changed_mind, late_dispatch, parcel_lost]"))
    )
    assert any("reason item_missing has no remedy at all" in line for line in found)


def test_a_time_without_remedy_is_found_by_its_edition() -> None:
    found = _faults(_sound(grant=rule("a-grant", GRANT, in_force="{from: 2020-01-01, to: 2022-07-17}")))
    assert any("has no remedy at all (edition cn@2022-07-18)" in line for line in found)


def test_a_fund_without_cap_is_found() -> None:
    assert any("no cap of the guarantee fund" in line for line in _faults(_sound(cap=None)))


def test_two_default_promises_are_found() -> None:
    promise = "promise: {what: dispatch, within: 48 hours, after: paid_at}"
    found = _faults(_sound(one=rule("p-one", promise), two=rule("p-two", promise)))
    assert any("two default promises for dispatch" in line for line in found)


def test_an_exclusion_that_outlives_its_grant_is_found() -> None:
    grant = rule("b-grant", GRANT, in_force="{from: 2020-01-01, to: 2022-07-17}")
    stop = rule("stop", "when: {is_gift: yes}\nexclusion: {of: [b-grant]}")
    found = _faults(_sound(more=grant, stop=stop))
    assert any("b-grant is not in force then (edition cn@2022-07-18)" in line for line in found)


def test_an_exclusion_for_other_reasons_than_its_grant_is_found() -> None:
    grant = rule("b-grant", GRANT, reasons="[quality]")
    stop = rule("stop", "when: {is_gift: yes}\nexclusion: {of: [b-grant]}", reasons="[damaged]")
    assert any("shares no reason with b-grant" in line for line in _faults(_sound(more=grant, stop=stop)))


def test_an_exclusion_without_condition_is_found() -> None:
    stop = rule("stop", "exclusion: {of: [a-grant]}")
    assert any("takes the right away" in line for line in _faults(_sound(stop=stop)))


@pytest.mark.parametrize("market", ["br", "cn", "jd"])
def test_only_rules_of_law_claim_to_be_checked_against_a_text(market: str) -> None:
    verified = [rule for rule in real_book(market).rules if rule.status is RuleStatus.VERIFIED]
    assert all(rule.citation.article for rule in verified)
    laws = {
        "消费者权益保护法",
        "电子商务法",
        "民法典",
        "食品安全法",
        "快递暂行条例",
        "侵害消费者权益行为处罚办法",
        "明码标价和禁止价格欺诈规定",
        "市场监督管理投诉举报处理暂行办法",
        "家用汽车产品修理更换退货责任规定",
        "最高人民法院关于审理网络消费纠纷案件适用法律若干问题的规定（一）",
        "最高人民法院关于审理食品安全民事纠纷案件适用法律若干问题的解释（一）",
        "最高人民法院关于审理食品药品纠纷案件适用法律若干问题的规定",
        "最高人民法院关于审理食品药品惩罚性赔偿纠纷案件适用法律若干问题的解释",
    }
    assert {rule.citation.source.zh.strip("《》") for rule in verified} <= laws
    assert market != "br" or not verified


def test_the_platform_of_cn_never_takes_a_right_of_the_law_away() -> None:
    rules = real_book("cn").rules
    of_law = {rule.id for rule in rules if rule.layer is Layer.LAW and isinstance(rule.outcome, Grant)}
    for rule_ in rules:
        if isinstance(rule_.outcome, Exclusion) and rule_.layer is not Layer.LAW:
            assert of_law.isdisjoint(rule_.outcome.of), rule_.id


def test_every_burden_of_proof_in_cn_is_told_for_both_sides_of_confirming_receipt() -> None:
    rules = [rule for rule in real_book("cn").rules if isinstance(rule.outcome, Presumption)]
    for fact in ("goods_damaged", "item_absent", "other_item_sent", "quantity_short"):
        burdens = {
            rule.outcome.burden.value
            for rule in rules
            if isinstance(rule.outcome, Presumption) and rule.outcome.fact == fact
        }
        assert burdens == {"buyer", "merchant"}, fact
