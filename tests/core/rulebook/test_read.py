"""A rulebook is read strictly: every fault is told with file, line and what to do, and nothing unsafe is built."""

from textwrap import indent
from zoneinfo import ZoneInfo

import pytest

from makewhole.core.rulebook.read_calendar import read_calendar
from makewhole.core.rulebook.rule import AnyOf, Between, Grant, Is, Window
from makewhole.core.rulebook.source import FILE_CHARACTERS_MAX, RulebookError, read_text
from tests.core.rulebook.books import HEADER, book, header, read, refused, rule

GRANT = "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}"


def _file(*rules: str) -> str:
    return "layer: law\nrules:\n" + indent("\n".join(rules), "  ")


def _one(body: str = GRANT, **changes: str) -> list[str]:
    return refused(_file(rule("a-rule", body, **changes)))


def test_a_sound_rule_is_read_as_written() -> None:
    rules = book(
        rule(
            "a-rule",
            """
            when:
              goods_defective: yes
              category: {not: [fresh]}
              unrepaired_days: {above: 2, below: 31}
              order_paid_minor: {at_most: 500.00 CNY}
              within: {term: 7 days, after: signed_at, unless: merchant_knew}
              any:
                - {defect_kind: hidden}
                - past: {term: 48 hours, after: paid_at}
            grant:
              remedy: compensation
              adds: yes
              form: points
              amounts:
                - {head: lateness, for: order, of: price, rate: 0.5%, at_least: 1.00 CNY, at_most: 30 CNY}
            """,
            reasons="[quality]",
            in_force="{from: 2020-02-29, to: 2022-07-17}",
        )
    )
    only = rules.rules[0]
    assert (only.start.isoformat(), only.end and only.end.isoformat()) == ("2020-02-29", "2022-07-17")
    assert only.citation.text.en == "Trial Law, art. 1"
    assert only.citation.text.zh == "《试验法》第1条"
    assert isinstance(only.when[0], Is)
    assert only.when[1] == Is("category", ("fresh",), negated=True)
    assert only.when[2] == Between("unrepaired_days", 3, 30)
    assert only.when[3] == Between("order_paid_minor", None, 50000)
    assert isinstance(only.when[4], Window)
    assert only.when[4].unless == "merchant_knew"
    assert isinstance(only.when[5], AnyOf)
    assert isinstance(only.outcome, Grant)
    amount = only.outcome.amounts[0].amount
    assert (amount.rate.numerator, amount.rate.denominator) == (1, 200)
    assert (amount.at_least_minor, amount.at_most_minor) == (100, 3000)


@pytest.mark.parametrize(
    ("body", "wrong", "remedy"),
    [
        ("when: {goods_brokn: yes}\n" + GRANT, "there is no fact 'goods_brokn'", "did you mean goods_"),
        ("when: {goods_defective: maybe}\n" + GRANT, "'maybe' is neither yes nor no", "write yes or no"),
        (
            "when: {defect_kind: invisible}\n" + GRANT,
            "there is no defect_kind 'invisible'",
            "known are visible, hidden",
        ),
        ("when: {category: frehs}\n" + GRANT, "there is no category 'frehs'", "known are fresh, digital"),
        ("when: {signed_at: 3}\n" + GRANT, "the time signed_at cannot be compared", "use within: or past:"),
        ("when: {unrepaired_days: {at_least: 9, at_most: 3}}\n" + GRANT, "this range holds nothing", "check at_least"),
        ("when: {unrepaired_days: {at_least: 3, above: 2}}\n" + GRANT, "at_least or above, not both", "remove one"),
        ("when: {goods_defective: {at_least: 1}}\n" + GRANT, "fact goods_defective has no range", "write a value"),
        ("when: {any: [{goods_defective: yes}]}\n" + GRANT, "any has 2 to 12 branches", "write one without any"),
        ("when: {within: {term: 7 fortnights, after: signed_at}}\n" + GRANT, "is no term", "like 48 hours, 7 days"),
        ("when: {within: {term: 7 days, after: goods_defective}}\n" + GRANT, "is not a time", "use one of placed_at"),
        (
            "when: {within: {term: 2 hours, after: signed_at, paused_by: repair_days}}\n" + GRANT,
            "only a term in days or months can be paused",
            "state it in days or months",
        ),
        (
            "when: {within: {term: 48 hours, after: signed_at, plus: 12 months}}\n" + GRANT,
            "a term in hours is not continued",
            "state both in days",
        ),
        (
            "grant: {remedy: refund_only, amounts: [{head: goods, of: price, shared_by: price}]}",
            "is for an amount told as a fact",
            "leave shared_by out",
        ),
        (
            "grant: {remedy: compensation, amounts: [{head: damages, of: loss_minor, shared_by: weight}]}",
            "there is no share 'weight'",
            "known are price, freight_out",
        ),
        ("grant: {remedy: magic}", "there is no Remedy 'magic'", "known are return_and_refund"),
        ("grant: {remedy: compensation}", "compensation needs amounts", "add amounts"),
        ("grant: {remedy: repair, payer: buyer}", "the buyer pays nothing here", "write merchant"),
        (
            "grant: {remedy: refund_only, amounts: [{head: goods, of: price, at_most: 5.00 EUR}]}",
            "'5.00 EUR' is no amount of this book (this book's currency is CNY)",
            "write it like 30.00 CNY",
        ),
        (
            "grant: {remedy: refund_only, amounts: [{head: goods, of: price, at_most: 5.001 CNY}]}",
            "more than the 2 decimals",
            "write it like 30.00 CNY",
        ),
        (
            "grant: {remedy: refund_only, amounts: [{head: goods, of: price, rate: five}]}",
            "'five' is no rate",
            "5% or 3",
        ),
        (
            "grant: {remedy: refund_only, amounts: [{head: goods, of: price, at_least: 9.00 CNY, at_most: 1.00 CNY}]}",
            "the floor is above the ceiling",
            "check at_least and at_most",
        ),
        ("grant: {remedy: refund_only, amounts: [{head: goods}]}", "an amount has of or fixed", "of is one of price"),
        (
            "grant: {remedy: refund_only, amounts: [{head: goods, for: order, of: price}]}",
            "due line by line",
            "leave out",
        ),
        ("grant: {remedy: refund_only, amounts: [{head: goods, of: goods_defective}]}", "is no amount", "use price"),
        (
            "grant: {remedy: repair}\nliability: {freight_out: merchant}",
            "exactly one outcome (this one has 2)",
            "use one",
        ),
        ("when: {goods_defective: yes}", "exactly one outcome (this one has 0)", "use one of grant"),
        ("liability: {}", "does not say who bears what", "add freight_out, freight_back or dues"),
        (
            "presumption: {fact: unrepaired_days, burden: merchant}",
            "is no yes or no",
            "presumptions are about yes or no",
        ),
        (
            "term: {step: nap, debtor: buyer, within: 1 hours, on_silence: reminded}",
            "there is no Step 'nap'",
            "known are",
        ),
        (
            "exclusion: {of: [nothing-there]}",
            "is against nothing-there, which is no grant",
            "correct the id or the dates",
        ),
        (
            "promise: {what: dispatch, within: 48 hours, after: paid_at}\nwhen: {completed: yes}",
            "has no when",
            "holds for every order",
        ),
        (GRANT + "\nextra: 1", "rule has no field extra", "its fields are"),
    ],
)
def test_a_fault_is_told_with_line_and_remedy(body: str, wrong: str, remedy: str) -> None:
    said = _one(body)
    assert len(said) == 1
    assert said[0].startswith("rules.yaml:")
    assert wrong in said[0]
    assert remedy in said[0]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"in_force": "{from: 2022-02-30}"}, "'2022-02-30' is no date"),
        ({"in_force": "{from: 18.7.2022}"}, "'18.7.2022' is no date"),
        ({"in_force": "{from: 2022-07-18, to: 2022-07-17}"}, "the last day 2022-07-17 is before the first"),
        ({"text": "{zh: 只有中文。}"}, "text has no field en"),
        ({"text": "{en: Only English.}"}, "text has no field zh"),
        ({"text": "{zh: '', en: x}"}, "a text is wanted here"),
        ({"citation": "{source: rumour}"}, "there is no source 'rumour'"),
        ({"status": "true_enough"}, "there is no RuleStatus 'true_enough'"),
        ({"reasons": "[boredom]"}, "there is no Reason 'boredom'"),
        ({"reasons": "[counterfeit]"}, "which market.yaml does not list"),
        ({"reasons": "[quality, quality]"}, "this is in the list twice"),
    ],
)
def test_a_faulty_field_is_told(changes: dict[str, str], wrong: str) -> None:
    assert any(wrong in line for line in _one(**changes))


def test_the_line_told_is_the_line_of_the_fault() -> None:
    text = _file(rule("first", GRANT), rule("second", "when:\n  goods_defective: yes\n  no_such_fact: yes\n" + GRANT))
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "no_such_fact" in each)
    assert refused(text)[0].startswith(f"rules.yaml:{line}: ")


def test_all_faults_of_a_file_are_told_at_once() -> None:
    said = refused(
        _file(rule("one", GRANT, status="x"), rule("two", GRANT), rule("three", GRANT, in_force="{from: x}"))
    )
    assert len(said) == 2


def test_editions_of_a_rule_may_not_overlap() -> None:
    early = rule("a-rule", GRANT, in_force="{from: 2020-01-01, to: 2022-07-18}")
    later = rule("a-rule", GRANT, in_force="{from: 2022-07-18}")
    assert "two editions of rule a-rule overlap on 2022-07-18" in refused(_file(early, later))[0]
    open_ended = rule("a-rule", GRANT)
    assert "overlap" in refused(_file(open_ended, later))[0]


def test_editions_that_meet_are_sound() -> None:
    early = rule("a-rule", GRANT, in_force="{from: 2020-01-01, to: 2022-07-17}")
    later = rule("a-rule", GRANT, in_force="{from: 2022-07-18}")
    assert [edition.name for edition in book(early, later).editions] == ["cn@2020-01-01", "cn@2022-07-18"]


def test_presumptions_do_not_rest_on_presumptions() -> None:
    first = rule("first", "presumption: {fact: goods_defective, burden: merchant}")
    second = rule("second", "when: {goods_defective: yes}\npresumption: {fact: goods_damaged, burden: merchant}")
    assert "presumption second rests on another presumption" in refused(_file(first, second))[0]


def test_an_exclusion_of_a_grant_that_was_never_in_force_with_it_is_told() -> None:
    grant = rule("a-grant", GRANT, in_force="{from: 2020-01-01, to: 2020-12-31}")
    exclusion = rule("no", "when: {is_gift: yes}\nexclusion: {of: [a-grant]}", in_force="{from: 2021-01-01}")
    assert "is never in force with it" in refused(_file(grant, exclusion))[0]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "a: !!python/object/apply:os.system ['true']",
            "the tag tag:yaml.org,2002:python/object/apply:os.system is not taken",
        ),
        ("a: &x [1]\nb: *x", "anchors and aliases are not taken"),
        ("a: &x {b: 1}\nc:\n  <<: *x", "anchors and aliases are not taken"),
        ("a: 1\na: 2", "field a is there twice (first in line 1)"),
        ("a: 1\n---\nb: 2", "a file holds one document"),
        ("", "the file is empty"),
        ("a: [1", "this is no YAML"),
        ("a: \x07", "this is no YAML"),
        ("[1]: 2", "a field's name is text"),
        ("[" * 30 + "]" * 30, "nested too deep"),
    ],
)
def test_unsafe_or_malformed_text_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(RulebookError) as refusal:
        read_text("file.yaml", text)
    assert wrong in str(refusal.value)
    assert "file.yaml:" in str(refusal.value)


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    with pytest.raises(RulebookError, match="anchors and aliases"):
        read_text("bomb.yaml", "\n".join(lines))
    with pytest.raises(RulebookError, match="nested too deep"):
        read_text("deep.yaml", "[" * 400_000 + "]" * 400_000)
    with pytest.raises(RulebookError, match=f"the most is {FILE_CHARACTERS_MAX}"):
        read_text("large.yaml", "a: " + "x" * 10_000_000)
    with pytest.raises(RulebookError, match="too much"):
        read_text("many.yaml", "[" + "1," * 300_000 + "]")


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ("currency: XXX", "there is no currency 'XXX'"),
        ("market: Not An Id", "is no id"),
        ("reasons: []", "a list is wanted here"),
        ("surprise: 1", "market has no field surprise"),
    ],
)
def test_a_faulty_header_is_refused(changed: str, wrong: str) -> None:
    name = changed.partition(":")[0]
    kept = [line for line in HEADER.strip().splitlines() if not line.startswith(f"{name}:")]
    with pytest.raises(RulebookError) as refusal:
        header("\n".join([changed, *kept]))
    assert wrong in str(refusal.value)
    assert "market.yaml:" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("timezone: Mars/Olympus", "there is no time zone Mars/Olympus"),
        ("timezone: ../../etc/passwd", "there is no time zone"),
        ("timezone: Asia/Shanghai\nyears: {2026: {holidays: [2026-01-01]}}", "has no field source"),
        (
            "timezone: Asia/Shanghai\nyears: {2026: {source: x, workdays: [2026-01-05]}}",
            "is no weekend day to be worked",
        ),
        ("timezone: Asia/Shanghai\nyears: {2026: {source: x, holidays: [2025-06-01]}}", "is not of 2026"),
        (
            "timezone: Asia/Shanghai\nyears: {2026: {source: x, holidays: [2026-03-01..2026-02-01]}}",
            "is no range of days",
        ),
        ("timezone: Asia/Shanghai\nweekend: [caturday]", "there is no weekday 'caturday'"),
        ("timezone: Asia/Shanghai\nyearly: [{name: x, on: 02-30}]", "is no date"),
        ("timezone: Asia/Shanghai\nyearly: [{name: x}]", "write on or easter"),
        ("timezone: Asia/Shanghai\nyearly: [{name: x, on: fifth monday of may}]", "is no weekday of a month"),
        ("timezone: Asia/Shanghai\nyearly: [{name: x, on: last caturday of may}]", "is no weekday of a month"),
        ("timezone: Asia/Shanghai\nyearly: [{name: x, on: last monday of smarch}]", "is no weekday of a month"),
        ("timezone: Asia/Shanghai\nservice_hours: 18:00-09:00", "are no service hours"),
        ("timezone: Asia/Shanghai\nservice_hours: always", "are no service hours"),
        ("timezone: Asia/Shanghai\nyearly: [{name: x, easter: soon}]", "is no number of days"),
    ],
)
def test_a_faulty_calendar_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(RulebookError) as refusal:
        read_calendar("calendar.yaml", text, ZoneInfo)
    assert wrong in str(refusal.value)


def test_a_source_may_say_how_its_articles_are_cited() -> None:
    def head(zh: str, en: str) -> str:
        return HEADER.replace('/law"}', f'/law", article: {{zh: "{zh}", en: "{en}"}}}}')

    only = read(_file(rule("a-rule", GRANT)), head("第{article}款", "s. {article}")).rules[0]
    assert only.citation.text == ("《试验法》第1款", "Trial Law, s. 1")
    assert only.citation.url == "https://example.org/law"
    for zh, en in (("第条", "s. {article}"), ("第{article}条", "s."), ("第{article}条", "{0} {article}")):
        with pytest.raises(RulebookError, match=r"it has \{article\} once"):
            header(head(zh, en))


def test_faults_are_told_in_chinese_too() -> None:
    with pytest.raises(RulebookError) as refusal:
        read(_file(rule("a-rule", GRANT, in_force="{from: 2022-02-30}")))
    assert refusal.value.problems[0].say("zh").endswith("'2022-02-30' 不是日期；写真实日期，如 2022-07-18")
