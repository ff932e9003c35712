"""Tables of notices: what people were told, how it left the house, and who listens by webhook."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from makewhole.core.case.model import Actor
from makewhole.core.words import Language, Role, Text
from makewhole.rooms.notices.ports import Channel


class Notice(models.Model):
    """One thing somebody was told, in both languages, as it was worded then.

    `to_id` is the buyer, the merchant, or the staff member; empty for everybody of a role. A merchant's staff share
    one inbox: read by one is read.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    to_role = models.CharField(max_length=16)
    to_id = models.CharField(max_length=200, blank=True)
    template = models.CharField(max_length=100)
    subject_zh = models.TextField()
    subject_en = models.TextField()
    body_zh = models.TextField()
    body_en = models.TextField()
    case_id = models.UUIDField(null=True, blank=True)
    merchant_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    spread_at = models.DateTimeField(null=True, blank=True)
    """When it was handed to the channels outside; None while that is still to do."""

    class Meta:
        db_table = "notices_notice"
        constraints = [
            models.CheckConstraint(condition=models.Q(to_role__in=[role.value for role in Role]), name="notice_role")
        ]
        indexes = [
            models.Index(fields=["to_role", "to_id", "id"], name="notice_inbox"),
            models.Index(fields=["to_role", "to_id"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["id"], condition=models.Q(spread_at=None), name="notice_to_spread"),
        ]

    def __str__(self) -> str:
        return self.subject_en

    def subject(self, language: Language) -> str:
        """What it is about, in one line."""
        return Text(self.subject_zh, self.subject_en).say(language)

    def body(self, language: Language) -> str:
        """What happened and what comes next, one sentence a line."""
        return Text(self.body_zh, self.body_en).say(language)


class Contact(models.Model):
    """How a person wants to be reached outside. Without a row: by mail, if they have an address."""

    person_id = models.UUIDField(primary_key=True)
    by_mail = models.BooleanField(default=True)
    by_sms = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True)
    """In international form, such as +8613800000000."""

    class Meta:
        db_table = "notices_contact"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by_sms=False) | ~models.Q(phone=""), name="contact_sms_needs_phone"
            )
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class Endpoint(models.Model):
    """An address that hears of events by webhook: of one merchant, or of all where `merchant_id` is empty."""

    id = models.UUIDField(primary_key=True, editable=False)
    merchant_id = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    event_types = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    """What it hears of; empty for everything."""
    secret = models.CharField(max_length=100)
    previous_secret = models.CharField(max_length=100, blank=True)
    previous_secret_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "notices_endpoint"
        indexes = [models.Index(fields=["merchant_id"], condition=models.Q(disabled_at=None), name="endpoint_live")]

    def __str__(self) -> str:
        return self.url


class PublishedEvent(models.Model):
    """One event that at least one endpoint wanted to hear of. Its id is the webhook's id, the same on every try."""

    id = models.UUIDField(primary_key=True, editable=False)
    event_type = models.CharField(max_length=100)
    merchant_id = models.CharField(max_length=200, blank=True)
    payload = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "notices_published_event"

    def __str__(self) -> str:
        return f"{self.event_type} {self.id}"


class FeedPosition(models.Model):
    """How far a room's feed of events has been handed to the endpoints."""

    feed = models.CharField(max_length=50, primary_key=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "notices_feed_position"

    def __str__(self) -> str:
        return f"{self.feed}: {self.position}"


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class Delivery(models.Model):
    """One notice to one address, or one event to one endpoint; never two for the same.

    A try is claimed (`claimed_at`, `attempts`) before it is made, so that no two are made at once. While a try or its
    job is under way `next_attempt_at` is when it counts as lost.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    channel = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Channel])
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, blank=True)
    event = models.ForeignKey(PublishedEvent, models.CASCADE, null=True, blank=True)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, null=True, blank=True)
    address = models.CharField(max_length=2000, blank=True)
    language = models.CharField(max_length=10, blank=True)
    merchant_id = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.IntegerField(default=0)
    tries_left = models.IntegerField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "notices_delivery"
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel", "address"], name="delivery_once_per_address"),
            models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once_per_endpoint"),
            models.CheckConstraint(
                condition=models.Q(channel="webhook", event__isnull=False, endpoint__isnull=False, notice=None)
                | (models.Q(channel__in=["mail", "sms"], notice__isnull=False, event=None, endpoint=None)),
                name="delivery_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", next_attempt_at__isnull=False, finished_at=None)
                | models.Q(state__in=["delivered", "failed"], next_attempt_at=None, finished_at__isnull=False),
                name="delivery_waits_or_is_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=models.Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["endpoint", "id"], name="delivery_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address or self.endpoint_id}"


class Attempt(models.Model):
    """One try of a delivery and what came of it, for people to inspect."""

    delivery = models.ForeignKey(Delivery, models.CASCADE)
    number = models.IntegerField()
    at = models.DateTimeField()
    arrived = models.BooleanField()
    status = models.IntegerField(default=0)
    answer = models.TextField(blank=True)

    class Meta:
        db_table = "notices_attempt"
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.status} {self.answer}"


def addressed_to(reader: Actor) -> models.Q:
    """The notices in somebody's inbox: their own, and for staff of the platform also those to their whole role."""
    of_a_party = reader.role in {Role.BUYER, Role.MERCHANT}
    ids = [reader.stands_for] if of_a_party else [reader.stands_for, ""]
    return models.Q(to_role=reader.role.value, to_id__in=ids)
