"""Claiming step by step: nothing said is lost, every step can be left and gone back to, and sending happens once."""

from io import BytesIO
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from makewhole.core.words import Reason, Remedy
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.evidence import queries as evidence
from tests.doors.forms import form, text
from tests.doors.shop import BUYER, claim, cup, document, line, sell

pytestmark = pytest.mark.django_db
STORY = "用了两次把手就裂了。\n有照片。"


@pytest.fixture
def order_id(sandbox: object, db: None) -> UUID:
    return sell(document("A-1", cup(1), line("2", "木质托盘", 2, 3_900), now=timezone.now()))[0]


def step(order_id: UUID, name: str) -> str:
    return f"/buyer/orders/{order_id}/claim/{name}/"


def picture() -> SimpleUploadedFile:
    """A photo with something in it."""
    file = BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(file, "JPEG")
    return SimpleUploadedFile("把手.jpg", file.getvalue(), "image/jpeg")


def go(buyer: Client, order_id: UUID, until: str = "check") -> None:
    """Say everything up to a step."""
    for name, said in (
        ("story", {"story": STORY}),
        ("reason", {"reason": ["quality"]}),
        ("items", {"line-1": "1", "line-2": "0"}),
        ("plan", {"plan": "return_and_refund", "fact-defect_kind": "visible"}),
        ("evidence", {}),
    ):
        if name == until:
            return
        assert buyer.post(step(order_id, name), said).status_code == 303, name


def test_each_step_leads_to_the_next_and_keeps_what_was_said(buyer: Client, order_id: UUID) -> None:
    first = buyer.post(f"/buyer/orders/{order_id}/claim/")
    assert first.headers["Location"] == step(order_id, "story")
    second = buyer.post(step(order_id, "story"), {"story": STORY})
    assert second.headers["Location"] == step(order_id, "reason")
    third = buyer.post(step(order_id, "reason"), {"reason": ["quality", "damaged"]})
    assert third.headers["Location"] == step(order_id, "items")
    assert form(buyer.get(step(order_id, "story")), "")["story"] == STORY
    assert form(buyer.get(step(order_id, "reason")), "")["reason"] == ["quality", "damaged"]


def test_what_the_answer_page_knew_need_not_be_said_again(buyer: Client, order_id: UUID) -> None:
    known = {"reason": ["quality"], "line-1": "1", "fact-defect_kind": "visible"}
    assert buyer.post(f"/buyer/orders/{order_id}/claim/", known).headers["Location"] == step(order_id, "story")
    assert buyer.post(step(order_id, "story"), {"story": STORY}).headers["Location"] == step(order_id, "plan")
    assert form(buyer.get(step(order_id, "plan")), "")["fact-defect_kind"] == "visible"


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("story", {"story": "  "}, "Say in a sentence or two what happened."),
        ("reason", {}, "Choose at least one."),
        ("items", {"line-1": "0", "line-2": "9"}, "Choose at least one thing."),
        ("plan", {"fact-defect_kind": "visible"}, "Choose what you want."),
        ("plan", {"plan": "return_and_refund", "fact-defect_found_at": "yesterday"}, "not a date and time"),
        ("plan", {"plan": "return_and_refund", "amount": "12,5"}, "This is not an amount."),
    ],
)
def test_what_is_missing_or_wrong_is_told_on_the_step(
    buyer: Client, order_id: UUID, name: str, said: dict[str, str], told: str
) -> None:
    go(buyer, order_id, until=name)
    response = buyer.post(step(order_id, name), said)
    assert response.status_code == 422
    assert told in text(response)


def test_nobody_gets_to_the_end_with_something_missing(buyer: Client, order_id: UUID) -> None:
    assert buyer.get(step(order_id, "check")).headers["Location"] == step(order_id, "story")
    assert buyer.get(step(order_id, "plan")).headers["Location"] == step(order_id, "story")
    refused = buyer.post(step(order_id, "check"), {"idempotency_key": "too-early"})
    assert refused.status_code == 422
    assert not cases.inbox(BUYER).rows


def test_another_reason_makes_the_plan_be_chosen_anew(buyer: Client, order_id: UUID) -> None:
    go(buyer, order_id)
    buyer.post(step(order_id, "reason"), {"reason": ["item_missing"]})
    assert buyer.get(step(order_id, "check")).headers["Location"] == step(order_id, "plan")


def test_the_check_page_says_what_happens_next_with_dates(buyer: Client, order_id: UUID) -> None:
    go(buyer, order_id)
    page = text(buyer.get(step(order_id, "check")))
    assert "用了两次把手就裂了。" in page
    assert "It is faulty or stopped working" in page
    assert "手冲咖啡杯（雾蓝） × 1" in page
    assert "Answer the claim Merchant by" in page
    assert "Otherwise the claim counts as accepted." in page


def test_trap_04_sending_twice_opens_one_case(buyer: Client, order_id: UUID) -> None:
    go(buyer, order_id)
    sent = form(buyer.get(step(order_id, "check")), "")
    first, second = (buyer.post(step(order_id, "check"), sent) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    (opened,) = cases.inbox(BUYER).rows
    assert first.headers["Location"] == f"/buyer/cases/{opened.id}/"
    page = text(buyer.get(first.headers["Location"]))
    assert "Your claim is open. The merchant has been told." in page
    assert form(buyer.get(step(order_id, "story")), "")["story"] == ""


def test_a_claim_that_cannot_be_opened_says_why_and_loses_nothing(buyer: Client, order_id: UUID) -> None:
    go(buyer, order_id)
    sent = form(buyer.get(step(order_id, "check")), "")
    claim(order_id, Reason.ITEM_MISSING, Remedy.REFUND_ONLY)
    refused = buyer.post(step(order_id, "check"), sent)
    assert refused.status_code == 422
    assert "1 are in another open case" in text(refused)
    assert form(buyer.get(step(order_id, "story")), "")["story"] == STORY
    assert len(cases.inbox(BUYER).rows) == 1


def test_less_than_is_due_may_be_asked_more_may_not(buyer: Client, order_id: UUID) -> None:
    go(buyer, order_id, until="plan")
    buyer.post(step(order_id, "plan"), {"plan": "return_and_refund", "amount": "9,999.00"})
    buyer.post(step(order_id, "evidence"))
    refused = buyer.post(step(order_id, "check"), form(buyer.get(step(order_id, "check")), ""))
    assert refused.status_code == 422
    assert "¥9,999.00" in text(refused)
    buyer.post(step(order_id, "plan"), {"plan": "return_and_refund", "amount": "50.00"})
    assert buyer.post(step(order_id, "check"), form(buyer.get(step(order_id, "check")), "")).status_code == 303
    assert cases.inbox(BUYER).rows[0].wanted_minor == 5_000


def test_photos_are_drafts_until_the_claim_is_sent(buyer: Client, order_id: UUID) -> None:
    go(buyer, order_id, until="evidence")
    place = step(order_id, "evidence")
    added = buyer.post(f"/buyer/evidence/add/{order_id}/", {"files": [picture()], "next": place})
    assert added.headers["Location"] == place
    assert "1 file is ready." in text(buyer.get(place))
    (draft,) = evidence.drafts(order_id, BUYER)
    assert (draft.kind, draft.case_id) == ("photo", None)
    buyer.post(place)
    opened = buyer.post(step(order_id, "check"), form(buyer.get(step(order_id, "check")), ""))
    page = buyer.get(opened.headers["Location"])
    assert f"/buyer/evidence/{draft.id}/thumbnail/" in page.content.decode()
    assert evidence.drafts(order_id, BUYER) == ()


def test_files_that_cannot_be_taken_are_named_with_the_reason(buyer: Client, order_id: UUID) -> None:
    trick = SimpleUploadedFile("photo.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg")
    place = step(order_id, "evidence")
    buyer.post(f"/buyer/evidence/add/{order_id}/", {"files": [trick], "next": place})
    assert "photo.jpg:" in text(buyer.get(place))
    assert evidence.drafts(order_id, BUYER) == ()


def test_drafts_are_the_buyers_own_and_can_be_dropped(buyer: Client, stranger: Client, order_id: UUID) -> None:
    assert stranger.post(f"/buyer/evidence/add/{order_id}/", {"files": [picture()]}).status_code == 404
    buyer.post(f"/buyer/evidence/add/{order_id}/", {"files": [picture()]})
    (draft,) = evidence.drafts(order_id, BUYER)
    assert stranger.get(f"/buyer/evidence/{draft.id}/").status_code == 404
    assert stranger.get(f"/buyer/evidence/{draft.id}/original/").status_code == 404
    stranger.post(f"/buyer/evidence/{draft.id}/drop/")
    assert len(evidence.drafts(order_id, BUYER)) == 1
    dropped = buyer.post(f"/buyer/evidence/{draft.id}/drop/", {"next": "https://evil.example/"})
    assert dropped.headers["Location"] == "/buyer/"
    assert evidence.drafts(order_id, BUYER) == ()


def test_originals_are_only_downloaded(buyer: Client, order_id: UUID) -> None:
    buyer.post(f"/buyer/evidence/add/{order_id}/", {"files": [picture()]})
    (draft,) = evidence.drafts(order_id, BUYER)
    original = buyer.get(f"/buyer/evidence/{draft.id}/original/")
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert original.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in original.headers["Content-Security-Policy"]
    assert buyer.get(f"/buyer/evidence/{draft.id}/view/").headers["Content-Type"] == "image/jpeg"
    assert buyer.get(f"/buyer/evidence/{draft.id}/secret/").status_code == 404
    assert "把手" in text(buyer.get(f"/buyer/evidence/{draft.id}/"))
