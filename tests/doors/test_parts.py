"""Template tags and values of the portal's parts."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags

from makewhole.core import words as core_words
from makewhole.core.case.actions import TABLE, AvailableAction
from makewhole.core.case.inputs import schema as input_schema
from makewhole.core.case.model import Outcome
from makewhole.core.facts import FACTS
from makewhole.core.rulebook.model import ObstacleKind, Question
from makewhole.core.rulebook.rule import Citation
from makewhole.core.words import Consequence, Role, Stage, Text
from makewhole.doors.portal.parts import samples
from makewhole.doors.portal.parts.access import role_required
from makewhole.doors.portal.parts.actions import carried
from makewhole.doors.portal.parts.cards import Reader
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.form_body import read_amount, read_form_body
from makewhole.doors.portal.parts.plots import Plot, Series, fitted, frame_of
from makewhole.doors.portal.parts.tables import Column, Filter, Table, read_wish, sort_rows
from makewhole.doors.portal.parts.times import clock, span_text, when_text
from makewhole.doors.portal.parts.words import LABELS, label_of, sentence

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"


def drawn(source: str, **values: Any) -> str:
    """What a snippet of template becomes."""
    request = RequestFactory().get("/here/?stage=closed&page=2")
    context = {"request": request, "now": NOW, "zone": SHANGHAI, **values}
    return Template("{% load parts %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [
        (129900, "CNY", "¥1,299.00"),
        (5, "CNY", "¥0.05"),
        (-500, "CNY", "−¥5.00"),
        (129900, "BRL", "R$\xa01.299,00"),
        (129900, "EUR", "€1,299.00"),
        (1234567, "KWD", "KWD\xa01,234.567"),
        (123456789, "SEK", "SEK\xa01,234,567.89"),
    ],
)
def test_money_is_written_as_its_readers_write_it(amount_minor: int, currency: str, text: str) -> None:
    assert money_text(amount_minor, currency) == text


def test_trap_21_zero_decimal_currencies_are_shown_whole() -> None:
    assert money_text(1299, "JPY") == "JP\xa0¥1,299"
    assert money_text(129900, "KRW") == "₩129,900"


def test_an_amount_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(TypeError, match="whole number"):
        money_text(12.5, "CNY")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not known"):
        money_text(1, "XXX")


@pytest.mark.parametrize(
    ("language", "moment", "text"),
    [
        ("zh-hans", datetime(2026, 11, 21, 10, 0, tzinfo=UTC), "11月21日 周六 18:00"),
        ("en", datetime(2026, 11, 21, 10, 0, tzinfo=UTC), "Sat 21 Nov, 18:00"),
        ("zh-hans", datetime(2026, 12, 31, 17, 30, tzinfo=UTC), "2027年1月1日 周五 01:30"),
        ("en", datetime(2026, 12, 31, 17, 30, tzinfo=UTC), "Fri 1 Jan 2027, 01:30"),
    ],
)
def test_times_are_shown_in_the_markets_zone(language: str, moment: datetime, text: str) -> None:
    with translation.override(language):
        assert when_text(moment, NOW, SHANGHAI) == text


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        when_text(datetime(2026, 11, 21), NOW, SHANGHAI)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("span", "english", "chinese"),
    [
        (timedelta(seconds=40), "less than a minute", "不到 1 分钟"),
        (timedelta(minutes=45), "45 min", "45 分钟"),
        (timedelta(hours=3, minutes=5), "3 h 5 min", "3 小时 5 分钟"),
        (timedelta(days=1), "1 day", "1 天"),
        (timedelta(days=2, hours=4), "2 days 4 h", "2 天 4 小时"),
        (timedelta(days=9, hours=4), "9 days", "9 天"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(span: timedelta, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert span_text(span) == english
    with translation.override("zh-hans"):
        assert span_text(-span) == chinese


def test_a_clock_says_date_and_remaining_time() -> None:
    html = drawn("{% clock due started_at=began %}", due=NOW + timedelta(hours=31), began=NOW - timedelta(hours=17))
    assert "Mon 23 Nov, 01:00" in html
    assert "1 day 7 h left" in html
    assert 'stroke-dasharray="35.4 100"' in html


@pytest.mark.parametrize(("hours", "state"), [(-1, "late"), (24, "soon"), (25, "calm")])
def test_a_clock_knows_when_it_is_urgent(hours: int, state: str) -> None:
    assert clock(NOW + timedelta(hours=hours), NOW).state == state


def test_trap_35_a_provisional_date_is_marked() -> None:
    assert "provisional date" in drawn("{% when at provisional=True %}", at=NOW)
    assert "provisional date" not in drawn("{% when at %}", at=NOW)


def vocabularies() -> list[type[StrEnum]]:
    known = [value for value in vars(core_words).values() if isinstance(value, type) and issubclass(value, StrEnum)]
    shown = [each for each in [*known, Outcome, ObstacleKind] if each.__module__.startswith("makewhole")]
    return [each for each in shown if each is not core_words.RuleStatus]  # Only 'unverified' is shown, as a sentence.


@pytest.mark.parametrize("vocabulary", vocabularies(), ids=lambda vocabulary: vocabulary.__name__)
def test_every_word_of_the_core_has_a_label_in_both_languages(vocabulary: type[StrEnum]) -> None:
    for word in vocabulary:
        with translation.override("en"):
            english = label_of(word)
        with translation.override("zh-hans"):
            chinese = label_of(word)
        assert english != chinese, f"{word!r} is not translated"
    assert set(LABELS[vocabulary]) == {word.value for word in vocabulary}


def test_a_word_that_is_not_of_the_house_is_refused() -> None:
    with pytest.raises(KeyError, match="no label"):
        label_of("moon", "head")
    with pytest.raises(KeyError, match="name one of"):
        label_of("goods")


def test_the_answer_card_reads_objects_and_dicts_alike() -> None:
    context = samples.answer_context(full=True)
    source = "{% answer_card answer rules=rules lines=lines facts=facts choose='plan' %}"
    plain = as_plain(context["answer"])
    assert drawn(source, **context) == drawn(source, **{**context, "answer": plain})


def as_plain(value: Any) -> Any:
    """Named tuples and enums as dicts, lists and strings, as they come from stored JSON."""
    if hasattr(value, "_asdict"):
        return {name: as_plain(each) for name, each in value._asdict().items()}
    if isinstance(value, tuple):
        return [as_plain(each) for each in value]
    return str(value) if isinstance(value, StrEnum) else value


def test_trap_36_the_answer_states_sums_payer_date_and_citation() -> None:
    html = drawn("{% answer_card answer rules=rules lines=lines facts=facts %}", **samples.answer_context(full=True))
    html = strip_tags(html)
    for told in ("¥125.00", "¥119.00", "¥6.00", "¥10.00 was paid before", "Paid by: Merchant", "articles 48 and 52"):
        assert told in html
    assert "figures not yet checked" in html
    assert "Out of time" in html


def test_the_answer_card_escapes_what_people_wrote() -> None:
    context = samples.answer_context()
    context["lines"] = {"1": "<script>alert(1)</script>"}
    html = drawn("{% answer_card answer rules=rules lines=lines facts=facts %}", **context)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_an_action_says_its_effect_and_what_silence_does() -> None:
    action = {
        "name": "accept",
        "label": Text("同意", "Accept"),
        "href": "/do/",
        "effect": "The money leaves at once.",
        "due_at": NOW + timedelta(hours=5),
        "on_silence": Consequence.CLAIM_ACCEPTED,
        "confirm": True,
        "schema": {
            "properties": {
                "amount_minor": {"type": "integer", "title": "Amount", "currency": "CNY"},
                "note": {"type": "string", "maxLength": 900, "title": "Note"},
            },
            "required": ["amount_minor"],
        },
    }
    html = drawn("{% action_form action %}", action=action)
    assert "The money leaves at once." in html
    assert "the claim counts as accepted" in html
    assert "You are asked once more" in html
    assert 'inputmode="decimal"' in html
    assert "<textarea" in html
    assert html.count('name="idempotency_key"') == 1


def test_trap_04_each_drawn_form_has_its_own_idempotency_key() -> None:
    action = {"name": "accept", "label": "Accept", "href": "/do/"}
    assert drawn("{% action_form action %}", action=action) != drawn("{% action_form action %}", action=action)


def test_the_confirm_page_carries_everything_that_was_sent() -> None:
    data = QueryDict("amount=12&line=1&line=2&csrfmiddlewaretoken=x&confirmed=yes&idempotency_key=k")
    assert carried(data) == [("amount", "12"), ("line", "1"), ("line", "2"), ("idempotency_key", "k")]


@pytest.mark.parametrize(
    ("currency", "text", "amount_minor"),
    [("CNY", "1,299.00", 129900), ("CNY", "1299", 129900), ("BRL", "1.299,5", 129950), ("JPY", "1,299", 1299)],
)
def test_amounts_are_read_as_they_are_written(currency: str, text: str, amount_minor: int) -> None:
    assert read_amount(text, currency) == amount_minor


@pytest.mark.parametrize(
    ("currency", "text"),
    [
        ("CNY", "12,50"),
        ("BRL", "12.50"),
        ("CNY", "-5"),
        ("CNY", "1e3"),
        ("CNY", "0.001"),
        ("JPY", "1.5"),
        ("CNY", "１２"),
    ],
)
def test_trap_21_an_amount_that_could_be_a_hundred_times_another_is_refused(currency: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals"):
        read_amount(text, currency)


def test_every_action_of_the_table_can_be_drawn_and_read_back() -> None:
    for action in TABLE:
        available = AvailableAction(
            action.name,
            action.label,
            Text("后果", "What follows"),
            NOW,
            None,
            action.inputs,
            "CNY",
            True,
            True,
            True,
            True,
        )
        html = drawn("{% action_form action base='/cases/7/' %}", action=available)
        assert f'action="/cases/7/{action.name}/"' in html
        assert "What follows" in html


def test_a_form_is_read_into_the_body_its_schema_asks_for() -> None:
    schema = next(action for action in TABLE if action.name == "make_offer")
    wanted = input_schema(schema.inputs, "en", "CNY")
    good = read_form_body(wanted, QueryDict("remedy=partial_refund&amount_minor=60.00&note="))
    assert good == ({"remedy": "partial_refund", "amount_minor": 6000}, {})
    wrong = read_form_body(wanted, QueryDict("amount_minor=sixty"))
    assert set(wrong.errors) == {"remedy", "amount_minor"}
    asked = next(action for action in TABLE if action.name == "request_evidence")
    body = read_form_body(
        input_schema(asked.inputs, "en", "CNY"), QueryDict("parties=buyer&parties=merchant&question=?")
    )
    assert body.body["parties"] == ["buyer", "merchant"]


def test_the_answer_card_reads_the_rules_and_facts_of_the_core() -> None:
    context = samples.answer_context()
    citation = Citation(Text("消费者权益保护法", "Consumer Protection Law"), "48", "https://example.org/48")
    rule = SimpleNamespace(sentence=Text("补足", "Make up"), citation=citation, layer="law", status="verified")
    context["rules"] = {"cn.missing.make_up": rule}
    name = next(iter(FACTS))
    context["answer"] = context["answer"]._replace(questions=(Question(name, ()),))
    html = drawn("{% answer_card answer rules=rules lines=lines facts=facts %}", **context)
    assert "Consumer Protection Law, art. 48" in html
    assert 'href="https://example.org/48"' in html
    assert FACTS[name].question.en in strip_tags(html).replace("&#x27;", "'")


COLUMNS = [Column(key="name", label="Name", sortable=True), Column(key="size", label="Size", kind="number")]


def test_a_table_is_sorted_and_filtered_by_its_address() -> None:
    filters = [Filter(name="stage", label="Stage", choices=[("closed", "Closed")])]
    wish = read_wish(QueryDict("sort=-name&stage=closed&page=3&q=+cup+"), COLUMNS, filters)
    assert (wish.sort, wish.descending, wish.filters, wish.text, wish.page) == (
        "name",
        True,
        {"stage": "closed"},
        "cup",
        3,
    )
    rows = [{"name": "a"}, {"name": None}, {"name": "b"}]
    assert [row["name"] for row in sort_rows(rows, wish)] == ["b", "a", None]


@pytest.mark.parametrize("query", ["sort=size", "sort=secret", "stage=moon", "page=0", "page=²", "page=x"])
def test_a_wish_the_table_does_not_offer_is_refused(query: str) -> None:
    filters = [Filter(name="stage", label="Stage", choices=[("closed", "Closed")])]
    with pytest.raises(BadRequest):
        read_wish(QueryDict(query), COLUMNS, filters)


def test_sorting_keeps_the_filter_and_returns_to_the_first_page() -> None:
    table = Table(caption="Claims", columns=COLUMNS, rows=[{"name": "Cup", "size": 2, "href": "/cup/"}])
    html = drawn("{% data_table table %}", table=table)
    assert 'href="?stage=closed&amp;sort=name"' in html
    assert '<a class="row-link"' not in html
    assert 'data-label="Size"' in html


def person(role: Role | None) -> SimpleNamespace:
    return SimpleNamespace(is_authenticated=role is not None, role=role)


def test_pages_open_to_their_role_only() -> None:
    view = role_required(Role.BUYER)(lambda request: HttpResponse("in"))
    request = RequestFactory().get("/buyer/cases/1/?tab=money")
    request.user = person(Role.BUYER)  # type: ignore[assignment]
    assert view(request).content == b"in"  # type: ignore[attr-defined]
    request.user = person(Role.MERCHANT)  # type: ignore[assignment]
    with pytest.raises(PermissionDenied):
        view(request)
    request.user = person(None)  # type: ignore[assignment]
    assert view(request).headers["Location"] == "/sign-in/?next=/buyer/cases/1/%3Ftab%3Dmoney"


def test_after_an_expired_session_a_form_leads_back_to_its_page() -> None:
    view = role_required(Role.BUYER)(lambda request: HttpResponse("in"))
    request = RequestFactory().post("/v/act/", headers={"referer": "http://testserver/buyer/cases/1/"})
    request.user = person(None)  # type: ignore[assignment]
    assert view(request).headers["Location"] == "/sign-in/?next=/buyer/cases/1/"
    elsewhere = RequestFactory().post("/v/act/", headers={"referer": "http://evil.example/buyer/"})
    elsewhere.user = person(None)  # type: ignore[assignment]
    assert view(elsewhere).headers["Location"] == "/sign-in/?next=/"


def test_stages_are_chips_in_their_colour() -> None:
    assert drawn("{% chip stage %}", stage=Stage.NEGOTIATION) == '<span class="chip chip-waiting">In negotiation</span>'


@pytest.mark.parametrize(("count", "shown"), [(0, ""), (7, "7"), (99, "99"), (100, "99+"), (12_345, "99+")])
def test_a_count_in_the_navigation_never_takes_more_than_three_characters(count: int, shown: str) -> None:
    badge = re.findall(r'nav-count">([^<]+)<', drawn('{% nav_item "Messages" "/x/" "message" count %}', count=count))
    assert "".join(badge) == shown


def test_titles_beside_an_amount_are_cut_and_counted() -> None:
    titles = [f"Thing {number}" for number in range(1, 13)]
    assert drawn("{{ titles|few }}", titles=titles[:3]) == "Thing 1, Thing 2, Thing 3"
    assert drawn("{{ titles|few }}", titles=titles) == "Thing 1, Thing 2, 12 in all"
    assert len(drawn("{{ titles|few }}", titles=["长" * 200])) == 36


def test_labels_of_a_plot_fit_beside_each_other() -> None:
    assert fitted("2026-11", 57) == "2026-11"
    assert fitted("not as described", 86) == "not as des…"
    assert fitted("不想要了（无理由）", 57) == "不想要…"


def test_a_plot_of_nothing_but_zeros_has_an_axis_that_can_be_read() -> None:
    nothing = Plot(title="Nothing", labels=["a", "b"], series=[Series("s", [0, 0])], currency="CNY")
    ticks = [tick.label for tick in frame_of(nothing, edges=True).ticks]
    assert len(set(ticks)) == len(ticks) > 1


def test_no_page_asks_a_question_with_a_code_in_it() -> None:
    reader = Reader(None, None, None)
    assert [name for name in FACTS if re.search(r"[(（][a-z_]+[)）]", reader.question(name))] == []


@pytest.mark.parametrize(
    ("phrase", "whole"), [("the case closes", "The case closes."), ("It is done.", "It is done."), ("", "")]
)
def test_a_phrase_becomes_a_whole_sentence(phrase: str, whole: str) -> None:
    assert sentence(phrase) == whole


def test_of_two_clocks_that_end_together_the_readers_own_comes_first() -> None:
    clocks = [{"step": "appeal", "debtor": side, "due_at": NOW + timedelta(days=7)} for side in ("buyer", "merchant")]
    html = drawn('{% timeline "" obligations=clocks role="merchant" %}', clocks=clocks)
    assert html.index("Your turn") < html.index("Next: Buyer")
