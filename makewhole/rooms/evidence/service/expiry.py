"""What nobody came back for is removed: uploads without their last piece, old drafts, files without an exhibit."""

from datetime import datetime, timedelta

from django.db import transaction

from makewhole.rooms.evidence import ports
from makewhole.rooms.evidence.models import Exhibit, Upload
from makewhole.rooms.evidence.service.filing import release, remove_unreferenced

DRAFT_KEPT = timedelta(days=30)
ORPHAN_KEPT = timedelta(hours=24)
PREFIXES = 256


def expire_uploads(now: datetime, limit: int) -> int:
    """Remove up to `limit` uploads whose time is over, with their pieces."""
    done = 0
    while done < limit and _expire_upload(now):
        done += 1
    return done


def expire_drafts(now: datetime, limit: int) -> int:
    """Remove up to `limit` drafts that were attached to no case in time."""
    done = 0
    while done < limit and _expire_draft(now):
        done += 1
    return done


def remove_orphans(now: datetime, limit: int) -> int:
    """Remove kept files that no exhibit rests on, left where a program was stopped between file and row.

    Each hour looks at one 256th of the store, so that a large one is never listed at once.
    """
    ports.files().remove_interrupted(now - ORPHAN_KEPT)
    prefix = f"{int(now.timestamp()) // 3600 % PREFIXES:02x}"
    removed = 0
    for kept in ports.files().listed(prefix):
        if removed >= limit:
            break
        if kept.kept_at <= now - ORPHAN_KEPT:
            removed += remove_unreferenced(kept.sha256)
    return removed


def _expire_upload(now: datetime) -> bool:
    with transaction.atomic():
        due = Upload.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)
        upload = due.order_by("expires_at").first()
        if upload is None:
            return False
        ports.files().remove_parts(upload.id)
        upload.delete()
    return True


def _expire_draft(now: datetime) -> bool:
    with transaction.atomic():
        old = Exhibit.objects.select_for_update(skip_locked=True).filter(
            case_id__isnull=True, uploaded_at__lte=now - DRAFT_KEPT
        )
        draft = old.order_by("uploaded_at").first()
        if draft is None:
            return False
        draft.delete()
    release(draft)
    return True
