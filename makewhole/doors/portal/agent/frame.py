"""What all of an agent's pages share: who reads, what waits on their desk, and what the panel's people are called."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest

from makewhole.core.words import Role
from makewhole.doors.portal.parts.access import role_required
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.markets import home_zone
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import CaseView, Filter
from makewhole.rooms.cases.service import Refused
from makewhole.rooms.identity import queries as identity

DESK = "/agent/"
CASES = "/agent/cases/"
EVIDENCE = "/agent/evidence/"
MINE = Filter(mine=True)
UNASSIGNED = Filter(unassigned=True)
agents_only = role_required(Role.AGENT)


def frame(request: HttpRequest, now: datetime | None = None) -> dict[str, Any]:
    """Context of the portal's base: the moment, and how much waits on the reader's own desk."""
    now = now or clock.now()
    waiting = cases.how_much_waits(actor_of(request), now, MINE).waiting
    return {"now": now, "on_my_desk": waiting, "zone": home_zone()}


def view_of(request: HttpRequest, case_id: UUID, now: datetime) -> CaseView:
    """The case as the panel sees it. Raises Http404 when there is none."""
    try:
        return cases.read_case(case_id, actor_of(request), now)
    except Refused as refused:
        raise Http404(say(refused.refusal.what)) from None


def agent_names() -> dict[str, str]:
    """What each agent is called, by id."""
    return {str(one.id): one.first_name or one.username for one in identity.people_of_role(Role.AGENT)}


def case_href(case_id: object) -> str:
    return f"{CASES}{case_id}/"
