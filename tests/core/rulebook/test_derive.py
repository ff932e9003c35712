"""What the order itself shows: parcels sent, received, lost or refused; promises kept or broken."""

from datetime import datetime

import pytest

from makewhole.core.calendar import TermUnit
from makewhole.core.order.model import Line, Parcel, Promises
from makewhole.core.rulebook.derive import ALWAYS_KNOWN, DERIVED, LineView, Seen, category_prefixes
from makewhole.core.rulebook.rule import PromiseDefault, PromiseKind
from makewhole.core.rulebook.windows import NOT_YET
from tests.core.rulebook.books import NOW, PLACED, SENT, SIGNED, at, order, parcel, real_book

DEFAULT = {PromiseKind.DISPATCH: PromiseDefault(PromiseKind.DISPATCH, 48, TermUnit.HOURS, "paid_at")}


def _see(
    name: str,
    *parcels: Parcel,
    now: datetime = NOW,
    promises: Promises | None = None,
    told: dict[str, datetime] | None = None,
    line: str = "1",
    completed_at: datetime | None = None,
) -> Seen:
    made = order(parcels=parcels, completed_at=completed_at)._replace(promises=promises or Promises())
    view = LineView(made, made.line(line), now, real_book("cn").calendar, DEFAULT, told or {})
    return DERIVED[name](view)


SENT_ONLY = parcel(("dispatched", SENT))
ON_THE_WAY = parcel(("dispatched", SENT), ("in_transit", at("2026-11-12T08:00")))
RECEIVED = parcel(("dispatched", SENT), ("signed", SIGNED))


@pytest.mark.parametrize(
    ("parcels", "dispatched", "delivered", "signed_at"),
    [
        ((), False, False, NOT_YET),
        ((parcel(),), False, False, NOT_YET),
        ((SENT_ONLY,), True, None, None),
        ((ON_THE_WAY,), True, False, NOT_YET),
        ((RECEIVED,), True, True, SIGNED),
        ((parcel(("dispatched", SENT), ("refused", SIGNED)),), True, False, NOT_YET),
        ((parcel(("dispatched", SENT), ("lost", SIGNED)),), True, False, NOT_YET),
        ((parcel(("signed", SIGNED), ("dispatched", SENT)),), True, True, SIGNED),
        ((RECEIVED, ON_THE_WAY), True, False, NOT_YET),
        ((RECEIVED, SENT_ONLY), True, None, None),
        ((parcel(("dispatched", SENT), ("lost", at("2026-11-12T08:00"))), RECEIVED), True, True, SIGNED),
    ],
)  # fmt: skip
def test_trap_26_receipt_is_known_only_where_it_was_recorded(
    parcels: tuple[Parcel, ...], dispatched: bool, delivered: bool | None, signed_at: datetime | None
) -> None:
    assert _see("dispatched", *parcels) is dispatched
    assert _see("delivered", *parcels) is delivered
    assert _see("signed_at", *parcels) == signed_at


def test_the_last_parcel_of_a_line_counts() -> None:
    first = parcel(("dispatched", SENT), ("signed", at("2026-11-12T09:00")), parcel_id="A", contents=(("2", 1),))
    second = parcel(("dispatched", at("2026-11-13T10:00")), ("signed", SIGNED), parcel_id="B", contents=(("2", 1),))
    assert _see("signed_at", first, second, line="2") == SIGNED
    assert _see("dispatched_at", first, second, line="2") == at("2026-11-13T10:00")
    assert _see("dispatched", first, second, line="1") is False


def test_events_after_now_are_not_seen() -> None:
    assert (
        _see(
            "delivered",
            ON_THE_WAY._replace(events=(*ON_THE_WAY.events, *RECEIVED.events[1:])),
            now=at("2026-11-13T08:00"),
        )
        is False
    )
    assert _see("dispatched", RECEIVED, now=at("2026-11-10T12:00")) is False


def test_confirming_receipt_stands_for_a_receipt_nobody_recorded() -> None:
    assert _see("signed_at", SENT_ONLY, completed_at=SIGNED) == SIGNED
    assert _see("completed", SENT_ONLY, completed_at=SIGNED) is True
    assert _see("completed", SENT_ONLY, completed_at=SIGNED, now=at("2026-11-13T08:00")) is False


def test_a_party_tells_what_the_order_leaves_open_and_no_more() -> None:
    told = {"signed_at": at("2026-11-16T10:00")}
    assert _see("signed_at", SENT_ONLY, told=told) == told["signed_at"]
    assert _see("delivered", SENT_ONLY, told=told) is True
    assert _see("signed_at", RECEIVED, told=told) == SIGNED


@pytest.mark.parametrize(
    ("sent", "late"), [("2026-11-12T10:00:00", False), ("2026-11-12T10:00:01", True), ("2026-11-11T10:00", False)]
)
def test_dispatch_is_late_from_the_second_after_the_default_of_48_hours(sent: str, late: bool) -> None:
    assert _see("dispatched_late", parcel(("dispatched", at(sent)))) is late


def test_the_orders_own_promise_goes_before_the_default() -> None:
    longer = Promises(dispatch_by=at("2026-11-30T10:00"))
    assert (
        _see(
            "dispatched_late",
            parcel(("dispatched", at("2026-11-20T10:00"))),
            promises=longer,
            now=at("2026-11-21T10:00"),
        )
        is False
    )
    assert _see("dispatch_due_at", promises=longer) == at("2026-11-30T10:00")


def test_what_is_not_sent_is_late_once_its_time_is_over() -> None:
    assert _see("dispatched_late", now=at("2026-11-12T10:00")) is False
    assert _see("dispatched_late", now=at("2026-11-12T10:00:01")) is True


@pytest.mark.parametrize(
    ("parcels", "now", "late"),
    [
        ((RECEIVED,), "2026-11-20T10:00", True),
        ((ON_THE_WAY,), "2026-11-13T20:00", False),
        ((ON_THE_WAY,), "2026-11-13T20:01", True),
        ((SENT_ONLY,), "2026-11-13T20:01", None),
        ((SENT_ONLY,), "2026-11-13T19:00", False),
    ],
)
def test_delivery_is_late_against_its_promise(parcels: tuple[Parcel, ...], now: str, late: bool | None) -> None:
    promised = Promises(deliver_by=at("2026-11-13T20:00"))
    assert _see("delivered_late", *parcels, promises=promised, now=at(now)) is late


def test_without_a_promised_day_nobody_knows_whether_delivery_was_late() -> None:
    assert _see("delivered_late", RECEIVED) is None
    assert _see("delivered_late", RECEIVED, told={"delivery_due_at": at("2026-11-13T20:00")}) is True


def test_a_category_lies_in_all_above_it() -> None:
    assert category_prefixes("fresh/fruit/apple") == ("fresh", "fresh/fruit", "fresh/fruit/apple")
    assert category_prefixes("") == ()


def test_facts_said_to_be_always_known_are_known_for_the_barest_order() -> None:
    bare = order(Line("1", "s", "杯", "", 1, 1), parcels=())
    view = LineView(bare, bare.lines[0], PLACED, real_book("cn").calendar, {}, {})
    for name in ALWAYS_KNOWN:
        assert DERIVED[name](view) is not None, name
