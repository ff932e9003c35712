"""Answers in words: what a lay person reads in Chinese and in English, and why a rule did not count."""

import string

import pytest

from makewhole.core.dates import moment_text
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.explain import Block, amount_text, cited, explain
from makewhole.core.rulebook.model import Claim, ClaimLine, ObstacleKind, Paid
from makewhole.core.rulebook.why import WhyTeller, why_not
from makewhole.core.words import Consequence, Head, Language, Layer, Party, Reason, Remedy, RuleStatus, Step
from tests.core.rulebook.books import NOW, answer, at, found, order, real_book, told

CN = real_book("cn")


def _told(language: Language, *reasons: Reason, **more: object) -> tuple[Block, ...]:
    given = answer(CN, *reasons, **more)  # type: ignore[arg-type]
    return explain(given, CN, order(), language)


def _lines(blocks: tuple[Block, ...], kind: str) -> list[str]:
    return [line.text for block in blocks if block.kind == kind for line in block.lines]


def test_every_word_of_the_house_has_a_name_in_both_languages() -> None:
    tables = (
        (phrases.REASONS, Reason), (phrases.REMEDIES, Remedy), (phrases.HEADS, Head), (phrases.PARTIES, Party),
        (phrases.STEPS, Step), (phrases.CONSEQUENCES, Consequence), (phrases.OBSTACLES, ObstacleKind),
        (phrases.LAYERS, Layer), (phrases.STATUSES, RuleStatus),
    )  # fmt: skip
    for table, words in tables:
        assert set(table) == set(words)
        assert all(text.zh.strip() and text.en.strip() for text in table.values())


def test_sentence_patterns_have_the_same_blanks_in_both_languages() -> None:
    for name, text in phrases.PHRASES.items():
        blanks = [{field for _, field, _, _ in string.Formatter().parse(one) if field} for one in text]
        assert blanks[0] == blanks[1], name


def test_a_partly_paid_claim_is_told_in_english() -> None:
    paid = (Paid("1", Head.GOODS, 6000, Party.FUND),)
    blocks = _told("en", Reason.NOT_AS_DESCRIBED, facts=found(description_untrue=True), paid=paid)
    assert (blocks[0].title, blocks[0].note) == ("Return and refund", "¥146.40 in all")
    assert [line.text for line in blocks[0].lines] == [
        "Price of the goods ¥139.00 (咖啡杯; ¥199.00 in all, ¥60.00 paid before), paid by the merchant",
        "Delivery charge ¥7.40 (咖啡杯), paid by the merchant",
        "The merchant bears the freight back",
        "Claim by Tue 14 Nov 2028, 23:59",
        "The facts it rests on are settled; nothing more to prove",
        "By Thu 19 Nov, 20:00 the merchant answers the claim; otherwise the claim counts as accepted",
        "By Thu 26 Nov, 23:59 the buyer sends the goods back; otherwise the case is closed",
        "By Sun 6 Dec, 23:59 the merchant inspects the return; otherwise the return counts as accepted",
        "By Mon 7 Dec, 23:59 the merchant pays; otherwise the guarantee fund pays at once",
        "By Thu 10 Dec, 23:59 the platform completes the refund; otherwise a reminder is sent",
    ]


def test_a_partly_paid_claim_is_told_in_chinese() -> None:
    paid = (Paid("1", Head.GOODS, 6000, Party.FUND),)
    blocks = _told("zh", Reason.NOT_AS_DESCRIBED, facts=found(description_untrue=True), paid=paid)
    assert (blocks[0].title, blocks[0].note) == ("退货退款", "合计 ¥146.40")
    assert [line.text for line in blocks[0].lines][:6] == [
        "货款 ¥139.00（咖啡杯；应得 ¥199.00，已付 ¥60.00），由商家支付",
        "发货运费 ¥7.40（咖啡杯），由商家支付",
        "寄回运费由商家承担",
        "最晚申请：2028年11月14日 周二 23:59",
        "所依据的事实已清楚，不必再举证",
        "11月19日 周四 20:00 前，商家回应诉求；逾期视为同意诉求",
    ]


def test_what_speaks_against_is_told_with_its_date() -> None:
    late = _told("en", Reason.CHANGED_MIND, now=at("2026-11-22T00:00"))
    assert late[0].kind == "nothing"
    assert _lines(late, "obstacle") == ["Return and refund (咖啡杯): too late (the time ended Sat 21 Nov, 23:59)"]
    assert _lines(_told("zh", Reason.CHANGED_MIND, now=at("2026-11-22T00:00")), "obstacle") == [
        "退货退款（咖啡杯）：已过期限（截止 11月21日 周六 23:59）"
    ]


def test_proof_and_questions_are_told() -> None:
    blocks = _told("en", Reason.QUALITY)
    assert _lines(blocks, "evidence") == [
        "The goods are defective: for the buyer to prove; "
        "helpful: photos, a video (for example of unpacking), a test report; "
        "within 72 hours of the platform's asking, otherwise it counts as not shown"
    ]
    assert "By how many percent (1-100) does the problem lower its value?" in _lines(blocks, "question")
    safety = _lines(blocks, "safety")
    assert safety[0] == "If the merchant does not pay, the guarantee fund pays first, up to ¥279.00"
    assert [line.partition(":")[0].partition(";")[0] for line in safety[1:]] == [
        "You may also complain to the market authority (12315) within three years of learning of the wrong",
        "The platform's ruling bars neither court nor arbitration",
    ]


def test_points_are_told_as_points() -> None:
    early = order(placed_at=at("2022-07-01T10:00"))
    given = answer(CN, Reason.LATE_DISPATCH, of=early, now=NOW)
    told_lines = [line.text for line in explain(given, CN, early, "en")[0].lines]
    assert told_lines[0] == "Compensation for lateness ¥59.70 (whole order), paid by the merchant, in points"


def test_provisional_dates_are_told_as_such() -> None:
    blocks = _told("en", Reason.ITEM_MISSING, now=at("2026-12-29T09:00"), facts=told(sold_out=False))
    assert any(
        line.endswith("(provisional: that year's holidays are not published yet)") for line in _lines(blocks, "plan")
    )


def test_rules_are_cited_in_the_edition_that_applied() -> None:
    early = order(placed_at=at("2022-07-01T10:00"))
    given = answer(CN, Reason.LATE_DISPATCH, of=early)
    rule = next(one for one in cited(given, CN, "zh") if one.rule_id == "cn-promise-late-dispatch")
    assert "30%" in rule.sentence
    assert str(rule.in_force_to) == "2022-07-17"


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(129900, "CNY", "¥1,299.00"), (5, "CNY", "¥0.05"), (1200, "JPY", "JP¥1,200"), (100, "CHF", "CHF 1.00")],
)
def test_amounts_are_written_as_people_write_them(minor: int, currency: str, text: str) -> None:
    assert amount_text(minor, currency) == text


def test_the_year_is_told_only_where_it_is_another() -> None:
    now = at("2026-11-21T18:00")
    assert moment_text(now, now) == ("11月21日 周六 18:00", "Sat 21 Nov, 18:00")
    assert moment_text(now, now).say("zh-hant") == "11月21日 週六 18:00"
    assert moment_text(at("2027-01-02T00:05"), now).zh == "2027年1月2日 周六 00:05"


def _because(
    reason: Reason, language: Language, now: str = "2026-11-17T20:00", **facts: bool | int | str
) -> dict[str, tuple[str, ...]]:
    claim = Claim((reason,), (ClaimLine("1", 1),), told(**facts), at(now))
    teller = WhyTeller(CN, language, at(now))
    return {miss.rule.id: teller.reasons(miss) for miss in why_not(CN, order(), claim, at(now))}


def test_why_not_names_the_condition_that_failed() -> None:
    because = _because(Reason.LATE_DISPATCH, "en")
    assert because["cn-promise-late-dispatch"] == ("only where: sent later than promised",)
    assert because["cn-taobao-unsent-refund"] == ("not where: sent",)
    assert _because(Reason.LATE_DISPATCH, "zh")["cn-promise-late-dispatch"] == ("只适用于「发货超时」的情形",)


def test_why_not_tells_the_date_that_passed() -> None:
    because = _because(Reason.CHANGED_MIND, "en", "2026-11-22T00:00", goods_intact=True)
    assert because["cn-consumer-25-return"] == ("only within 7 days of time of receipt (until Sat 21 Nov, 23:59)",)


def test_why_not_tells_the_exclusion_that_stopped_a_right() -> None:
    because = _because(Reason.CHANGED_MIND, "en", goods_intact=False)
    assert because["cn-consumer-25-return"][0].startswith("excluded by rule cn-consumer-25-intact: Goods returned")


def test_why_not_tells_ranges_and_amounts() -> None:
    because = _because(Reason.QUALITY, "en")
    assert because["cn-civil-584-loss"] == ("needs “other loss suffered” at least ¥0.01; it is ¥0.00",)
