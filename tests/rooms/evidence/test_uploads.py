"""Uploads go on where they stopped; what nobody comes back for is removed."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from makewhole.core.words import Party
from makewhole.integrations.storage.objects import ObjectFiles
from makewhole.rooms.evidence import jobs, queries, service
from makewhole.rooms.evidence.models import Exhibit, Upload
from makewhole.rooms.evidence.service import EvidenceRefused, WrongOffset
from makewhole.rooms.ids import new_id
from tests.rooms.evidence.material import BUYER, CASE, NOW, ORDER, STRANGER, new, photo, video

pytestmark = pytest.mark.django_db


def sent(data: bytes, size: int = 2000, kind: str = "photo") -> UUID:
    upload = service.start(new(kind), len(data), BUYER, NOW)
    for offset in range(0, len(data), size):
        service.append(upload.id, BUYER, offset, data[offset : offset + size], NOW)
    return upload.id


def test_a_file_sent_in_pieces_is_the_file(files: ObjectFiles) -> None:
    data = video()
    exhibit = service.finish(sent(data, kind="video"), BUYER, NOW)
    assert b"".join(files.read(exhibit.sha256)) == data
    assert exhibit.kind == "video"
    assert queries.drafts(ORDER, BUYER) == (exhibit,)


def test_a_piece_sent_twice_is_taken_once_and_a_gap_is_told() -> None:
    data = photo()
    upload = service.start(new(), len(data), BUYER, NOW)
    assert service.append(upload.id, BUYER, 0, data[:1000], NOW) == 1000
    assert service.append(upload.id, BUYER, 0, data[:1000], NOW) == 1000
    for wrong in (500, 1001, 3000):
        with pytest.raises(WrongOffset) as refused:
            service.append(upload.id, BUYER, wrong, data[1000:1500], NOW)
        assert refused.value.received_bytes == 1000
    with pytest.raises(WrongOffset):
        service.finish(upload.id, BUYER, NOW)
    service.append(upload.id, BUYER, 1000, data[1000:], NOW)
    assert service.finish(upload.id, BUYER, NOW).size_bytes == len(data)


def test_the_page_learns_where_to_go_on() -> None:
    upload = service.start(new(), 5000, BUYER, NOW)
    service.append(upload.id, BUYER, 0, photo()[:1234], NOW)
    (waiting,) = queries.uploads(ORDER, BUYER)
    assert (waiting.id, waiting.received_bytes, waiting.size_bytes) == (upload.id, 1234, 5000)
    assert queries.uploads(ORDER, STRANGER) == ()


def test_finishing_twice_is_one_exhibit() -> None:
    upload_id = sent(photo())
    assert service.finish(upload_id, BUYER, NOW).id == service.finish(upload_id, BUYER, NOW).id
    assert Exhibit.objects.count() == 1


def test_finishing_again_after_it_was_handed_in_names_the_exhibit() -> None:
    upload_id = sent(photo())
    draft = service.finish(upload_id, BUYER, NOW)
    service.attach([draft.id], CASE, Party.BUYER, NOW, order_id=ORDER, actor=BUYER)
    assert service.finish(upload_id, BUYER, NOW).case_id == CASE


@pytest.mark.parametrize("data", [b"", b"x" * 11, b"x" * (service.PART_BYTES_MAX + 1)])
def test_a_piece_must_fit(data: bytes) -> None:
    upload = service.start(new("chat"), 10, BUYER, NOW)
    with pytest.raises(EvidenceRefused) as refused:
        service.append(upload.id, BUYER, 0, data, NOW)
    assert refused.value.code == "piece_size"


def test_sizes_that_can_never_be_accepted_are_refused_at_the_start() -> None:
    for size, code in ((0, "empty"), (26 * 1024 * 1024, "too_large")):
        with pytest.raises(EvidenceRefused) as refused:
            service.start(new(), size, BUYER, NOW)
        assert refused.value.code == code


def test_a_stranger_neither_appends_nor_finishes_nor_cancels() -> None:
    upload = service.start(new(), 5000, BUYER, NOW)
    for attempt in (
        lambda: service.append(upload.id, STRANGER, 0, b"x", NOW),
        lambda: service.finish(upload.id, STRANGER, NOW),
        lambda: service.cancel(upload.id, STRANGER, NOW),
        lambda: service.cancel(new_id(), BUYER, NOW),
    ):
        with pytest.raises(EvidenceRefused) as refused:
            attempt()
        assert refused.value.code == "not_found"


def test_a_refused_file_takes_its_upload_with_it(
    files: ObjectFiles, django_capture_on_commit_callbacks: object
) -> None:
    upload_id = sent(b"MZ\x90\x00" + b"\0" * 3000)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(EvidenceRefused):  # type: ignore[operator]
        service.finish(upload_id, BUYER, NOW)
    assert not Upload.objects.exists()
    with pytest.raises(FileNotFoundError):
        list(files.read_parts(upload_id, [0]))


def test_pieces_are_gone_once_the_file_is_whole(files: ObjectFiles, django_capture_on_commit_callbacks: object) -> None:
    upload_id = sent(photo())
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        service.finish(upload_id, BUYER, NOW)
    with pytest.raises(FileNotFoundError):
        list(files.read_parts(upload_id, [0]))


def test_only_so_many_files_are_on_their_way_at_once() -> None:
    for _ in range(10):
        service.start(new(), 10, BUYER, NOW)
    with pytest.raises(EvidenceRefused) as refused:
        service.start(new(), 10, BUYER, NOW)
    assert refused.value.code == "too_many_uploads"
    assert service.start(new(), 10, BUYER, NOW + timedelta(hours=49)).size_bytes == 10


def test_an_upload_waits_two_days_for_its_next_piece_and_is_then_removed(files: ObjectFiles) -> None:
    upload = service.start(new(), 5000, BUYER, NOW)
    service.append(upload.id, BUYER, 0, b"x" * 100, NOW + timedelta(hours=40))
    late = NOW + timedelta(hours=88)
    assert service.expire_uploads(late - timedelta(seconds=1), 10) == 0
    with pytest.raises(EvidenceRefused) as refused:
        service.append(upload.id, BUYER, 100, b"x", late)
    assert refused.value.code == "upload_expired"
    assert service.expire_uploads(late, 10) == 1
    assert not Upload.objects.exists()
    with pytest.raises(FileNotFoundError):
        list(files.read_parts(upload.id, [0]))


def test_old_drafts_go_with_their_files_and_exhibits_stay(files: ObjectFiles) -> None:
    draft = service.add(new(), BUYER, [photo(1)], NOW)
    exhibit = service.add_to_case(new(), CASE, BUYER, [photo(2)], NOW)
    assert service.expire_drafts(NOW + timedelta(days=29), 10) == 0
    assert service.expire_drafts(NOW + timedelta(days=30), 10) == 1
    assert list(Exhibit.objects.all()) == [exhibit]
    assert files.size(draft.sha256) is None
    assert files.size(exhibit.sha256) == exhibit.size_bytes


def test_a_file_left_without_an_exhibit_is_removed_after_a_day(files: ObjectFiles) -> None:
    exhibit = service.add_to_case(new(), CASE, BUYER, [photo(2)], NOW)
    orphan = service.add(new(), BUYER, [photo(1)], NOW)
    orphan.delete()
    tomorrow = timezone.now() + timedelta(hours=25)
    removed = sum(service.remove_orphans(tomorrow + timedelta(hours=hour), 10) for hour in range(256))
    assert removed == 3
    assert files.size(orphan.sha256) is None
    assert files.size(exhibit.sha256) == exhibit.size_bytes


def test_every_sweep_runs_on_nothing() -> None:
    assert [sweep.run(NOW, 10) for sweep in jobs.SWEEPS] == [0, 0, 0]


def test_the_store_is_looked_through_once_an_hour_or_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter([2, 1, 5])
    monkeypatch.setattr(service, "remove_orphans", lambda now, limit: min(next(left), limit))
    sweep = jobs.OnceAnHour()
    minutes = (0, 1, 2, 59, 60)
    assert [sweep(NOW + timedelta(minutes=minute), 2) for minute in minutes] == [2, 1, 0, 0, 2]


@pytest.mark.django_db(transaction=True)
def test_double_taps_racing_make_one_exhibit() -> None:
    from concurrent.futures import ThreadPoolExecutor

    upload_id = sent(photo())

    def finish(_: int) -> UUID:
        try:
            exhibit_id: UUID = service.finish(upload_id, BUYER, NOW).id
            return exhibit_id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(finish, range(4)))) == 1
    assert Exhibit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_racing_exhibits_of_one_case_form_one_chain() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def hand_in(seed: int) -> None:
        try:
            service.add_to_case(new(), CASE, BUYER, [photo(seed)], NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(hand_in, [1, 2, 3, 4, 1, 2, 3, 4]))
    assert sorted(Exhibit.objects.values_list("position", flat=True)) == [1, 2, 3, 4]
    assert queries.checks()[0].run().wrong == 0
