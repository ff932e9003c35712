"""What is due on an order before any case: the same answer that opening one goes by."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from makewhole.core.case.decide import would_give
from makewhole.core.case.decision import Refusal
from makewhole.core.case.model import Actor
from makewhole.core.facts import FactValue
from makewhole.core.rulebook.model import Answer, ClaimLine
from makewhole.core.words import Reason, Role
from makewhole.rooms.cases import store
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.store.loading import ORDER_UNKNOWN, Loaded
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury


def answer_for(
    order_id: UUID,
    reasons: Sequence[Reason],
    lines: Sequence[ClaimLine],
    facts: Sequence[tuple[str, FactValue]],
    reader: Actor,
    now: datetime,
) -> Answer:
    """The answer a claim on this order would get now. The buyer, the merchant and the platform may ask.

    Raises Refused for an order the reader may not see, and for lines, units, reasons or facts that do not fit.
    """
    record = orders.order(order_id)
    if record is None or not may_see(reader, record.order.buyer_id, record.order.merchant_id):
        raise Refused(ORDER_UNKNOWN)
    order = record.order
    loaded = Loaded(record, store.cases_of_orders([order_id]), treasury.paid(order_id))
    buyer = Actor(Role.BUYER, order.buyer_id)
    answer = would_give(loaded.context(buyer, None), tuple(reasons), tuple(lines), tuple(facts), now)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def may_see(reader: Actor, buyer_id: str, merchant_id: str) -> bool:
    if reader.role is Role.BUYER:
        return reader.stands_for == buyer_id
    if reader.role is Role.MERCHANT:
        return reader.stands_for == merchant_id
    return True
