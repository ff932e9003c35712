"""Cases before the panel, for tests of its pages: brought there by the parties' own steps."""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from PIL import Image

from makewhole.core.case import commands as c
from makewhole.core.case.model import Actor, Case
from makewhole.core.words import Party, Reason, Remedy
from makewhole.rooms.cases import service as cases
from makewhole.rooms.evidence import service as evidence
from makewhole.rooms.identity.models import User
from tests.doors.shop import BUYER, MERCHANT, claim, document, give, sell


def agent_of(person: User) -> Actor:
    return Actor(person.role, str(person.id))


def photo(shade: int = 120) -> bytes:
    """A small picture with some structure in it."""
    image = Image.new("RGB", (160, 120), (shade, 90, 60))
    for x in range(0, 160, 16):
        image.paste((255 - x, shade, x), (x, x // 2, x + 9, 110))
    buffer = BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


def hand_in(case: Case, side: Actor, order_id: UUID, now: datetime, shade: int = 120, note: str = "") -> UUID:
    """A side hands a photo in; its id."""
    exhibit = evidence.NewExhibit(
        order_id=order_id, merchant_id=case.merchant_id, buyer_id=case.buyer_id, kind="photo", zone="Asia/Shanghai",
        title="杯子照片", file_name="cup.jpg",
    )  # fmt: skip
    drafted = evidence.add(exhibit, side, [photo(shade)], now)
    give(case, c.SubmitEvidence(exhibit_ids=(str(drafted.id),), note=note), side, now)
    return drafted.id


def disputed(number: str, now: datetime, reason: Reason = Reason.NOT_AS_DESCRIBED, *, photos: bool = False) -> Case:
    """A claim the merchant refused; both sides were heard, and the panel is to rule. It all took six hours."""
    began = now - timedelta(hours=6)
    (order_id,) = sell(document(number, now=began, days_ago=8), now=began)
    case = claim(order_id, reason, Remedy.RETURN_AND_REFUND, now=began, defect_kind="visible")
    case = give(case, c.RefuseClaim(note="发货前检查过，没有问题。"), MERCHANT, began + timedelta(hours=1))
    case = give(case, c.Escalate(note="请平台看看。"), BUYER, began + timedelta(hours=2))
    if photos:
        hand_in(case, BUYER, order_id, began + timedelta(hours=3), note="开箱照片。")
    case = give(case, c.FinishEvidence(), BUYER, began + timedelta(hours=4))
    return give(case, c.FinishEvidence(), MERCHANT, began + timedelta(hours=5))


def appealed(case: Case, first_agent: Actor, now: datetime) -> Case:
    """The first agent dismissed the claim; the buyer appealed and the merchant has nothing to add."""
    case = give(case, c.Rule(findings=(), reasons="证据不足。"), first_agent, now)
    case = give(case, c.Appeal(grounds="有新的照片。"), BUYER, now + timedelta(minutes=1))
    assert any(each.debtor is Party.MERCHANT for each in case.obligations)
    return give(case, c.FinishEvidence(), MERCHANT, now + timedelta(minutes=2))


def take(case: Case, person: User) -> None:
    cases.assign(UUID(case.id), str(person.id))
