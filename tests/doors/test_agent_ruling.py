"""Ruling: findings, what the rules give under them at once, amounts in bounds, figures once more, done once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from makewhole.core.case.model import Case
from makewhole.core.words import Reason, Remedy, Role, Step
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.identity.models import User
from makewhole.rooms.identity.service import make_person
from tests.doors.forms import form, text
from tests.doors.panel import agent_of, appealed, disputed, take
from tests.doors.shop import AGENT

pytestmark = pytest.mark.django_db
FOUND = {
    "fact-description_untrue": "yes",
    "why-description_untrue": "The photo shows another glaze.",
    "reasons": "The page promised mist blue.",
    "step": "confirm",
}


@pytest.fixture
def agent(sandbox: Sandbox, browser_of: Callable[[Role], Client]) -> Client:
    return browser_of(Role.AGENT)


@pytest.fixture
def mine(sandbox: Sandbox, staff: dict[Role, User]) -> Case:
    """A case on the agent's desk, with a photo."""
    case = disputed("D-1", timezone.now(), photos=True)
    take(case, staff[Role.AGENT])
    return case


def sheet_of(case: Case) -> str:
    return f"/agent/cases/{case.id}/rule/"


def now_of(case: Case) -> Case:
    return cases.read_case(UUID(case.id), AGENT, timezone.now()).case


def rule(client: Client, place: str, **typed: Any) -> Any:
    """Fill the sheet as it stands with these answers and send it."""
    return client.post(place, {**form(client.get(place), place), **typed})


def test_the_sheet_asks_for_the_facts_in_dispute(agent: Client, mine: Case) -> None:
    page = text(agent.get(sheet_of(mine)))
    assert "the goods differ from the description" in page
    assert "Buyer says: yes." in page
    assert "箱子里只有一只杯子" in page
    assert "发货前检查过" in page


def test_findings_change_what_the_rules_give_at_once(agent: Client, mine: Case) -> None:
    untrue = text(rule(agent, sheet_of(mine), **{"fact-description_untrue": "no"}))
    true = text(rule(agent, sheet_of(mine), **{"fact-description_untrue": "yes"}))
    assert "Return and refund The rules give ¥134.00. The buyer asks for it." in true
    assert "The rules give ¥134.00" not in untrue
    assert now_of(mine).rulings == ()


def test_with_script_only_the_outcome_comes_back(agent: Client, mine: Case) -> None:
    data = {**form(agent.get(sheet_of(mine)), sheet_of(mine)), "fact-description_untrue": "yes"}
    part = agent.post(sheet_of(mine), {**data, "add_fact": "human_damage"}, headers={"HX-Request": "true"})
    html = part.content.decode()
    assert "<html" not in html
    assert 'id="outcome"' in html
    assert "damage done by the user" in html
    assert "Worked out again: ¥134.00" in text(part)


def test_a_fact_nobody_found_stops_the_ruling(agent: Client, mine: Case) -> None:
    answer = rule(agent, sheet_of(mine), reasons="Because.", step="confirm")
    assert answer.status_code == 422
    assert "Not found yet: the goods differ from the description" in text(answer)
    assert "Because." in text(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"why-description_untrue": ""}, "Say why you hold this to be so."),
        ({"fact-description_untrue": ""}, "A reason is given but no finding."),
        ({"reasons": ""}, "Write the reasons: both sides read them."),
        ({"due|1|goods": "200.00"}, "At most ¥129.00 here."),
        ({"due|1|goods": "12,50"}, "This is not an amount."),
        ({"fact-value_lost_percent": "a lot"}, "This is not a whole number."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    agent: Client, mine: Case, typed: dict[str, str], said: str
) -> None:
    answer = rule(agent, sheet_of(mine), **{**FOUND, **typed})
    assert answer.status_code == 422
    assert said in text(answer)
    kept = form(answer, sheet_of(mine))
    assert kept["reasons"] == {**FOUND, **typed}["reasons"]
    assert now_of(mine).rulings == ()


def test_the_ruling_is_shown_in_full_with_what_happens_next_before_it_is_given(agent: Client, mine: Case) -> None:
    asked = rule(agent, sheet_of(mine), **FOUND)
    page = text(asked)
    assert "Once more, to be sure" in page
    assert "¥129.00" in page
    assert "the goods differ from the description: yes" in page
    assert "Appeal or accept the ruling Buyer by" in page
    assert "Nothing is paid before the ruling is final." in page
    assert now_of(mine).rulings == ()


def test_confirmed_the_ruling_stands_with_its_exhibits_and_the_desk_is_free(agent: Client, mine: Case) -> None:
    exhibit_id = now_of(mine).exhibits[0][0]
    asked = rule(agent, sheet_of(mine), **FOUND, **{"exhibits-description_untrue": exhibit_id})
    answer = agent.post(sheet_of(mine), {**form(asked, sheet_of(mine)), "confirmed": "yes"})
    assert answer.headers["Location"] == f"/agent/cases/{mine.id}/"
    ruling = now_of(mine).rulings[-1]
    assert ruling.terms is not None
    assert (ruling.terms.remedy, ruling.terms.total_minor) == (Remedy.RETURN_AND_REFUND, 13_400)
    assert ruling.findings[0].exhibit_ids == (exhibit_id,)
    assert cases.read_case(UUID(mine.id), AGENT, timezone.now()).agent_id == ""
    assert "You have ruled." in text(agent.get(answer.headers["Location"]))


def test_trap_04_a_ruling_sent_twice_is_one_ruling(agent: Client, mine: Case) -> None:
    asked = rule(agent, sheet_of(mine), **FOUND)
    yes = {**form(asked, sheet_of(mine)), "confirmed": "yes"}
    first = agent.post(sheet_of(mine), yes)
    again = agent.post(sheet_of(mine), yes)
    assert first.status_code == again.status_code == 303
    assert len(now_of(mine).rulings) == 1


def test_going_back_from_the_confirmation_keeps_the_sheet(agent: Client, mine: Case) -> None:
    asked = rule(agent, sheet_of(mine), **FOUND)
    back = agent.post(sheet_of(mine), {**form(asked, sheet_of(mine)), "step": "edit"})
    kept = form(back, sheet_of(mine))
    assert kept["reasons"] == FOUND["reasons"]
    assert kept["why-description_untrue"] == FOUND["why-description_untrue"]


def test_less_can_be_given_and_a_dismissal_gives_nothing(agent: Client, mine: Case) -> None:
    asked = rule(agent, sheet_of(mine), **{**FOUND, "due|1|goods": "100.00"})
    assert "¥100.00" in text(asked)
    asked = rule(agent, sheet_of(mine), **{**FOUND, "remedy": "dismiss"})
    agent.post(sheet_of(mine), {**form(asked, sheet_of(mine)), "confirmed": "yes"})
    assert now_of(mine).rulings[-1].terms is None


def test_going_beyond_the_rules_needs_a_reason_and_stays_within_what_was_paid(agent: Client, mine: Case) -> None:
    beyond = {**FOUND, "fact-description_untrue": "no", "remedy": "refund_only", "beyond_reason": "A hard case."}
    answer = rule(agent, sheet_of(mine), **beyond, **{"due|1|goods": "99999.00"})
    assert answer.status_code == 422
    assert "At most" in text(answer)
    asked = rule(agent, sheet_of(mine), **beyond, **{"due|1|goods": "50.00"})
    assert "This goes beyond what the rules give." in text(asked)
    agent.post(sheet_of(mine), {**form(asked, sheet_of(mine)), "confirmed": "yes"})
    ruling = now_of(mine).rulings[-1]
    assert ruling.terms is not None
    assert (ruling.terms.total_minor, ruling.beyond_reason) == (5_000, "A hard case.")


def test_who_has_not_taken_the_case_is_sent_to_take_it(agent: Client, sandbox: Sandbox) -> None:
    case = disputed("D-9", timezone.now())
    answer = agent.get(sheet_of(case), follow=True)
    assert "Take the case first" in text(answer)
    assert rule_without_sheet(agent, case).headers["Location"] == f"/agent/cases/{case.id}/"
    assert now_of(case).rulings == ()


def rule_without_sheet(client: Client, case: Case) -> Any:
    return client.post(sheet_of(case), {**FOUND, "confirmed": "yes"})


@pytest.mark.parametrize("role", [Role.BUYER, Role.MERCHANT, Role.OPERATOR])
def test_only_agents_rule(browser_of: Callable[[Role], Client], mine: Case, role: Role) -> None:
    assert rule_without_sheet(browser_of(role), mine).status_code == 403


def test_a_second_agent_sees_the_first_ruling_and_ends_the_appeal(
    agent: Client, mine: Case, staff: dict[Role, User]
) -> None:
    now = timezone.now()
    appealed(mine, agent_of(staff[Role.AGENT]), now - timedelta(minutes=5))
    second = make_person("沈宁", Role.AGENT, display_name="沈宁")
    take(mine, second)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(second)
    place = f"/agent/cases/{mine.id}/rule-appeal/"
    page = text(client.get(place))
    assert "Ruling of the platform The claim is dismissed" in page
    assert "证据不足。" in page
    asked = rule(client, place, **FOUND)
    assert "The ruling is final at once" in text(asked) or "Send the goods back" in text(asked)
    client.post(place, {**form(asked, place), "confirmed": "yes"})
    case = now_of(mine)
    assert [ruling.on_appeal for ruling in case.rulings] == [False, True]
    assert case.obligation(Step.SHIP_BACK) is not None
    assert agent.get(place, follow=True).status_code == 200
    assert len(now_of(mine).rulings) == 2


def test_evidence_is_asked_for_once_and_the_clock_stops(agent: Client, mine: Case) -> None:
    base = f"/agent/cases/{mine.id}/"
    asked = {
        **form(agent.get(base), f"{base}request_evidence/"),
        "parties": "buyer",
        "question": "A photo of the label?",
    }
    assert agent.post(f"{base}request_evidence/", asked).headers["Location"] == base
    case = now_of(mine)
    assert case.obligation(Step.GIVE_EVIDENCE) is not None
    assert case.obligation(Step.RULE) is None
    missing = agent.post(f"{base}request_evidence/", {"question": "More?"})
    assert missing.status_code == 422


def test_the_same_photo_in_another_case_is_marked(agent: Client, mine: Case) -> None:
    other = disputed("D-5", timezone.now(), Reason.QUALITY, photos=True)
    page = agent.get(f"/agent/cases/{mine.id}/")
    assert "The same file was used in another case (1)" in text(page)
    exhibit_id = now_of(mine).exhibits[0][0]
    large = agent.get(f"/agent/evidence/{exhibit_id}/")
    assert f'href="/agent/cases/{other.id}/"' in large.content.decode()
    assert "the very same file · the same buyer" in text(large)
    assert agent.get(f"/agent/evidence/{exhibit_id}/thumbnail/").headers["Content-Type"] == "image/jpeg"
