"""One claimed line of a past case as a row of the table: what was said, what the order shows, what was paid before.

A row holds no rule's doing and no word of a person: facts with how firmly they stand, dates, prices, freight.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from makewhole.core.allocation.model import Allocation
from makewhole.core.calendar import MarketCalendar
from makewhole.core.facts import FACTS, FactType
from makewhole.core.order.model import Line, Order
from makewhole.core.rulebook.amounts import Sums, of_order, shared, told_part, units_of
from makewhole.core.rulebook.derive import DERIVED, LineView
from makewhole.core.rulebook.model import WHOLE_ORDER, Claim, Paid
from makewhole.core.rulebook.rule import Base
from makewhole.core.rulebook.sql.columns import BY_PROMISE, EPOCH, EPOCH_DAY, NEVER_DAY, NEVER_US
from makewhole.core.rulebook.windows import NOT_YET
from makewhole.core.words import Provenance, Reason

RECORD = "record"
"""Where the order itself shows a fact."""


def reasons_key(reasons: Sequence[Reason]) -> str:
    """The reasons of a claim in one word, whatever order they were given in."""
    return "+".join(sorted(reasons))


def claim_rows(
    calendar: MarketCalendar,
    order: Order,
    allocation: Allocation,
    claim: Claim,
    now: datetime,
    paid: Sequence[Paid] = (),
) -> list[dict[str, Any]]:
    """The rows of a claim, one for each claimed line; columns that are empty are left out."""
    times = {
        name: datetime.fromisoformat(str(fact.value))
        for name, fact in claim.facts.items()
        if FACTS[name].type is FactType.TIME
    }
    rows = []
    for place, claimed in enumerate(claim.lines):
        line = order.line(claimed.line_id)
        view = LineView(order, line, now, calendar, {}, times)
        row: dict[str, Any] = {
            "order_id": order.id, "merchant_id": order.merchant_id, "market": order.market, "currency": order.currency,
            "reasons": reasons_key(claim.reasons), "line_id": line.id, "place": place,
            "claimed_lines": len(claim.lines), "quantity": claimed.quantity,
            "view_dispatched": view.dispatched, "view_delivered": view.delivered,
        }  # fmt: skip
        moments = {
            "claimed": claim.claimed_at, "known": now, "placed": order.placed_at,
            "view_paid_at": view.moment("paid_at"), "view_dispatched_at": view.dispatched_at,
            "view_signed_at": view.signed_at, "view_completed_at": view.moment("completed_at"),
            "own_dispatch": order.promises.dispatch_by, "own_delivery": order.promises.deliver_by,
        }  # fmt: skip
        for name, moment in moments.items():
            row |= moment_columns(name, moment, calendar)
        row |= _sums(order, allocation, claim, place)
        row |= _paid_before(line, paid, place)
        row |= _facts(view, claim, times, order, allocation, place)
        rows.append(row)
    return rows


def moment_columns(name: str, moment: datetime | None, calendar: MarketCalendar) -> dict[str, int]:
    """The two columns of a moment; none when it is not known."""
    if moment is None:
        return {}
    if moment is NOT_YET:
        return {f"{name}__us": NEVER_US, f"{name}__day": NEVER_DAY}
    passed = moment - EPOCH
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return {f"{name}__us": micros, f"{name}__day": calendar.local(moment).toordinal() - EPOCH_DAY}


def _sums(order: Order, allocation: Allocation, claim: Claim, place: int) -> dict[str, int]:
    line = claim.lines[place]
    share = allocation.share(line.line_id)
    sums = sums_of(order, allocation, claim, place)
    whole = sums_of(order, allocation, claim, None)
    return {
        "price_minor": sums.price_minor,
        "freight_minor": sums.freight_minor,
        "line_goods_minor": share.goods_minor,
        "line_freight_minor": share.freight_minor,
        "order_price_minor": sum(one.goods_minor for one in allocation.lines),
        "order_paid_minor": order.paid_minor,
        "lost_discount_minor": of_order(Base.LOST_DISCOUNT, sums),
        "lost_discount_claim_minor": of_order(Base.LOST_DISCOUNT, whole),
        "freight_waived_minor": of_order(Base.FREIGHT_WAIVED, sums),
        "freight_waived_claim_minor": of_order(Base.FREIGHT_WAIVED, whole),
    }


def sums_of(order: Order, allocation: Allocation, claim: Claim, place: int | None) -> Sums:
    """What was paid for the claimed units of one line or, with None, of all lines together."""
    lines = claim.lines if place is None else claim.lines[place : place + 1]
    shares = [allocation.share(line.line_id) for line in lines]
    price_minor = sum(units_of(share.goods_minor, share, line) for share, line in zip(shares, lines, strict=True))
    freight_minor = sum(units_of(share.freight_minor, share, line) for share, line in zip(shares, lines, strict=True))
    return Sums(price_minor, freight_minor, order, allocation, claim.lines, place)


def _paid_before(line: Line, paid: Sequence[Paid], place: int) -> dict[str, int]:
    """What was paid on the line before; what was paid on the order as a whole stands on every line."""
    row: dict[str, int] = {}
    for one in paid:
        name = {line.id: "before", WHOLE_ORDER: "before_order"}.get(one.line_id)
        if name is not None:
            column = f"{name}_{one.head}_minor"
            row[column] = row.get(column, 0) + one.amount_minor
    return row


def _facts(
    view: LineView, claim: Claim, times: Mapping[str, datetime], order: Order, allocation: Allocation, place: int
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, entry in FACTS.items():
        told = claim.facts.get(name)
        value: Any = None if told is None else times.get(name, told.value)
        source = None if told is None else told.provenance.value
        if name in DERIVED and name not in BY_PROMISE and source != Provenance.FOUND:
            seen: Any = DERIVED[name](view)
            if seen is not None:
                value, source = (view.line.category if entry.type is FactType.PATH else seen), RECORD
        if value is None:
            continue
        row[f"from_{name}"] = source
        if entry.type is FactType.TIME:
            row |= moment_columns(f"fact_{name}", value, view.calendar)
            continue
        row[f"fact_{name}"] = value
        if entry.type is FactType.AMOUNT:
            row |= _parts(f"fact_{name}", value, sums_of(order, allocation, claim, place),
                          sums_of(order, allocation, claim, None))  # fmt: skip
    return row


def _parts(column: str, told_minor: int, sums: Sums, whole: Sums) -> dict[str, int]:
    """The line's part of a sum told, in each way a rule may share it."""
    return {
        f"{column}__line": told_part(sums, told_minor),
        f"{column}__by_price": shared(told_minor, Base.PRICE, sums),
        f"{column}__by_freight": shared(told_minor, Base.FREIGHT_OUT, sums),
        f"{column}__by_price_claim": shared(told_minor, Base.PRICE, whole),
        f"{column}__by_freight_claim": shared(told_minor, Base.FREIGHT_OUT, whole),
    }
