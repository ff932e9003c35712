"""Small rulebooks and orders for tests: a book is written as YAML rules, everything else has a plain default."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from textwrap import dedent, indent
from typing import Any
from zoneinfo import ZoneInfo

from makewhole.core.allocation.allocate import allocate
from makewhole.core.facts import Fact, FactValue
from makewhole.core.order.model import (
    Discount,
    Freight,
    Line,
    Means,
    Order,
    Parcel,
    ParcelEvent,
    ParcelEventKind,
    Payment,
)
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.model import Answer, Claim, ClaimLine, Paid
from makewhole.core.rulebook.read import Header, read_header, read_rulebook
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.words import Provenance, Reason
from makewhole.rooms.rulebooks import queries

RULEBOOKS = Path(__file__).parents[3] / "rulebooks"
ZONE = ZoneInfo("Asia/Shanghai")

HEADER = """
market: cn
name: {zh: 试验, en: trial}
currency: CNY
calendar: cn/calendar.yaml
files: [rules.yaml]
reasons: [changed_mind, quality, damaged, item_missing, late_dispatch, parcel_lost]
sources:
  law: {zh: 《试验法》, en: Trial Law, url: "https://example.org/law"}
categories:
  fresh: {zh: 生鲜, en: fresh}
  digital: {zh: 数字, en: digital}
"""

DEFAULTS = """
in_force: {from: 2020-01-01}
citation: {source: law, article: "1"}
status: unverified
text: {zh: 规则。, en: A rule.}
"""


def rule(rule_id: str, body: str, **changes: str) -> str:
    """One rule as YAML: the defaults above, with some fields changed, and a body of its own."""
    fields = dict(line.split(": ", 1) for line in DEFAULTS.strip().splitlines()) | changes
    lines = [f"id: {rule_id}", *(f"{name}: {value}" for name, value in fields.items() if value)]
    text = "\n".join(lines) + "\n" + dedent(body).strip("\n")
    return "- " + indent(text, "  ").lstrip()


def header(text: str = HEADER) -> Header:
    return read_header("market.yaml", text)


@lru_cache(maxsize=1)
def calendar_text() -> str:
    return (RULEBOOKS / "cn" / "calendar.yaml").read_text(encoding="utf-8")


def read(text: str, head: str = HEADER) -> Rulebook:
    """Read a book whose one file of rules has this text."""
    return read_rulebook(header(head), {"rules.yaml": text, "cn/calendar.yaml": calendar_text()}, ZoneInfo)


def book(*rules: str, layer: str = "law") -> Rulebook:
    """A book of these rules, all of one layer."""
    return read(f"layer: {layer}\nrules:\n" + indent("\n".join(rules), "  "))


@lru_cache(maxsize=16)
def real_book(market: str) -> Rulebook:
    """The book that is shipped for a market."""
    return queries.book(market, RULEBOOKS)


def at(text: str) -> datetime:
    """A moment on the clocks of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


PLACED, SENT, SIGNED = at("2026-11-10T10:00"), at("2026-11-11T10:00"), at("2026-11-14T15:00")
NOW = at("2026-11-17T20:00")


def parcel(*events: tuple[str, datetime], contents: tuple[tuple[str, int], ...] = (), parcel_id: str = "P") -> Parcel:
    made = tuple(ParcelEvent(ParcelEventKind(kind), moment) for kind, moment in events)
    return Parcel(parcel_id, "SF", "SF1", made, contents)


DELIVERED = (parcel(("dispatched", SENT), ("signed", SIGNED)),)


def order(
    *lines: Line,
    freight_minor: int = 1000,
    discount_minor: int = 0,
    parcels: tuple[Parcel, ...] = DELIVERED,
    **more: Any,
) -> Order:
    """An order of a cup at 199.00 and two mats at 35.00 with freight 10.00, unless other lines are given."""
    ordered = lines or (Line("1", "cup", "咖啡杯", "home", 1, 19900), Line("2", "mat", "隔热垫", "home", 2, 3500))
    discounts = more.pop("discounts", (Discount("d", discount_minor),) if discount_minor else ())
    freight = more.pop("freight", Freight(freight_minor))
    placed_at = more.pop("placed_at", PLACED)
    made = Order(
        "O-1", "m", "青禾", "b", "cn", "CNY", placed_at, ordered, (), discounts, freight, parcels=parcels, **more
    )
    return made._replace(payments=(Payment("p", Means.MONEY, made.due_minor, "alipay", "A", 0, placed_at),))


def told(firmness: Provenance = Provenance.ALLEGED, /, **facts: FactValue) -> dict[str, Fact]:
    return {name: Fact(value, firmness) for name, value in facts.items()}


def found(**facts: FactValue) -> dict[str, Fact]:
    return told(Provenance.FOUND, **facts)


def answer(
    rules: Rulebook,
    *reasons: Reason,
    of: Order | None = None,
    lines: tuple[ClaimLine, ...] = (ClaimLine("1", 1),),
    facts: Mapping[str, Fact] | None = None,
    now: datetime = NOW,
    claimed_at: datetime | None = None,
    paid: tuple[Paid, ...] = (),
) -> Answer:
    """Assess a claim on an order, by default on the cup, three days after receipt."""
    made = of or order()
    claim = Claim(reasons or (Reason.QUALITY,), lines, facts or {}, claimed_at or now)
    return assess(rules, made, allocate(made), claim, now, paid)


def refused(rules: str, head: str = HEADER) -> list[str]:
    """What reading this text says against it, in English, one line for each fault."""
    from makewhole.core.rulebook.source import RulebookError

    try:
        read(rules, head)
    except RulebookError as error:
        return [problem.say("en") for problem in error.problems]
    return []
