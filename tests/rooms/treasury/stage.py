"""A small stage for tests of money: orders with payments, dues on them, instructions, and a look into the books."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from makewhole.core.ledger.model import Funding, HeadDue, PayDue, PaymentInstruction
from makewhole.core.words import Head, Party
from makewhole.integrations.payments.sandbox.manners import CALM, Manners
from makewhole.integrations.payments.sandbox.provider import Post, Sandbox
from makewhole.rooms.ids import new_id
from makewhole.rooms.treasury import ports, service

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECRET = "whsec_bWFrZXdob2xlLXRlc3RzLW9mLXRoZS10cmVhc3VyeQ=="
MONEY = {"id": "p-1", "means": "money", "provider": "sandbox"}


class Sold(NamedTuple):
    """One order on the stage."""

    id: UUID
    merchant_id: str
    buyer_id: str


def document(
    number: str,
    merchant_id: str = "m-1",
    payments: Sequence[dict[str, Any]] = (),
    amount_minor: int = 10_000,
    freight_minor: int = 0,
    **changes: Any,
) -> dict[str, Any]:
    """An order of one line; without payments named, one in money pays it all."""
    total_minor = amount_minor + freight_minor
    return {
        "id": number,
        "merchant_id": merchant_id,
        "merchant_name": f"Merchant {merchant_id}",
        "buyer_id": "b-1",
        "market": "cn",
        "currency": "CNY",
        "placed_at": "2026-11-10T10:00:00+08:00",
        "lines": [
            {
                "id": "1", "sku": "s-1", "title": "Kettle", "category": "household", "quantity": 1,
                "unit_price_minor": amount_minor,
            }
        ],
        "freight": {"amount_minor": freight_minor},
        "payments": list(payments) or [{**MONEY, "amount_minor": total_minor, "reference": f"pay-{number}"}],
        **changes,
    }  # fmt: skip


def sell(*documents: dict[str, Any], now: datetime = NOW) -> list[Sold]:
    """Import orders through the treasury; a rejected one fails the test."""
    outcomes = service.import_orders(documents, "stage", now)
    faults = [fault.say() for outcome in outcomes for fault in outcome.faults]
    assert not faults, faults
    records = [outcome.record for outcome in outcomes if outcome.record]
    return [Sold(record.id, record.order.merchant_id, record.order.buyer_id) for record in records]


def grant(sold: Sold, *dues: tuple[str, Head, int], case_id: UUID | None = None, cap_minor: int = 0) -> UUID:
    """A case grants amounts per line and head; the cap is the amount itself unless given."""
    case = case_id or new_id()
    service.set_dues(sold.id, case, [HeadDue(line, head, due, cap_minor or due) for line, head, due in dues])
    return case


def instruction(
    sold: Sold,
    reference: str,
    *dues: tuple[str, Head, int],
    funding: Funding = Funding.MERCHANT,
    payer: Party = Party.MERCHANT,
    case_id: UUID | None = None,
    cap_minor: int = 1_000_000,
) -> PaymentInstruction:
    return PaymentInstruction(
        reference=reference,
        case_id=str(case_id or ""),
        order_id=str(sold.id),
        merchant_id=sold.merchant_id,
        buyer_id=sold.buyer_id,
        currency="CNY",
        dues=tuple(PayDue(line, head, amount, payer) for line, head, amount in dues),
        funding=funding,
        fund_cap_minor=cap_minor,
    )


def play(manners: Manners = CALM, post: Post | None = None) -> Sandbox:
    """The sandbox with these manners, in place of the registered one; nothing is handed to a worker."""
    sandbox = Sandbox(SECRET, manners, post)
    ports.register_provider(sandbox, stands_in=True)
    ports.tell_worker(False)
    return sandbox


def let_pass(
    sandbox: Sandbox, start: datetime = NOW, hours: int = 1, step: timedelta = timedelta(minutes=5)
) -> datetime:
    """Let time pass for the treasury and the provider. Returns the time then."""
    now = start
    while now <= start + timedelta(hours=hours):
        service.carry_out_due(now, 1000)
        sandbox.advance(now, 1000)
        sandbox.deliver(now, 1000)
        now += step
    return now


def balance(kind: str, owner: str = "", merchant_id: str | None = None, asset: str = "CNY") -> int:
    """Sum of the posted balances of the accounts of a kind."""
    return _number(
        "SELECT coalesce(sum(posted_minor), 0) FROM treasury_account WHERE kind = %s AND asset = %s"
        " AND (%s = '' OR owner = %s) AND (%s::text IS NULL OR merchant_id = %s)",
        [kind, asset, owner, owner, merchant_id, merchant_id],
    )


def head(sold: Sold, line: str = "1", name: Head = Head.GOODS) -> tuple[int, int, int]:
    """(due, pending, paid) of a head."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due_minor, pending_minor, paid_minor FROM treasury_head WHERE order_id = %s AND line_id = %s"
            " AND head = %s",
            [sold.id, line, str(name)],
        )
        row = cursor.fetchone()
    return (row[0], row[1], row[2])


def states(sold: Sold) -> list[tuple[str, str, int]]:
    """(kind, state, amount) of the order's payouts, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, state, amount_minor FROM treasury_intent WHERE order_id = %s ORDER BY id", [sold.id]
        )
        return [(kind, state, amount) for kind, state, amount in cursor.fetchall()]


def refunded_at_bank(reference: str) -> int:
    """What the sandbox bank really gave back on a payment, by its own statement."""
    return -_number(
        "SELECT coalesce(sum(amount_minor), 0) FROM payments_sandbox_line WHERE target = %s AND kind <> 'capture'",
        [reference],
    )


def _number(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
