"""The replay's agents rule every case that reaches them, and appeals anew."""

from uuid import UUID

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.model import Actor, Finding, Outcome
from makewhole.core.words import Remedy, Role, Stage
from makewhole.doors.cli.replay.people import People
from makewhole.doors.cli.replay.world import World
from makewhole.doors.cli.simulated import sweeping
from makewhole.integrations.payments.sandbox.manners import ROUGH
from makewhole.rooms.cases import queries, service
from tests.core.case.play import BUYER, MERCHANT, START
from tests.rooms.cases.conftest import demo_market
from tests.rooms.cases.stage import claim, numbered, sell

__all__ = ["demo_market"]

pytestmark = pytest.mark.django_db(transaction=True)
FIRST_AGENT = Actor(Role.AGENT, "agent-first")


def on_appeal() -> UUID:
    """A case ruled for the buyer on one finding, which the merchant has appealed against."""
    (order_id,) = sell(numbered("A-1")._replace(completed_at=START))
    case_id = UUID(claim(order_id).id)
    found = Finding("item_absent", True, "The weight shows it.", ())
    ruling = c.Rule(
        findings=(found,), reasons="The parcel was too light.", proposal=c.Proposal(remedy=Remedy.REFUND_ONLY)
    )
    for command, actor in (
        (c.RefuseClaim(note="We packed it."), MERCHANT),
        (c.Escalate(), BUYER),
        (c.FinishEvidence(), BUYER),
        (c.FinishEvidence(), MERCHANT),
        (ruling, FIRST_AGENT),
        (c.Appeal(grounds="We found the weighing slip."), MERCHANT),
        (c.FinishEvidence(), BUYER),
    ):
        done = service.act(case_id, command, actor, START)
    assert done.case.stage is Stage.APPEAL
    return case_id


def test_an_appeal_is_ruled_on_findings_of_its_own() -> None:
    case_id = on_appeal()
    world = World("stage", People(1), sweeping(ROUGH), lambda work: work(), lambda case: None)
    world._schedule(queries.read_case(case_id, BUYER, START).case, "A-1", START)
    world.run(lambda count: None)
    view = queries.read_case(case_id, BUYER, START)
    assert view.case.stage is Stage.CLOSED
    assert view.case.outcome is Outcome.RULED_FOR_BUYER
    assert [ruling.on_appeal for ruling in view.case.rulings] == [False, True]
    assert view.case.rulings[1].findings[0].fact == "item_absent"
    assert not any(what.startswith("refused") for what in world.counts)
