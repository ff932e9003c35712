"""Simulated time: orders arrive, people act, clocks run out, all through the ordinary services.

The world holds no truth of its own. Who is to act is read from the cases in the database, so a replay that was cut
off goes on where the database stands; a command that meets a case which has moved on is dropped, and the case's new
obligations give new moves.
"""

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from makewhole.core.case.commands import Command, OpenCase, Proposal, Rule, RuleAppeal
from makewhole.core.case.model import Actor, Case, Finding
from makewhole.core.facts import FactType, FactValue, fact_name
from makewhole.core.rulebook.model import Answer, Plan
from makewhole.core.words import Party, Role, Step
from makewhole.doors.cli.replay.claims import PastOrder, Warranted, as_known_at, event_at, last_event_at, moment
from makewhole.doors.cli.replay.payouts import Payouts
from makewhole.doors.cli.replay.people import Move, People
from makewhole.doors.cli.replay.steady import Steady
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases import service as case_service
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.queries import Filter
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders import service as order_service
from makewhole.rooms.orders.service import ImportOutcome
from makewhole.rooms.treasury import service as treasury

TICK = timedelta(hours=6)
IMPORT_BATCH = 500
FEED_PAGE = 500
ANALYSE_EVERY = 2000
SETTLING = timedelta(days=45)
"""How long after the last case the world goes on, so that escrows settle."""
REFUSALS_MAX = 2
OPERATOR = Actor(Role.OPERATOR, "replay")

Clockwork = Callable[[datetime], None]
"""Lets clocks run out up to a moment: the sweeps in this program, or the worker beside it."""


class World:
    """One replay: the orders of one shop, from their first day until every case is closed."""

    def __init__(
        self,
        shop_id: str,
        people: People,
        clockwork: Clockwork,
        steady: Steady,
        acknowledged: Callable[[Case], None],
        tick: timedelta = TICK,
    ) -> None:
        self.tick = tick
        self.shop_id, self.people, self.clockwork, self.steady = shop_id, people, clockwork, steady
        self.acknowledged = acknowledged
        self.counts: Counter[str] = Counter()
        self.open: dict[str, Case] = {}
        self.position = 0
        self._refused: Counter[str] = Counter()
        self._numbers: dict[str, str] = {}
        self.arrivals: list[tuple[datetime, int, dict[str, Any]]] = []
        self._agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = itertools.count()
        self._imported = 0
        self.payouts = Payouts(shop_id, people, steady, self.counts)

    def plan(self, past: PastOrder) -> None:
        """Put one past order into the future of this world."""
        document, signed = past.document, event_at(past.document, "signed")
        if signed is not None and "completed_at" not in document:
            confirmed = self.people.confirmed_at(document["id"], signed)
            document = {**document, "completed_at": confirmed.isoformat()} if confirmed else document
        self._arrive(last_event_at(document), document)
        if past.claim is not None:
            claim = past.claim
            self._arrive(claim.at, as_known_at(document, claim.at))
            self._do(claim.at, lambda now: self._claim(document, claim, now))

    def run(self, progress: Callable[[int], None]) -> datetime:
        """Let time pass until nothing is left to happen. Returns the last moment."""
        self.arrivals.sort()
        arrivals = iter(self.arrivals)
        waiting = next(arrivals, None)
        starts = [entry[0] for entry in (waiting, self._agenda[0] if self._agenda else None) if entry]
        if not starts:
            return moment("2000-01-01T00:00:00+00:00")
        now = min(starts)
        self._resume(now)
        last_busy = now
        while waiting or self._agenda or self.open or now < last_busy + SETTLING:
            end = now + self.tick
            batch: list[dict[str, Any]] = []
            while waiting and waiting[0] < end:
                batch.append(waiting[2])
                waiting = next(arrivals, None)
            self._import(batch, end)
            progress(len(batch))
            while self._agenda and self._agenda[0][0] < end:
                at, _, act = heapq.heappop(self._agenda)
                act(max(at, now))
            self.steady(partial(self.clockwork, end))
            self._follow(end)
            self.payouts.turn(end)
            now = end
            if waiting or self._agenda or self.open:
                last_busy = now
        return now

    def _arrive(self, at: datetime, document: dict[str, Any]) -> None:
        self.arrivals.append((at, next(self._order), document))

    def _do(self, at: datetime, act: Callable[[datetime], None]) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), act))

    def _resume(self, now: datetime) -> None:
        """Take up the cases an earlier run left open."""
        cursor = ""
        while True:
            page = cases.inbox(OPERATOR, Filter(open=True, waiting=False), cursor, 200)
            for row in page.rows:
                record = orders.order(row.order_id)
                if record is not None and record.shop_id == self.shop_id:
                    self._schedule(cases.read_case(row.id, OPERATOR, now).case, row.order_number, now)
            cursor = page.next_cursor
            if not cursor:
                break
        while page_of_feed := cases.events_after(self.position, FEED_PAGE):
            if not page_of_feed.events:
                break
            self.position = page_of_feed.next_position

    def _import(self, documents: Sequence[dict[str, Any]], now: datetime) -> None:
        for start in range(0, len(documents), IMPORT_BATCH):
            part = documents[start : start + IMPORT_BATCH]
            results = self.steady(partial(treasury.import_orders, part, self.shop_id, now))
            for document, result in zip(part, results, strict=True):
                self.counts[f"orders {result.outcome.value}"] += 1
                if result.outcome is not ImportOutcome.UNCHANGED:
                    self.payouts.sold(document["merchant_id"])
        self._imported += len(documents)
        if self._imported >= ANALYSE_EVERY:
            self._imported = 0
            self.steady(order_service.analyse)

    def _claim(self, document: dict[str, Any], claim: Warranted, now: datetime) -> None:
        record = self.steady(lambda: orders.order_by_number(self.shop_id, document["id"]))
        if record is None:
            return
        buyer = Actor(Role.BUYER, record.order.buyer_id)
        if self.steady(lambda: cases.inbox(OPERATOR, Filter(order_id=record.id), "", 1)).rows:
            return
        try:
            answer, facts = self._ask(record.id, claim, buyer, now)
            plan = wanted(answer)
            if plan is None:
                self.counts["nothing due"] += 1
                return
            command = OpenCase(
                reasons=(claim.reason,),
                lines=claim.lines,
                proposal=Proposal(remedy=plan.remedy),
                story=claim.story[:1000],
                facts=facts,
            )
            done = self.steady(lambda: case_service.open_case(record.id, command, buyer, now))
        except Refused as refused:
            self.counts[f"opening refused: {refused.refusal.code}"] += 1
            return
        self.acknowledged(done.case)
        self.counts["cases opened"] += 1
        self._schedule(done.case, record.order.id, now)

    def _ask(
        self, order_id: UUID, claim: Warranted, buyer: Actor, now: datetime
    ) -> tuple[Answer, tuple[tuple[str, FactValue], ...]]:
        """The answer to the claim, once what the buyer is asked has been told."""
        facts: dict[str, FactValue] = {}
        for _ in range(3):
            told = tuple(facts.items())
            answer = self.steady(partial(cases.answer_for, order_id, (claim.reason,), claim.lines, told, buyer, now))
            fresh = {question.fact: told_by_buyer(question.fact) for question in answer.questions}
            added = {name: value for name, value in fresh.items() if value is not None and name not in facts}
            if not added:
                break
            facts.update(added)
        return answer, tuple(facts.items())

    def _schedule(self, case: Case, order_number: str, now: datetime) -> None:
        """Let the debtors of a case plan their next moves."""
        if not case.is_open:
            self.open.pop(case.id, None)
            return
        self.open[case.id] = case
        self._numbers[case.id] = order_number
        for move in self.people.moves(case, order_number, now):
            self._do(move.at, partial(self._act, case, move))

    def _act(self, case: Case, move: Move, now: datetime) -> None:
        current = self.open.get(case.id)
        if current is None or current.sequence != case.sequence:
            return
        case_id = UUID(case.id)
        try:
            command = move.command or self._ruling(case_id, move, now)
            done = self.steady(lambda: case_service.act(case_id, command, move.actor, now, case.sequence))
        except Refused as refused:
            if refused.refusal.code == "case_changed":
                self._refresh(case.id, now)
            else:
                self.counts[f"refused: {refused.refusal.code}"] += 1
                self._refused[case.id] += 1
            return
        self.acknowledged(done.case)
        self.counts["commands"] += 1
        self._schedule(done.case, self._numbers[case.id], now)

    def _ruling(self, case_id: UUID, move: Move, now: datetime) -> Command:
        """An agent reads the file and rules: for whom depends on the case, mostly for the buyer.

        One who has been refused twice has nothing to rule with, and dismisses the claim.
        """
        view = self.steady(lambda: cases.read_case(case_id, move.actor, now))
        for_buyer = self.people.ruled_for_buyer(view.order.order.id) and self._refused[view.case.id] < REFUSALS_MAX
        findings = self._found(case_id, move, for_buyer, now)
        kind = RuleAppeal if move.obligation.step is Step.RULE_APPEAL else Rule
        proposal = self._given(view.case, findings, move, now) if for_buyer else None
        return kind(findings=findings, reasons="Both sides' statements were weighed.", proposal=proposal)

    def _found(self, case_id: UUID, move: Move, for_buyer: bool, now: datetime) -> tuple[Finding, ...]:
        """Findings on all that the ruling turns on; one finding may open the next question. On appeal all anew."""
        found: dict[str, Finding] = {}
        while True:
            outlook = self.steady(partial(cases.outlook, case_id, tuple(found.values()), move.actor, now))
            fresh = [
                fact for fact in outlook.open_facts if fact not in found and fact_name(fact).type is FactType.YES_NO
            ]
            if not fresh:
                return tuple(found.values())
            why = "Both statements and the parcel's record were read."
            found.update((fact, Finding(fact, for_buyer, why, ())) for fact in fresh)

    def _given(self, case: Case, findings: tuple[Finding, ...], move: Move, now: datetime) -> Proposal | None:
        """What the rules give under the findings: what was asked for, else the most; None where nothing is left.

        What was asked for may be gone: goods that were unsent when the claim was made have come since.
        """
        outlook = self.steady(partial(cases.outlook, UUID(case.id), findings, move.actor, now))
        firm = [plan for plan in outlook.answer.plans if plan.remedy in outlook.terms and not plan.depends_on]
        asked = [plan for plan in firm if plan.remedy is case.wanted.remedy]
        best = max(asked or firm, key=lambda plan: plan.total_minor, default=None)
        return Proposal(remedy=best.remedy) if best else None

    def _refresh(self, case_id: str, now: datetime) -> None:
        view = self.steady(lambda: cases.read_case(UUID(case_id), OPERATOR, now))
        self._schedule(view.case, view.order.order.id, now)

    def _follow(self, now: datetime) -> None:
        """See which cases moved by themselves: deadlines that fired, refunds that settled."""
        moved: dict[str, int] = {}
        while True:
            page = self.steady(lambda: cases.events_after(self.position, FEED_PAGE))
            if not page.events:
                break
            self.position = page.next_position
            moved.update({str(event.case_id): event.sequence for event in page.events})
        for case_id, sequence in moved.items():
            known = self.open.get(case_id)
            if known is not None and known.sequence < sequence:
                self._refresh(case_id, now)


def wanted(answer: Answer) -> Plan | None:
    """The plan a buyer takes: the most money among those that hang on nothing unknown, else goods sent again."""
    firm = [plan for plan in answer.plans if not plan.depends_on and not plan.adds_to_any]
    firm = firm or [plan for plan in answer.plans if not plan.depends_on]
    return max(firm, key=lambda plan: plan.total_minor, default=None)


def told_by_buyer(fact: str) -> FactValue | None:
    """What a buyer in good faith says when asked; None for what the buyer cannot know."""
    name = fact_name(fact)
    if name.tells is not Party.BUYER:
        return None
    if name.type is FactType.CHOICE:
        return name.choices[0]
    return True if name.type is FactType.YES_NO else None
