"""Which claim an order of the past warrants, by its own dates and its own review, and when the buyer would make it.

One claim an order: the gravest that holds. Nothing is claimed before it could be seen: a delivery is late only once
its day has passed, and a review speaks only after it was written.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Reason
from makewhole.integrations.shops import olist
from makewhole.integrations.shops.olist_tables import Review
from makewhole.integrations.shops.rows import ReadOptions, Row

DAY = timedelta(days=1)
PATIENCE = 3 * DAY
LOW_SCORE_MAX = 2

NAMED: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (Reason.WRONG_ITEM, re.compile(r"\b(errad[oa]s?|trocad[oa]s?|outro produto|outra cor|outro modelo)\b", re.I)),
    (
        Reason.ITEM_MISSING,
        re.compile(r"\b(falt(ou|a|am|ando|aram)|incomplet[oa]|(recebi|veio|chegou) (só|so|apenas|somente))\b", re.I),
    ),
    (Reason.DAMAGED, re.compile(r"\b(quebrad[oa]s?|danificad[oa]s?|amassad[oa]s?|rasgad[oa]s?|trincad[oa]s?)\b", re.I)),
    (Reason.QUALITY, re.compile(r"\b(defeit(o|uos[oa])|n[aã]o funciona|estragad[oa]s?|p[eé]ssima qualidade)\b", re.I)),
    (Reason.NOT_AS_DESCRIBED, re.compile(r"\b(diferente d[oa]|n[aã]o confere|propaganda enganosa)\b", re.I)),
)
"""Words by which a low review names what was wrong with the goods."""


class Warranted(NamedTuple):
    """A claim to be made on an order at a moment. `story` is what the buyer wrote, empty where dates alone speak."""

    at: datetime
    reason: Reason
    lines: tuple[ClaimLine, ...]
    story: str


class PastOrder(NamedTuple):
    """An order of the past: its whole document, and the claim it warrants, if any."""

    document: dict[str, Any]
    claim: Warranted | None


def past_orders(directory: Path, shop_id: str) -> Iterator[PastOrder | Row]:
    """The dataset's orders with their claims; rows that are no whole orders come as they are, with their faults."""
    told = olist.reviews([directory])
    rows = list(olist.read([directory], ReadOptions(shop_id=shop_id)))
    horizon = max((moment(row.document["placed_at"]) for row in rows if row.document), default=None)
    for row in rows:
        if row.document is None or horizon is None:
            yield row
            continue
        number = row.document.get("checkout_id") or row.document["id"]
        yield PastOrder(row.document, warranted(row.document, told.get(number, ()), horizon))


def warranted(document: Mapping[str, Any], reviews: Sequence[Review], horizon: datetime) -> Warranted | None:
    """The gravest claim that holds, or None. Orders still on their way at the data's end warrant nothing."""
    lines = tuple(ClaimLine(line["id"], line["quantity"]) for line in document["lines"])
    dispatched, signed = event_at(document, "dispatched"), event_at(document, "signed")
    promises = document.get("promises", {})
    deliver_by = moment(promises["deliver_by"]) if "deliver_by" in promises else None
    dispatch_by = moment(promises["dispatch_by"]) if "dispatch_by" in promises else None
    if "cancelled_at" in document and signed is None:
        return Warranted(moment(document["cancelled_at"]) + DAY, Reason.OUT_OF_STOCK, lines, "")
    if signed is None:
        if deliver_by is None or deliver_by + PATIENCE > horizon:
            return None
        reason = Reason.PARCEL_LOST if dispatched else Reason.NEVER_DISPATCHED
        return Warranted(deliver_by + PATIENCE, reason, lines, "")
    for review in reviews:
        named = named_reason(review)
        if named is not None:
            at = max(review.created_at, signed) + timedelta(hours=9)
            return Warranted(at, named, spoken_of(document, named), review.message)
    if deliver_by is not None and signed > deliver_by + DAY:
        return Warranted(deliver_by + DAY, Reason.LATE_DELIVERY, lines, "")
    if dispatch_by is not None and dispatched is not None and dispatched > dispatch_by + DAY:
        return Warranted(dispatch_by + DAY, Reason.LATE_DISPATCH, lines, "")
    return None


def named_reason(review: Review) -> Reason | None:
    """What a low review names as wrong with the goods, or None."""
    if review.score > LOW_SCORE_MAX:
        return None
    text = f"{review.title} {review.message}"
    return next((reason for reason, words in NAMED if words.search(text)), None)


def spoken_of(document: Mapping[str, Any], reason: Reason) -> tuple[ClaimLine, ...]:
    """The units a review is taken to speak of: one unit of the dearest line, for what was missing of the last."""
    lines = document["lines"]
    line = lines[-1] if reason is Reason.ITEM_MISSING else max(lines, key=lambda line: int(line["unit_price_minor"]))
    return (ClaimLine(line["id"], 1),)


def as_known_at(document: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The order's document as it stood at a moment: what happened later is left out."""
    known = {name: value for name, value in document.items() if name not in ("completed_at", "cancelled_at")}
    for name in ("completed_at", "cancelled_at"):
        if name in document and moment(document[name]) <= at:
            known[name] = document[name]
    parcels = []
    for parcel in document.get("parcels", ()):
        events = [event for event in parcel.get("events", ()) if moment(event["at"]) <= at]
        if events:
            parcels.append({**parcel, "events": events})
    known["parcels"] = parcels
    return known


def last_event_at(document: Mapping[str, Any]) -> datetime:
    """When the last thing happened that the document tells of."""
    moments = [
        document["placed_at"],
        *(document[name] for name in ("completed_at", "cancelled_at") if name in document),
    ]
    moments += [event["at"] for parcel in document.get("parcels", ()) for event in parcel.get("events", ())]
    return max(moment(text) for text in moments)


def event_at(document: Mapping[str, Any], kind: str) -> datetime | None:
    """When the first event of a kind happened to any parcel, or None."""
    found = [
        moment(event["at"])
        for parcel in document.get("parcels", ())
        for event in parcel.get("events", ())
        if event["kind"] == kind
    ]
    return min(found, default=None)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
