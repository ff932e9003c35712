"""The generated code and the plain interpreter judge every condition alike, whatever is known and whatever is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.compile import Ready
from makewhole.core.rulebook.generate import Matcher, matching
from makewhole.core.rulebook.interpret import Interpreter
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rights import missing
from makewhole.core.rulebook.rule import AnyOf, Between, Condition, Is, Rule, Window
from makewhole.core.rulebook.windows import NOT_YET
from tests.core.rulebook.books import ZONE, book, real_book, rule

CALENDAR = real_book("cn").calendar
YES_NO = ("goods_defective", "goods_damaged", "delivered", "merchant_knew")
COUNTS = ("unrepaired_days", "value_lost_percent", "repair_days")
TIMES = ("signed_at", "paid_at", "defect_found_at")
PATHS = ("category",)
EVENTS = ("replaced_at",)
NAMES = (*YES_NO, *COUNTS, *TIMES, *EVENTS, *PATHS)
SLOTS = {name: slot for slot, name in enumerate(NAMES)}
TEMPLATE: Rule = book(rule("a-rule", "grant: {remedy: repair}")).rules[0]

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1)).map(lambda moment: moment.replace(tzinfo=ZONE))  # noqa: DTZ001
plain_conditions: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Is, st.sampled_from(YES_NO), st.sampled_from([(True,), (False,), (True, False)]), st.booleans()),
    st.builds(Is, st.just("category"), st.sampled_from([("fresh",), ("fresh", "digital")]), st.booleans()),
    st.builds(Is, st.sampled_from(COUNTS), st.sampled_from([(0,), (1, 2)]), st.booleans()),
    st.builds(
        Between,
        st.sampled_from(COUNTS),
        st.one_of(st.none(), st.integers(0, 5), st.sampled_from(COUNTS)),
        st.one_of(st.integers(0, 9), st.sampled_from(COUNTS)),
    ),
)
running: st.SearchStrategy[Condition] = st.builds(
    Window,
    st.sampled_from(TIMES),
    st.one_of(st.integers(0, 40), st.sampled_from(COUNTS)),
    st.sampled_from([TermUnit.DAYS, TermUnit.HOURS, TermUnit.WORKING_DAYS]),
    st.sampled_from(["", *TIMES]),
    st.booleans(),
    st.just(""),
    st.just(False),
    st.sampled_from(["", "merchant_knew"]),
    st.sampled_from(["", *EVENTS]),
    st.none(),
)
paused: st.SearchStrategy[Condition] = st.builds(
    Window,
    st.sampled_from(TIMES),
    st.integers(0, 40),
    st.sampled_from([TermUnit.DAYS, TermUnit.MONTHS]),
    st.just(""),
    st.booleans(),
    st.just("repair_days"),
    st.booleans(),
    st.just(""),
    st.sampled_from(["", *EVENTS]),
    st.sampled_from([None, (1, TermUnit.MONTHS), (3, TermUnit.DAYS)]),
)
windows = st.one_of(running, paused)
any_of: st.SearchStrategy[Condition] = st.builds(
    AnyOf,
    st.lists(
        st.lists(st.one_of(plain_conditions, windows), min_size=1, max_size=2).map(tuple), min_size=2, max_size=3
    ).map(tuple),
)
conditions = st.lists(st.one_of(plain_conditions, windows, any_of), min_size=1, max_size=4).map(tuple)


def _value_of(name: str) -> st.SearchStrategy[Any]:
    entry = FACTS[name]
    if name == "merchant_knew":
        return st.booleans()
    if name in EVENTS:
        return st.one_of(moments, st.just(NOT_YET))
    if entry.assumed is not None:
        return st.integers(0, 9)
    if entry.type is FactType.YES_NO:
        return st.sampled_from([None, True, False])
    if name == "paid_at":
        return moments
    if entry.type is FactType.TIME:
        return st.one_of(st.none(), moments, st.just(NOT_YET) if name == "signed_at" else st.none())
    if entry.type is FactType.PATH:
        return st.sampled_from([(), ("fresh",), ("fresh", "fresh/fruit"), ("home",)])
    return st.one_of(st.none(), st.integers(0, 9))


values = st.fixed_dictionaries({name: _value_of(name) for name in NAMES})


@settings(max_examples=200, deadline=None)
@given(conditions, values, moments)
def test_generated_code_agrees_with_the_interpreter(
    when: tuple[Condition, ...], known: dict[str, Any], claimed: datetime
) -> None:
    made = matching([Matcher(when, ())], SLOTS, CALENDAR)
    bits, ends = made.run([known[name] for name in NAMES], claimed)
    signs = made.signs[0]
    judged = Interpreter(CALENDAR, claimed, known.get).judge(when)
    truths = [one.holds for one in judged]
    holds, may_hold = bool(bits & signs.holds), bool(bits & signs.may_hold)
    timely = not bits & (signs.late | signs.early)
    if False in truths:
        assert not holds
        assert not may_hold
        # Late or early is said only of a rule that nothing but time speaks against.
        if not timely:
            against = {type(one.condition) for one in judged if one.holds is False}
            assert against == {Window}
    elif None in truths:
        assert may_hold
        assert not holds
    else:
        assert holds
        assert not may_hold
    for window, end in (
        (c, e) for c, e in zip(when, (one.end for one in judged), strict=True) if isinstance(c, Window)
    ):
        assert end is None or end in ends, window


@settings(max_examples=200, deadline=None)
@given(conditions, values, moments)
def test_the_facts_asked_for_are_those_whose_answer_can_matter(
    when: tuple[Condition, ...], known: dict[str, Any], claimed: datetime
) -> None:
    made = matching([Matcher(when, ())], SLOTS, CALENDAR)
    bits, _ends = made.run([known[name] for name in NAMES], claimed)
    ready = Ready(TEMPLATE._replace(when=when), TEMPLATE.outcome, made.signs[0])
    asked = missing(made, ready, bits, SLOTS)
    assert set(asked) <= {name for name in facts_read(when) if known[name] is None}
    if bits & made.signs[0].may_hold:
        assert asked


def test_hours_are_compared_in_absolute_time() -> None:
    when = (Window("signed_at", 1, TermUnit.HOURS),)
    made = matching([Matcher(when, ())], SLOTS, CALENDAR)
    signed = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
    facts: list[Any] = [signed if name == "signed_at" else None for name in NAMES]
    for seconds, sign in ((3600, made.signs[0].holds), (3601, made.signs[0].late)):
        claimed = (signed + timedelta(seconds=seconds)).astimezone(ZONE)
        assert made.run(facts, claimed)[0] == sign
