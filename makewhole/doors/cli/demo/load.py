"""Load the demo's marketplace once: people, deposits, fund, and every story played up to now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from makewhole.core.case.model import Actor
from makewhole.core.words import Role, Text
from makewhole.doors.cli import console
from makewhole.doors.cli.demo.marketplace import CURRENCY, DEPOSITS_MINOR, FUND_MINOR, PEOPLE, SHOP
from makewhole.doors.cli.demo.stage import play
from makewhole.doors.cli.demo.stories import ENDED
from makewhole.doors.cli.demo.waiting import WAITING
from makewhole.doors.cli.simulated import sweeping
from makewhole.integrations.payments.sandbox.manners import CALM
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import CaseRow, Filter
from makewhole.rooms.identity import queries as identity_queries
from makewhole.rooms.identity import service as identity
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import service as treasury

STORIES = (*ENDED, *WAITING)
BEFORE = timedelta(days=60)
OPERATOR = Actor(Role.OPERATOR, "demo")


class StoryTold(NamedTuple):
    """A story and the cases it made, oldest first."""

    number: str
    question: Text
    cases: tuple[CaseRow, ...]


def is_loaded() -> bool:
    """Whether the marketplace stands whole. Its people come last: they are the sign of it."""
    return all(identity_queries.people_of_role(person.role).filter(username=person.username) for person in PEOPLE)


def load(now: datetime, told: Callable[[], None]) -> None:
    """Play everything; `told` is called after each story. Raises Refused when the database is in use otherwise."""
    shops = orders.shops()
    if shops:
        what = "a demo that was cut off" if shops == [SHOP] else f"orders of {', '.join(shops[:3])}"
        raise console.Refused(
            f"This database holds {what}. The demo wants one of its own: set MAKEWHOLE_HOME (or DATABASE_URL) "
            "to another place, or remove this one."
        )
    began = now - BEFORE
    treasury.top_up_fund(CURRENCY, FUND_MINOR, "demo fund", began)
    for merchant_id, amount_minor in DEPOSITS_MINOR.items():
        treasury.top_up_deposit(merchant_id, CURRENCY, amount_minor, f"demo deposit {merchant_id}", began)
    play(STORIES, now, sweeping(CALM), told)
    for person in PEOPLE:
        identity.make_person(
            person.username,
            person.role,
            buyer_id=person.party if person.role is Role.BUYER else "",
            merchant_id=person.party if person.role is Role.MERCHANT else "",
            display_name=person.name,
        )


def outcomes() -> list[StoryTold]:
    """The stories with their cases as they now stand."""
    found = []
    for story in STORIES:
        record = orders.order_by_number(SHOP, story.number)
        rows = cases.inbox(OPERATOR, Filter(order_id=record.id), "", 20).rows if record else ()
        found.append(StoryTold(story.number, story.question, tuple(sorted(rows, key=lambda row: row.opened_at))))
    return found
