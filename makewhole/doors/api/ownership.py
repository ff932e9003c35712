"""Whose order is it? What is not the caller's does not exist for them (I10)."""

from uuid import UUID

from makewhole.core.words import Text
from makewhole.doors.api.frame.callers import Standing, standing_of
from makewhole.doors.api.frame.calls import Call
from makewhole.doors.api.frame.problems import Problem
from makewhole.rooms.orders import queries
from makewhole.rooms.orders.models import OrderRecord


def order_of(call: Call, order_id: UUID) -> OrderRecord:
    """The order, when the caller may see it. Raises Problem `not-found` otherwise."""
    record = queries.order(order_id)
    if record is None or not may_see(call, record):
        raise Problem("not-found", Text("没有这个订单。", "There is no such order."))
    return record


def may_see(call: Call, record: OrderRecord) -> bool:
    """A buyer or merchant sees their own orders, a shop those it handed in, the platform all."""
    match standing_of(call.caller):
        case Standing.SHOP:
            return record.shop_id == call.caller.shop_id
        case Standing.BUYER:
            return record.order.buyer_id == call.actor.stands_for
        case Standing.MERCHANT:
            return record.order.merchant_id == call.actor.stands_for
        case Standing.AGENT | Standing.OPERATOR:
            return True
