"""Webhooks as operators see them: who listens, what was delivered with every try, sending again, off and on."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from makewhole.doors.portal.operator.frame import frame, operators_only
from makewhole.doors.portal.operator.tabs import house_tabs
from makewhole.doors.portal.parts.acting import Went, once, see_other
from makewhole.doors.portal.parts.actions import new_key
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.tables import Filter, Wish, read_wish
from makewhole.rooms import clock
from makewhole.rooms.notices import queries, service
from makewhole.rooms.notices.models import Delivery, DeliveryState, Endpoint

WEBHOOKS = "/operator/webhooks/"
EVERYBODY = ""


@require_GET
@operators_only
def list_endpoints(request: HttpRequest) -> HttpResponse:
    """Every address that hears of events."""
    rows = [{"endpoint": each, "href": f"{WEBHOOKS}{each.id}/"} for each in queries.endpoints(EVERYBODY)[:200]]
    return render(request, "operator/webhooks.html", {**frame(request), "rows": rows, "tabs": house_tabs()})


def endpoint_of(endpoint_id: UUID) -> Endpoint:
    found = queries.endpoints(EVERYBODY).filter(id=endpoint_id).first()
    if found is None:
        raise Http404(_("There is no such endpoint."))
    return found


def states() -> list[Filter]:
    return [
        Filter(name="state", label=_("State"), choices=[(one.value, str(one.label)) for one in DeliveryState]),
    ]


@require_GET
@operators_only
def show_endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """One endpoint and what was sent to it, newest first, each with its tries."""
    endpoint = endpoint_of(endpoint_id)
    wish: Wish = read_wish(request.GET, [], states())
    try:
        deliveries, cursor = queries.deliveries(
            endpoint_id, EVERYBODY, request.GET.get("cursor", ""), 30, state=wish.filters.get("state", "")
        )
    except queries.BadCursor as error:
        raise BadRequest(str(error)) from None
    context = {
        **frame(request),
        "endpoint": endpoint,
        "deliveries": [delivery_row(each) for each in deliveries],
        "next_cursor": cursor,
        "states": states()[0].choices,
        "chosen": wish.filters.get("state", ""),
        "trail": [(_("Webhooks"), WEBHOOKS)],
        "base": f"{WEBHOOKS}{endpoint.id}/",
        "key": new_key(),
    }
    return render(request, "operator/endpoint.html", context)


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    event = delivery.event
    return {
        "delivery": delivery,
        "event_type": event.event_type if event else "",
        "event_id": event.id if event else "",
        "tone": {"delivered": "good", "failed": "harm"}.get(delivery.state, "waiting"),
        "tries": queries.attempts(delivery),
    }


@require_POST
@operators_only
def act(request: HttpRequest, endpoint_id: UUID, name: str) -> HttpResponse:
    """Send again what failed, switch the endpoint off, or on again."""
    endpoint_of(endpoint_id)
    base, now = f"{WEBHOOKS}{endpoint_id}/", clock.now()

    def replay() -> Went:
        count = service.replay(endpoint_id, EVERYBODY, now)
        if not count:
            return Went(base, _("Nothing had failed, so nothing is sent again."))
        told = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
        return Went(base, told % {"count": count})

    def switch_off() -> Went:
        service.switch_off(endpoint_id, EVERYBODY, now)
        return Went(base, _("Nothing more is sent to this address."))

    def switch_on() -> Went:
        service.switch_on(endpoint_id, EVERYBODY)
        return Went(base, _("The address hears of events again, from the next one on."))

    acts = {"replay": replay, "switch-off": switch_off, "switch-on": switch_on}
    if name not in acts:
        raise Http404(_("There is no such action."))
    try:
        return once(request, acts[name], base)
    except service.NoticeRefused as refused:
        messages.error(request, say(refused.text))
        return see_other(base)
