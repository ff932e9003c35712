"""From a notice in an inbox to mail and text messages: who of the readers wants it where."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from makewhole.core.words import Language, Role, Text, language_of
from makewhole.rooms.identity import queries as identity
from makewhole.rooms.identity.models import User
from makewhole.rooms.ids import new_id
from makewhole.rooms.notices import ports
from makewhole.rooms.notices.models import Contact, Delivery, Notice
from makewhole.rooms.notices.ports import Channel, NoticeRefused
from makewhole.rooms.notices.service.delivering import TRIES

NUMBER_MISSING = Text("请填写手机号，才能收到短信。", "Give a phone number to get text messages.")
STALE = timedelta(hours=48)
"""Older news is not sent outside: it would only confuse (for example when mail is switched on late)."""


def spread(now: datetime, limit: int) -> int:
    """Make the deliveries of up to `limit` new notices; returns how many notices were looked at."""
    with transaction.atomic():
        waiting = Notice.objects.select_for_update(skip_locked=True).filter(spread_at=None)
        notices = list(waiting.order_by("id")[:limit])
        if not notices:
            return 0
        by_reader = defaultdict(list)
        for notice in notices:
            if notice.created_at > now - STALE:
                by_reader[notice.to_role, notice.to_id].append(notice)
        deliveries = [
            delivery
            for (role, to_id), told in by_reader.items()
            for delivery in _deliveries(people(Role(role), to_id), told, now)
        ]
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        Notice.objects.filter(id__in=[notice.id for notice in notices]).update(spread_at=now)
    return len(notices)


def people(role: Role, to_id: str) -> list[User]:
    """Who reads what is sent to this buyer, merchant, staff member or (with an empty id) role."""
    if role is Role.BUYER:
        return list(identity.people_of_buyer(to_id))
    if role is Role.MERCHANT:
        return list(identity.people_of_merchant(to_id))
    staff = identity.people_of_role(role)
    return [person for person in staff if to_id in ("", str(person.id))]


def language_for(person: User) -> Language:
    """The language somebody reads; that of the installation when they chose none."""
    return language_of(person.language or settings.LANGUAGE_CODE) or "en"


def set_contact(person: User, *, by_mail: bool, by_sms: bool, phone: str) -> None:
    """Keep how somebody wants to be reached. Raises NoticeRefused when the number can be none."""
    phone = "".join(phone.split())
    courier = ports.courier(Channel.SMS)
    if phone and courier is not None:
        courier.check(phone)
    if by_sms and not phone:
        raise NoticeRefused("phone_missing", NUMBER_MISSING, "phone")
    Contact.objects.update_or_create(
        person_id=person.id, defaults={"by_mail": by_mail, "by_sms": by_sms, "phone": phone}
    )


def _deliveries(readers: Sequence[User], told: Sequence[Notice], now: datetime) -> list[Delivery]:
    contacts = Contact.objects.in_bulk([person.id for person in readers])
    made = []
    for person in readers:
        contact = contacts.get(person.id) or Contact(person_id=person.id)
        reached: dict[Channel, str] = {}
        if contact.by_mail and person.email and ports.courier(Channel.MAIL) is not None:
            reached[Channel.MAIL] = person.email
        if contact.by_sms and contact.phone and ports.courier(Channel.SMS) is not None:
            reached[Channel.SMS] = contact.phone
        for channel, address in reached.items():
            for notice in told:
                made.append(
                    Delivery(
                        id=new_id(),
                        channel=channel.value,
                        notice=notice,
                        address=address,
                        language=language_for(person),
                        merchant_id=notice.merchant_id,
                        tries_left=TRIES[channel],
                        next_attempt_at=now,
                        created_at=now,
                    )
                )
    return made
