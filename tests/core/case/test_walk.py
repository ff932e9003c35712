"""Every way a case can go, walked: from each reachable situation some act or silence leads to the end.

A situation is what the case waits for and what decides its next step; sums and times are left out, so there are few
enough to visit them all. The walk also holds the action table to its word: an action leads where its row says, and
every place a row names is really reached.
"""

import copy
from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.actions import TABLE, Action, denial
from makewhole.core.case.claim import owed
from makewhole.core.case.clocks import Clock, clock_of
from makewhole.core.case.model import SYSTEM, Actor, Finding
from makewhole.core.case.silence import LEADS_TO
from makewhole.core.words import Consequence, Party, Reason, Remedy, Role
from tests.core.case.play import AGENT, BUYER, MERCHANT, SECOND_AGENT, Play, Purse, Refused, an_order

Situation = tuple[object, ...]
ITEM_ABSENT = (Finding("item_absent", True, "The parcel weighed too little.", ()),)
DEFECTIVE = (Finding("goods_defective", True, "The photograph shows it.", ()),)
FOUND = {Reason.ITEM_MISSING: ITEM_ABSENT, Reason.QUALITY: DEFECTIVE}
OFFERS = (
    c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=3_000),
    c.Proposal(remedy=Remedy.RETURN_AND_REFUND, amount_minor=3_000),
    c.Proposal(remedy=Remedy.RESHIP),
)
BEYOND = (
    c.Proposal(remedy=Remedy.REFUND_ONLY, amount_minor=2_000),
    c.Proposal(remedy=Remedy.RETURN_AND_REFUND, amount_minor=2_000),
    c.Proposal(remedy=Remedy.RESHIP),
)
ACTORS = (BUYER, MERCHANT, AGENT, SECOND_AGENT)


class Opening(NamedTuple):
    """How a walk begins: the claim, and how much money there is."""

    reason: Reason
    remedy: Remedy
    escrow: int = 10**9
    fund: int = 10**9
    dispatched: bool = True
    confirms_later: bool = True
    every_proposal: bool = False
    price_minor: int = 10_000


OPENINGS = (
    Opening(Reason.ITEM_MISSING, Remedy.REFUND_ONLY, every_proposal=True),
    Opening(Reason.ITEM_MISSING, Remedy.REFUND_ONLY, confirms_later=False),
    Opening(Reason.ITEM_MISSING, Remedy.REFUND_ONLY, escrow=0, confirms_later=False),
    Opening(Reason.ITEM_MISSING, Remedy.REFUND_ONLY, escrow=4_000),
    Opening(Reason.ITEM_MISSING, Remedy.REFUND_ONLY, escrow=0, fund=0),
    Opening(Reason.ITEM_MISSING, Remedy.REFUND_ONLY, escrow=0, price_minor=150_000),
    Opening(Reason.ITEM_MISSING, Remedy.RESHIP),
    Opening(Reason.ITEM_MISSING, Remedy.RESHIP, escrow=0),
    Opening(Reason.QUALITY, Remedy.RETURN_AND_REFUND),
    Opening(Reason.QUALITY, Remedy.RETURN_AND_REFUND, escrow=0),
    Opening(Reason.QUALITY, Remedy.RETURN_AND_REFUND, confirms_later=False),
    Opening(Reason.QUALITY, Remedy.EXCHANGE),
    Opening(Reason.QUALITY, Remedy.RETURN_AND_REFUND, dispatched=False),
    Opening(Reason.PARCEL_LOST, Remedy.REFUND_ONLY),
)


def purse_of(opening: Opening) -> Purse:
    return Purse(escrow=opening.escrow, fund=opening.fund, confirms_later=opening.confirms_later)


def situation(play: Play) -> Situation:
    case = play.case
    assert case is not None
    return (
        case.stage,
        frozenset(clock_of(each) for each in case.obligations),
        case.goods_back,
        case.goods_out,
        case.agreed.remedy if case.agreed else None,
        case.by_ruling,
        (case.offer.by, case.offer.terms.remedy) if case.offer else None,
        owes(play),
        len(case.awaited),
        min(case.evidence_rounds, 2),
        tuple(ruling.terms.remedy if ruling.terms else None for ruling in case.rulings[-1:]),
        case.appealed_by,
        min(case.offers_made, 2),
        case.outcome,
    )


def owes(play: Play) -> bool:
    """Whether terms are agreed that are not paid in full."""
    assert play.case is not None
    terms = owed(play.case)
    return terms is not None and terms.total_minor > 0


def inputs(action: Action, play: Play, opening: Opening) -> Iterator[object]:
    """Some ways to take an action, good enough to go wherever it leads; of proposals in most walks only a few."""
    case = play.case
    assert case is not None
    few = None if opening.every_proposal else 1
    findings = FOUND.get(case.reasons[0], ())
    made: dict[type, list[object]] = {
        c.MakeOffer: [c.MakeOffer(proposal=offer) for offer in OFFERS[:few]],
        c.RefuseClaim: [c.RefuseClaim(note="It was in the box.")],
        c.SubmitEvidence: [c.SubmitEvidence(note="See the photograph.")],
        c.ShipBack: [c.ShipBack(carrier="SF", tracking_number="SF2", freight_minor=900)],
        c.ContestReturn: [c.ContestReturn(note="Used and stained.")],
        c.SendGoods: [c.SendGoods(carrier="SF", tracking_number="SF3")],
        c.ReportNotReceived: [c.ReportNotReceived(note="Nothing came.")],
        c.RequestEvidence: [
            c.RequestEvidence(parties=parties, question="A picture of the label, please.")
            for parties in ((Party.BUYER,), (Party.MERCHANT,), (Party.BUYER, Party.MERCHANT))
        ],
        c.Appeal: [c.Appeal(grounds="The carrier has found the record.")],
    }
    for kind in (c.Rule, c.RuleAppeal):
        made[kind] = [
            kind(findings=findings, reasons="By the rules.", proposal=c.Proposal(remedy=case.wanted.remedy)),
            *(
                kind(findings=findings, reasons="In fairness.", proposal=other, beyond_reason="No other way is left.")
                for other in BEYOND[:few]
            ),
            kind(findings=(), reasons="Not proven."),
        ]
    yield from made.get(action.command, [action.command()] if action.command not in made else [])


def fork(play: Play) -> Play:
    twin = copy.copy(play)
    twin.events = list(play.events)
    twin.notices = []
    twin.purse = copy.copy(play.purse)
    twin.purse.paid = dict(play.purse.paid)
    twin.purse.granted = dict(play.purse.granted)
    return twin


class Edge(NamedTuple):
    by: str
    before: frozenset[Clock]
    after: frozenset[Clock | None]


class Walk(NamedTuple):
    edges: frozenset[Edge]
    led_from: dict[Situation, set[Situation]]
    closed: set[Situation]
    refused: list[str]


def moves(play: Play, opening: Opening) -> Iterator[tuple[str, Actor, object]]:
    """Everything anybody could do now: people, silence, the provider, and money arriving."""
    case = play.case
    assert case is not None
    for action in TABLE:
        for actor in ACTORS:
            if denial(action, case, actor) is None:
                for command in inputs(action, play, opening):
                    yield action.name, actor, command
    if case.obligations:
        first = min(case.obligations, key=lambda each: each.due_at)
        yield first.on_silence, SYSTEM, None
    for reference in case.awaited[:1]:
        yield "refund_settled", SYSTEM, c.RefundSettled(reference=reference)
        yield "refund_failed", SYSTEM, c.RefundFailed(reference=reference, why="the bank is closed")


def after(play: Play) -> frozenset[Clock | None]:
    case = play.case
    assert case is not None
    return frozenset(clock_of(each) for each in case.obligations) or frozenset({None})


@cache
def walked() -> Walk:
    edges: set[Edge] = set()
    led_from: dict[Situation, set[Situation]] = defaultdict(set)
    closed: set[Situation] = set()
    refused: list[str] = []
    queue: deque[Play] = deque()
    seen: set[Situation] = set()
    for opening in OPENINGS:
        play = Play(an_order(price_minor=opening.price_minor, dispatched=opening.dispatched), purse_of(opening))
        play.open(opening.reason, opening.remedy, quantity=2)
        queue.append(play)
        seen.add((opening, situation(play)))
        while queue:
            here = queue.popleft()
            assert here.case is not None
            place = (opening, situation(here))
            if not here.case.is_open:
                closed.add(place)
                continue
            for by, actor, command in list(moves(here, opening)):
                there = fork(here)
                if by == "pay_now":
                    there.purse.merchant += 10**9
                try:
                    there.silence() if command is None else there.give(actor, command)
                except Refused as error:
                    refused.append(f"{by}: {error.refusal.code}")
                    continue
                edges.add(Edge(by, frozenset(clock_of(each) for each in here.case.obligations), after(there)))
                next_place = (opening, situation(there))
                led_from[next_place].add(place)
                if next_place not in seen:
                    seen.add(next_place)
                    queue.append(there)
    return Walk(frozenset(edges), led_from, closed, refused)


def test_from_every_situation_some_way_leads_to_the_end() -> None:
    walk = walked()
    reaching = set(walk.closed)
    front = deque(walk.closed)
    while front:
        for before in walk.led_from[front.popleft()]:
            if before not in reaching:
                reaching.add(before)
                front.append(before)
    everywhere = set(walk.led_from) | {before for befores in walk.led_from.values() for before in befores}
    assert len(everywhere) > 300
    assert everywhere <= reaching


def test_only_amounts_and_rules_refuse_what_the_table_allows() -> None:
    codes = {line.split(": ")[1] for line in walked().refused}
    assert codes <= {"more_than_due", "nothing_asked"}, codes


@pytest.mark.parametrize("action", TABLE, ids=lambda action: action.name)
def test_each_action_leads_where_the_table_says(action: Action) -> None:
    reached: set[Clock | None] = set()
    for edge in walked().edges:
        if edge.by == action.name:
            fresh = edge.after - edge.before or edge.after
            assert fresh <= action.leads_to | edge.before, f"{action.name} led to {edge.after} from {edge.before}"
            reached |= edge.after
    assert reached, f"{action.name} was never taken"
    assert action.leads_to <= reached, f"{action.name} never led to {action.leads_to - reached}"


def test_everybody_who_may_act_is_a_party_or_the_panel() -> None:
    assert all(role in (Role.BUYER, Role.MERCHANT, Role.AGENT) for action in TABLE for role in action.roles)


@pytest.mark.parametrize("consequence", LEADS_TO)
def test_silence_leads_where_it_is_said(consequence: Consequence) -> None:
    told = LEADS_TO[consequence]
    reached: set[Clock | None] = set()
    for edge in walked().edges:
        if edge.by == consequence:
            assert edge.after - edge.before <= told, f"{consequence} led to {edge.after} from {edge.before}"
            reached |= edge.after
    assert reached, f"{consequence} never followed"
