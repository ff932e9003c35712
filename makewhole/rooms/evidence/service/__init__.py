"""Writes of the evidence room."""

from makewhole.rooms.evidence.ports import EvidenceRefused, ScannerUnavailable
from makewhole.rooms.evidence.service.expiry import expire_drafts, expire_uploads, remove_orphans
from makewhole.rooms.evidence.service.filing import add_to_case, attach, discard
from makewhole.rooms.evidence.service.intake import NewExhibit, add
from makewhole.rooms.evidence.service.uploads import PART_BYTES_MAX, WrongOffset, append, cancel, finish, start

__all__ = [
    "PART_BYTES_MAX",
    "EvidenceRefused",
    "NewExhibit",
    "ScannerUnavailable",
    "WrongOffset",
    "add",
    "add_to_case",
    "append",
    "attach",
    "cancel",
    "discard",
    "expire_drafts",
    "expire_uploads",
    "finish",
    "remove_orphans",
    "start",
]
