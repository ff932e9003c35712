"""Parcels of a Taobao trade: what the trade tells of dispatch, and the carrier's trace where there is one."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

from makewhole.integrations.shops.values import listed, mapped, phrase, time, whole

SIGNED_WORDS = ("已签收", "签收人", "本人签收")
SIGNED_STATUS = "对方已签收"
REFUSED_WORDS = ("拒绝签收", "拒收", "签收失败")


class Trace(NamedTuple):
    """A carrier's trace: number, carrier, where it ended in the platform's word, and steps of time, text and action."""

    tracking_number: str
    carrier: str
    status: str
    steps: tuple[tuple[str, str, str], ...]


def read_trace(answer: Mapping[str, Any]) -> Trace:
    """An answer of `taobao.logistics.trace.search`."""
    steps = listed(mapped(answer, "trace_list"), "transit_step_info", "trace_list.")
    return Trace(
        str(answer.get("out_sid") or ""),
        phrase(answer.get("company_name")),
        str(answer.get("status") or ""),
        tuple(
            (str(step.get("status_time") or ""), phrase(step.get("status_desc")), str(step.get("action") or ""))
            for step in steps
        ),
    )


def parcels(
    trade: Mapping[str, Any], suborders: Sequence[Mapping[str, Any]], traces: Sequence[Trace], zone: tzinfo
) -> list[dict[str, Any]]:
    """One parcel for each waybill; sub-orders dispatched without one travel together. Raises RowError."""
    by_number: dict[str, dict[str, Any]] = {}
    for suborder in suborders:
        sent_at = suborder.get("consign_time") or trade.get("consign_time")
        if not sent_at or suborder.get("status") in ("WAIT_SELLER_SEND_GOODS", "TRADE_CLOSED"):
            continue
        number = phrase(suborder.get("invoice_no"))
        parcel = by_number.setdefault(
            number,
            {
                "id": number or "parcel",
                "carrier": phrase(suborder.get("logistics_company")),
                "tracking_number": number,
                "events": [{"kind": "dispatched", "at": time(sent_at, "consign_time", zone)}],
                "contents": [],
            },
        )
        oid = str(suborder.get("oid_str") or suborder.get("oid"))
        parcel["contents"].append({"line_id": oid, "quantity": whole(suborder.get("num"), "orders.order.num")})
    for trace in traces:
        parcel_of_trace = by_number.get(trace.tracking_number)
        if parcel_of_trace is None and len(by_number) == 1:
            (parcel_of_trace,) = by_number.values()
        if parcel_of_trace is not None:
            parcel_of_trace["carrier"] = parcel_of_trace["carrier"] or trace.carrier
            parcel_of_trace["events"] += _events(trace, zone)
    return list(by_number.values())


def _events(trace: Trace, zone: tzinfo) -> list[dict[str, Any]]:
    events = []
    for at, text, action in trace.steps:
        moment = time(at, "trace_list.status_time", zone)
        if moment:
            events.append({"kind": _kind(text, action), "at": moment, "note": text})
    if trace.status == SIGNED_STATUS and events and all(event["kind"] != "signed" for event in events):
        events[-1]["kind"] = "signed"
    return events


def _kind(text: str, action: str) -> str:
    if any(word in text for word in REFUSED_WORDS):
        return "refused"
    if action in ("SIGNED", "SIGN") or any(word in text for word in SIGNED_WORDS):
        return "signed"
    return "in_transit"
