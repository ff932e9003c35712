"""Operators compare two editions, and try one on the cases there have been."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from makewhole.core.words import Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.trials import queries, service
from makewhole.rooms.trials.service import asking
from tests.doors.forms import form, text
from tests.doors.panel import disputed

pytestmark = pytest.mark.django_db
TRIALS = "/operator/rules/trials/"


@pytest.fixture
def operator(sandbox: Sandbox, browser_of: Callable[[Role], Client]) -> Client:
    return browser_of(Role.OPERATOR)


def test_two_editions_are_compared_in_words(operator: Client) -> None:
    page = text(operator.get("/operator/rules/compare/?market=cn&before=cn@2022-03-15&after=cn@2022-07-18"))
    assert "rules differ between cn@2022-03-15 and cn@2022-07-18." in page
    assert "better for some, worse for others" in page
    assert "at most ¥30.00" in page
    assert operator.get("/operator/rules/compare/?market=cn&before=cn@1900-01-01").status_code == 400
    assert operator.get("/operator/rules/compare/?market=nowhere").status_code == 400


def test_a_trial_is_asked_for_carried_out_and_read(operator: Client) -> None:
    disputed("D-1", timezone.now(), photos=True)
    disputed("D-2", timezone.now())
    page = operator.get(f"{TRIALS}?market=cn&before=cn@2022-03-15&after=cn@2022-07-18")
    asked = operator.post(f"{TRIALS}ask/", form(page, "ask/") | {"before": "cn@2022-03-15", "after": "cn@2022-07-18"})
    assert asked.status_code == 303
    place = asked.headers["Location"]
    assert "Waits for the worker" in text(operator.get(place))
    trial = queries.trials("cn")[0]
    asking.run(trial.id, clock.now)
    told = text(operator.get(place))
    assert "Of 2 past cases 0 would have come out otherwise" in told
    assert "No case comes out otherwise." in told
    asking.run(trial.id, clock.now)
    assert queries.trials("cn")[0].state == "done"


def test_a_trial_that_cannot_be_made_says_why(operator: Client) -> None:
    trial_id = asking.ask("cn", "cn@2022-07-18", "cn@2022-03-15", "op", clock.now())
    asking.run(trial_id, clock.now)
    assert "has no cases of market cn" in text(operator.get(f"{TRIALS}{trial_id}/"))


def test_an_export_holds_no_name_and_no_story(sandbox: Sandbox, db: None, tmp_path: Path) -> None:
    from pyarrow import parquet

    case = disputed("D-1", timezone.now(), photos=True)
    target = tmp_path / "cases.parquet"
    assert service.export_cases(target, cases.past_cases()).cases == 1
    row = parquet.read_table(target).to_pylist()[0]
    assert (row["case_id"], row["order_id"]) == (case.id, case.order_id)
    assert row["wanted_minor"] > 0
    assert row["price_minor"] > 0
    written = str(row)
    assert case.story not in written
    assert "林悦" not in written
    assert case.buyer_id not in written
