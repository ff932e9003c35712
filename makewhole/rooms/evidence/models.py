"""Tables of evidence: exhibits and unfinished uploads."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from makewhole.rooms.evidence.ports import ScanState


class Kind(models.TextChoices):
    """What an exhibit is."""

    PHOTO = "photo", _("Photo")
    VIDEO = "video", _("Video")
    CHAT = "chat", _("Conversation")
    ORDER_SNAPSHOT = "order_snapshot", _("Snapshot of the order")
    PARCEL_WEIGHT = "parcel_weight", _("Parcel weight")
    CARRIER_EVENT = "carrier_event", _("Carrier record")
    TEST_REPORT = "test_report", _("Test report")
    DOCUMENT = "document", _("Document")


class Side(models.TextChoices):
    """Whose exhibit it is; the values are those of the core's parties."""

    BUYER = "buyer", _("Buyer")
    MERCHANT = "merchant", _("Merchant")
    PLATFORM = "platform", _("Platform")


class Scan(models.TextChoices):
    """Whether a malware scanner looked at the file."""

    CLEAN = ScanState.CLEAN.value, _("Scanned, nothing found")
    NOT_SCANNED = ScanState.NOT_SCANNED.value, _("Not scanned")


class Described(models.Model):
    """What the person who hands something in says about it, and for which order."""

    order_id = models.UUIDField()
    merchant_id = models.CharField(max_length=200)
    buyer_id = models.CharField(max_length=200)
    side = models.CharField(max_length=16, choices=Side.choices)
    kind = models.CharField(max_length=32, choices=Kind.choices)
    title = models.CharField(max_length=200, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    file_name = models.CharField(max_length=200)
    uploaded_by_role = models.CharField(max_length=16)
    uploaded_by = models.CharField(max_length=200)
    """The person or program that handed it in."""
    uploaded_for = models.CharField(max_length=200)
    """Whom they act for: the buyer or the merchant; for the platform's people they themselves."""

    class Meta:
        abstract = True


class Exhibit(Described):
    """One piece of evidence: the original kept byte for byte, and what was read from it.

    Without a `case_id` it is a draft that only the side it was uploaded for sees. Once attached to a case a row never
    changes (a trigger refuses it), and `chain_hash` covers it and every exhibit of the case before it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    case_id = models.UUIDField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    width_pixels = models.IntegerField(null=True, blank=True)
    height_pixels = models.IntegerField(null=True, blank=True)
    perceptual_hash = models.BigIntegerField(null=True, blank=True)
    """Difference hash of a photo: 64 bits as a signed number."""
    perceptual_bands = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    """The hash in eight bytes, each with its place, so that near pictures are found by an index."""
    taken_at = models.DateTimeField(null=True, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    """What the file itself says of its origin (camera, program, times as written). May be false; never proof alone."""
    thumbnail_sha256 = models.CharField(max_length=64, blank=True)
    web_view_sha256 = models.CharField(max_length=64, blank=True)
    scan = models.CharField(max_length=16, choices=Scan.choices)
    scan_detail = models.CharField(max_length=200, blank=True)
    uploaded_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True, blank=True)
    position = models.IntegerField(null=True, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    chain_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "evidence_exhibit"
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case_id", "position"], name="exhibit_one_per_position"),
            models.UniqueConstraint(
                fields=["case_id", "side", "sha256"],
                condition=models.Q(case_id__isnull=False),
                name="exhibit_content_once_per_side",
            ),
            models.UniqueConstraint(
                fields=["order_id", "uploaded_by_role", "uploaded_for", "sha256"],
                condition=models.Q(case_id__isnull=True),
                name="exhibit_draft_content_once",
            ),
            models.CheckConstraint(
                condition=models.Q(case_id__isnull=True, position__isnull=True, attached_at__isnull=True, chain_hash="")
                | (
                    models.Q(case_id__isnull=False, position__gte=1, attached_at__isnull=False)
                    & ~models.Q(chain_hash="")
                ),
                name="exhibit_draft_or_chained",
            ),
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="exhibit_side_known"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="exhibit_kind_known"),
            models.CheckConstraint(condition=models.Q(scan__in=Scan.values), name="exhibit_scan_known"),
        ]
        indexes = [
            models.Index(
                fields=["uploaded_at"], condition=models.Q(case_id__isnull=True), name="exhibit_drafts_by_age"
            ),
            models.Index(fields=["order_id"], name="exhibit_by_order"),
            models.Index(fields=["sha256"], name="exhibit_by_content"),
            models.Index(
                fields=["thumbnail_sha256"], condition=~models.Q(thumbnail_sha256=""), name="exhibit_by_thumbnail"
            ),
            models.Index(
                fields=["web_view_sha256"], condition=~models.Q(web_view_sha256=""), name="exhibit_by_web_view"
            ),
            GinIndex(fields=["perceptual_bands"], name="exhibit_by_bands"),
        ]

    def __str__(self) -> str:
        return self.title or self.file_name


class Upload(Described):
    """A file on its way in pieces. `part_offsets` are where the pieces kept so far begin."""

    id = models.UUIDField(primary_key=True, editable=False)
    zone = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    part_offsets = ArrayField(models.BigIntegerField(), default=list, blank=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    exhibit_id = models.UUIDField(null=True, blank=True)
    """The exhibit it became; None while pieces are missing."""

    class Meta:
        db_table = "evidence_upload"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received_bytes__gte=0, received_bytes__lte=models.F("size_bytes")),
                name="upload_within_size",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="upload_by_expiry"),
            models.Index(fields=["order_id"], name="upload_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.received_bytes} of {self.size_bytes} bytes"


CHAINED = (
    "id", "case_id", "order_id", "merchant_id", "buyer_id", "side", "kind", "title", "note", "file_name", "sha256",
    "size_bytes", "media_type", "width_pixels", "height_pixels", "perceptual_hash", "taken_at", "provenance",
    "thumbnail_sha256", "web_view_sha256", "scan", "scan_detail", "uploaded_by_role", "uploaded_by", "uploaded_for",
    "uploaded_at", "attached_at", "position", "previous_hash",
)  # fmt: skip
"""The columns that the chain covers."""


def chain_hash(exhibit: Exhibit) -> str:
    """SHA-256 over everything recorded of an attached exhibit and the hash of the one before it."""
    content = {name: _plain(getattr(exhibit, name)) for name in CHAINED}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
