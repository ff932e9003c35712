"""The rules as data: which markets there are, their editions, every rule with its citation, and the closed facts."""

from datetime import date
from typing import Any

from ninja import Router
from pydantic import Field

from makewhole.core.facts import FACTS, FactType
from makewhole.core.words import Text
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.problems import Problem
from makewhole.doors.api.frame.queries import Query
from makewhole.doors.api.frame.routes import reads
from makewhole.doors.api.markets import zone_of
from makewhole.doors.api.shapes.answers import RuleState, rule_state
from makewhole.doors.api.shapes.examples import example
from makewhole.doors.api.shapes.plain import Answered, words
from makewhole.rooms.rulebooks import queries

router = Router(tags=["rulebooks"])


class MarketState(Answered):
    market: str
    name: str
    currency: str
    zone: str = Field(description="IANA time zone; every time of this market is told in it.")
    reasons: list[str]
    editions: list[str] = Field(description="Each is in force from the day in its name until the next one.")


class Markets(Answered):
    items: list[MarketState]


class DatedRule(RuleState):
    """A rule as in force on the day asked for."""

    id: str


class Rules(Answered):
    market: str
    edition: str
    items: list[DatedRule]


class OnDay(Query):
    on: date | None = Field(default=None, description="A day of the market; left out: today.")


class FactDescribed(Answered):
    name: str
    type: str = Field(json_schema_extra=words(FactType))
    label: str
    question: str
    choices: list[str]
    told_by: str


class Facts(Answered):
    items: list[FactDescribed]


@reads(router, "/rulebooks", answers=Markets, example=example("markets"))
def list_rulebooks(call: Call) -> Reply:
    """List the markets whose rules the house knows."""
    return Reply({"items": [_market(call, market) for market in queries.markets()]})


@reads(router, "/rulebooks/{market}", answers=MarketState, example=example("markets")["items"][0])
def read_rulebook(call: Call, market: str) -> Reply:
    """Read what a market's rulebook covers, and its editions."""
    _require(market)
    return Reply(_market(call, market))


@reads(router, "/rulebooks/{market}/rules", answers=Rules, example=example("rules"), query=OnDay)
def list_rules(call: Call, market: str) -> Reply:
    """List the rules of a market as in force on a day, each with its sentence and citation."""
    _require(market)
    book = queries.book(market)
    edition = book.edition(call.query.on or call.now.astimezone(zone_of(market)).date())
    return Reply(
        {
            "market": market,
            "edition": edition.name,
            "items": [{"id": rule.id, **rule_state(market, rule, call.language)} for rule in edition.rules],
        }
    )


@reads(router, "/facts", answers=Facts, example=example("facts"))
def list_facts(call: Call) -> Reply:
    """List the facts that rules may read: a closed list. A claim may tell those it knows."""
    return Reply(
        {
            "items": [
                {
                    "name": fact.name,
                    "type": fact.type,
                    "label": fact.label.say(call.language),
                    "question": fact.question.say(call.language),
                    "choices": fact.choices,
                    "told_by": fact.tells,
                }
                for fact in FACTS.values()
            ]
        }
    )


def _market(call: Call, market: str) -> dict[str, Any]:
    book = queries.book(market)
    return {
        "market": market,
        "name": book.name.say(call.language),
        "currency": book.currency,
        "zone": zone_of(market).key,
        "reasons": book.reasons,
        "editions": [edition.name for edition in book.editions],
    }


def _require(market: str) -> None:
    if market not in queries.markets():
        raise Problem("not-found", Text("没有这个市场的规则。", "There are no rules for this market."))
