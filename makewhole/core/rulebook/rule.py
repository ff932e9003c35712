"""A rulebook's values: dated rules with their conditions and outcomes, as read from the files of a market.

One small representation serves every use: compiled to Python for one case, interpreted to explain, printed for people.
Dates in force are days of the market. `docs/reference/rulebook-format.md` tells how each part is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from makewhole.core.calendar import MarketCalendar, TermUnit
from makewhole.core.facts import FactValue
from makewhole.core.order.model import Means
from makewhole.core.words import Consequence, Head, Layer, Party, Reason, Remedy, RuleStatus, Step, Text

Bound = int | str
"""A number, or the name of a fact that holds it."""


class Is(NamedTuple):
    """The fact has one of the values (or, negated, none of them). A path has a value when it lies at or below it."""

    fact: str
    values: tuple[FactValue, ...]
    negated: bool = False


class Between(NamedTuple):
    """The fact lies in a range; both ends belong to it."""

    fact: str
    at_least: Bound | None
    at_most: Bound | None


class Window(NamedTuple):
    """A moment lies within a term counted from an event of the order or, with `past`, after that term's end.

    `after` is a fact of type time. `moment` is such a fact too, or '' for the moment the claim was made. Days named by
    the fact `paused_by` do not count. `rolls`: a last day that is no working day moves to the next one. The window does
    not bind where the yes-or-no fact `unless` is yes. Where the event `restarted_by` has happened, the term runs anew
    from it. While the event has not happened, the term has not begun. `plus` is a second term that begins where the
    first one ends ('fourteen days and twelve months more').
    """

    after: str
    length: Bound
    unit: TermUnit
    moment: str = ""
    past: bool = False
    paused_by: str = ""
    rolls: bool = False
    unless: str = ""
    restarted_by: str = ""
    plus: tuple[int, TermUnit] | None = None


class AnyOf(NamedTuple):
    """At least one branch holds; a branch holds when all its conditions do."""

    branches: "tuple[tuple[Condition, ...], ...]"


Condition = Is | Between | Window | AnyOf


class Base(StrEnum):
    """What an amount is reckoned from."""

    PRICE = "price"
    FREIGHT_OUT = "freight_out"
    ORDER_PRICE = "order_price"
    ORDER_PAID = "order_paid"
    LOST_DISCOUNT = "lost_discount"
    FREIGHT_WAIVED = "freight_waived"
    FACT = "fact"
    FIXED = "fixed"


class Amount(NamedTuple):
    """Base × rate × (`percent_of` fact / 100) × (`times` fact / `per`), within floor and ceiling.

    PRICE is what was paid for the claimed units, ORDER_PRICE for all goods, ORDER_PAID with freight; LOST_DISCOUNT is
    the part of threshold discounts that the goods kept would no longer have earned, FREIGHT_WAIVED the discount given
    on freight. A sum a fact tells is one of the whole claim: due line by line, it is shared by what the lines cost.
    With `shared_by` (PRICE or FREIGHT_OUT) it is one of the whole order instead, of which a line takes its part by what
    it paid of the goods or the freight. `at_most_rate` is a ceiling as a share of PRICE. Minor units, rounded half up
    once.
    """

    base: Base
    rate: Fraction = Fraction(1)
    fact: str = ""
    fixed_minor: int = 0
    percent_of: str = ""
    times: str = ""
    per: int = 1
    at_least_minor: int | None = None
    at_most_minor: int | None = None
    at_most_rate: Fraction | None = None
    shared_by: Base | None = None


class HeadAmount(NamedTuple):
    """One amount of a grant. `per_order`: due once for the whole order, not line by line."""

    head: Head
    amount: Amount
    per_order: bool


class Grant(NamedTuple):
    """A right of the buyer: a remedy with its amounts. `adds`: it may be had beside any other remedy.

    Of rights that add and name the same `best_of`, only the best counts under each head. A right `by_court` is not for
    the platform to rule on: the other side may grant it, otherwise a court or arbitrator does. Once anything was paid
    under it, the remedies it `closes` are no longer given: who has the value of a gift does not get the gift as well.
    """

    remedy: Remedy
    amounts: tuple[HeadAmount, ...]
    payer: Party
    adds: bool = False
    means: Means = Means.MONEY
    best_of: str = ""
    by_court: bool = False
    closes: tuple[Remedy, ...] = ()


class Exclusion(NamedTuple):
    """The named grants do not apply."""

    of: tuple[str, ...]


class Deduction(NamedTuple):
    """What the named grants give under one head is lessened: a right of the seller beside the buyer's own."""

    of: tuple[str, ...]
    head: Head
    amount: Amount


class Presumption(NamedTuple):
    """Who must prove a fact. A burden on anyone but its teller makes the fact stand as presumed until disproved."""

    fact: str
    value: FactValue
    burden: Party


class TermRule(NamedTuple):
    """A deadline of the procedure and what follows on silence. `remedies` empty: for every remedy."""

    step: Step
    debtor: Party
    length: int
    unit: TermUnit
    on_silence: Consequence
    remedies: tuple[Remedy, ...] = ()


class Liability(NamedTuple):
    """Who bears freight out and freight back, and who owes what the merchant owes; None where the rule does not say."""

    freight_out: Party | None
    freight_back: Party | None
    dues: Party | None = None


class Cap(NamedTuple):
    """The most that may be paid under one head, or (`head` None) advanced by the guarantee fund on one order."""

    head: Head | None
    amount: Amount


class Sanction(NamedTuple):
    """Penalty points the merchant faces or, where a rule guards merchants, the buyer."""

    points: int
    on: Party = Party.MERCHANT


class AvenueKind(StrEnum):
    """Where else a buyer can turn."""

    AUTHORITY = "authority"
    COURT = "court"
    CARRIER = "carrier"


class Avenue(NamedTuple):
    """A way outside the platform that is open while the rule holds."""

    to: AvenueKind


class PromiseKind(StrEnum):
    DISPATCH = "dispatch"
    DELIVERY = "delivery"


class PromiseDefault(NamedTuple):
    """By when a merchant who promised nothing must send or deliver, counted from an event of the order."""

    promise: PromiseKind
    length: int
    unit: TermUnit
    after: str


Outcome = Grant | Exclusion | Deduction | Presumption | TermRule | Liability | Cap | Sanction | Avenue | PromiseDefault

PROCEDURE = (TermRule, Avenue)
"""Kinds of outcome that go by the day of the step unless their rule says otherwise; all others by the order's."""


class Clock(StrEnum):
    """By which day the edition of a rule is chosen: that of the order, or that of the step taken."""

    ORDER = "order"
    STEP = "step"


ARTICLE = Text("第{article}条", "art. {article}")
"""How a place in a source is cited where the source does not say otherwise (sections, paragraphs)."""


class Citation(NamedTuple):
    """Where a rule comes from: the source's name as cited (《…》 included), its article, and an address if any.

    `written` is how this source's articles are cited, with `{article}` for the number.
    """

    source: Text
    article: str
    url: str = ""
    written: Text = ARTICLE

    @property
    def text(self) -> Text:
        """The citation as people write it."""
        if not self.article:
            return self.source
        zh = self.written.zh.format(article=self.article.replace(", ", "、"))
        en = self.written.en.format(article=self.article)
        return Text(f"{self.source.zh}{zh}", f"{self.source.en}, {en}")


class Place(NamedTuple):
    """Where in the files something stands; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Rule(NamedTuple):
    """One rule. It applies to orders placed from `start` to `end`, both days included, or to steps taken then (`by`).

    `reasons` empty: for every reason. Rules of the same id are editions of one another; their dates never overlap.
    """

    id: str
    layer: Layer
    start: date
    end: date | None
    citation: Citation
    status: RuleStatus
    sentence: Text
    reasons: frozenset[Reason]
    when: tuple[Condition, ...]
    outcome: Outcome
    place: Place
    by: Clock = Clock.ORDER

    def in_force(self, day: date) -> bool:
        """Whether the rule applies on this day of the market."""
        return self.start <= day and (self.end is None or day <= self.end)

    def concerns(self, reasons: frozenset[Reason]) -> bool:
        """Whether the rule applies to a claim with any of these reasons."""
        return not self.reasons or not self.reasons.isdisjoint(reasons)


class Edition(NamedTuple):
    """All rules in force from one day until the next change. `name` is market@day, for example cn@2022-07-18."""

    name: str
    start: date
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """One market's rules with their editions, calendar and vocabulary. `reasons` are those it has rules for."""

    market: str
    name: Text
    currency: str
    calendar: MarketCalendar
    reasons: tuple[Reason, ...]
    categories: Mapping[str, Text]
    rules: tuple[Rule, ...]
    editions: tuple[Edition, ...]
    starts: tuple[int, ...] = field(repr=False)
    covered: frozenset[Reason] = field(repr=False)
    programs: dict[Any, Any] = field(default_factory=dict, repr=False)
    """Rules made ready to run, by editions and reasons: kept here so that they live as long as the book."""
    by_id: dict[str, tuple[Rule, ...]] = field(init=False, repr=False)
    """The editions of each rule, by its id."""

    def __post_init__(self) -> None:
        named: dict[str, list[Rule]] = {}
        for rule in self.rules:
            named.setdefault(rule.id, []).append(rule)
        object.__setattr__(self, "by_id", {rule_id: tuple(rules) for rule_id, rules in named.items()})

    def edition(self, day: date) -> Edition:
        """The edition in force on a day of the market; the first one for days before it."""
        place = max(0, sum(start <= day.toordinal() for start in self.starts) - 1)
        return self.editions[place]

    def edition_named(self, name: str) -> Edition:
        """The edition of this name. Raises KeyError naming those there are."""
        for edition in self.editions:
            if edition.name == name:
                return edition
        raise KeyError(f"{self.market} has no edition {name!r}; it has {', '.join(e.name for e in self.editions)}")

    def rule(self, rule_id: str, day: date | None = None) -> Rule:
        """The rule of this id in force on a day, or its latest edition. Raises KeyError when there is none."""
        found = self.by_id.get(rule_id)
        if found is None:
            raise KeyError(f"rulebook {self.market} has no rule {rule_id!r}")
        in_force = [rule for rule in found if day is not None and rule.in_force(day)]
        return in_force[0] if in_force else max(found, key=lambda rule: rule.start)


def editions_of(market: str, rules: tuple[Rule, ...]) -> tuple[Edition, ...]:
    """The rules in force between any two changes, in order of time."""
    starts = {rule.start for rule in rules}
    starts |= {date.fromordinal(rule.end.toordinal() + 1) for rule in rules if rule.end is not None}
    return tuple(
        Edition(f"{market}@{start.isoformat()}", start, tuple(rule for rule in rules if rule.in_force(start)))
        for start in sorted(starts)
    )
