"""A replay of an invented dataset: every claim its dates and reviews warrant, to the last deadline, books clean."""

import json
from pathlib import Path

import pytest

from makewhole.core.words import Reason
from makewhole.doors.cli.replay.claims import PastOrder, past_orders
from tests.house.conftest import empty_home, run
from tests.simulation.dataset import KINDS, write_dataset

__all__ = ["empty_home"]

WARRANTED = {
    "late": Reason.LATE_DELIVERY,
    "never_sent": Reason.NEVER_DISPATCHED,
    "lost": Reason.PARCEL_LOST,
    "cancelled": Reason.OUT_OF_STOCK,
    "sent_late": Reason.LATE_DISPATCH,
    "broken": Reason.DAMAGED,
    "missing": Reason.ITEM_MISSING,
    "wrong": Reason.WRONG_ITEM,
    "fine": None,
}


def test_each_order_warrants_the_claim_its_dates_and_review_speak_of(tmp_path: Path) -> None:
    write_dataset(tmp_path, 18)
    found = [past for past in past_orders(tmp_path, "x") if isinstance(past, PastOrder)]
    told = [past.claim.reason if past.claim else None for past in found]
    assert told == [*(WARRANTED[kind] for kind in KINDS), *(WARRANTED[kind] for kind in KINDS), None]


def test_nothing_is_claimed_before_it_could_be_seen(tmp_path: Path) -> None:
    write_dataset(tmp_path, 18)
    for past in past_orders(tmp_path, "x"):
        assert isinstance(past, PastOrder)
        if past.claim is not None and past.claim.reason is Reason.LATE_DELIVERY:
            assert past.claim.at.isoformat() > past.document["promises"]["deliver_by"]


@pytest.mark.slow
def test_a_replay_ends_with_every_case_closed_and_the_books_clean_and_again_changes_nothing(
    empty_home: Path, tmp_path: Path
) -> None:
    # Among the first 63 orders is one that was unsent when claimed and came before the ruling.
    write_dataset(tmp_path / "data", 63)
    first = replay(empty_home, tmp_path / "data")
    assert first["cases"] >= 20
    assert sum(reason["open"] for reason in first["reasons"]) == 0
    assert first["paid_by_fund_minor"] > 0, "some merchants take their money out and leave claims to the fund"
    assert 0 < first["recovered_minor"] <= first["advanced_minor"], "their deposits pay it back"
    verified = run(empty_home, "-m", "makewhole", "verify", "--json")
    assert verified.returncode == 0, verified.stdout
    assert replay(empty_home, tmp_path / "data") == first


def replay(home: Path, directory: Path) -> dict[str, object]:
    done = run(home, "-m", "makewhole", "replay", "olist", str(directory), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
