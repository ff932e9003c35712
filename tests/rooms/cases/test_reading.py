"""Who sees which case, in which list; the feed; the answer before any claim; and checks that find what is wrong."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from makewhole.core.case import commands as c
from makewhole.core.case.model import Actor, Outcome
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Party, Reason, Remedy, Role, Stage, Step
from makewhole.rooms.cases import queries, service
from makewhole.rooms.cases.queries import BadCursor, Filter
from makewhole.rooms.cases.service import Refused
from tests.core.case.play import AGENT, BUYER, MERCHANT, OPERATOR, SECOND_AGENT, START
from tests.rooms.cases.stage import claim, numbered, sell

pytestmark = pytest.mark.django_db
STRANGERS = (Actor(Role.BUYER, "someone-else"), Actor(Role.MERCHANT, "another-shop"))


def opened(count: int = 1) -> list[UUID]:
    """So many cases, a minute apart, the first one first."""
    orders = sell(*(numbered(f"A-{number}") for number in range(count)))
    return [UUID(claim(order_id, now=START + timedelta(minutes=number)).id) for number, order_id in enumerate(orders)]


def before_the_panel(case_id: UUID) -> None:
    service.act(case_id, c.RefuseClaim(note="No."), MERCHANT, START)
    service.act(case_id, c.Escalate(), BUYER, START)
    service.act(case_id, c.FinishEvidence(), BUYER, START)
    service.act(case_id, c.FinishEvidence(), MERCHANT, START)


def test_a_case_is_read_by_its_parties_and_the_panel_only() -> None:
    (case_id,) = opened()
    for reader in (BUYER, MERCHANT, AGENT, OPERATOR):
        assert queries.read_case(case_id, reader, START).case.id == str(case_id)
    for reader in STRANGERS:
        with pytest.raises(Refused, match="case_unknown"):
            queries.read_case(case_id, reader, START)
        assert queries.inbox(reader, Filter(waiting=False)).rows == ()
        assert queries.how_much_waits(reader, START).waiting == 0


def test_a_reader_is_shown_what_they_may_do_until_when_and_what_follows() -> None:
    (case_id,) = opened()
    view = queries.read_case(case_id, MERCHANT, START)
    first = view.actions[0]
    assert (first.name, first.primary, first.due_at) == ("accept_claim", True, START + timedelta(hours=48))
    assert first.effect.en == (
        "you accept: refund, nothing to send back (price of the goods ¥100.00); the money goes to the buyer at once."
    )
    assert {action.name for action in view.actions} == {"accept_claim", "make_offer", "refuse_claim", "submit_evidence"}
    assert {action.name for action in queries.read_case(case_id, OPERATOR, START).actions} == set()


def test_the_merchants_queue_goes_by_due_time_page_by_page() -> None:
    cases = opened(5)
    service.act(cases[2], c.RefuseClaim(note="No."), MERCHANT, START)
    page = queries.inbox(MERCHANT, limit=3)
    assert [row.id for row in page.rows] == [cases[0], cases[1], cases[3]]
    assert {row.next_step for row in page.rows} == {Step.RESPOND}
    rest = queries.inbox(MERCHANT, cursor=page.next_cursor, limit=3)
    assert ([row.id for row in rest.rows], rest.next_cursor) == ([cases[4]], "")


def test_a_buyers_list_goes_by_age_the_newest_first() -> None:
    cases = opened(3)
    page = queries.inbox(BUYER, limit=2)
    assert [row.id for row in page.rows] == [cases[2], cases[1]]
    assert [row.id for row in queries.inbox(BUYER, cursor=page.next_cursor).rows] == [cases[0]]


def test_the_desk_shows_what_waits_for_the_panel_and_who_has_it() -> None:
    first, second, _ = opened(3)
    before_the_panel(first)
    before_the_panel(second)
    service.assign(first, AGENT.id)
    service.assign(first, AGENT.id)
    with pytest.raises(Refused, match="case_taken"):
        service.assign(first, SECOND_AGENT.id)
    assert {row.id for row in queries.inbox(AGENT).rows} == {first, second}
    assert [row.id for row in queries.inbox(AGENT, Filter(mine=True)).rows] == [first]
    assert [row.id for row in queries.inbox(AGENT, Filter(unassigned=True)).rows] == [second]
    service.release(first, AGENT.id)
    assert queries.inbox(AGENT, Filter(mine=True)).rows == ()


def test_who_has_ruled_has_the_case_no_longer_so_that_another_agent_may_take_the_appeal() -> None:
    (case_id,) = opened()
    before_the_panel(case_id)
    service.assign(case_id, AGENT.id)
    service.act(case_id, c.Rule(findings=(), reasons="Nothing shows it.", proposal=None), AGENT, START)
    assert queries.read_case(case_id, AGENT, START).agent_id == ""
    service.act(case_id, c.Appeal(grounds="Here is the video."), BUYER, START)
    service.assign(case_id, SECOND_AGENT.id)
    assert queries.read_case(case_id, AGENT, START).agent_id == SECOND_AGENT.id


def test_lists_are_narrowed() -> None:
    first, second = opened(2)
    service.act(first, c.Withdraw(), BUYER, START)
    everything = Filter(waiting=False)
    found = {
        "closed": everything._replace(stage=Stage.CLOSED),
        "withdrawn": everything._replace(outcome=Outcome.WITHDRAWN),
        "open": everything._replace(open=True),
        "missing": everything._replace(reason=Reason.ITEM_MISSING),
        "quality": everything._replace(reason=Reason.QUALITY),
        "number": everything._replace(text="A-1"),
        "title": everything._replace(text="teapot"),
        "wild": everything._replace(text="%"),
        "owed by the merchant": Filter(waiting=True, waiting_for=Party.MERCHANT),
    }
    rows = {name: {row.id for row in queries.inbox(OPERATOR, wanted).rows} for name, wanted in found.items()}
    assert rows == {
        "closed": {first},
        "withdrawn": {first},
        "open": {second},
        "missing": {first, second},
        "quality": set(),
        "number": {second},
        "title": {first, second},
        "wild": set(),
        "owed by the merchant": {second},
    }


def test_how_much_waits_for_a_merchant() -> None:
    first, _, _ = opened(3)
    service.act(first, c.Withdraw(), BUYER, START)
    waits = queries.how_much_waits(MERCHANT, START + timedelta(hours=47))
    assert (waits.waiting, waits.due_soon, waits.overdue) == (2, 2, 0)


def test_a_cursor_that_is_not_ours_is_refused() -> None:
    for cursor in ("nonsense", "MjAyNi0wMS0wMQ==", "é"):
        with pytest.raises(BadCursor):
            queries.inbox(BUYER, cursor=cursor)


def test_the_answer_before_any_claim_is_the_one_the_claim_gets() -> None:
    (order_id,) = sell(numbered("A-1"))
    asked = ([Reason.ITEM_MISSING], [ClaimLine("1", 2)], [])
    answer = queries.answer_for(order_id, *asked, BUYER, START)
    assert [plan.remedy for plan in answer.plans] == [Remedy.REFUND_ONLY, Remedy.RESHIP]
    assert claim(order_id, quantity=2).wanted.total_minor == answer.plans[0].total_minor == 20_000
    with pytest.raises(Refused, match="units_taken"):
        queries.answer_for(order_id, *asked, BUYER, START)
    with pytest.raises(Refused, match="order_unknown"):
        queries.answer_for(order_id, *asked, STRANGERS[0], START)


def test_the_cases_of_an_order() -> None:
    (order_id,) = sell(numbered("A-1"))
    claim(order_id)
    claim(order_id)
    assert len(queries.cases_of_order(order_id, BUYER)) == 2
    assert queries.cases_of_order(order_id, STRANGERS[0]) == ()


def test_nothing_that_happened_can_be_changed_or_removed() -> None:
    opened()
    for statement in ("UPDATE cases_event SET actor_id = 'somebody'", "DELETE FROM cases_event"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("tampering", "invariants"),
    [
        ("UPDATE cases_case SET state = jsonb_set(state, '{story}', '\"Another story.\"')", {"I6"}),
        ("DELETE FROM cases_obligation", {"I5", "I6"}),
        ("UPDATE cases_obligation SET due_at = due_at - interval '9 days'", {"I5", "I6"}),
        ("UPDATE cases_obligation SET debtor = 'buyer'", {"I6"}),
        (
            "INSERT INTO cases_obligation (id, case_id, order_id, merchant_id, step, debtor, due_at, on_silence)"
            " SELECT gen_random_uuid(), case_id, order_id, merchant_id, 'pay', 'merchant', due_at, 'fund_advances'"
            " FROM cases_obligation",
            {"I6"},
        ),
        ("UPDATE cases_case SET buyer_id = 'somebody-else'", {"I6"}),
        ("UPDATE cases_case SET paid_minor = 1", {"I6"}),
        ("ALTER TABLE cases_event DISABLE TRIGGER USER; UPDATE cases_event SET merchant_id = 'm-2'", {"I6"}),
        ("UPDATE cases_hold SET held = 0", {"I2"}),
        ("DELETE FROM cases_hold", {"I2"}),
        ("UPDATE orders_order SET document = jsonb_set(document, '{lines,0,unit_price_minor}', '1')", {"I7"}),
        (
            "ALTER TABLE cases_event DISABLE TRIGGER USER;"
            " UPDATE cases_event SET data = jsonb_set(data, '{answer_sha256}', '\"0\"') WHERE sequence = 1",
            {"I6", "I7"},
        ),
        ("ALTER TABLE cases_event DISABLE TRIGGER USER; UPDATE cases_event SET data = '{}'", {"I5", "I6", "I9"}),
        ("ALTER TABLE cases_event DISABLE TRIGGER USER; DELETE FROM cases_event WHERE sequence = 2", {"I6", "I9"}),
        (
            "ALTER TABLE cases_event DISABLE TRIGGER USER; DELETE FROM cases_event WHERE sequence = 1",
            {"I6", "I7", "I9"},
        ),
    ],
)
def test_the_checks_find_what_is_wrong(tampering: str, invariants: set[str]) -> None:
    (case_id,) = opened()
    service.act(case_id, c.SubmitEvidence(note="The tape was torn."), BUYER, START)
    assert all(check.run().wrong == 0 for check in queries.checks())
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {tampering}")
    found = {check.invariant: check.run().first_offender for check in queries.checks() if check.run().wrong}
    assert set(found) == invariants
    assert any(str(case_id) in offender for offender in found.values()) or invariants == {"I2"}
