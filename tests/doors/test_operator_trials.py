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
from makewhole.rooms.rulebooks import queries as rulebooks
from makewhole.rooms.trials import queries, service
from makewhole.rooms.trials.ports import Draft
from makewhole.rooms.trials.service import asking
from tests.doors.forms import form, text
from tests.doors.panel import disputed

pytestmark = pytest.mark.django_db
TRIALS = "/operator/rules/trials/"
DRAFT = f"{TRIALS}draft/"


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


FILE = "cn/platform.yaml"


def _draft(operator: Client, old: str, new: str) -> dict[str, str]:
    """The form of the page as an operator sends it, with one thing in the file changed."""
    page = operator.get(f"{DRAFT}?market=cn&file={FILE}")
    fields = form(page, "draft/ask/")
    published = rulebooks.rule_files("cn")[FILE]
    assert fields["text"].strip() == published.strip()
    assert old in published
    # Browsers send line ends of a form as CR LF.
    return fields | {"text": published.replace(old, new).replace("\n", "\r\n")}


def test_a_changed_figure_is_tried_before_anyone_publishes_it(operator: Client) -> None:
    disputed("D-1", timezone.now(), photos=True)
    asked = operator.post(f"{DRAFT}ask/", _draft(operator, "fixed: 25.00 CNY", "fixed: 26.00 CNY"))
    assert asked.status_code == 303
    trial = queries.trials("cn")[0]
    assert trial.edition == f"{rulebooks.book('cn').editions[-1].name} (platform.yaml)"
    asking.run(trial.id, clock.now)
    told = text(operator.get(asked.headers["Location"]))
    assert "Of 1 past case 0 would have come out otherwise" in told
    assert "What was changed in cn/platform.yaml" in told
    assert "- amount: {fixed: 25.00 CNY}" in told
    assert "+ amount: {fixed: 26.00 CNY}" in told


def test_a_changed_rule_changes_what_past_cases_get(operator: Client) -> None:
    case = disputed("D-1", timezone.now(), photos=True)
    file = "cn/law-nonconforming.yaml"
    before, name, after = rulebooks.rule_files("cn")[file].partition("id: cn-consumer-48-described-return\n")
    halved = before + name + after.replace("{head: goods, of: price}", "{head: goods, of: price, rate: 0.5}", 1)
    latest = rulebooks.book("cn").editions[-1].name
    trial_id = asking.ask("cn", "", latest, "op", clock.now(), Draft(file, halved))
    asking.run(trial_id, clock.now)
    trial = queries.trial(trial_id)
    assert trial is not None
    assert trial.report is not None, trial.fault
    (affected,) = trial.report["affected"]
    assert affected["case_id"] == case.id
    assert affected["after"]["heads"]["goods"] * 2 == affected["before"]["heads"]["goods"]
    assert trial.report["in_all"]["less"] == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("fixed: 25.00 CNY", "fixed: 25.00 EUR", "cn/platform.yaml:"),
        ("fixed: 25.00 CNY", "fixed: !!python/object:os.system 25.00 CNY", "is not taken; remove the tag"),
        ("fixed: 25.00 CNY", "fixed: [25.00 CNY", "this is no YAML"),
        ("fixed: 25.00 CNY", "fixed: 25.00 \0 CNY", "there is a NUL byte"),
        ("layer: platform", "layer: platform\n" + "# 0123456789\n" * 90_000, "the most is 1000000"),
    ],
)
def test_a_faulty_draft_is_refused_with_line_and_remedy_and_nothing_typed_is_lost(
    operator: Client, old: str, new: str, told: str
) -> None:
    fields = _draft(operator, old, new)
    refused = operator.post(f"{DRAFT}ask/", fields)
    assert refused.status_code == 422
    assert told in text(refused)
    assert form(refused, "draft/ask/")["text"].strip() == fields["text"].replace("\r\n", "\n").strip()
    assert not queries.trials("cn")


def test_a_draft_that_changes_nothing_or_names_no_file_is_refused(operator: Client) -> None:
    same = operator.post(f"{DRAFT}ask/", _draft(operator, "cn", "cn"))
    assert same.status_code == 422
    assert "says what is published already" in text(same)
    for name in ("../secrets.yaml", "cn/calendar.yaml", "jd/platform.yaml"):
        assert operator.get(f"{DRAFT}?market=cn&file={name}").status_code == 400
        assert operator.post(f"{DRAFT}ask/", {"market": "cn", "file": name, "text": "x"}).status_code == 400


def test_a_rule_leads_to_the_file_it_stands_in(operator: Client) -> None:
    page = operator.get("/operator/rules/cn/cn-return-freight-without-receipt/")
    assert f"{DRAFT}?market=cn&amp;rule=cn-return-freight-without-receipt" in page.content.decode()
    opened = operator.get(f"{DRAFT}?market=cn&rule=cn-return-freight-without-receipt")
    assert form(opened, "draft/ask/")["file"] == FILE


def test_only_operators_try_drafts(client: Client, browser_of: Callable[[Role], Client]) -> None:
    assert client.get(DRAFT).status_code == 302
    assert browser_of(Role.MERCHANT).get(DRAFT).status_code == 403
    assert browser_of(Role.MERCHANT).post(f"{DRAFT}ask/", {"market": "cn"}).status_code == 403


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
