"""What the parties are told and hand in, in the same transaction as what happened."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.model import Actor
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Party, Reason, Remedy, Role
from makewhole.integrations.storage.objects import ObjectFiles
from makewhole.rooms.cases import queries, service
from makewhole.rooms.cases.service import Refused
from makewhole.rooms.evidence import ports
from makewhole.rooms.evidence import queries as evidence
from makewhole.rooms.evidence import service as evidence_service
from makewhole.rooms.evidence.service import NewExhibit
from makewhole.rooms.notices.models import Notice
from tests.core.case.play import BUYER, MERCHANT, START
from tests.rooms.cases.stage import claim, numbered, sell

pytestmark = pytest.mark.django_db
CHAT = "买家：少了一个茶壶。\n商家：我们查一下。\n".encode()


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Iterator[None]:
    before = (ports.files(), ports.scanner())
    ports.register(ObjectFiles(f"file://{tmp_path / 'files'}"), ports.NoScanner())
    yield
    ports.register(*before)


def draft(order_id: UUID, actor: Actor, text: bytes = CHAT) -> UUID:
    new = NewExhibit(order_id, "merchant-1", "buyer-1", "chat", "Asia/Shanghai", "Our talk", file_name="chat.txt")
    return evidence_service.add(new, actor, [text], START).id


def told(role: Role) -> list[str]:
    return [notice.subject_en for notice in Notice.objects.filter(to_role=role.value).order_by("created_at", "id")]


def test_both_sides_hear_of_what_concerns_them() -> None:
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    service.act(case_id, c.RefuseClaim(note="It was in the box."), MERCHANT, START)
    assert told(Role.MERCHANT) == ["Order A-1: claim opened"]
    assert told(Role.BUYER) == ["Order A-1: claim opened", "Order A-1: claim refused"]
    last = Notice.objects.filter(to_role="buyer").latest("id")
    assert (last.to_id, last.case_id) == ("buyer-1", case_id)
    assert "It was in the box." in last.body_en


@pytest.mark.django_db(transaction=True)
def test_a_refused_command_tells_nobody() -> None:
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    before = Notice.objects.count()
    with pytest.raises(Refused):
        service.act(case_id, c.AcceptOffer(), BUYER, START)
    assert Notice.objects.count() == before


def test_drafts_are_handed_in_with_the_claim() -> None:
    (order_id,) = sell(numbered("A-1"))
    exhibit = draft(order_id, BUYER)
    command = c.OpenCase(
        reasons=(Reason.ITEM_MISSING,),
        lines=(ClaimLine("1", 1),),
        proposal=c.Proposal(remedy=Remedy.REFUND_ONLY),
    )
    done = service.open_case(order_id, command, BUYER, START, [exhibit])
    assert done.case.exhibits == ((str(exhibit), Party.BUYER),)
    assert [one.id for one in evidence.sides(UUID(done.case.id))[Party.BUYER]] == [exhibit]


@pytest.mark.django_db(transaction=True)
def test_evidence_is_handed_in_by_its_own_side_only() -> None:
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    theirs = draft(order_id, MERCHANT)
    for exhibit_id in (str(theirs), "not-an-id"):
        with pytest.raises(Refused):
            service.act(case_id, c.SubmitEvidence(exhibit_ids=(exhibit_id,)), BUYER, START)
    done = service.act(case_id, c.SubmitEvidence(exhibit_ids=(str(theirs),), note="Our talk."), MERCHANT, START)
    assert done.case.exhibits == ((str(theirs), Party.MERCHANT),)


def test_the_same_file_handed_in_twice_is_one_exhibit() -> None:
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    first = draft(order_id, BUYER)
    service.act(case_id, c.SubmitEvidence(exhibit_ids=(str(first),)), BUYER, START)
    again = draft(order_id, BUYER)
    service.act(case_id, c.SubmitEvidence(exhibit_ids=(str(again),)), BUYER, START)
    assert queries.read_case(case_id, BUYER, START).case.exhibits == ((str(first), Party.BUYER),)


@pytest.mark.django_db(transaction=True)
def test_an_opening_that_is_refused_hands_nothing_in() -> None:
    (order_id,) = sell(numbered("A-1"))
    exhibit = draft(order_id, BUYER)
    command = c.OpenCase(
        reasons=(Reason.ITEM_MISSING,), lines=(ClaimLine("1", 1),), proposal=c.Proposal(remedy=Remedy.REPAIR)
    )
    with pytest.raises(Refused, match="not_due"):
        service.open_case(order_id, command, BUYER, START, [exhibit])
    assert [one.id for one in evidence.drafts(order_id, BUYER)] == [exhibit]
