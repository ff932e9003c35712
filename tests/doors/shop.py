"""A small invented shop for tests of pages: Chinese orders in escrow, people who sign in, and time that runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.utils import timezone

from makewhole.core.case import commands as c
from makewhole.core.case.model import Actor, Case
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Reason, Remedy, Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms import clock
from makewhole.rooms.cases import service as cases
from makewhole.rooms.identity.models import User
from makewhole.rooms.identity.service import make_person
from makewhole.rooms.treasury import service as treasury

BUYER_ID, MERCHANT_ID = "lin-yue", "qingyao"
BUYER = Actor(Role.BUYER, "person", BUYER_ID)
MERCHANT = Actor(Role.MERCHANT, "clerk", MERCHANT_ID)
AGENT = Actor(Role.AGENT, "agent")


def cup(quantity: int = 2) -> dict[str, Any]:
    return line("1", "手冲咖啡杯（雾蓝）", quantity, 12_900)


def line(line_id: str, title: str, quantity: int, price_minor: int, **more: Any) -> dict[str, Any]:
    return {
        "id": line_id, "sku": f"sku-{line_id}", "title": title, "category": "household", "quantity": quantity,
        "unit_price_minor": price_minor, **more,
    }  # fmt: skip


def document(
    number: str, *lines: dict[str, Any], now: datetime, days_ago: int = 6, signed: bool = True, **changes: Any
) -> dict[str, Any]:
    """An order placed so many days ago, sent a day later and received two days after that, unless told otherwise."""
    placed_at = now - timedelta(days=days_ago)
    goods = list(lines) or [cup()]
    paid = sum(each["unit_price_minor"] * each["quantity"] for each in goods) + 1_000
    events = [{"kind": "dispatched", "at": (placed_at + timedelta(days=1)).isoformat(), "note": "杭州"}]
    if signed:
        events.append({"kind": "signed", "at": (placed_at + timedelta(days=3)).isoformat(), "note": "本人签收"})
    return {
        "id": number,
        "merchant_id": MERCHANT_ID,
        "merchant_name": "青窑陶瓷旗舰店",
        "buyer_id": BUYER_ID,
        "buyer_name": "林悦",
        "market": "cn",
        "currency": "CNY",
        "placed_at": placed_at.isoformat(),
        "lines": goods,
        "freight": {"amount_minor": 1_000},
        "payments": [
            {"id": "p1", "means": "money", "provider": "sandbox", "reference": f"pay-{number}", "amount_minor": paid}
        ],
        "promises": {"dispatch_by": (placed_at + timedelta(days=2)).isoformat(), "no_reason_return_days": 7},
        "parcels": [{"id": "1", "carrier": "顺丰", "tracking_number": f"SF{number}", "events": events}],
        **changes,
    }


def sell(*documents: dict[str, Any], now: datetime | None = None) -> list[UUID]:
    """Import orders as a shop does; a rejected one fails the test."""
    outcomes = treasury.import_orders(documents, "shop", now or timezone.now())
    faults = [fault.say() for outcome in outcomes for fault in outcome.faults]
    assert not faults, faults
    return [outcome.record.id for outcome in outcomes if outcome.record]


def claim(
    order_id: UUID,
    reason: Reason = Reason.ITEM_MISSING,
    remedy: Remedy = Remedy.REFUND_ONLY,
    quantity: int = 1,
    now: datetime | None = None,
    **facts: Any,
) -> Case:
    """The buyer claims units of the first line."""
    command = c.OpenCase(
        reasons=(reason,),
        lines=(ClaimLine("1", quantity),),
        proposal=c.Proposal(remedy=remedy),
        story="箱子里只有一只杯子，开箱时就少一只。",
        facts=tuple(facts.items()),
    )
    return cases.open_case(order_id, command, BUYER, now or timezone.now()).case


def give(case: Case, command: c.Command, actor: Actor, now: datetime | None = None) -> Case:
    """One side, or the agent, does something on a case."""
    return cases.act(UUID(case.id), command, actor, now or timezone.now()).case


def people() -> dict[Role, User]:
    """One person for each role, who signs in without a password."""
    return {
        Role.BUYER: make_person("林悦", Role.BUYER, buyer_id=BUYER_ID, display_name="林悦"),
        Role.MERCHANT: make_person("青窑客服", Role.MERCHANT, merchant_id=MERCHANT_ID, display_name="青窑客服"),
        Role.AGENT: make_person("裁决员", Role.AGENT, display_name="周明"),
        Role.OPERATOR: make_person("运营", Role.OPERATOR, display_name="运营"),
    }


class Time:
    """The house's sweeps, run as time passes; with a file of a rehearsal, pages live in that time too."""

    def __init__(self, sandbox: Sandbox, now: datetime, file: Path | None = None) -> None:
        self.sandbox, self.now, self.file = sandbox, now, file

    def pass_hours(self, hours: float, step: timedelta = timedelta(hours=1)) -> datetime:
        end = self.now + timedelta(hours=hours)
        while self.now < end:
            self.now = min(end, self.now + step)
            if self.file is not None:
                clock.set_rehearsal(self.file, self.now)
            cases.expire_due(self.now, 1000)
            treasury.carry_out_due(self.now, 1000)
            self.sandbox.advance(self.now, 1000)
            self.sandbox.deliver(self.now, 1000)
        return self.now


@contextmanager
def rehearsal(sandbox: Sandbox, folder: Path) -> Iterator[Time]:
    """From now on pages live in the time of the test."""
    file = folder / "clock"
    time = Time(sandbox, timezone.now(), file)
    clock.set_rehearsal(file, time.now)
    with patch.dict(os.environ, {clock.VARIABLE: str(file)}):
        yield time
