"""An order as the panel and the operators read it: lines with what was really paid, parcels with every event."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from makewhole.core.order.model import LineFlag, Order, ParcelEventKind
from makewhole.rooms.orders.queries import OrderRecord


class Happened(NamedTuple):
    """One event of a parcel in words."""

    text: str
    at: datetime
    note: str


def event_words() -> dict[ParcelEventKind, str]:
    return {
        ParcelEventKind.DISPATCHED: _("Sent"),
        ParcelEventKind.IN_TRANSIT: _("On its way"),
        ParcelEventKind.SIGNED: _("Received and signed for"),
        ParcelEventKind.REFUSED: _("Refused at the door"),
        ParcelEventKind.LOST: _("Recorded as lost"),
        ParcelEventKind.DAMAGED: _("Recorded as damaged"),
        ParcelEventKind.INTERCEPTED: _("Stopped on the way"),
        ParcelEventKind.RETURNED: _("Returned to the sender"),
    }


def flag_words() -> dict[LineFlag, str]:
    return {
        LineFlag.NOT_RETURNABLE_CONFIRMED: _("confirmed at purchase: cannot be returned"),
        LineFlag.NEAR_EXPIRY_DECLARED: _("declared: near expiry"),
        LineFlag.FLAW_DECLARED: _("declared: flaw"),
        LineFlag.SECOND_HAND: _("second-hand"),
        LineFlag.CUSTOM_MADE: _("made to order"),
        LineFlag.GIFT: _("gift"),
    }


def order_context(record: OrderRecord) -> dict[str, Any]:
    """Context of `parts/order_file.html`, to be given as `file`."""
    order, flags = record.order, flag_words()
    return {
        "order": order,
        "lines": [
            {
                "title": line.title,
                "quantity": line.quantity,
                "sku": line.sku,
                "paid_minor": record.allocation.share(line.id).goods_minor,
                "flags": [flags[flag] for flag in LineFlag if flag in line.flags],
            }
            for line in order.lines
        ],
        "parcels": [{"parcel": parcel, "events": events_of(order, parcel.id)} for parcel in order.parcels],
        "promises": [
            (label, at)
            for label, at in (
                (_("Promised to be sent by"), order.promises.dispatch_by),
                (_("Promised to arrive by"), order.promises.deliver_by),
            )
            if at is not None
        ],
    }


def events_of(order: Order, parcel_id: str) -> list[Happened]:
    """A parcel's events, newest first."""
    words = event_words()
    events = next(parcel.events for parcel in order.parcels if parcel.id == parcel_id)
    return [Happened(words[event.kind], event.at, event.note) for event in reversed(events)]
