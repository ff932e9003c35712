"""Webhooks of payment providers, signed by Standard Webhooks.

The library signs. The age of a webhook is judged against the `now` that is given, so that a simulation can run in its
own time; the library itself would look at the clock.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from makewhole.rooms.treasury.ports import BadWebhook, Report, ReportKind

AGE_MAX = timedelta(minutes=5)

_FIELDS = {"kind", "key", "round", "reference", "target", "amount_minor", "currency", "at", "why", "final"}


def signed(secret: str, event_id: str, body: str, now: datetime) -> dict[str, str]:
    """The headers of a webhook."""
    moment = now.astimezone(UTC)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, moment, body),
        "content-type": "application/json",
    }


def verified(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[str, str]:
    """The event id and text of a webhook that is the provider's own. Raises `BadWebhook`."""
    given = {name.lower(): value for name, value in headers.items()}
    event_id, sent, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not event_id or not signatures or not sent.isascii() or not sent.isdigit() or len(sent) > 12:
        raise BadWebhook("the webhook lacks webhook-id, webhook-timestamp or webhook-signature")
    sent_at = datetime.fromtimestamp(int(sent), UTC)
    if abs(now - sent_at) > AGE_MAX:
        raise BadWebhook(f"the webhook was signed at {sent_at.isoformat()}, more than {AGE_MAX} from now")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadWebhook("the webhook's body is not UTF-8") from None
    expected = Webhook(secret).sign(event_id, sent_at, text)
    if not any(hmac.compare_digest(expected.encode(), each.encode()) for each in signatures.split(" ")):
        raise BadWebhook("no signature of the webhook matches its content")
    return event_id, text


def body_of(report: Report) -> str:
    """A report as the body of a webhook."""
    values = {name: value for name, value in report._asdict().items() if name in _FIELDS}
    return json.dumps({**values, "kind": str(report.kind), "at": report.at.isoformat()}, sort_keys=True)


def reports_in(provider: str, event_id: str, text: str) -> Sequence[Report]:
    """The report in a webhook's body. Raises `BadWebhook` for another form, unknown fields included."""
    try:
        values: Any = json.loads(text)
        if not isinstance(values, dict) or set(values) != _FIELDS:
            raise ValueError(f"fields must be exactly {', '.join(sorted(_FIELDS))}")
        if type(values["amount_minor"]) is not int or type(values["round"]) is not int:
            raise ValueError("amount_minor and round are whole numbers")
        values["at"] = datetime.fromisoformat(values["at"])
        values["kind"] = ReportKind(values["kind"])
    except (ValueError, TypeError) as error:
        raise BadWebhook(f"the webhook's body is not a report: {error}") from error
    return (Report(provider=provider, event_id=event_id, **values),)
