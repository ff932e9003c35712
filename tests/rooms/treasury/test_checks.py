"""`makewhole verify` finds what somebody with a knife in the database did to the books."""

from datetime import timedelta

import pytest
from django.db import connection

from makewhole.core.ledger.model import Funding
from makewhole.core.words import Head
from makewhole.rooms.treasury import queries, service
from tests.rooms.treasury.stage import NOW, Sold, document, grant, instruction, let_pass, play, sell

pytestmark = pytest.mark.django_db

SUMS = "the entries of every posted transfer sum to zero per asset"
ALL = "all accounts of an asset sum to zero"
CHAIN = "every balance is the sum of its entries, without a gap"
RESERVED = "what is reserved is what pending transfers will take"
HEADS = "per line and head: paid + under way ≤ due ≤ cap, as the payouts say"
RECEIVED = "what went into escrow is what the payments brought"
PAYMENTS = "no payment gives back more than it brought"
FLOORS = "no account is below its floor"
REFERENCES = "every settled payout has one provider reference and one posted transfer"
ADVANCES = "advances = recovered + outstanding + written off, on records and accounts alike"


@pytest.fixture
def books() -> Sold:
    """Books with one of everything: a settled refund, one under way, an advance with recourse."""
    sandbox = play()
    (sold,) = sell(document("1", completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 100_000, "start", NOW)
    service.top_up_deposit("m-1", "CNY", 2_000, "d-1", NOW)
    grant(sold, ("1", Head.GOODS, 6_000), ("*", Head.STATUTORY, 30_000))
    dues = (("1", Head.GOODS, 6_000), ("*", Head.STATUTORY, 20_000))
    service.pay(instruction(sold, "r-1", *dues, funding=Funding.FUND), NOW)
    let_pass(sandbox)
    later = NOW + timedelta(hours=3)
    service.pay(instruction(sold, "r-2", ("*", Head.STATUTORY, 10_000), funding=Funding.FUND), later)
    assert not _wrong()
    return sold


def _wrong() -> dict[str, str]:
    return {check.title: result.first_offender for check in queries.checks() if (result := check.run()).wrong}


@pytest.mark.parametrize(
    ("deed", "found"),
    [
        ("UPDATE treasury_entry SET amount_minor = amount_minor + 1 WHERE id = (SELECT min(id) FROM treasury_entry)",
         {SUMS}),
        ("DELETE FROM treasury_entry WHERE transfer_id = (SELECT id FROM treasury_transfer WHERE act = 'deposit_in')",
         {SUMS, CHAIN}),
        ("UPDATE treasury_account SET posted_minor = posted_minor + 1 WHERE kind = 'deposit'", {ALL, CHAIN}),
        ("UPDATE treasury_account SET pending_out_minor = 0 WHERE kind = 'outgoing'", {RESERVED}),
        ("UPDATE treasury_head SET paid_minor = 0 WHERE head = 'goods'", {HEADS}),
        ("UPDATE treasury_head SET due_minor = 1", {HEADS}),
        ("UPDATE treasury_payment SET returned_minor = 0", {PAYMENTS}),
        ("UPDATE treasury_account SET posted_minor = -1 WHERE kind = 'deposit'", {ALL, CHAIN, FLOORS}),
        ("UPDATE treasury_intent SET provider_reference = '' WHERE state = 'settled'", {REFERENCES}),
        ("UPDATE treasury_intent SET transfer_id = NULL WHERE kind = 'refund'", {REFERENCES}),
        ("UPDATE treasury_intent SET amount_minor = amount_minor + 1 WHERE kind = 'refund'", {REFERENCES}),
        ("UPDATE treasury_payment SET amount_minor = amount_minor + 1", {RECEIVED}),
        ("DELETE FROM treasury_payment", {RECEIVED}),
        ("UPDATE treasury_advance SET recovered_minor = 0", {ADVANCES}),
        ("DELETE FROM treasury_recourse", {ADVANCES}),
    ],
)  # fmt: skip
def test_every_deed_is_found_and_its_place_is_named(books: Sold, deed: str, found: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE treasury_entry DISABLE TRIGGER USER")
        for table, constraint in (
            ("account", "account_floor"), ("head", "head_never_above_due"), ("entry", "entry_adds_up"),
        ):  # fmt: skip
            cursor.execute(f"ALTER TABLE treasury_{table} DROP CONSTRAINT {constraint}")
        cursor.execute(deed)
    wrong = _wrong()
    assert set(wrong) == found
    assert all(wrong.values()), "each says where to look"
