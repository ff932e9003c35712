"""A trial's sums are those of the engine's own answers; exports hold no word of a person."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from makewhole.core.allocation.allocate import allocate
from makewhole.core.order.model import Line, Order
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.model import Claim, ClaimLine
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.sql import trial
from makewhole.core.rulebook.sql.row import claim_rows
from makewhole.core.rulebook.sql.trial import BEARERS, Side
from makewhole.core.words import Head, Reason, Remedy
from makewhole.doors.cli.rulebook import command
from makewhole.rooms.trials.service import TrialError, export_cases, rules_named, try_rules
from makewhole.rooms.trials.service.trying import groups_of
from makewhole.rooms.trials.store.running import TrialDatabase
from makewhole.rooms.trials.store.sums import COUNTED
from tests.core.rulebook.books import NOW, PLACED, at, order, parcel, real_book, told

BEFORE, AFTER = "cn@2022-03-15", "cn@2022-07-18"


class Batch(NamedTuple):
    rows: list[dict[str, Any]]
    cases: int
    left_out: int = 0


class Past(NamedTuple):
    order: Order
    claim: Claim
    wanted: Remedy


def past() -> Iterator[Past]:
    """Sixty claims for goods of many prices: sent late, sold out, defective; some on two lines."""
    for number in range(60):
        price = 700 + 977 * number
        lines = (Line("1", "a", "杯", "home", 1, price), Line("2", "b", "垫", "home/mats", 2, 3_500))
        sent = (parcel(("dispatched", PLACED + timedelta(days=6)), ("signed", PLACED + timedelta(days=8))),)
        bought = order(*lines, parcels=sent if number % 3 else ())._replace(id=f"O-{number}")
        reason = (Reason.LATE_DISPATCH, Reason.OUT_OF_STOCK, Reason.QUALITY)[number % 3]
        claimed = (ClaimLine("1", 1), ClaimLine("2", 2)) if number % 5 == 0 else (ClaimLine("1", 1),)
        claim = Claim((reason,), claimed, told(goods_intact=True), NOW + timedelta(days=2))
        yield Past(bought, claim, Remedy.COMPENSATION if number % 2 else Remedy.REFUND_ONLY)


def rows(book: Rulebook) -> Iterator[Batch]:
    for number, one in enumerate(past()):
        made = claim_rows(book.calendar, one.order, allocate(one.order), one.claim, one.claim.claimed_at)
        for row in made:
            row |= {"case_id": f"case-{number}", "wanted_remedy": one.wanted.value, "month": "2026-11",
                    "paid_by_merchant_minor": 100, "advanced_minor": 50}  # fmt: skip
        yield Batch(made, 1)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    target = tmp_path / "cases.parquet"
    done = export_cases(target, rows(real_book("cn")))
    assert (done.cases, done.lines, done.left_out) == (60, 72, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.parquet"]
    return target


def engine_total(book: Rulebook, one: Past, edition: str) -> int:
    """What the engine gives under an edition, by the same choice of remedy."""
    day = book.edition_named(edition).start
    moved = one.order._replace(placed_at=at(f"{day}T10:00"))
    answer = assess(book, moved, allocate(moved), one.claim, one.claim.claimed_at)
    plan = answer.plan(one.wanted)
    if plan is None:
        certain = [each for each in answer.plans if not each.depends_on]
        plan = max(certain or answer.plans, key=lambda each: each.total_minor, default=None)
    return plan.total_minor if plan is not None else 0


def test_a_trial_sums_up_what_the_engine_answers(export: Path) -> None:
    book = real_book("cn")
    report = try_rules(export, rules_named(book, AFTER), rules_named(book, BEFORE))
    before = [engine_total(book, one, BEFORE) for one in past()]
    after = [engine_total(book, one, AFTER) for one in past()]
    in_all = report.in_all
    assert (in_all.cases, in_all.lines) == (60, 72)
    assert (in_all.before.total, in_all.after.total) == (sum(before), sum(after))
    assert in_all.more == sum(two > one for one, two in zip(before, after, strict=True))
    assert in_all.less == sum(two < one for one, two in zip(before, after, strict=True))
    assert sum(part.delta_minor for part in report.by_reason) == in_all.delta_minor != 0
    assert sum(part.cases for part in report.by_size) == 60
    assert {part.key for part in report.by_category} == {"home"}
    assert (in_all.paid_minor, in_all.advanced_minor) == (7_200, 3_600)
    greatest = max(abs(two - one) for one, two in zip(before, after, strict=True))
    assert abs(report.affected[0].delta_minor) == greatest
    assert "cn-promise-late-dispatch" in report.affected[0].after.rules


@pytest.mark.parametrize(("edition", "against", "moves"), [(AFTER, BEFORE, "less"), (BEFORE, AFTER, "more")])
def test_the_sums_of_a_trial_are_those_of_its_rows(export: Path, edition: str, against: str, moves: str) -> None:
    book = real_book("cn")
    database = TrialDatabase(export, "cn", book.calendar)
    summed = dict.fromkeys((*_SUMMED, *COUNTED), 0)
    expected = dict(summed)
    for group in groups_of(database.found(), rules_named(book, edition), rules_named(book, against), {}, "TRUE"):
        met = database.met(group.programs, group.where)
        for joint in (False, True):
            made = trial.tried(group.programs, met, database.source, group.where, joint=joint)
            cases: dict[str, list[dict[str, Any]]] = {}
            for row in database.rows(made, {"case_id": "case_id", **_row_columns("before", made.before),
                                            **_row_columns("after", made.after)}):  # fmt: skip
                cases.setdefault(row["case_id"], []).append(row)
            for lines in cases.values():
                _count(lines, expected)
            made = trial.tried(group.programs, met, database.source, group.where, joint=joint)
            for cell in database.sums(made, joint=joint):
                for name in summed:
                    summed[name] += cell.figures[name]
    assert summed == expected
    assert all(expected[name] for name in ("changed", moves, "before_most", "after_head_lateness"))


_SUMMED = tuple(
    f"{side}_{name}"
    for side in ("before", "after")
    for name in (*BEARERS, *(f"head_{head}" for head in Head), "open", "most")
)


def _row_columns(name: str, side: Side) -> dict[str, str]:
    columns = {f"{name}_remedy": side.remedy, f"{name}_total": side.total, f"{name}_is_open": side.open}
    columns |= {f"{name}_{party}": side.paid_by(party) for party in BEARERS} | {f"{name}_most": side.most}
    return columns | {f"{name}_head_{head}": side.under(head) for head in Head}


def _count(lines: list[dict[str, Any]], sums: dict[str, int]) -> None:
    """Add one case to the sums, row by row and in plain words."""
    for row in lines:
        for side in ("before", "after"):
            row[f"{side}_open"] = row[f"{side}_total"] if row[f"{side}_is_open"] else 0
        for name in _SUMMED:
            sums[name] += row[name]
    was, now = (sum(row[f"{side}_total"] for row in lines) for side in ("before", "after"))
    had, has = (max(row[f"{side}_remedy"] for row in lines) for side in ("before", "after"))
    differs = ("remedy", *BEARERS)
    sums["cases"] += 1
    sums["changed"] += any(row[f"before_{name}"] != row[f"after_{name}"] for row in lines for name in differs)
    sums["more"] += now > was
    sums["less"] += now < was
    sums["lost"] += bool(had) and not has
    sums["gained"] += bool(has) and not had
    sums["moved"] += bool(had) and bool(has) and had != has
    sums["open_before"] += any(row["before_is_open"] for row in lines)
    sums["open_after"] += any(row["after_is_open"] for row in lines)


def test_the_same_rules_change_nothing(export: Path) -> None:
    book = real_book("cn")
    report = try_rules(export, rules_named(book, AFTER), rules_named(book, AFTER))
    assert (report.in_all.changed, report.in_all.delta_minor, report.affected) == (0, 0, [])


def test_each_case_may_go_by_the_rules_of_its_own_time(export: Path) -> None:
    book = real_book("cn")
    then = try_rules(export, rules_named(book, book.editions[-1].name), rules_named(book, "then"))
    assert then.against == "then"
    assert (then.in_all.cases, then.in_all.delta_minor) == (60, 0)


def test_the_command_prints_and_writes_the_report(export: Path, tmp_path: Path) -> None:
    ask = ["try", "cn", "--edition", AFTER, "--on", str(export)]
    result = CliRunner().invoke(command, [*ask, "--csv", str(tmp_path / "tables"), "--lang", "zh"])
    assert result.exit_code == 0, result.output
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert names == {"by_all.csv", "by_reason.csv", "by_category.csv", "by_month.csv", "by_size.csv", "affected.csv"}


@pytest.mark.parametrize(
    ("market", "edition", "wrong"),
    [("cn", "cn@1999-01-01", "has no edition"), ("br", "br@1991-03-11", "has no cases of market br; it has cn")],
)
def test_what_cannot_be_tried_is_refused(export: Path, market: str, edition: str, wrong: str) -> None:
    book = real_book(market)
    with pytest.raises(TrialError, match=wrong):
        try_rules(export, rules_named(book, edition), rules_named(book, book.editions[0].name))


def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    book = real_book("cn")
    foreign = tmp_path / "foreign.parquet"
    foreign.write_bytes(b"PAR1 no PAR1")
    with pytest.raises(TrialError, match="holds no exported cases"):
        try_rules(foreign, rules_named(book, AFTER), rules_named(book, BEFORE))
    with pytest.raises(TrialError, match="is no export"):
        try_rules(tmp_path / "none", rules_named(book, AFTER), rules_named(book, BEFORE))


def test_an_export_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[Batch]:
        yield next(rows(real_book("cn")))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        export_cases(tmp_path / "cases.parquet", broken())
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "there.parquet").touch()
    with pytest.raises(TrialError, match="cannot be written"):
        export_cases(tmp_path / "there.parquet", rows(real_book("cn")))
