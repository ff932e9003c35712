"""What all of a merchant's pages share: who reads, and what waits in queue and inbox."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from makewhole.core.words import Role
from makewhole.doors.portal.parts.access import role_required
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.markets import home_zone
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.notices import queries as notices
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders.queries import OrderRecord

EVIDENCE = "/merchant/evidence/"
merchants_only = role_required(Role.MERCHANT)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the portal's base."""
    reader = actor_of(request)
    waiting = cases.how_much_waits(reader, clock.now())
    return {"unread": notices.unread_count(reader), "waiting": waiting, "zone": home_zone()}


def order_of(request: HttpRequest, order_id: UUID) -> OrderRecord:
    """An order of the reader's own shop. Raises Http404 for another's: it looks like none at all."""
    record = orders.order(order_id)
    if record is None or record.order.merchant_id != actor_of(request).stands_for:
        raise Http404(_("There is no such order."))
    return record


def case_href(case_id: object) -> str:
    return f"/merchant/cases/{case_id}/"
