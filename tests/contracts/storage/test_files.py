"""What every file store promises, tried on a local folder and on S3.

S3 is tried where `MAKEWHOLE_TEST_S3_URL` names an empty bucket (s3://bucket/prefix, with the usual AWS_ variables).
"""

import hashlib
import io
import os
import stat
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from makewhole.integrations.storage.objects import WHOLE_BYTES_MAX, ObjectFiles
from makewhole.rooms.ids import new_id

S3_URL = os.environ.get("MAKEWHOLE_TEST_S3_URL", "")


@pytest.fixture(params=["folder", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectFiles:
    if request.param == "folder":
        return ObjectFiles((tmp_path / "a folder, 50 % #1?" / "files").as_uri())
    if not S3_URL:
        pytest.skip("NOT TRIED ON S3: MAKEWHOLE_TEST_S3_URL names no bucket")
    return ObjectFiles(f"{S3_URL.rstrip('/')}/{new_id()}")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def kept(files: ObjectFiles, data: bytes) -> str:
    files.keep(io.BytesIO(data), sha256(data))
    return sha256(data)


SMALL = b"evidence " * 1000
LARGE = os.urandom(1024) * (WHOLE_BYTES_MAX // 1024 + 3000)


@pytest.mark.parametrize("data", [b"", b"1", SMALL, LARGE], ids=["empty", "one byte", "small", "large"])
def test_what_is_kept_can_be_read(files: ObjectFiles, data: bytes) -> None:
    name = kept(files, data)
    assert files.size(name) == len(data)
    assert b"".join(files.read(name)) == data


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_any_part_can_be_read(files: ObjectFiles, data: bytes) -> None:
    name = kept(files, data)
    for start, length in ((0, 1), (0, len(data)), (100, 5000), (len(data) - 1, 1), (7, 0)):
        assert b"".join(files.read(name, start, length)) == data[start : start + length]
    assert b"".join(files.read(name, 500)) == data[500:]


def test_a_file_is_kept_from_its_beginning_wherever_it_was_read_to(files: ObjectFiles) -> None:
    file = io.BytesIO(SMALL)
    file.read(10)
    files.keep(file, sha256(SMALL))
    assert b"".join(files.read(sha256(SMALL))) == SMALL


@pytest.mark.parametrize("size", [100, WHOLE_BYTES_MAX + 1], ids=["small", "large"])
def test_a_kept_file_is_never_overwritten(files: ObjectFiles, size: int) -> None:
    name = kept(files, SMALL)
    files.keep(io.BytesIO(b"x" * size), name)
    assert b"".join(files.read(name)) == SMALL


@pytest.mark.parametrize("size", [100, WHOLE_BYTES_MAX + 1], ids=["small", "large"])
def test_who_comes_second_in_a_race_overwrites_nothing(
    files: ObjectFiles, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = kept(files, SMALL)
    monkeypatch.setattr(files, "size", lambda _: None)
    files.keep(io.BytesIO(b"x" * size), name)
    assert b"".join(files.read(name)) == SMALL
    files.remove_interrupted(timezone.now() + timedelta(days=1))


def test_what_is_not_there_is_told(files: ObjectFiles) -> None:
    name = sha256(b"never kept")
    assert files.size(name) is None
    with pytest.raises(FileNotFoundError):
        list(files.read(name))
    files.remove(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "/" * 64])
def test_only_a_sha256_names_a_file(files: ObjectFiles, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        files.keep(io.BytesIO(b"x"), name)
    with pytest.raises(ValueError, match="not a SHA-256"):
        list(files.read(name))


def test_a_removed_file_is_gone(files: ObjectFiles) -> None:
    name = kept(files, SMALL)
    files.remove(name)
    assert files.size(name) is None


def test_files_are_listed_by_the_beginning_of_their_name(files: ObjectFiles) -> None:
    names = sorted(kept(files, str(number).encode()) for number in range(20))
    prefix = names[0][:2]
    listed = list(files.listed(prefix))
    assert sorted(one.sha256 for one in listed) == [name for name in names if name.startswith(prefix)]
    assert {one.size_bytes for one in listed} <= {1, 2}
    assert all(abs(one.kept_at - timezone.now()) < timedelta(minutes=5) for one in listed)
    assert list(files.listed("zz")) == []


@pytest.fixture
def upload_id() -> UUID:
    return new_id()


def test_parts_are_read_in_order_and_may_be_written_again(files: ObjectFiles, upload_id: UUID) -> None:
    files.keep_part(upload_id, 10, b"second")
    files.keep_part(upload_id, 0, b"lost in the air")
    files.keep_part(upload_id, 0, b"first part")
    files.keep_part(new_id(), 0, b"another upload")
    assert b"".join(files.read_parts(upload_id, [0, 10])) == b"first partsecond"


def test_parts_are_removed_with_their_upload_alone(files: ObjectFiles, upload_id: UUID) -> None:
    other = new_id()
    for owner in (upload_id, other):
        files.keep_part(owner, 0, b"part")
    files.remove_parts(upload_id)
    with pytest.raises(FileNotFoundError):
        list(files.read_parts(upload_id, [0]))
    assert b"".join(files.read_parts(other, [0])) == b"part"
    files.remove_parts(upload_id)


def test_an_interrupted_write_leaves_no_file_and_is_cleaned_up(
    files: ObjectFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("obstore.copy", stopped)
        broken.setattr(files, "_delete", lambda path: None)
        with pytest.raises(KeyboardInterrupt):
            kept(files, LARGE)
    assert files.size(sha256(LARGE)) is None
    removed: list[str] = []
    delete = files._delete
    monkeypatch.setattr(files, "_delete", lambda path: (removed.append(path), delete(path)))
    files.remove_interrupted(timezone.now() - timedelta(hours=1))
    assert removed == []
    files.remove_interrupted(timezone.now() + timedelta(hours=1))
    assert len(removed) == 1


def test_a_folder_of_evidence_is_closed_to_other_users(tmp_path: Path) -> None:
    kept(ObjectFiles(f"file://{tmp_path / 'files'}"), SMALL)
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


@pytest.mark.parametrize("url", ["", "/var/files", "ftp://host/files", "http://host/files"])
def test_an_address_of_another_kind_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match="write file:///folder or s3://bucket/prefix"):
        ObjectFiles(url).size(sha256(b""))
