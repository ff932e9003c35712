"""Mail and text messages: who gets them, once, and what happens when they fail."""

from datetime import timedelta

import pytest
from django.core import mail

from makewhole.core.words import Role
from makewhole.integrations.messages.mail import Mail
from makewhole.integrations.messages.sms import ConsoleSms
from makewhole.rooms.identity import service as identity
from makewhole.rooms.identity.models import User
from makewhole.rooms.notices import ports, service
from makewhole.rooms.notices.models import Attempt, Delivery
from makewhole.rooms.notices.ports import Carried, Channel, NotCarried, NoticeRefused, Outgoing
from makewhole.rooms.notices.service import Due
from tests.rooms.notices.case_material import CASE_ID, NOW
from tests.rooms.notices.test_inbox import notice

pytestmark = pytest.mark.django_db


class Scripted:
    """A courier that does what the script says, one entry a message; then everything arrives."""

    def __init__(self, *script: NotCarried | BaseException) -> None:
        self.script = list(script)
        self.carried: list[Outgoing] = []

    def check(self, address: str) -> None:
        """Every address is one."""

    def carry(self, message: Outgoing) -> Carried:
        self.carried.append(message)
        if self.script:
            raise self.script.pop(0)
        return Carried(0, "taken")


def person(username: str, role: Role, email: str = "", language: str = "", **party: str) -> User:
    made = identity.make_person(username, role, **party)
    made.email, made.language = email, language
    made.save()
    return made


@pytest.fixture
def people() -> dict[str, User]:
    return {
        "li": person("li", Role.BUYER, "li@example.com", "zh-hans", buyer_id="buyer-li"),
        "ann": person("ann", Role.MERCHANT, "ann@example.com", "en", merchant_id="shop-blue"),
        "bo": person("bo", Role.MERCHANT, "", "en", merchant_id="shop-blue"),
        "zhao": person("zhao", Role.OPERATOR, "zhao@example.com", "en"),
    }


def work(now: object = NOW) -> int:
    """One turn of the worker without its queue: spread, take what is due, try each."""
    service.spread(now, 100)  # type: ignore[arg-type]
    tries: list[Due] = []
    service.queue_due(now, 100, tries.extend)  # type: ignore[arg-type]
    for due in tries:
        service.attempt(due, now)  # type: ignore[arg-type]
    return len(tries)


def test_every_reader_with_an_address_gets_one_mail_in_their_language(people: dict[str, User]) -> None:
    ports.register(Channel.MAIL, Mail())
    service.send([notice(), notice(Role.MERCHANT, "shop-blue"), notice(Role.OPERATOR, "")], NOW)
    assert work() == 3
    assert work() == 0
    assert {(one.to[0], one.subject) for one in mail.outbox} == {
        ("li@example.com", "订单 T-1：售后申请已提交"),
        ("ann@example.com", "Order T-1: claim opened"),
        ("zhao@example.com", "Order T-1: a refund failed"),
    }
    assert {one.state for one in Delivery.objects.all()} == {"delivered"}


def test_mail_links_to_the_case(people: dict[str, User], settings: object) -> None:
    settings.PUBLIC_URL = "https://aftersales.example.com"  # type: ignore[attr-defined]
    ports.register(Channel.MAIL, Mail())
    service.send([notice()], NOW)
    work()
    assert f"https://aftersales.example.com/buyer/cases/{CASE_ID}/" in mail.outbox[0].body


def test_without_a_channel_nothing_waits(people: dict[str, User]) -> None:
    service.send([notice()], NOW)
    assert service.spread(NOW, 100) == 0
    ports.register(Channel.MAIL, Mail())
    assert service.spread(NOW, 100) == 0


def test_old_news_is_not_mailed(people: dict[str, User]) -> None:
    ports.register(Channel.MAIL, Mail())
    service.send([notice()], NOW - timedelta(days=3))
    assert service.spread(NOW, 100) == 1
    assert not Delivery.objects.exists()


def test_people_choose_how_they_are_reached(people: dict[str, User]) -> None:
    texts = Scripted()
    ports.register(Channel.MAIL, Mail())
    ports.register(Channel.SMS, texts)
    service.set_contact(people["li"], by_mail=False, by_sms=True, phone="+86 138 0000 0000")
    service.set_contact(people["ann"], by_mail=False, by_sms=False, phone="")
    service.send([notice(), notice(Role.MERCHANT, "shop-blue")], NOW)
    work()
    assert mail.outbox == []
    (sent,) = texts.carried
    assert sent.address == "+8613800000000"
    assert sent.body.startswith("订单 T-1：售后申请已提交\n")


@pytest.mark.parametrize("phone", ["13800000000", "+0123456789", "call me"])
def test_a_number_that_is_none_is_refused(people: dict[str, User], phone: str) -> None:
    ports.register(Channel.SMS, ConsoleSms())
    with pytest.raises(NoticeRefused):
        service.set_contact(people["li"], by_mail=True, by_sms=True, phone=phone)
    with pytest.raises(NoticeRefused):
        service.set_contact(people["li"], by_mail=True, by_sms=True, phone="")


def test_what_could_not_be_sent_is_tried_again_later_and_sent_once(people: dict[str, User]) -> None:
    courier = Scripted(NotCarried("the mail server cannot be reached"), NotCarried("busy", status=451))
    ports.register(Channel.MAIL, courier)
    service.send([notice()], NOW)
    assert work() == 1
    assert work(NOW + timedelta(seconds=59)) == 0
    assert work(NOW + timedelta(seconds=70)) == 1
    assert work(NOW + timedelta(seconds=71 + 700)) == 1
    assert work(NOW + timedelta(days=2)) == 0
    assert len({message.key for message in courier.carried}) == 1
    assert [(one.number, one.arrived, one.answer) for one in Attempt.objects.order_by("number")] == [
        (1, False, "the mail server cannot be reached"),
        (2, False, "busy"),
        (3, True, "taken"),
    ]


@pytest.mark.parametrize(
    "failure",
    [NotCarried("no such mailbox", status=550, for_good=True), NotCarried("the server hung up", unknown=True)],
)
def test_what_is_hopeless_or_may_have_arrived_is_not_repeated(people: dict[str, User], failure: NotCarried) -> None:
    ports.register(Channel.MAIL, Scripted(failure))
    service.send([notice()], NOW)
    assert work() == 1
    assert work(NOW + timedelta(days=1)) == 0
    assert Delivery.objects.get().state == "failed"


def test_it_is_given_up_after_the_last_try(people: dict[str, User]) -> None:
    ports.register(Channel.MAIL, Scripted(*(NotCarried("down") for _ in range(9))))
    service.send([notice()], NOW)
    assert sum(work(NOW + timedelta(hours=8 * turn)) for turn in range(20)) == 5
    assert Delivery.objects.get().state == "failed"


def test_a_worker_killed_while_sending_does_not_send_twice(people: dict[str, User]) -> None:
    courier = Scripted(KeyboardInterrupt())
    ports.register(Channel.MAIL, courier)
    service.send([notice()], NOW)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert work(NOW + timedelta(minutes=4)) == 0
    assert work(NOW + timedelta(minutes=6)) == 0
    assert len(courier.carried) == 1
    assert Delivery.objects.get().state == "failed"
    assert "may have been sent" in Attempt.objects.get().answer


def test_a_job_that_got_lost_before_it_began_is_queued_again(people: dict[str, User]) -> None:
    courier = Scripted()
    ports.register(Channel.MAIL, courier)
    service.send([notice()], NOW)
    service.spread(NOW, 100)
    lost: list[Due] = []
    assert service.queue_due(NOW, 100, lost.extend) == 1
    assert work(NOW + timedelta(minutes=4)) == 0
    assert work(NOW + timedelta(minutes=6)) == 1
    service.attempt(lost[0], NOW + timedelta(minutes=7))
    assert len(courier.carried) == 1


def test_a_channel_switched_off_meanwhile_ends_what_waits(people: dict[str, User]) -> None:
    ports.register(Channel.MAIL, Mail())
    service.send([notice()], NOW)
    service.spread(NOW, 100)
    ports.register(Channel.MAIL, None)
    work()
    assert Delivery.objects.get().state == "failed"
    assert "off" in Attempt.objects.get().answer
