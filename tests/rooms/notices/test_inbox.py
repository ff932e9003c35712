"""What people read in their inbox, and that nobody reads another's."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from makewhole.core.case.model import Actor
from makewhole.core.words import Role, Text
from makewhole.rooms.notices import models, queries, service
from makewhole.rooms.notices.service import Notice
from tests.rooms.notices.case_material import CASE_ID, NOW

pytestmark = pytest.mark.django_db

BUYER = Actor(Role.BUYER, "buyer-li")
MERCHANT = Actor(Role.MERCHANT, "staff-7", "shop-blue")
AGENT = Actor(Role.AGENT, "agent-chen")
OPERATOR = Actor(Role.OPERATOR, "operator-zhao")


def notice(to_role: Role = Role.BUYER, to_id: str = "buyer-li", order_number: str = "T-1") -> Notice:
    data = {
        "order_number": order_number,
        "terms": Text("退款 ¥5.00", "refund ¥5.00"),
        "next": Text("请等待。", "Wait."),
    }
    template = "case.opened" if to_role in (Role.BUYER, Role.MERCHANT) else "case.refund_failed"
    return Notice(to_role, to_id, template, {**data, "reference": "r1", "why": "closed"}, UUID(CASE_ID), "shop-blue")


def subjects(reader: Actor) -> list[str]:
    return [one.subject("en") for one in queries.inbox(reader).rows]


def test_a_notice_is_read_in_both_languages() -> None:
    service.send([notice()], NOW)
    (one,) = queries.inbox(BUYER).rows
    assert one.subject("zh") == "订单 T-1：售后申请已提交"
    assert one.body("zh") == "您的售后申请已提交：退款 ¥5.00。\n请等待。"
    assert one.body("en") == "Your claim is in: refund ¥5.00.\nWait."
    assert (one.created_at, one.read_at, one.case_id, one.merchant_id) == (NOW, None, UUID(CASE_ID), "shop-blue")


def test_everybody_reads_their_own_inbox_alone() -> None:
    service.send(
        [
            notice(Role.BUYER, "buyer-li", "B"),
            notice(Role.MERCHANT, "shop-blue", "M"),
            notice(Role.AGENT, "agent-chen", "A1"),
            notice(Role.AGENT, "", "A"),
            notice(Role.OPERATOR, "", "O"),
        ],
        NOW,
    )
    assert subjects(BUYER) == ["Order B: claim opened"]
    assert subjects(MERCHANT) == ["Order M: claim opened"]
    assert subjects(AGENT) == ["Order A: a refund failed", "Order A1: a refund failed"]
    assert subjects(OPERATOR) == ["Order O: a refund failed"]
    for stranger in (
        Actor(Role.BUYER, "shop-blue"),
        Actor(Role.MERCHANT, "buyer-li"),
        Actor(Role.MERCHANT, "shop-blue", "shop-red"),
        Actor(Role.BUYER, ""),
    ):
        assert subjects(stranger) == []
        assert queries.unread_count(stranger) == 0


def test_the_inbox_goes_back_page_by_page() -> None:
    for number in range(5):
        service.send([notice(order_number=str(number))], NOW + timedelta(minutes=number))
    seen, cursor = [], ""
    while True:
        page = queries.inbox(BUYER, cursor, limit=2)
        seen += [one.subject("en") for one in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [f"Order {number}: claim opened" for number in (4, 3, 2, 1, 0)]
    with pytest.raises(queries.BadCursor, match="next_cursor"):
        queries.inbox(BUYER, "page two")


def test_reading_counts_once_and_touches_no_other_inbox() -> None:
    service.send([notice(order_number="1"), notice(order_number="2"), notice(Role.MERCHANT, "shop-blue")], NOW)
    first = queries.inbox(BUYER).rows[0]
    assert queries.unread_count(BUYER) == 2
    assert service.mark_read(MERCHANT, [first.id], NOW) == 0
    assert service.mark_read(BUYER, [first.id], NOW) == 1
    assert service.mark_read(BUYER, [first.id], NOW) == 0
    assert [one.read_at for one in queries.inbox(BUYER).rows] == [NOW, None]
    assert len(queries.inbox(BUYER, unread_only=True).rows) == 1
    assert service.mark_read(BUYER, None, NOW) == 1
    assert (queries.unread_count(BUYER), queries.unread_count(MERCHANT)) == (0, 1)


def test_what_nobody_reads_is_not_counted_for_ever() -> None:
    service.send([notice(order_number=str(number)) for number in range(queries.UNREAD_COUNTED + 5)], NOW)
    assert queries.unread_count(BUYER) == queries.UNREAD_COUNTED


def test_telling_is_one_statement_and_goes_with_the_transaction() -> None:
    with CaptureQueriesContext(
        connection,
    ) as statements:
        service.send([notice() for _ in range(50)], NOW)
    assert len(statements) == 1
    with transaction.atomic():
        service.send([notice(order_number="lost")], NOW)
        transaction.set_rollback(True)
    assert models.Notice.objects.count() == 50
    service.send([], NOW)


def test_an_unknown_template_fails_loudly() -> None:
    with pytest.raises(KeyError):
        service.send([notice()._replace(template="case.nonsense")], NOW)
    assert not models.Notice.objects.exists()
