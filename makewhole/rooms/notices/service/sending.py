"""Telling people: what they read in their inbox, and for the channels outside the same words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from makewhole.core.case.model import Actor
from makewhole.core.words import Party, Role
from makewhole.rooms.ids import new_id
from makewhole.rooms.notices import models, ports, store
from makewhole.rooms.notices.ports import Channel
from makewhole.rooms.notices.service.texts import TEMPLATES, Said, word

PARTIES: dict[Role, Party] = {Role.BUYER: Party.BUYER, Role.MERCHANT: Party.MERCHANT}


class Notice(NamedTuple):
    """Somebody is to be told something. `data` fills the template; `next` in it says what comes next.

    `to_id` is the buyer's, merchant's or staff member's id, empty for everybody of the role.
    """

    to_role: Role
    to_id: str
    template: str
    data: Mapping[str, Said]
    case_id: UUID | None = None
    merchant_id: str = ""


def send(notices: Sequence[Notice], now: datetime) -> None:
    """Tell people, in the caller's transaction: one statement. Mail and text messages follow after commit.

    Raises KeyError when a template does not exist or lacks data: nothing half-worded ever goes out.
    """
    if not notices:
        return
    goes_out = any(ports.courier(channel) is not None for channel in (Channel.MAIL, Channel.SMS))
    rows = []
    for notice in notices:
        worded = word(TEMPLATES[notice.template], PARTIES.get(notice.to_role, Party.PLATFORM), notice.data)
        rows.append(
            (
                new_id(),
                notice.to_role.value,
                notice.to_id,
                notice.template,
                *worded.subject,
                *worded.body,
                notice.case_id,
                notice.merchant_id,
                now,
                None if goes_out else now,
            )
        )
    store.insert_notices(rows)


def mark_read(reader: Actor, notice_ids: Sequence[UUID] | None, now: datetime) -> int:
    """Mark these notices of the reader as read, or all of them when None; returns how many were unread."""
    unread = models.Notice.objects.filter(models.addressed_to(reader), read_at=None)
    if notice_ids is not None:
        unread = unread.filter(id__in=notice_ids)
    return unread.update(read_at=now)
