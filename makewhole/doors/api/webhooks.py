"""Webhooks both ways: what payment providers report to us, and who hears of events from us."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router
from pydantic import AwareDatetime, Field

from makewhole.core.words import Text
from makewhole.doors.api.frame.bodies import read_bytes
from makewhole.doors.api.frame.callers import Standing, standing_of
from makewhole.doors.api.frame.calls import Call, Reply, respond
from makewhole.doors.api.frame.describe import Operation
from makewhole.doors.api.frame.faults import Shape
from makewhole.doors.api.frame.problems import Problem
from makewhole.doors.api.frame.queries import Paged
from makewhole.doors.api.frame.routes import mount, reads, settles, writes
from makewhole.doors.api.markets import UTC
from makewhole.doors.api.shapes.examples import example
from makewhole.doors.api.shapes.plain import Answered, Page, Time, page, time, time_or_none, words
from makewhole.rooms import clock
from makewhole.rooms.notices import queries, service
from makewhole.rooms.notices.models import Delivery, DeliveryState, Endpoint
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury import service as treasury

router = Router(tags=["webhooks"])
LISTENERS = frozenset({Standing.MERCHANT, Standing.OPERATOR})
PROVIDER_BYTES_MAX = 512 * 1024


class NewEndpoint(Shape):
    url: Annotated[str, Field(min_length=1, max_length=2000, description="A public https address.")]
    description: Annotated[str, Field(max_length=200)] = ""
    event_types: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=200)] = []


class EndpointState(Answered):
    """An address that hears of events. `disabled_at` is set when it was switched off, by hand or by its failures."""

    id: str
    merchant_id: str = Field(description="Whose events it hears of; empty for everybody's.")
    url: str
    description: str
    event_types: list[str] = Field(description="What it hears of; empty for everything.")
    created_at: Time
    failing_since: Time | None
    disabled_at: Time | None
    disabled_why: str


class MadeEndpoint(EndpointState):
    """An endpoint with its secret, which is told once: a repeated request gets null."""

    secret: str | None = Field(description="Verifies our signatures (Standard Webhooks).")


class Endpoints(Answered):
    items: list[EndpointState]


class AttemptState(Answered):
    number: int
    at: Time
    arrived: bool
    status: int
    answer: str


class DeliveryRow(Answered):
    """One event to one endpoint, with every try."""

    id: str
    webhook_id: str = Field(description="The `webhook-id` header: the same on every try and every replay.")
    type: str
    state: str = Field(json_schema_extra=words(DeliveryState))
    created_at: Time
    next_attempt_at: Time | None
    finished_at: Time | None
    attempts: list[AttemptState]


class Deliveries(Paged):
    state: DeliveryState | None = None


class Again(Shape):
    since: Annotated[AwareDatetime | None, Field(strict=False)] = Field(
        default=None, description="Everything from then on; left out: what failed to arrive."
    )


class Replayed(Answered):
    deliveries: int


@reads(router, "/webhooks/endpoints", answers=Endpoints, example={"items": [example("endpoint")]}, who=LISTENERS)
def list_endpoints(call: Call) -> Reply:
    """List your webhook endpoints; operators see all."""
    return Reply({"items": [_endpoint(one) for one in queries.endpoints(_merchant(call))]})


@writes(
    router,
    "/webhooks/endpoints",
    answers=MadeEndpoint,
    example={**example("endpoint"), "secret": "whsec_…"},
    body=NewEndpoint,
    body_example={"url": "https://shop.example/hooks", "event_types": ["case.opened", "case.closed"]},
    who=LISTENERS,
    status=201,
)
def add_endpoint(call: Call) -> Reply:
    """Have events sent to an address, signed by Standard Webhooks.

    A merchant's endpoint hears of that merchant's cases, an operator's of all. Requests are repeated for about three
    days until they arrive.
    """
    wanted: NewEndpoint = call.body
    endpoint = service.add_endpoint(wanted.url, _merchant(call), wanted.event_types, wanted.description, call.now)
    return _with_secret(endpoint, 201)


@writes(
    router,
    "/webhooks/endpoints/{uuid:endpoint_id}/rotate",
    answers=MadeEndpoint,
    example={**example("endpoint"), "secret": "whsec_…"},
    who=LISTENERS,
)
def rotate_secret(call: Call, endpoint_id: UUID) -> Reply:
    """Give an endpoint a new secret. For a day requests are signed with the old one as well."""
    return _with_secret(service.rotate_secret(endpoint_id, _merchant(call), call.now))


@settles(
    router,
    "POST",
    "/webhooks/endpoints/{uuid:endpoint_id}/switch_off",
    answers=EndpointState,
    example={**example("endpoint"), "disabled_at": "2026-11-21T10:00:00+00:00", "disabled_why": "switched off by hand"},
    who=LISTENERS,
)
def switch_off_endpoint(call: Call, endpoint_id: UUID) -> Reply:
    """Send nothing more to an endpoint."""
    service.switch_off(endpoint_id, _merchant(call), call.now)
    return Reply(_endpoint(_own(call, endpoint_id)))


@settles(
    router,
    "POST",
    "/webhooks/endpoints/{uuid:endpoint_id}/switch_on",
    answers=EndpointState,
    example=example("endpoint"),
    who=LISTENERS,
)
def switch_on_endpoint(call: Call, endpoint_id: UUID) -> Reply:
    """Send to an endpoint again, from the next event on. What was missed can be replayed."""
    service.switch_on(endpoint_id, _merchant(call))
    return Reply(_endpoint(_own(call, endpoint_id)))


@reads(
    router,
    "/webhooks/endpoints/{uuid:endpoint_id}/deliveries",
    answers=Page[DeliveryRow],
    example=example("deliveries"),
    query=Deliveries,
    who=LISTENERS,
)
def list_deliveries(call: Call, endpoint_id: UUID) -> Reply:
    """List what was sent to an endpoint, newest first, with every try and what was answered."""
    _own(call, endpoint_id)
    wanted: Deliveries = call.query
    state = wanted.state.value if wanted.state else ""
    rows, more = queries.deliveries(endpoint_id, _merchant(call), wanted.cursor, wanted.limit, state=state)
    return Reply(page([_delivery(row) for row in rows], more))


@writes(
    router,
    "/webhooks/endpoints/{uuid:endpoint_id}/replay",
    answers=Replayed,
    example={"deliveries": 3},
    body=Again,
    body_example={"since": "2026-11-20T00:00:00+08:00"},
    who=LISTENERS,
)
def replay_deliveries(call: Call, endpoint_id: UUID) -> Reply:
    """Send again what failed to arrive, or everything since a time. The `webhook-id` stays the same."""
    since: datetime | None = call.body.since
    return Reply({"deliveries": service.replay(endpoint_id, _merchant(call), call.now, since=since)})


class Taken(Answered):
    new: int = Field(description="How many of its reports were new.")


def receive_payment_webhook(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Take in what a payment provider reports.

    There is no key: the provider's signature counts. The same report again changes nothing.
    """
    body = read_bytes(request, PROVIDER_BYTES_MAX)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        new = treasury.receive_webhook(provider, headers, body, clock.now())
    except ports.UnknownProvider:
        raise Problem("not-found", Text("没有这个支付渠道。", "There is no such payment provider.")) from None
    except ports.BadWebhook as error:
        raise Problem("bad-request", Text("签名、时间或格式不对。", str(error))) from None
    return respond(200, b'{"new":%d}' % new, {})


mount(
    router,
    Operation(
        "POST",
        "/webhooks/payments/{provider}",
        frozenset(),
        Taken,
        {"new": 1},
        body="application/json",
        body_example="(as the provider writes it)",
        open_to_all=True,
    ),
    receive_payment_webhook,
)


def _merchant(call: Call) -> str:
    """Whose endpoints the caller has; empty for the platform's operators, who have all."""
    return call.actor.stands_for if standing_of(call.caller) is Standing.MERCHANT else ""


def _own(call: Call, endpoint_id: UUID) -> Endpoint:
    endpoint = queries.endpoints(_merchant(call)).filter(id=endpoint_id).first()
    if endpoint is None:
        raise Problem("not-found", Text("没有这个接收地址。", "There is no such endpoint."))
    return endpoint


def _with_secret(endpoint: Endpoint, status: int = 200) -> Reply:
    told = _endpoint(endpoint)
    return Reply({**told, "secret": endpoint.secret}, status, kept={**told, "secret": None})


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": str(endpoint.id),
        "merchant_id": endpoint.merchant_id,
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "created_at": time(endpoint.created_at, UTC),
        "failing_since": time_or_none(endpoint.failing_since, UTC),
        "disabled_at": time_or_none(endpoint.disabled_at, UTC),
        "disabled_why": endpoint.disabled_why,
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": str(delivery.id),
        "webhook_id": str(delivery.event_id),
        "type": delivery.event.event_type if delivery.event else "",
        "state": delivery.state,
        "created_at": time(delivery.created_at, UTC),
        "next_attempt_at": time_or_none(delivery.next_attempt_at, UTC),
        "finished_at": time_or_none(delivery.finished_at, UTC),
        "attempts": [
            {
                "number": one.number,
                "at": time(one.at, UTC),
                "arrived": one.arrived,
                "status": one.status,
                "answer": one.answer,
            }
            for one in queries.attempts(delivery)
        ],
    }
