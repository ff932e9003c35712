"""Handing in: drafts, attaching to a case, the chain, and who may see what."""

import io
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from makewhole.core.case.model import Actor
from makewhole.core.words import Party
from makewhole.integrations.storage.objects import ObjectFiles
from makewhole.rooms.evidence import ports, queries, service
from makewhole.rooms.evidence.models import Exhibit
from makewhole.rooms.evidence.ports import ScannerUnavailable, ScanResult, ScanState
from makewhole.rooms.evidence.service import EvidenceRefused
from makewhole.rooms.ids import new_id
from tests.rooms.evidence.material import (
    AGENT,
    BUYER,
    CASE,
    MERCHANT,
    NOW,
    OPERATOR,
    ORDER,
    OTHER_CASE,
    STRANGER,
    new,
    phone_photo,
    photo,
    pieces,
    video,
)

pytestmark = pytest.mark.django_db


def handed_in(data: bytes, actor: Actor = BUYER, kind: str = "photo", case_id: UUID = CASE) -> Exhibit:
    return service.add_to_case(new(kind), case_id, actor, pieces(data), NOW)


def stored(files: ObjectFiles, sha256: str) -> bytes:
    return b"".join(files.read(sha256))


def test_the_original_is_kept_byte_for_byte_and_described(files: ObjectFiles) -> None:
    data = phone_photo()
    exhibit = service.add(new(file_name="../IMG 1.heic.jpg", title=" 破了 "), BUYER, pieces(data), NOW)
    assert stored(files, exhibit.sha256) == data
    assert exhibit.title == "破了"
    assert exhibit.file_name == "IMG 1.heic.jpg"
    assert (exhibit.side, exhibit.media_type, exhibit.size_bytes) == ("buyer", "image/jpeg", len(data))
    assert exhibit.taken_at is not None
    assert exhibit.uploaded_at == NOW
    assert (exhibit.scan, exhibit.scan_detail) == ("not_scanned", "no scanner is configured")


def test_the_same_content_twice_is_one_draft(files: ObjectFiles) -> None:
    first = service.add(new(), BUYER, pieces(photo()), NOW)
    again = service.add(new(file_name="other name.jpg"), BUYER, [photo()], NOW + timedelta(hours=1))
    assert again.id == first.id
    assert Exhibit.objects.count() == 1


def test_the_same_content_twice_on_a_side_of_a_case_is_one_exhibit() -> None:
    first = handed_in(photo())
    assert handed_in(photo()).id == first.id
    other_side = handed_in(photo(), MERCHANT)
    assert other_side.id != first.id
    assert Exhibit.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"kind": "hologram"}, "kind_unknown", "kind"),
        ({"title": "x" * 201}, "text_too_long", "title"),
        ({"note": "x" * 2001}, "text_too_long", "note"),
        ({"buyer_id": "somebody-else"}, "not_found", "exhibit_id"),
    ],
)
def test_a_description_that_does_not_fit_is_refused_before_anything_is_kept(
    change: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        service.add(new()._replace(**change), BUYER, pieces(photo()), NOW)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Exhibit.objects.exists()


def test_a_refused_file_leaves_nothing_behind(files: ObjectFiles) -> None:
    with pytest.raises(EvidenceRefused):
        service.add(new(), BUYER, pieces(photo()[:3000]), NOW)
    assert not Exhibit.objects.exists()
    assert [kept for number in range(256) for kept in files.listed(f"{number:02x}")] == []


def test_a_file_over_the_limit_is_refused_while_it_still_arrives() -> None:
    def endless() -> object:
        while True:
            yield b"\xff" * 1_000_000

    with pytest.raises(EvidenceRefused) as refused:
        service.add(new(), BUYER, endless(), NOW)  # type: ignore[arg-type]
    assert refused.value.code == "too_large"


class Finds:
    """A scanner that finds a marked file infected."""

    def scan(self, file: io.BytesIO) -> ScanResult:
        file.seek(0)
        infected = b"EICAR" in file.read()
        return ScanResult(ScanState.INFECTED, "Eicar") if infected else ScanResult(ScanState.CLEAN, "test scanner")


class Down:
    def scan(self, file: object) -> ScanResult:
        raise ScannerUnavailable("the malware scanner does not answer")


def test_malware_is_refused_and_a_scanned_file_says_so(files: ObjectFiles) -> None:
    ports.register(files, Finds())  # type: ignore[arg-type]
    with pytest.raises(EvidenceRefused) as refused:
        service.add(new("chat"), BUYER, [b"hello EICAR"], NOW)
    assert refused.value.code == "infected"
    assert service.add(new("chat"), BUYER, [b"hello"], NOW).scan == "clean"


def test_nothing_is_taken_while_the_configured_scanner_is_down(files: ObjectFiles) -> None:
    ports.register(files, Down())
    with pytest.raises(ScannerUnavailable):
        service.add(new(), BUYER, [photo()], NOW)
    assert not Exhibit.objects.exists()


def test_exhibits_of_a_case_are_listed_by_side_in_order() -> None:
    first, second = handed_in(photo(1)), handed_in(photo(2))
    answer = handed_in(b"We shipped both.", MERCHANT, "chat")
    record = handed_in(b'{"weight_grams": 412}', AGENT, "parcel_weight")
    assert queries.sides(CASE) == {
        Party.BUYER: (first, second),
        Party.MERCHANT: (answer,),
        Party.PLATFORM: (record,),
    }
    assert [one.position for one in (first, second, answer, record)] == [1, 2, 3, 4]


def test_drafts_become_exhibits_when_the_case_opens() -> None:
    one, other = (service.add(new(), BUYER, [photo(seed)], NOW) for seed in (1, 2))
    ids = [other.id, one.id]
    attached = service.attach(ids, CASE, Party.BUYER, NOW, order_id=ORDER, actor=BUYER)
    assert [exhibit.id for exhibit in attached] == ids
    assert queries.drafts(ORDER, BUYER) == ()
    again = service.attach(ids, CASE, Party.BUYER, NOW, order_id=ORDER, actor=BUYER)
    assert [(each.id, each.position) for each in again] == [(other.id, 1), (one.id, 2)]


def test_attaching_content_handed_in_before_returns_the_earlier_exhibit() -> None:
    earlier = handed_in(photo())
    draft = service.add(new(), BUYER, [photo()], NOW)
    assert draft.id != earlier.id
    assert service.attach([draft.id], CASE, Party.BUYER, NOW, order_id=ORDER, actor=BUYER) == (earlier,)
    assert not Exhibit.objects.filter(id=draft.id).exists()


@pytest.mark.parametrize("why", ["missing", "stranger", "side", "order", "case"])
def test_what_is_not_one_s_own_draft_cannot_be_attached(why: str) -> None:
    draft = service.add(new(), BUYER, [photo()], NOW)
    exhibit_id, side, order_id, actor, case_id = draft.id, Party.BUYER, ORDER, BUYER, CASE
    if why == "missing":
        exhibit_id = new_id()
    elif why == "stranger":
        actor = STRANGER
    elif why == "side":
        side = Party.MERCHANT
    elif why == "order":
        order_id = new_id()
    else:
        service.attach([draft.id], OTHER_CASE, side, NOW, order_id=order_id, actor=actor)
    with pytest.raises(EvidenceRefused) as refused:
        service.attach([exhibit_id], case_id, side, NOW, order_id=order_id, actor=actor)
    assert refused.value.code == "not_found"


def test_an_exhibit_of_a_case_can_be_neither_changed_nor_removed() -> None:
    exhibit = handed_in(photo())
    with pytest.raises(IntegrityError, match="neither changed nor removed"), transaction.atomic():
        Exhibit.objects.filter(id=exhibit.id).update(title="forged")
    with pytest.raises(IntegrityError, match="neither changed nor removed"), transaction.atomic():
        exhibit.delete()


def test_a_draft_can_be_discarded_by_its_uploader_alone(
    files: ObjectFiles, django_capture_on_commit_callbacks: object
) -> None:
    draft = service.add(new(), BUYER, [photo()], NOW)
    with pytest.raises(EvidenceRefused):
        service.discard(draft.id, STRANGER)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        service.discard(draft.id, BUYER)
    assert not Exhibit.objects.exists()
    assert files.size(draft.sha256) is None
    assert files.size(draft.thumbnail_sha256) is None


def test_discarding_keeps_a_file_that_another_exhibit_rests_on(
    files: ObjectFiles, django_capture_on_commit_callbacks: object
) -> None:
    kept = handed_in(photo())
    draft = service.add(new(), BUYER, [photo()], NOW)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        service.discard(draft.id, BUYER)
    assert files.size(kept.sha256) == kept.size_bytes


def test_only_the_parties_and_the_panel_read_an_exhibit() -> None:
    draft = service.add(new(), BUYER, [photo(9)], NOW)
    exhibit = handed_in(photo())
    readers = (BUYER, MERCHANT, AGENT, STRANGER, Actor(MERCHANT.role, "shop-red"), OPERATOR)
    assert [queries.may_read(reader, exhibit) for reader in readers] == [True, True, True, False, False, False]
    assert [queries.may_read(reader, draft) for reader in readers] == [True, False, False, False, False, False]
    assert queries.exhibit(exhibit.id, STRANGER) is None
    assert queries.exhibit(exhibit.id, MERCHANT) == exhibit
    assert queries.exhibit(new_id(), BUYER) is None


def test_the_checks_pass_on_an_honest_file_and_name_the_first_offender() -> None:
    handed_in(photo(1))
    broken = handed_in(photo(2))
    handed_in(video(), MERCHANT, "video")
    assert [(check.run().wrong, check.run().checked > 0) for check in queries.checks()] == [(0, True)] * 3
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE evidence_exhibit DISABLE TRIGGER exhibit_append_only")
        cursor.execute("UPDATE evidence_exhibit SET note = 'forged', uploaded_for = 'x' WHERE id = %s", [broken.id])
    ports.files().remove(broken.sha256)
    for check in queries.checks():
        result = check.run()
        assert result.wrong == 1, check.title
        assert str(broken.id) in result.first_offender


def test_a_removed_exhibit_breaks_the_chain() -> None:
    first = handed_in(photo(1))
    second = handed_in(photo(2))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE evidence_exhibit DISABLE TRIGGER exhibit_append_only")
        cursor.execute("DELETE FROM evidence_exhibit WHERE id = %s", [first.id])
    chain = queries.checks()[0].run()
    assert (chain.checked, chain.wrong) == (1, 1)
    assert str(second.id) in chain.first_offender


def test_one_person_may_hand_in_only_so_much_for_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makewhole.rooms.evidence.service.intake.PER_UPLOADER_MAX", 1)
    service.add(new(), BUYER, [photo(1)], NOW)
    with pytest.raises(EvidenceRefused) as refused:
        service.add(new(), BUYER, [photo(2)], NOW)
    assert refused.value.code == "too_many"


def test_whoever_acts_for_a_party_has_its_drafts_and_the_person_is_on_record() -> None:
    from makewhole.core.words import Role

    one, colleague = Actor(Role.MERCHANT, "staff-1", MERCHANT.id), Actor(Role.MERCHANT, "staff-2", MERCHANT.id)
    draft = service.add(new(), one, [photo()], NOW)
    assert queries.drafts(ORDER, colleague) == (draft,)
    (exhibit,) = service.attach([draft.id], CASE, Party.MERCHANT, NOW, order_id=ORDER, actor=colleague)
    assert (exhibit.uploaded_by, exhibit.uploaded_for) == ("staff-1", MERCHANT.id)
    assert queries.may_read(Actor(Role.MERCHANT, "staff-3", MERCHANT.id), exhibit)
    assert not queries.may_read(Actor(Role.MERCHANT, MERCHANT.id, "shop-red"), exhibit)
