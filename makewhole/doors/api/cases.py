"""Cases: opened, read, listed, acted on. Every action comes from the one table, `core/case/actions.py`."""

from typing import Any
from uuid import UUID

from ninja import Router
from pydantic import AwareDatetime, Field

from makewhole.core.case.actions import OPENING, TABLE, Action
from makewhole.core.case.commands import Command, OpenCase
from makewhole.core.case.inputs import schema
from makewhole.core.case.model import Outcome
from makewhole.core.case.read import read_command, read_open
from makewhole.core.words import Party, Reason, Role, Stage, Step, Text
from makewhole.doors.api.frame.callers import PEOPLE, Standing
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.faults import Id, Shape, read_shape
from makewhole.doors.api.frame.problems import Problem
from makewhole.doors.api.frame.queries import Paged
from makewhole.doors.api.frame.routes import reads, settles, writes
from makewhole.doors.api.markets import zone_of
from makewhole.doors.api.shapes.answers import AnswerState, answer_state
from makewhole.doors.api.shapes.cases import Acted, CaseLine, FullCase, MomentState
from makewhole.doors.api.shapes.cases_written import case_row, case_state, event_state, full_case
from makewhole.doors.api.shapes.examples import example
from makewhole.doors.api.shapes.plain import Answered, Page, page
from makewhole.rooms.cases import queries, service
from makewhole.rooms.cases.queries import Filter
from makewhole.rooms.cases.service import Done

router = Router(tags=["cases"])
AGENTS = frozenset({Standing.AGENT})


class Wanted(Paged):
    """Which cases to list, within what the caller may see."""

    waiting: bool | None = Field(
        default=None,
        description="What waits for you, by due time. Left out: so for merchants and agents, by age for the others.",
    )
    waiting_for: Party | None = Field(default=None, description="For operators: what waits for this party.")
    step: Step | None = None
    due_before: AwareDatetime | None = None
    stage: Stage | None = None
    reason: Reason | None = None
    outcome: Outcome | None = None
    order_id: UUID | None = None
    merchant_id: str | None = Field(default=None, max_length=128)
    buyer_id: str | None = Field(default=None, max_length=128)
    open: bool | None = None
    mine: bool = Field(default=False, description="For agents: the cases you have taken.")
    unassigned: bool = Field(default=False, description="For agents: the cases nobody has taken.")
    opened_from: AwareDatetime | None = None
    opened_before: AwareDatetime | None = None
    text: str = Field(default="", max_length=100, description="Order number or title.")


class Opening(Shape):
    """What the door itself reads of an opening; the claim is read by the core."""

    order_id: Id
    exhibit_ids: list[Id] = Field(default=[], max_length=60)


def _opening_schema() -> dict[str, Any]:
    own = Opening.model_json_schema()["properties"]
    told = schema(OPENING)
    own["order_id"]["description"] = "The house's id of the order."
    own["exhibit_ids"]["description"] = "Your drafts of evidence, handed in with the claim."
    return {**told, "properties": {**own, **told["properties"]}, "required": ["order_id", *told["required"]]}


def _read_opening(value: Any) -> tuple[Opening, OpenCase]:
    given = value if isinstance(value, dict) else {}
    own = {name: given[name] for name in Opening.model_fields if name in given}
    claim = {name: item for name, item in given.items() if name not in own}
    return read_shape(Opening, own if isinstance(value, dict) else value), read_open(claim)


@writes(
    router,
    "/cases",
    answers=Acted,
    example=example("opened"),
    body=_opening_schema(),
    body_example=example("opening"),
    read=_read_opening,
    who=frozenset({Standing.BUYER}),
    status=201,
    versioned=True,
)
def open_case(call: Call) -> Reply:
    """Open a case on an order.

    Ask what is due first (`POST /v1/answers`), then choose one of its plans as `remedy`. Leave the amount out to ask
    for all that is due. The merchant must answer in the time the rules set.
    """
    opening, claim = call.body
    done = service.open_case(opening.order_id, claim, call.actor, call.now, opening.exhibit_ids)
    return _acted(call, done, 201, {"Location": f"/v1/cases/{done.case.id}"})


@reads(router, "/cases", answers=Page[CaseLine], example=example("cases"), query=Wanted, who=PEOPLE)
def list_cases(call: Call) -> Reply:
    """List cases.

    A buyer gets their own, newest first; a merchant what waits for them and an agent the desk, by due time; an
    operator all.
    """
    given = call.query.model_dump(exclude={"cursor", "limit"})
    found = queries.inbox(call.actor, Filter(**given), call.query.cursor, call.query.limit)
    return Reply(page([case_row(row, zone_of(row.market)) for row in found.rows], found.next_cursor))


@reads(router, "/cases/{uuid:case_id}", answers=FullCase, example=example("case"), who=PEOPLE, versioned=True)
def read_case(call: Call, case_id: UUID) -> Reply:
    """Read a case: where it stands, what happened, what comes next, and what you may do.

    `available_actions` are yours alone; each has the JSON schema of its input, when it is due, and what follows on
    silence.
    """
    view = queries.read_case(case_id, call.actor, call.now)
    told = full_case(view, call.actor, zone_of(view.case.market), call.language)
    return Reply(told, headers={"ETag": f'"{view.case.sequence}"'})


@reads(router, "/cases/{uuid:case_id}/answer", answers=AnswerState, example=example("case_answer"), who=PEOPLE)
def read_case_answer(call: Call, case_id: UUID) -> Reply:
    """Read what is due on a case now, under the facts as they stand: plans, amounts, proof, obstacles, rules."""
    view = queries.read_case(case_id, call.actor, call.now)
    return Reply(answer_state(view.answer, zone_of(view.case.market), call.language))


class Timeline(Answered):
    items: list[MomentState]


@reads(router, "/cases/{uuid:case_id}/events", answers=Timeline, example=example("timeline"), who=PEOPLE)
def read_timeline(call: Call, case_id: UUID) -> Reply:
    """Read what happened in a case, in order."""
    view = queries.read_case(case_id, call.actor, call.now)
    zone = zone_of(view.case.market)
    moments = [event_state(moment.event, view.case.currency, zone, call.language) for moment in view.timeline]
    return Reply({"items": moments})


@settles(router, "POST", "/cases/{uuid:case_id}/assign", answers=None, example=None, who=AGENTS, status=204)
def assign_case(call: Call, case_id: UUID) -> Reply:
    """Take a case from the desk. Taking it again changes nothing; when another agent has it, the answer is 409."""
    service.assign(case_id, call.actor.id)
    return Reply(b"", 204)


@settles(router, "POST", "/cases/{uuid:case_id}/release", answers=None, example=None, who=AGENTS, status=204)
def release_case(call: Call, case_id: UUID) -> Reply:
    """Put a case you have taken back on the desk."""
    service.release(case_id, call.actor.id)
    return Reply(b"", 204)


def _offer_action(action: Action) -> None:
    """Register the route of one row of the table."""

    def read(value: Any, case_id: UUID) -> Command:
        return read_command(action.name, action.roles[0], value)

    def act(call: Call, case_id: UUID) -> Reply:
        done = service.act(case_id, call.body, call.actor, call.now, _expected_version(call))
        return _acted(call, done)

    act.__name__ = action.name
    act.__doc__ = f"{action.label.en}\n\nSee `available_actions` of the case for whether and until when you may."
    writes(
        router,
        f"/cases/{{uuid:case_id}}/{action.name}",
        answers=Acted,
        example=example("acted"),
        body=schema(action.inputs),
        body_example=example("inputs")[action.name],
        read=read,
        who=frozenset(Standing(role.value) for role in action.roles if role is not Role.SYSTEM),
        versioned=True,
    )(act)


for row in TABLE:
    _offer_action(row)


def _acted(call: Call, done: Done, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    case = done.case
    zone = zone_of(case.market)
    told = {
        "case": case_state(case, call.actor, zone, call.language),
        "events": [event_state(event, case.currency, zone, call.language) for event in done.events],
    }
    return Reply(told, status, {"ETag": f'"{case.sequence}"', **(headers or {})})


def _expected_version(call: Call) -> int | None:
    """The version in `If-Match`; None when any will do. Raises Problem for what is no ETag of ours."""
    header = call.request.META.get("HTTP_IF_MATCH", "").strip()
    if header in ("", "*"):
        return None
    version = header.removeprefix('"').removesuffix('"')
    if len(header) != len(version) + 2 or not version.isascii() or not version.isdigit() or len(version) > 9:
        raise Problem(
            "bad-request",
            Text('If-Match 请写上次读到的 ETag，例如 "7"。', 'Write the ETag you read into If-Match, such as "7".'),
        )
    return int(version)
