"""Orders come in from the shop, one or many, and are read by those they belong to."""

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import Router
from pydantic import Field

from makewhole.core.order.read import json_schema
from makewhole.core.words import Text
from makewhole.doors.api import intake
from makewhole.doors.api.frame.callers import Standing, standing_of
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.problems import Fault, Problem, bad_input
from makewhole.doors.api.frame.queries import Paged
from makewhole.doors.api.frame.refusals import faults_of_order
from makewhole.doors.api.frame.routes import reads, settles, writes
from makewhole.doors.api.markets import require_market, zone_of
from makewhole.doors.api.ownership import may_see, order_of
from makewhole.doors.api.shapes.examples import example
from makewhole.doors.api.shapes.orders import FullOrder, OrderRow, TakenIn, full_order, order_row, taken_in
from makewhole.doors.api.shapes.plain import Page, page
from makewhole.rooms.orders import queries
from makewhole.rooms.orders.service import ImportOutcome
from makewhole.rooms.treasury import service as treasury

router = Router(tags=["orders"])
BULK_BODY = '{"id": "2026111100017", "merchant_id": "m-qinghe", …}\n{"id": "2026111100018", …}\n'
BULK_ANSWER = (
    '{"line": 1, "id": "019ab3c2-…", "number": "2026111100017", "outcome": "accepted"}\n'
    '{"line": 2, "id": null, "number": "2026111100018", "outcome": "rejected", "problem": {"type": …}}\n'
    '{"done": {"accepted": 1, "updated": 0, "unchanged": 0, "rejected": 1}}\n'
)
SHOPS = frozenset({Standing.SHOP})


class Wanted(Paged):
    """Which orders to list. Buyers and merchants need say nothing: they see their own."""

    number: str = Field(default="", max_length=128, description="The shop's own order number; for shops.")
    buyer_id: str = Field(default="", max_length=128, description="For the platform: orders of this buyer.")
    merchant_id: str = Field(default="", max_length=128, description="For the platform: orders of this merchant.")


@writes(
    router,
    "/orders",
    answers=TakenIn,
    example=example("taken_in"),
    body=json_schema(),
    body_example=example("order_document"),
    read=lambda value: value,
    who=SHOPS,
    status=201,
    also=(200,),
)
def hand_in_order(call: Call) -> Reply:
    """Hand in one order, in makewhole's order format.

    A new order is answered 201; a newer version of a known one 200: it may add parcels, their events, refunds and
    completion, and correct names. docs/reference/order.md explains the format.
    """
    if isinstance(call.body, dict):
        require_market(call.body.get("market"), call.body.get("currency"))
    (imported,) = treasury.import_orders([call.body], call.caller.shop_id, call.now)
    if imported.outcome is ImportOutcome.REJECTED:
        raise bad_input(*faults_of_order(imported.faults))
    return Reply(taken_in(imported), 201 if imported.outcome is ImportOutcome.ACCEPTED else 200)


@settles(
    router,
    "POST",
    "/orders/bulk",
    answers=intake.NDJSON,
    example=BULK_ANSWER,
    body=intake.NDJSON,
    body_example=BULK_BODY,
    who=SHOPS,
    refusals=(411, 413),
)
def hand_in_orders(call: Call) -> StreamingHttpResponse:
    """Hand in many orders, one JSON document on each line (NDJSON).

    The answer has one line for each: `line`, `number`, `outcome` (`accepted`, `updated`, `unchanged` or `rejected`),
    `id`, and for rejected ones the `problem`. Good orders are kept, bad ones left out. The last line has the counts in
    `done`; without it the work was cut off. Handing in the same file again changes nothing, so no Idempotency-Key is
    needed. The file is received whole before the first line is answered; at most 256 MB.
    """
    file = intake.received(call.request)
    rows = intake.take_in(file, call.caller.shop_id, call.language, call.now)
    return StreamingHttpResponse(rows, content_type=intake.NDJSON, headers={"Cache-Control": "no-store"})


@reads(router, "/orders", answers=Page[OrderRow], example=example("orders"), query=Wanted)
def list_orders(call: Call) -> Reply:
    """List orders, newest first.

    Buyers and merchants get their own. A shop asks for one by `number`. Agents and operators say whose: `buyer_id` or
    `merchant_id`.
    """
    wanted: Wanted = call.query
    match standing_of(call.caller):
        case Standing.SHOP:
            return _by_number(call, wanted.number)
        case Standing.BUYER:
            buyer_id, merchant_id = call.actor.stands_for, ""
        case Standing.MERCHANT:
            buyer_id, merchant_id = "", call.actor.stands_for
        case Standing.AGENT | Standing.OPERATOR:
            buyer_id, merchant_id = wanted.buyer_id, wanted.merchant_id
    if bool(buyer_id) == bool(merchant_id):
        raise _say_which(
            "buyer_id", Text("请给出 buyer_id 或 merchant_id 之一", "give one of buyer_id and merchant_id")
        )
    found = (
        queries.orders_of_buyer(buyer_id, wanted.cursor, wanted.limit)
        if buyer_id
        else queries.orders_of_merchant(merchant_id, wanted.cursor, wanted.limit)
    )
    rows = [order_row(record, zone_of(record.order.market)) for record in found.records]
    return Reply(page(rows, found.next_cursor))


@reads(router, "/orders/{uuid:order_id}", answers=FullOrder, example=example("order"))
def read_order(call: Call, order_id: UUID) -> Reply:
    """Read one order with its document."""
    record = order_of(call, order_id)
    return Reply(full_order(record, zone_of(record.order.market)))


def _by_number(call: Call, number: str) -> Reply:
    if not number:
        raise _say_which("number", Text("请给出订单号 number", "give the order's number"))
    record = queries.order_by_number(call.caller.shop_id, number)
    rows: list[dict[str, Any]] = []
    if record is not None and may_see(call, record):
        rows = [order_row(record, zone_of(record.order.market))]
    return Reply(page(rows, ""))


def _say_which(field: str, to_do: Text) -> Problem:
    return Problem("bad-request", faults=[Fault(field, Text("没有说明要哪些订单", "says not which orders"), to_do)])
