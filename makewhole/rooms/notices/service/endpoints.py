"""Who listens by webhook: made, rotated, switched off and on, and switched off by itself when nothing arrives."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from makewhole.core.case.events import EventKind
from makewhole.core.dates import moment_text
from makewhole.core.words import Role, Text
from makewhole.rooms.ids import new_id
from makewhole.rooms.notices import ports
from makewhole.rooms.notices.models import Endpoint
from makewhole.rooms.notices.ports import Channel, NoticeRefused
from makewhole.rooms.notices.service.sending import Notice, send
from makewhole.rooms.notices.service.signing import new_secret
from makewhole.rooms.notices.service.texts import Said

EVENT_TYPES: tuple[str, ...] = tuple(f"case.{kind.value}" for kind in EventKind)
"""What can be listened to."""
ENDPOINTS_MAX = 20
OLD_SECRET_KEPT = timedelta(hours=24)
SWITCHED_OFF_AFTER = timedelta(days=5)
SWITCH_ON = Text(
    "下一步：修好接收地址后，请在设置里重新启用并补发。",
    "Next: repair the receiving address, then switch it on again in the settings and replay what was missed.",
)


def add_endpoint(url: str, merchant_id: str, event_types: Sequence[str], description: str, now: datetime) -> Endpoint:
    """Let an address hear of a merchant's events, or of everybody's with an empty `merchant_id`.

    Its `secret` is to be shown once. Raises NoticeRefused when the address or the events cannot be.
    """
    courier = ports.courier(Channel.WEBHOOK)
    if courier is None:
        raise NoticeRefused(
            "webhooks_off", Text("没有启用 Webhook。", "Webhooks are switched off in this installation."), "url"
        )
    courier.check(url)
    unknown = sorted(set(event_types) - set(EVENT_TYPES))
    if unknown:
        raise NoticeRefused(
            "event_type_unknown",
            Text(
                f"没有这种事件：{'、'.join(unknown)}。可选：{'、'.join(EVENT_TYPES)}。",
                f"There is no event {', '.join(unknown)}. Choose from {', '.join(EVENT_TYPES)}.",
            ),
            "event_types",
        )
    if Endpoint.objects.filter(merchant_id=merchant_id, disabled_at=None).count() >= ENDPOINTS_MAX:
        raise NoticeRefused(
            "too_many_endpoints",
            Text(f"最多 {ENDPOINTS_MAX} 个接收地址。请先停用一个。", f"At most {ENDPOINTS_MAX}; switch one off first."),
            "url",
        )
    return Endpoint.objects.create(
        id=new_id(),
        merchant_id=merchant_id,
        url=url,
        description=description[:200],
        event_types=sorted(set(event_types)),
        secret=new_secret(),
        created_at=now,
    )


def rotate_secret(endpoint_id: UUID, merchant_id: str, now: datetime) -> Endpoint:
    """Give the endpoint a new secret, to be shown once. For a day requests are signed with the old one as well."""
    with transaction.atomic():
        endpoint = own_endpoint(endpoint_id, merchant_id)
        endpoint.previous_secret, endpoint.secret = endpoint.secret, new_secret()
        endpoint.previous_secret_until = now + OLD_SECRET_KEPT
        endpoint.save(update_fields=["previous_secret", "secret", "previous_secret_until"])
    return endpoint


def switch_off(endpoint_id: UUID, merchant_id: str, now: datetime) -> None:
    """Send nothing more to the endpoint; what waits is given up at its next try."""
    with transaction.atomic():
        endpoint = own_endpoint(endpoint_id, merchant_id)
        _switch_off(endpoint, "switched off by hand", now)


def switch_on(endpoint_id: UUID, merchant_id: str) -> None:
    """Send to the endpoint again, from the next event on; what was missed can be replayed."""
    with transaction.atomic():
        endpoint = own_endpoint(endpoint_id, merchant_id)
        endpoint.disabled_at, endpoint.disabled_why, endpoint.failing_since = None, "", None
        endpoint.save(update_fields=["disabled_at", "disabled_why", "failing_since"])


def own_endpoint(endpoint_id: UUID, merchant_id: str) -> Endpoint:
    """The locked endpoint of this merchant; the platform (an empty `merchant_id`) has all. Raises NoticeRefused."""
    endpoint = Endpoint.objects.select_for_update().filter(id=endpoint_id).first()
    if endpoint is None or merchant_id not in ("", endpoint.merchant_id):
        raise NoticeRefused(
            "endpoint_unknown",
            Text("找不到这个接收地址。请刷新后重试。", "There is no such endpoint for you. Reload and try again."),
            "endpoint_id",
        )
    return endpoint


def heard(endpoint_id: UUID) -> None:
    """Something arrived: the endpoint is well."""
    Endpoint.objects.filter(id=endpoint_id, failing_since__isnull=False).update(failing_since=None)


def not_heard(endpoint: Endpoint, why: str, now: datetime, *, gone: bool) -> None:
    """Something did not arrive. After days of that, or when the address says it is gone, it is switched off."""
    failing_since = endpoint.failing_since or now
    if not gone and now - failing_since < SWITCHED_OFF_AFTER:
        if endpoint.failing_since is None:
            Endpoint.objects.filter(id=endpoint.id, failing_since=None).update(failing_since=now)
        return
    locked = Endpoint.objects.select_for_update().get(id=endpoint.id)
    if locked.disabled_at is not None:
        return
    _switch_off(locked, why, now)
    role = Role.MERCHANT if locked.merchant_id else Role.OPERATOR
    data: dict[str, Said] = {
        "url": locked.url,
        "since": moment_text(failing_since.astimezone(UTC), now.astimezone(UTC)),
        "why": why[:200],
        "next": SWITCH_ON,
    }
    send([Notice(role, locked.merchant_id, "webhook.disabled", data, None, locked.merchant_id)], now)


def _switch_off(endpoint: Endpoint, why: str, now: datetime) -> None:
    endpoint.disabled_at, endpoint.disabled_why = now, why[:200]
    endpoint.save(update_fields=["disabled_at", "disabled_why"])
