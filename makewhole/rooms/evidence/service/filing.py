"""Exhibits become part of a case: chained one to the next, and unchangeable from then on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from makewhole.core.case.model import Actor
from makewhole.core.words import Party
from makewhole.rooms.evidence import ports, store
from makewhole.rooms.evidence.models import Exhibit, chain_hash
from makewhole.rooms.evidence.service.intake import SIDES, NewExhibit, add, not_found


def attach(
    exhibit_ids: Sequence[UUID], case_id: UUID, side: Party, now: datetime, *, order_id: UUID, actor: Actor
) -> tuple[Exhibit, ...]:
    """Make the actor's drafts exhibits of the case, in the caller's transaction; returns them in the given order.

    Attaching again changes nothing. A draft whose content this side has already handed in on the case is dropped and
    the earlier exhibit is returned in its place. Raises EvidenceRefused when an id is not a draft of this actor for
    this order and side.
    """
    if not exhibit_ids:
        return ()
    with transaction.atomic():
        store.lock_chain(case_id)
        found = {one.id: one for one in Exhibit.objects.select_for_update().filter(id__in=exhibit_ids)}
        end = store.chain_end(case_id)
        attached: list[Exhibit] = []
        for exhibit_id in dict.fromkeys(exhibit_ids):
            exhibit = found.get(exhibit_id)
            if exhibit is None or not _fits(exhibit, case_id, side, order_id, actor):
                raise not_found()
            if exhibit.case_id is None:
                twin = Exhibit.objects.filter(case_id=case_id, side=side.value, sha256=exhibit.sha256).first()
                if twin is not None:
                    exhibit.delete()
                    exhibit = twin
                else:
                    end = _chain(exhibit, case_id, end, now)
            attached.append(exhibit)
    return tuple(attached)


def add_to_case(new: NewExhibit, case_id: UUID, actor: Actor, chunks: Iterable[bytes], now: datetime) -> Exhibit:
    """Take in a file and attach it to the case at once. The same content again returns the exhibit there is."""
    with transaction.atomic():
        draft = add(new, actor, chunks, now)
        (exhibit,) = attach([draft.id], case_id, SIDES[actor.role], now, order_id=new.order_id, actor=actor)
    return exhibit


def discard(exhibit_id: UUID, actor: Actor) -> None:
    """Remove the actor's own draft. Raises EvidenceRefused when it is not one; exhibits of a case stay for good."""
    with transaction.atomic():
        draft = (
            Exhibit.objects.select_for_update()
            .filter(
                id=exhibit_id, case_id__isnull=True, uploaded_by_role=actor.role.value, uploaded_for=actor.stands_for
            )
            .first()
        )
        if draft is None:
            raise not_found()
        draft.delete()
        transaction.on_commit(lambda: release(draft))


def release(gone: Exhibit) -> None:
    """Remove the files of a deleted exhibit from the store, unless another exhibit rests on them."""
    for sha256 in filter(None, (gone.sha256, gone.thumbnail_sha256, gone.web_view_sha256)):
        remove_unreferenced(sha256)


def remove_unreferenced(sha256: str) -> bool:
    """Remove one file if no exhibit rests on it; returns whether it was removed."""
    with transaction.atomic():
        store.lock_contents([sha256])
        if store.is_referenced(sha256):
            return False
        ports.files().remove(sha256)
    return True


def _fits(exhibit: Exhibit, case_id: UUID, side: Party, order_id: UUID, actor: Actor) -> bool:
    return (
        exhibit.case_id in (None, case_id)
        and exhibit.side == side.value
        and exhibit.order_id == order_id
        and (exhibit.uploaded_by_role, exhibit.uploaded_for) == (actor.role.value, actor.stands_for)
    )


def _chain(exhibit: Exhibit, case_id: UUID, end: store.ChainEnd, now: datetime) -> store.ChainEnd:
    exhibit.case_id = case_id
    exhibit.attached_at = now
    exhibit.position = end.position + 1
    exhibit.previous_hash = end.chain_hash
    exhibit.chain_hash = chain_hash(exhibit)
    exhibit.save(update_fields=["case_id", "attached_at", "position", "previous_hash", "chain_hash"])
    return store.ChainEnd(exhibit.position, exhibit.chain_hash)
