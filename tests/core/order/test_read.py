"""The order format: what is read, what is refused, and what the refusal says."""

import copy
import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from pydantic import BaseModel

from makewhole.core.order.document import OrderDocument
from makewhole.core.order.model import LineFlag, Means, Order
from makewhole.core.order.read import OrderError, order_from_stored, order_of, read_order, write_order
from makewhole.core.order.shape import read_shape
from makewhole.core.words import Head
from tests.core.order.orders import order_document, orders


def _changed(path: str, value: Any) -> dict[str, Any]:
    """The full order with one place changed; `path` such as 'lines.0.quantity'."""
    document = copy.deepcopy(order_document())
    place: Any = document
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        place = place[step]
    place[last] = value
    return document


def _refusal(document: Any) -> list[str]:
    with pytest.raises(OrderError) as caught:
        read_order(document)
    return [fault.say() for fault in caught.value.faults]


def test_every_field_arrives() -> None:
    order = read_order(order_document())
    assert (order.id, order.merchant_name, order.buyer_name) == ("2026111100017", "青禾果园", "林晓")
    assert order.placed_at == datetime(2026, 11, 11, 2, 0, tzinfo=UTC)
    assert order.line("1").flags == {LineFlag.NOT_RETURNABLE_CONFIRMED}
    assert order.line("2").gross_minor == 2700
    assert order.freight.paid_minor == 810
    assert [payment.means for payment in order.payments] == [Means.MONEY, Means.POINTS, Means.COUPON]
    assert order.due_minor == order.paid_minor == 14010
    assert order.promises.warranty_days == 365
    assert order.parcels[1].contents == (("2", 1),)
    assert order.refunds[0].head is Head.GOODS


def test_writing_and_reading_gives_the_same_order() -> None:
    order = read_order(order_document())
    written = json.loads(json.dumps(write_order(order)))
    assert read_order(written) == order
    assert order_from_stored(written) == order
    assert write_order(read_order(written)) == written


def test_nothing_of_the_model_is_forgotten_when_written() -> None:
    """An order whose every field differs from its default is written with every field of the format."""
    document = order_document()
    document["lines"] = [
        {**line, "discount_minor": 1, "surcharge_minor": 1, "flags": ["gift"]} for line in document["lines"]
    ]
    document["parcels"] = [
        {**parcel, "events": [{**event, "note": "n"} for event in parcel["events"]]} for parcel in document["parcels"]
    ]
    document["payments"] = [
        {**payment, "provider": "p", "reference": "r", "units": 1, "paid_at": document["placed_at"]}
        for payment in document["payments"]
    ]
    shape, _ = read_shape({**document, "cancelled_at": document["completed_at"], "return_address": "Here 1"})
    assert shape is not None
    written = write_order(order_of(shape))

    def check(model: type[BaseModel], part: dict[str, Any]) -> None:
        assert set(part) == set(model.model_fields)
        for name, field in model.model_fields.items():
            inner = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
            for kind in inner:
                if issubclass(kind, BaseModel):
                    check(kind, part[name][0] if isinstance(part[name], list) else part[name])

    check(OrderDocument, written)


@given(orders())
def test_any_order_survives_writing_and_reading(order: Order) -> None:
    written = json.loads(json.dumps(write_order(order)))
    assert read_order(written) == order == order_from_stored(written)


def test_an_order_is_signed_when_its_last_parcel_is() -> None:
    assert read_order(order_document()).signed_at is None
    signed = {"kind": "signed", "at": "2026-11-15T09:00:00+08:00"}
    document = _changed("parcels.1.events", [*order_document()["parcels"][1]["events"], signed])
    assert read_order(document).signed_at == datetime(2026, 11, 15, 1, 0, tzinfo=UTC)


SHAPE = [
    # place                        value                            what the refusal says
    ("id", "", "$.id: '' is empty"),
    ("id", " 17", "$.id: ' 17' has a blank at its ends, or a line break; remove it"),
    ("id", "", "$.id: '' is empty; fill it in"),
    ("id", "x" * 129, f"$.id: '{'x' * 56}… is too long; at most 128 characters"),
    ("id", 17, "$.id: 17 is not text"),
    ("colour", "red", "$.colour: is not a field of the order format"),
    ("lines.0.price", 12, "$.lines[0].price: is not a field of the order format"),
    ("market", "CN", "$.market: 'CN' is not written as it should be"),
    ("currency", "XYZ", "$.currency: 'XYZ' is not a currency the house knows"),
    ("currency", "JP", "$.currency: 'JP' is not a currency the house knows"),
    ("placed_at", "2026-11-11T10:00:00", "$.placed_at: '2026-11-11T10:00:00' is not a time with its offset"),
    ("placed_at", "2026-02-30T10:00:00Z", "$.placed_at: '2026-02-30T10:00:00Z' is not a time with its offset"),
    (
        "placed_at",
        "2026-11-11T10:00:00+23:59",
        "$.placed_at: '2026-11-11T10:00:00+23:59' is not a time with its offset",
    ),
    ("placed_at", "9999-12-31T23:59:59Z", "$.placed_at: '9999-12-31T23:59:59Z' is not between the years 1970 and 2199"),
    ("placed_at", 1794362400, "$.placed_at: 1794362400 is not a time with its offset"),
    ("lines", [], "$.lines: is empty"),
    ("lines.0", "apple", "$.lines[0]: 'apple' is not an object"),
    ("lines.0.quantity", 0, "$.lines[0].quantity: 0 is too small; it must be at least 1"),
    ("lines.0.quantity", True, "$.lines[0].quantity: True is not a whole number"),
    ("lines.0.unit_price_minor", 39.9, "$.lines[0].unit_price_minor: 39.9 is not a whole number"),
    ("lines.0.unit_price_minor", "3990", "$.lines[0].unit_price_minor: '3990' is not a whole number"),
    ("lines.0.unit_price_minor", -1, "$.lines[0].unit_price_minor: -1 is too small"),
    ("lines.0.unit_price_minor", 10**16, "$.lines[0].unit_price_minor: 10000000000000000 is too large"),
    ("lines.0.title", "a\x00b", "$.lines[0].title: 'a\\x00b' holds a control character"),
    ("lines.0.title", "x" * 501, "$.lines[0].title: "),
    ("lines.0.category", "fresh//fruit", "$.lines[0].category: 'fresh//fruit' is not written as it should be"),
    ("lines.0.flags", ["fragile"], "$.lines[0].flags[0]: 'fragile' is not a word of the list; choose one of "),
    ("payments.0.means", "cash", "$.payments[0].means: 'cash' is not a word of the list"),
    ("payments.0.amount_minor", 0, "$.payments[0].amount_minor: 0 is too small"),
    ("promises.freight_insurance", "yes", "$.promises.freight_insurance: 'yes' is not true or false"),
    ("parcels.0.events.0.kind", "sent", "$.parcels[0].events[0].kind: 'sent' is not a word of the list"),
    ("refunds.0.head", "lateness", "$.refunds[0].head: 'lateness' is not a word of the list"),
    ("lines", {"1": {}}, "$.lines: is not a list"),
]


@pytest.mark.parametrize(("place", "value", "says"), SHAPE)
def test_a_wrong_field_is_refused_with_its_place(place: str, value: Any, says: str) -> None:
    refusal = _refusal(_changed(place, value))
    assert len(refusal) == 1
    assert refusal[0].startswith(says)


@pytest.mark.parametrize("field", ["id", "merchant_id", "buyer_id", "market", "currency", "placed_at", "lines"])
def test_what_every_order_needs_may_not_be_missing(field: str) -> None:
    document = order_document()
    del document[field]
    assert _refusal(document) == [f"$.{field}: is missing; add it; docs/reference/order.md says what it means"]


def test_all_faults_are_told_at_once_in_both_languages() -> None:
    document = _changed("currency", "XYZ")
    document["lines"][1]["quantity"] = -1
    with pytest.raises(OrderError) as caught:
        read_order(document)
    assert [fault.path for fault in caught.value.faults] == ["$.currency", "$.lines[1].quantity"]
    assert caught.value.faults[1].say("zh") == "$.lines[1].quantity：-1 太小；至少为 1"


def test_what_is_no_object_is_no_order() -> None:
    assert _refusal([]) == ["$: is not an order; write it as { … }"]


SENSE = [
    # place                          value                        what the refusal says
    ("lines.1.id", "1", "$.lines[1].id: id '1' is already used by $.lines[0]"),
    ("payments.2.id", "p-1", "$.payments[2].id: id 'p-1' is already used by $.payments[0]"),
    ("lines.0.discount_minor", 11971, "$.lines[0].discount_minor: the discount 11971 is above the price of the line"),
    ("discounts.0.amount_minor", 14201, "$.discounts: the discounts add up to 14201, more than the lines, 14200"),
    ("freight.discount_minor", 1201, "$.freight.discount_minor: the discount 1201 is above the freight, 1200"),
    ("payments.1.units", 0, "$.payments[1].units: 0 does not go with means points"),
    ("payments.0.units", 5, "$.payments[0].units: 5 does not go with means money"),
    ("parcels.1.contents.0.line_id", "9", "$.parcels[1].contents[0].line_id: the order has no line '9'"),
    ("parcels.0.contents.0.quantity", 4, "$.parcels[0].contents[0].quantity: 4 units of line '1' are packed"),
    ("refunds.0.line_id", "9", "$.refunds[0].line_id: the order has no line '9'; its lines are 1, 2"),
    ("refunds.0.quantity", 4, "$.refunds[0].quantity: 4 units of line '1' came back, but 3 were ordered"),
    ("refunds.0.amount_minor", 11501, "$.refunds[0].amount_minor: 11501 was given back, but only 11500 was paid"),
    ("cancelled_at", "2026-11-12T10:00:00+08:00", "$.cancelled_at: the order is both completed and cancelled"),
    ("completed_at", "2026-11-11T01:59:59Z", "$.completed_at: 2026-11-11T01:59:59+00:00 is before the order"),
    ("parcels.0.events.0.at", "2026-11-10T00:00:00Z", "$.parcels[0].events[0].at: 2026-11-10T00:00:00+00:00 is before"),
    ("promises.deliver_by", "2026-11-10T00:00:00Z", "$.promises.deliver_by: 2026-11-10T00:00:00+00:00 is before"),
]


@pytest.mark.parametrize(("place", "value", "says"), SENSE)
def test_an_order_that_contradicts_itself_is_refused(place: str, value: Any, says: str) -> None:
    refusal = _refusal(_changed(place, value))
    assert any(line.startswith(says) for line in refusal), refusal


def test_an_order_comes_to_an_amount_that_accounts_can_hold() -> None:
    document = _changed("lines.0.unit_price_minor", 10**15)
    document["payments"] = [{"id": str(number), "means": "money", "amount_minor": 10**15} for number in range(3)]
    assert "$: the amount of the whole order is too large; it may be at most 10000000000000.00 CNY" in _refusal(
        document
    )


def test_the_difference_between_paid_and_due_is_told() -> None:
    assert _refusal(_changed("payments.0.amount_minor", 12000)) == [
        "$.payments: the payments add up to 135.00 CNY, but lines less discounts plus freight make 140.10 CNY; "
        "missing: 5.10 CNY; make both sums equal: check payments, discounts, freight and surcharges"
    ]


def test_trap_21_a_currency_without_decimals_is_not_multiplied() -> None:
    document = order_document() | {"currency": "JPY"}
    document["payments"][0]["amount_minor"] += 1
    assert "14011 JPY" in _refusal(document)[0]


def test_a_lost_parcel_may_be_sent_again() -> None:
    document = _changed("parcels.1.events", [{"kind": "lost", "at": "2026-11-20T10:00:00+08:00"}])
    document["parcels"].append({"id": "k-3", "contents": [{"line_id": "2", "quantity": 1}]})
    assert len(read_order(document).parcels) == 3


def test_a_parcel_may_be_signed_before_it_was_dispatched_by_the_carriers_clock() -> None:
    document = _changed("parcels.0.events.1.at", "2026-11-12T08:59:00+08:00")
    assert read_order(document).parcels[0].events[1].at < read_order(document).parcels[0].events[0].at
