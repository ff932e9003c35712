"""One case from opening to closing through every room it touches."""

from uuid import UUID

import pytest

from makewhole.core.case.model import Outcome
from makewhole.core.words import Stage, Step
from makewhole.rooms.cases import queries
from tests.core.case.play import BUYER
from tests.rooms.cases.stage import Clock, claim, numbered, sell
from tests.rooms.treasury.stage import balance, play, refunded_at_bank

pytestmark = pytest.mark.django_db


def test_open_silence_accepted_paid_from_escrow_settled_closed() -> None:
    clock = Clock(play())
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    clock.pass_hours(47)
    assert queries.read_case(case_id, BUYER, clock.now).case.obligation(Step.RESPOND) is not None
    clock.pass_hours(2)
    clock.pass_hours(2)
    view = queries.read_case(case_id, BUYER, clock.now)
    assert (view.case.stage, view.case.outcome) == (Stage.CLOSED, Outcome.SETTLED)
    assert [moment.kind for moment in view.timeline] == [
        "opened",
        "claim_accepted",
        "payment_made",
        "refund_settled",
        "closed",
    ]
    assert (balance("escrow"), refunded_at_bank("ref-A-1")) == (11_000, 10_000)
