"""The agents' desk: what waits, who has it, taking and putting back; and how earlier cases ended."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from makewhole.core.case import commands as c
from makewhole.core.case.model import Case
from makewhole.core.words import Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.identity.models import User
from makewhole.rooms.identity.service import make_person
from tests.doors.forms import send, text
from tests.doors.panel import agent_of, appealed, disputed, take
from tests.doors.shop import AGENT, BUYER, give

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(sandbox: Sandbox, browser_of: Callable[[Role], Client]) -> Client:
    return browser_of(Role.AGENT)


@pytest.fixture
def case(sandbox: Sandbox, db: None) -> Case:
    return disputed("D-1", timezone.now())


def page_of(case: Case) -> str:
    return f"/agent/cases/{case.id}/"


def holder(case: Case) -> str:
    return cases.read_case(UUID(case.id), AGENT, timezone.now()).agent_id


@pytest.mark.parametrize("path", ["/agent/", "/agent/all/", "/agent/cases/"])
@pytest.mark.parametrize("role", [Role.BUYER, Role.MERCHANT, Role.OPERATOR])
def test_the_desk_is_for_agents(browser_of: Callable[[Role], Client], role: Role, path: str) -> None:
    assert browser_of(role).get(path).status_code == 403


def test_who_is_signed_out_signs_in_and_comes_back(client: Client) -> None:
    assert client.get("/agent/all/").headers["Location"] == "/sign-in/?next=/agent/all/"


def test_an_empty_desk_says_when_the_next_clock_ends(agent: Client, case: Case) -> None:
    page = text(agent.get("/agent/"))
    assert "Nothing is on your desk" in page
    assert "The next clock of the panel ends" in page


def test_cases_are_counted_by_who_has_them(agent: Client, case: Case, staff: dict[Role, User]) -> None:
    disputed("D-2", timezone.now())
    take(case, staff[Role.AGENT])
    page = text(agent.get("/agent/all/"))
    assert "On my desk (1)" in page
    assert "Nobody has them yet (1)" in page
    assert "All that wait (2)" in page
    assert "周明" in page


def test_the_address_narrows_the_desk(agent: Client, case: Case) -> None:
    assert "手冲咖啡杯" in text(agent.get("/agent/all/?reason=not_as_described&step=rule"))
    assert "Nothing fits this search" in text(agent.get("/agent/all/?reason=quality"))
    assert "Nothing fits this search" in text(agent.get("/agent/all/?due=overdue"))
    assert agent.get("/agent/all/?reason=nonsense").status_code == 400
    assert agent.get("/agent/all/?cursor=nonsense").status_code == 400


def test_the_next_case_is_the_most_urgent_that_nobody_has(agent: Client, case: Case, staff: dict[Role, User]) -> None:
    later = disputed("D-2", timezone.now() + timedelta(minutes=5))
    assert send(agent, "/agent/", "/agent/next/").headers["Location"] == page_of(case)
    assert holder(case) == str(staff[Role.AGENT].id)
    assert send(agent, "/agent/", "/agent/next/").headers["Location"] == page_of(later)
    assert agent.post("/agent/next/").headers["Location"] == "/agent/"


def test_a_case_is_taken_put_back_and_taken_by_one_only(agent: Client, case: Case, staff: dict[Role, User]) -> None:
    other = make_person("沈宁", Role.AGENT, display_name="沈宁")
    send(agent, page_of(case), f"{page_of(case)}take/")
    assert holder(case) == str(staff[Role.AGENT].id)
    second = Client(headers={"Accept-Language": "en"})
    second.force_login(other)
    assert "周明 is working on it" in text(second.get(page_of(case)))
    assert "Another agent has this case" in text(second.post(f"{page_of(case)}take/", follow=True))
    assert "This case is not on your desk" in text(second.post(f"{page_of(case)}release/", follow=True))
    assert send(agent, page_of(case), f"{page_of(case)}release/").headers["Location"] == "/agent/"
    assert holder(case) == ""


def test_the_first_agent_cannot_take_the_appeal(agent: Client, case: Case, staff: dict[Role, User]) -> None:
    appealed(case, agent_of(staff[Role.AGENT]), timezone.now())
    page = text(agent.get(page_of(case)))
    assert "You gave the first ruling, so another agent rules on the appeal." in page
    answer = agent.post(f"{page_of(case)}take/", follow=True)
    assert "Another agent must rule on the appeal" in text(answer)
    assert agent.post("/agent/next/").headers["Location"] == "/agent/"
    assert holder(case) == ""


def test_a_case_with_both_sides_takes_few_queries(
    agent: Client, case: Case, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agent.get(page_of(case))
    with django_assert_max_num_queries(14):
        agent.get(page_of(case))
    with django_assert_max_num_queries(10):
        agent.get("/agent/all/")


def test_earlier_cases_of_the_same_kind_come_with_what_was_granted(
    agent: Client, case: Case, staff: dict[Role, User]
) -> None:
    earlier = disputed("D-0", timezone.now() - timedelta(days=9))
    give(earlier, c.Withdraw(), BUYER, timezone.now() - timedelta(days=9))
    page = text(agent.get(f"{page_of(case)}precedents/"))
    assert "The same reason and the same kind of goods" in page
    assert "Withdrawn" in page
    assert f'href="{page_of(earlier)}"' in agent.get("/agent/cases/?outcome=withdrawn").content.decode()
    assert "No closed case fits" in text(agent.get("/agent/cases/?outcome=dismissed"))
