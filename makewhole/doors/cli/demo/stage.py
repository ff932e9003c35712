"""Where the stories are played: each is a script that waits for moments; all share one simulated time."""

import heapq
import itertools
from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from makewhole.core.case.commands import Command, OpenCase, Proposal, SubmitEvidence
from makewhole.core.case.model import Actor, Case
from makewhole.core.facts import FactValue
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Reason, Remedy, Role, Text
from makewhole.doors.cli.demo import marketplace, pictures
from makewhole.rooms.cases import service as cases
from makewhole.rooms.evidence import service as evidence
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as money
from makewhole.rooms.treasury import service as treasury

Script = Generator[timedelta, None, None]
"""Yields how long to wait before it goes on."""

AGENT = Actor(Role.AGENT, "demo-agent")
SECOND_AGENT = Actor(Role.AGENT, "demo-agent-2")


class Story(NamedTuple):
    """One story of the demo: the question it answers, how many days ago it began, and its script."""

    number: str
    question: Text
    days_ago: float
    play: Callable[["Act"], Script]


class Act:
    """What a script may do: all of it through the ordinary services, at the story's present moment."""

    def __init__(self, story: Story, now: datetime) -> None:
        self.story, self.now = story, now
        self.document: dict[str, Any] = {}
        self.order_id: UUID | None = None
        self.case: Case | None = None

    def order(self, merchant_id: str, buyer_id: str, goods: Sequence[marketplace.Goods], **more: Any) -> None:
        """The order is placed and paid now."""
        self.document = marketplace.order(self.story.number, merchant_id, buyer_id, goods, self.now, **more)
        self.refresh()

    def refresh(self) -> None:
        """The shop sends the order again, with what has happened to its parcel."""
        known = marketplace.known_at(self.document, self.now)
        (result,) = treasury.import_orders([known], marketplace.SHOP, self.now)
        if result.faults:
            raise ValueError(f"order {self.story.number}: {'; '.join(fault.say('en') for fault in result.faults)}")
        record = orders.order_by_number(marketplace.SHOP, self.story.number)
        if record is None:
            raise LookupError(f"order {self.story.number} was not stored")
        self.order_id = record.id

    def claim(
        self,
        reason: Reason,
        remedy: Remedy,
        story: str,
        lines: Sequence[tuple[str, int]] = (("1", 1),),
        amount_minor: int | None = None,
        photos: Sequence[str] = (),
        **facts: FactValue,
    ) -> None:
        """The buyer opens a case."""
        self.refresh()
        command = OpenCase(
            reasons=(reason,),
            lines=tuple(ClaimLine(line_id, quantity) for line_id, quantity in lines),
            proposal=Proposal(remedy=remedy, amount_minor=amount_minor),
            story=story,
            facts=tuple(facts.items()),
        )
        drafts = [self.upload(name, self.buyer) for name in photos]
        self.case = cases.open_case(self.known_order, command, self.buyer, self.now, drafts).case

    def act(self, command: Command, actor: Actor) -> None:
        """Somebody gives a command to the case."""
        self.case = cases.act(self.case_id, command, actor, self.now).case

    def merchant_does(self, command: Command) -> None:
        self.act(command, self.merchant)

    def buyer_does(self, command: Command) -> None:
        self.act(command, self.buyer)

    def merchant_withdraws(self) -> None:
        """The merchant has its whole balance paid out, and has nothing left to pay with."""
        merchant_id = self.document["merchant_id"]
        position = money.position(self.known_order, merchant_id, marketplace.CURRENCY)
        treasury.pay_out_merchant(
            merchant_id, marketplace.CURRENCY, position.merchant_minor, f"demo payout {self.story.number}", self.now
        )

    def hand_in(self, actor: Actor, photos: Sequence[str], note: str) -> None:
        """A party adds photos and a statement to the file."""
        exhibits = tuple(str(self.upload(name, actor)) for name in photos)
        self.act(SubmitEvidence(exhibit_ids=exhibits, note=note), actor)

    def upload(self, name: str, actor: Actor) -> UUID:
        """A drawn photo as the actor's draft."""
        new = evidence.NewExhibit(
            order_id=self.known_order,
            merchant_id=self.document["merchant_id"],
            buyer_id=self.document["buyer_id"],
            kind="photo",
            zone="Asia/Shanghai",
            title=pictures.TITLES[name],
            file_name=f"{name}.jpg",
        )
        return evidence.add(new, actor, [pictures.photo(name, self.story.number)], self.now).id

    @property
    def known_order(self) -> UUID:
        if self.order_id is None:
            raise ValueError("the story has no order yet")
        return self.order_id

    @property
    def known_case(self) -> Case:
        if self.case is None:
            raise ValueError("the story has no case yet")
        return self.case

    @property
    def case_id(self) -> UUID:
        return UUID(self.known_case.id)

    @property
    def buyer(self) -> Actor:
        return Actor(Role.BUYER, self.document["buyer_id"])

    @property
    def merchant(self) -> Actor:
        return Actor(Role.MERCHANT, self.document["merchant_id"])


def play(stories: Sequence[Story], until: datetime, turn: Callable[[datetime], None], told: Callable[[], None]) -> None:
    """Play all stories up to a moment, in the order of their moments; `turn` lets clocks run out before each."""
    places = itertools.count()
    agenda: list[tuple[datetime, int, Act, Script | None]] = []
    for story in stories:
        act = Act(story, until - timedelta(days=story.days_ago))
        heapq.heappush(agenda, (act.now, next(places), act, None))
    while agenda:
        at, _, act, script = heapq.heappop(agenda)
        turn(at)
        act.now = at
        script = script or story_of(act)
        wait = next(script, None)
        if wait is None:
            told()
        elif at + wait <= until:
            heapq.heappush(agenda, (at + wait, next(places), act, script))
        else:
            told()
    turn(until)


def story_of(act: Act) -> Script:
    return act.story.play(act)
