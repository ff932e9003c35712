"""Random rules on random claims: the compiled statements give to the minor unit what the engine gives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, Fact, FactType
from makewhole.core.order.model import Discount, Freight, Line, LineFlag, Promises
from makewhole.core.rulebook.model import WHOLE_ORDER, Claim, ClaimLine, Paid
from makewhole.core.rulebook.rule import (
    Amount,
    AnyOf,
    Base,
    Between,
    Cap,
    Condition,
    Deduction,
    Exclusion,
    Grant,
    HeadAmount,
    Is,
    Liability,
    Outcome,
    Presumption,
    PromiseDefault,
    PromiseKind,
    Rule,
    Rulebook,
    Window,
    editions_of,
)
from makewhole.core.words import Head, Layer, Party, Provenance, Reason, Remedy
from tests.core.rulebook.books import NOW, PLACED, SENT, SIGNED, book, order, parcel, rule
from tests.core.rulebook.tables import Asked, Database, by_engine

BASE_BOOK = book(rule("a-rule", "grant: {remedy: repair}"))
TEMPLATE: Rule = BASE_BOOK.rules[0]
REASONS = (Reason.QUALITY,)
YES_NO = ("goods_defective", "delivered", "dispatched_late", "delivered_late", "goods_intact", "human_damage",
          "custom_made", "freight_free")  # fmt: skip
COUNTS = ("unrepaired_days", "value_lost_percent", "repair_days", "promised_return_days", "days_since_payment")
SUMS = ("loss_minor", "household_price_minor", "order_paid_minor", "test_fee_minor")
TIMES = ("signed_at", "paid_at", "defect_found_at", "dispatched_at", "dispatch_due_at", "delivery_due_at")
GRANTS = tuple(f"grant-{number}" for number in range(5))


@lru_cache(maxsize=1)
def database() -> Database:
    return Database(BASE_BOOK)


def made(kind: Any, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a kind with these parts; others keep their defaults."""
    return st.fixed_dictionaries(parts).map(lambda given: kind(**given))


plain: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Is, st.sampled_from(YES_NO), st.sampled_from([(True,), (False,), (True, False)]), st.booleans()),
    st.builds(Is, st.just("category"), st.sampled_from([("fresh",), ("home", "digital")]), st.booleans()),
    st.builds(Is, st.just("defect_kind"), st.sampled_from([("hidden",), ("hidden", "visible")]), st.booleans()),
    st.builds(
        Between,
        st.sampled_from(COUNTS),
        st.one_of(st.none(), st.integers(0, 5), st.sampled_from(COUNTS)),
        st.one_of(st.integers(0, 9), st.sampled_from(COUNTS)),
    ),
    st.builds(Between, st.sampled_from(SUMS), st.integers(0, 9000), st.just("order_paid_minor")),
)
window: st.SearchStrategy[Condition] = made(
    Window,
    after=st.sampled_from(TIMES),
    length=st.one_of(st.integers(0, 12), st.sampled_from(COUNTS)),
    unit=st.sampled_from([TermUnit.HOURS, TermUnit.DAYS, TermUnit.WORKING_DAYS]),
    moment=st.sampled_from(["", "", "defect_found_at", "signed_at"]),
    past=st.booleans(),
    unless=st.sampled_from(["", "", "merchant_knew", "goods_intact"]),
    restarted_by=st.sampled_from(["", "replaced_at"]),
    rolls=st.just(False),
)
long_window: st.SearchStrategy[Condition] = made(
    Window,
    after=st.sampled_from(TIMES),
    length=st.integers(0, 3),
    unit=st.sampled_from([TermUnit.MONTHS, TermUnit.DAYS, TermUnit.WORKING_DAYS]),
    past=st.booleans(),
    paused_by=st.sampled_from(["", "repair_days"]),
    rolls=st.booleans(),
    plus=st.sampled_from([None, (1, TermUnit.MONTHS), (3, TermUnit.DAYS)]),
)
condition = st.one_of(plain, plain, window, long_window)
any_of: st.SearchStrategy[Condition] = st.builds(
    AnyOf, st.lists(st.lists(condition, min_size=1, max_size=2).map(tuple), min_size=2, max_size=3).map(tuple)
)
whens = st.lists(st.one_of(condition, condition, any_of), max_size=3).map(tuple)
amount = made(
    Amount,
    base=st.sampled_from([b for b in Base if b is not Base.FACT]),
    rate=st.sampled_from([Fraction(1), Fraction(1, 20), Fraction(3), Fraction(333, 1000)]),
    fixed_minor=st.integers(0, 9000),
    percent_of=st.sampled_from(["", "", "value_lost_percent"]),
    times=st.sampled_from(["", "", "repair_days"]),
    per=st.integers(1, 7),
    at_least_minor=st.sampled_from([None, None, 500]),
    at_most_minor=st.sampled_from([None, None, 10_000]),
    at_most_rate=st.sampled_from([None, None, Fraction(3, 10)]),
)
told_amount = made(
    Amount,
    base=st.just(Base.FACT),
    fact=st.sampled_from(SUMS),
    rate=st.sampled_from([Fraction(1), Fraction(1, 3)]),
    shared_by=st.sampled_from([None, None, Base.PRICE, Base.FREIGHT_OUT]),
)
amounts = st.one_of(amount, told_amount)
heads = st.sampled_from([Head.GOODS, Head.GOODS, Head.FREIGHT_OUT, Head.LATENESS, Head.STATUTORY])
parties = st.sampled_from([Party.MERCHANT, Party.PLATFORM])
grants = made(
    Grant,
    remedy=st.sampled_from(list(Remedy)),
    amounts=st.lists(st.builds(HeadAmount, heads, amounts, st.booleans()), max_size=2).map(tuple),
    payer=parties,
    adds=st.booleans(),
    best_of=st.just(""),
)
alternatives = made(
    Grant,
    remedy=st.just(Remedy.COMPENSATION),
    amounts=st.lists(st.builds(HeadAmount, heads, amounts, st.booleans()), min_size=1, max_size=2).map(tuple),
    payer=parties,
    adds=st.just(True),
    best_of=st.sampled_from(["", "a", "b"]),
)
against = st.lists(st.sampled_from(GRANTS), min_size=1, max_size=2, unique=True).map(tuple)
others: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Exclusion, against),
    st.builds(Deduction, against, heads, amounts),
    st.builds(Presumption, st.sampled_from(YES_NO[:5]), st.booleans(), st.sampled_from(list(Party))),
    st.builds(Liability, st.one_of(st.none(), st.sampled_from([Party.BUYER, Party.MERCHANT])),
              st.one_of(st.none(), st.sampled_from([Party.BUYER, Party.MERCHANT])),
              st.one_of(st.none(), st.just(Party.PLATFORM))),
    st.builds(Cap, st.sampled_from([None, Head.LATENESS, Head.FREIGHT_BACK]), amounts),
)  # fmt: skip
promises = st.builds(
    PromiseDefault, st.sampled_from(list(PromiseKind)), st.integers(0, 80),
    st.sampled_from([TermUnit.HOURS, TermUnit.DAYS, TermUnit.WORKING_DAYS]), st.sampled_from(["placed_at", "paid_at"]),
)  # fmt: skip


@st.composite
def books(draw: Callable[[Any], Any]) -> Rulebook:
    """Five grants and some rules of other kinds; presumptions read no presumed fact."""
    made: list[Rule] = []

    def add(rule_id: str, outcome: Outcome, when: tuple[Condition, ...], layer: Layer) -> None:
        place = TEMPLATE.place._replace(line=len(made) + 1)
        made.append(TEMPLATE._replace(id=rule_id, outcome=outcome, when=when, layer=layer, place=place))

    for name in GRANTS:
        add(name, draw(st.one_of(grants, grants, alternatives)), draw(whens), draw(st.sampled_from(list(Layer))))
    for number in range(draw(st.integers(0, 5))):
        add(f"other-{number}", draw(others), draw(whens), draw(st.sampled_from(list(Layer))))
    if draw(st.booleans()):
        add("promise", draw(promises), (), Layer.PLATFORM)
    rules = tuple(made)
    editions = editions_of("cn", rules)
    return replace(
        BASE_BOOK, rules=rules, editions=editions, starts=tuple(e.start.toordinal() for e in editions), programs={}
    )


def _told(name: str) -> st.SearchStrategy[Any]:
    entry = FACTS[name]
    if entry.type is FactType.YES_NO:
        return st.booleans()
    if entry.type is FactType.TIME:
        return st.integers(-10, 200).map(lambda hours: (SIGNED + timedelta(hours=hours)).isoformat())
    if entry.type is FactType.CHOICE:
        return st.sampled_from(entry.choices)
    return st.integers(0, 9000) if entry.type is FactType.AMOUNT else st.integers(0, 12)


TOLD = (*YES_NO, *COUNTS, *SUMS, "signed_at", "dispatched_at", "dispatch_due_at", "delivery_due_at", "defect_found_at",
        "defect_kind", "merchant_knew", "replaced_at", "return_freight_minor")  # fmt: skip


@st.composite
def facts(draw: Callable[[Any], Any]) -> dict[str, Fact]:
    names = draw(st.lists(st.sampled_from(TOLD), max_size=8, unique=True))
    return {name: Fact(draw(_told(name)), draw(st.sampled_from(list(Provenance)))) for name in names}


events = st.sampled_from([
    (), (("dispatched", SENT),), (("dispatched", SENT), ("signed", SIGNED)), (("dispatched", SENT), ("lost", SIGNED)),
    (("dispatched", SENT), ("in_transit", SIGNED)),
])  # fmt: skip


@st.composite
def claims(draw: Callable[[Any], Any]) -> Asked:
    lines = tuple(
        Line(str(number), "s", "杯", draw(st.sampled_from(["home", "fresh/fruit", "digital", ""])),
             draw(st.integers(1, 3)), draw(st.integers(0, 20_000)),
             flags=frozenset(draw(st.sets(st.sampled_from([LineFlag.CUSTOM_MADE])))))
        for number in range(1, draw(st.integers(1, 3)) + 1)
    )  # fmt: skip
    gross = sum(line.gross_minor for line in lines)
    discount = draw(st.sampled_from([0, gross // 7, gross // 2]))
    given = (Discount("d", discount, draw(st.sampled_from([None, gross, gross // 2]))),) if discount else ()
    freight_minor = draw(st.sampled_from([0, 999, 1500]))
    hours = st.one_of(st.none(), st.integers(0, 150).map(lambda h: PLACED + timedelta(hours=h)))
    ordered = order(
        *lines, discounts=given, freight=Freight(freight_minor, draw(st.sampled_from([0, freight_minor]))),
        parcels=(parcel(*draw(events)),) if draw(st.booleans()) else (),
        promises=Promises(draw(hours), draw(hours), draw(st.sampled_from([None, 7]))),
    )  # fmt: skip
    count = draw(st.integers(1, len(lines)))
    claimed = tuple(ClaimLine(line.id, draw(st.integers(1, line.quantity))) for line in lines[:count])
    now = NOW + timedelta(hours=draw(st.integers(-60, 400)))
    claim = Claim(REASONS, claimed, draw(facts()), now - timedelta(hours=draw(st.sampled_from([0, 30]))))
    paid = draw(st.lists(st.builds(
        Paid, st.sampled_from([*(one.line_id for one in claimed), WHOLE_ORDER]), heads, st.integers(1, 15_000),
        st.just(Party.MERCHANT),
    ), max_size=2)) if count == 1 else []  # fmt: skip
    return Asked(ordered, claim, now, tuple(paid))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(books(), st.lists(claims(), min_size=1, max_size=4))
def test_statements_and_engine_agree_on_random_rules(rules: Rulebook, asked: list[Asked]) -> None:
    here = database()
    here.book = rules
    for one, found in zip(asked, here.answers(asked), strict=True):
        expected = by_engine(rules, one)
        if found != expected:
            raise AssertionError(f"the statements say {found}, the engine {expected}")
