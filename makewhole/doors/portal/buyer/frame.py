"""What all of a buyer's pages share: who reads, whose order it is, and what waits in the inbox."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from makewhole.core.words import Role
from makewhole.doors.portal.parts.access import role_required
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.markets import home_zone
from makewhole.rooms.notices import queries as notices
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders.queries import OrderRecord

EVIDENCE = "/buyer/evidence/"
buyers_only = role_required(Role.BUYER)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the portal's base."""
    return {"unread": notices.unread_count(actor_of(request)), "zone": home_zone()}


def order_of(request: HttpRequest, order_id: UUID) -> OrderRecord:
    """The reader's own order. Raises Http404 for another's: it looks like none at all."""
    record = orders.order(order_id)
    if record is None or record.order.buyer_id != actor_of(request).stands_for:
        raise Http404(_("There is no such order."))
    return record


def case_href(case_id: object) -> str:
    return f"/buyer/cases/{case_id}/"


def order_href(order_id: object) -> str:
    return f"/buyer/orders/{order_id}/"


def trail_of(record: OrderRecord) -> list[tuple[str, str]]:
    """The way to an order's own pages."""
    return [(_("My orders"), "/buyer/"), (record.order.lines[0].title, order_href(record.id))]
