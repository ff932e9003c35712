"""The queue: what waits for the merchant by due time, with what silence would bring and cost; and all other claims."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from makewhole.core.words import Consequence, Party, Reason, Stage, Step
from makewhole.doors.portal.merchant.frame import case_href, frame, merchants_only
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.doors.portal.parts.tables import Column, Table, Wish, read_wish, sort_rows
from makewhole.doors.portal.parts.tables import Filter as Choice
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import BadCursor, CaseRow, Filter
from makewhole.rooms.orders import queries as orders

SHOWN_MAX = 200
PAGE_SIZE = 25
SOON = timedelta(hours=24)
VIEWS = ("waiting", "open", "closed")
COSTLY = frozenset(
    {
        Consequence.CLAIM_ACCEPTED,
        Consequence.RETURN_ACCEPTED,
        Consequence.REFUNDED_INSTEAD,
        Consequence.FUND_ADVANCES,
    }
)
"""What follows on silence and takes money at once; what else may follow costs at most as much, later."""
OWN_STEPS = (Step.RESPOND, Step.ANSWER_OFFER, Step.INSPECT, Step.SEND_GOODS, Step.PAY, Step.GIVE_EVIDENCE, Step.APPEAL)


@require_GET
@merchants_only
def show_queue(request: HttpRequest, view: str = "waiting") -> HttpResponse:
    """One view of the shop's claims as a table, sorted and filtered by its address."""
    reader, now = actor_of(request), clock.now()
    columns, filters = columns_of(view), filters_of(view)
    wish = read_wish(request.GET, columns, filters, sort="due_at" if view != "closed" else "-closed_at")
    try:
        page = cases.inbox(reader, wanted(view, wish), request.GET.get("cursor", ""), SHOWN_MAX)
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    names = orders.buyer_names(list({row.buyer_id for row in page.rows}))
    rows = sort_rows([row_of(row, names) for row in page.rows], wish)
    start = (wish.page - 1) * PAGE_SIZE
    at_risk = [row for row in rows if row["due_at"] and row["due_at"] <= now + SOON]
    table = Table(
        caption=captions()[view],
        columns=columns,
        rows=rows[start : start + PAGE_SIZE],
        wish=wish,
        filters=filters,
        searchable=True,
        row_count=len(rows),
        page_size=PAGE_SIZE,
        mark="late",
        empty_title=_("Nothing waits for you") if view == "waiting" else _("No claims"),
        empty_text=_("No claim fits this view."),
    )
    base = frame(request)
    context = {
        **base,
        "view": view,
        "table": table,
        "tabs": [(key, name, "/merchant/" if key == "waiting" else f"/merchant/{key}/") for key, name in tabs()],
        "at_risk": sums(at_risk) if view == "waiting" else [],
        "next_clock": None if base["waiting"].waiting else next_clock(reader),
        "next_cursor": page.next_cursor,
        "now": now,
        "zone": zone_of(page.rows[0].market) if page.rows else None,
    }
    return render(request, "merchant/queue.html", context)


def wanted(view: str, wish: Wish) -> Filter:
    """The list a view and its filters ask for."""
    filters = wish.filters
    return Filter(
        waiting=view == "waiting",
        open={"open": True, "closed": False}.get(view),
        stage=Stage(filters["stage"]) if "stage" in filters else None,
        reason=Reason(filters["reason"]) if "reason" in filters else None,
        step=Step(filters["step"]) if "step" in filters else None,
        text=wish.text,
    )


def columns_of(view: str) -> list[Column]:
    """The columns of a view: what is due and what silence costs, or how it ended."""
    columns = [
        Column(key="title", label=_("Claim"), kind="link", note_key="about"),
        Column(key="reason", label=_("Reason")),
        Column(key="at_stake_minor", label=_("At stake"), kind="money", sortable=True),
    ]
    if view == "closed":
        return [
            *columns,
            Column(key="outcome", label=_("Outcome"), kind="chip", vocabulary="outcome"),
            Column(key="closed_at", label=_("Closed"), kind="when", sortable=True),
        ]
    columns.append(Column(key="step", label=_("Next step"), note_key="debtor"))
    if view == "open":
        columns.append(Column(key="stage", label=_("Stage"), kind="chip", vocabulary="stage"))
    columns.append(Column(key="due_at", label=_("By"), kind="clock", sortable=True))
    if view == "waiting":
        columns.append(Column(key="silence", label=_("If you say nothing"), note_key="silence_cost"))
    return columns


def filters_of(view: str) -> list[Choice]:
    """What a view can be narrowed by."""
    reasons = [(reason.value, label_of(reason)) for reason in Reason]
    found = [Choice(name="reason", label=_("Reason"), choices=reasons)]
    if view == "waiting":
        found.append(Choice(name="step", label=_("Step"), choices=[(step.value, label_of(step)) for step in OWN_STEPS]))
    if view != "closed":
        stages = [(stage.value, label_of(stage)) for stage in Stage if stage is not Stage.CLOSED]
        found.append(Choice(name="stage", label=_("Stage"), choices=stages))
    return found


def tabs() -> list[tuple[str, str]]:
    return [("waiting", _("Waiting for you")), ("open", _("All open")), ("closed", _("Closed"))]


def captions() -> dict[str, str]:
    return {
        "waiting": _("Claims waiting for you"),
        "open": _("All open claims"),
        "closed": _("Closed claims"),
    }


def row_of(row: CaseRow, names: Mapping[str, str]) -> dict[str, Any]:
    """A claim as the table draws it."""
    owed_minor = row.wanted_minor if row.agreed_minor is None else row.agreed_minor
    at_stake_minor = max(0, owed_minor - row.paid_minor)
    silence = row.next_on_silence
    buyer = names.get(row.buyer_id) or row.buyer_id
    return {
        "href": case_href(row.id),
        "title": row.title,
        "about": f"{buyer} · {row.order_number}",
        "reason": label_of(row.reasons[0]) + (f" +{len(row.reasons) - 1}" if len(row.reasons) > 1 else ""),
        "stage": row.stage.value,
        "step": label_of(row.next_step) if row.next_step else "",
        "debtor": "" if row.next_debtor in (None, Party.MERCHANT) else label_of(row.next_debtor),
        "due_at": row.next_due_at,
        "late": row.next_due_at is not None and row.next_due_at < clock.now(),
        "outcome": row.outcome.value if row.outcome else "",
        "closed_at": row.closed_at,
        "currency": row.currency,
        "at_stake_minor": owed_minor if row.closed_at else at_stake_minor,
        "silence": label_of(silence) if silence else "",
        "silence_cost": cost_text(silence, at_stake_minor, row.currency),
    }


def cost_text(silence: Consequence | None, at_stake_minor: int, currency: str) -> str:
    """What silence takes, in a few words."""
    if silence is None or not at_stake_minor:
        return ""
    amount = money_text(at_stake_minor, currency)
    if silence in COSTLY:
        return _("costs %(amount)s") % {"amount": amount}
    return _("up to %(amount)s at stake") % {"amount": amount}


def sums(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """What is at stake in these rows, per currency."""
    found: dict[str, int] = {}
    for row in rows:
        found[row["currency"]] = found.get(row["currency"], 0) + row["at_stake_minor"]
    return [(currency, amount) for currency, amount in found.items() if amount]


def next_clock(reader: Any) -> CaseRow | None:
    """The open claim whose clock ends next, for a queue that is empty."""
    open_rows = cases.inbox(reader, Filter(waiting=False, open=True), limit=SHOWN_MAX).rows
    return min((row for row in open_rows if row.next_due_at), key=lambda row: row.next_due_at, default=None)  # type: ignore[arg-type, return-value]
