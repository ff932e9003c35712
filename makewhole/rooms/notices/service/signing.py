"""Webhooks as Standard Webhooks has them: one JSON body, signed with every secret that is valid now."""

import base64
import secrets
from datetime import UTC, datetime

import orjson
from standardwebhooks import Webhook

from makewhole.rooms.notices.models import Endpoint, PublishedEvent
from makewhole.rooms.notices.ports import Outgoing

SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh signing secret in the form receivers' libraries read."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def signed(event: PublishedEvent, endpoint: Endpoint, now: datetime) -> Outgoing:
    """The request for an endpoint. During a rotation it carries a signature by the new and one by the old secret."""
    body = orjson.dumps(
        {"type": event.event_type, "timestamp": event.created_at.astimezone(UTC), "data": event.payload}
    ).decode("utf-8")
    valid = [endpoint.secret]
    if endpoint.previous_secret_until is not None and endpoint.previous_secret_until > now:
        valid.append(endpoint.previous_secret)
    message_id = str(event.id)
    at = now.astimezone(UTC)
    signatures = " ".join(Webhook(secret).sign(message_id, at, body) for secret in valid)
    return Outgoing(
        key=message_id,
        address=endpoint.url,
        body=body,
        headers=(
            ("webhook-id", message_id),
            ("webhook-timestamp", str(int(at.timestamp()))),
            ("webhook-signature", signatures),
        ),
    )
