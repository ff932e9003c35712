"""What every payment provider must do for makewhole, whoever it is. A new integration passes these tests first."""

import io
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from django.db import connections

from makewhole.integrations.payments.console.provider import Console
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.integrations.payments.signing import signed
from makewhole.rooms.treasury.ports import (
    Accepted,
    BadWebhook,
    Capture,
    OutgoingKind,
    OutgoingPayment,
    PaymentProvider,
    Refused,
    ReportKind,
    StatementEntry,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
SECRET = "whsec_Y29udHJhY3Qtb2YtcGF5bWVudC1wcm92aWRlcnM="
OTHER_SECRET = "whsec_c29tZWJvZHktZWxzZS1lbnRpcmVseS1kaWZmZXJlbnQ="


class Rehearsed(PaymentProvider, Protocol):
    """A provider whose time and webhooks a test can drive."""

    def advance(self, now: datetime, limit: int) -> int: ...

    def deliver(self, now: datetime, limit: int) -> int: ...


class Rehearsal:
    """One provider on the bench, with the webhooks it has sent."""

    def __init__(self, kind: str) -> None:
        self.delivered: list[tuple[Mapping[str, str], bytes]] = []
        self.status = 200
        self.provider: Rehearsed
        if kind == "console":
            self.provider = Console(SECRET, self._take, io.StringIO())
        else:
            self.provider = Sandbox(SECRET, post=self._take)
        self.provider.note_captures([Capture("o-1/p-1", "pay-1", 10_000, "CNY", NOW)])

    def _take(self, headers: Mapping[str, str], body: bytes, now: datetime) -> int:
        self.delivered.append((headers, body))
        return self.status

    def webhooks(self, now: datetime = LATER) -> list[tuple[Mapping[str, str], bytes]]:
        """Let the provider settle what it has, and catch the webhooks."""
        self.provider.advance(now, 100)
        self.provider.deliver(now, 100)
        return self.delivered

    def lines(self, kind: str = "refund") -> list[StatementEntry]:
        found = self.provider.statement(NOW - timedelta(days=1), LATER + timedelta(days=1))
        return [line for line in found if line.kind == kind]


@pytest.fixture(params=["sandbox", "console"])
def bench(request: pytest.FixtureRequest) -> Rehearsal:
    return Rehearsal(request.param)


def refund(amount_minor: int = 6_000, target: str = "pay-1", currency: str = "CNY") -> OutgoingPayment:
    return OutgoingPayment(str(uuid.uuid4()), 1, OutgoingKind.REFUND, target, amount_minor, currency)


def test_trap_01_same_key_is_the_same_refund_however_often_it_is_sent(bench: Rehearsal) -> None:
    payment = refund()
    first = bench.provider.send(payment, NOW)
    assert isinstance(first, Accepted)
    assert bench.provider.send(payment, NOW) == first
    bench.webhooks()
    settled = bench.provider.send(payment, LATER)
    assert settled == Accepted(first.provider_reference, settled=True)
    assert [line.amount_minor for line in bench.lines()] == [-6_000]


def test_trap_05_same_key_from_many_threads_is_one_refund(bench: Rehearsal) -> None:
    payment = refund()

    def ask(_: int) -> object:
        try:
            return bench.provider.send(payment, NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    assert len(set(answers)) == 1
    bench.webhooks()
    assert len(bench.lines()) == 1


@pytest.mark.parametrize("other", [{"amount_minor": 5_999}, {"target": "pay-2"}, {"currency": "USD"}])
def test_same_key_with_another_body_is_refused_but_never_for_good(bench: Rehearsal, other: dict[str, object]) -> None:
    payment = refund()
    bench.provider.send(payment, NOW)
    answer = bench.provider.send(payment._replace(**other), NOW)  # type: ignore[arg-type]
    assert isinstance(answer, Refused)
    assert not answer.final, "what the first body did is not known to whoever sent the second"
    bench.webhooks()
    assert [line.amount_minor for line in bench.lines()] == [-6_000]


@pytest.mark.parametrize(
    "payment",
    [refund(10_001), refund(target="nobody"), refund(currency="USD")],
    ids=["too much", "unknown", "currency"],
)
def test_what_cannot_be_refunded_is_refused_for_good(bench: Rehearsal, payment: OutgoingPayment) -> None:
    answer = bench.provider.send(payment, NOW)
    assert isinstance(answer, Refused)
    assert answer.final
    assert answer.why


def test_refunds_of_a_payment_never_exceed_it(bench: Rehearsal) -> None:
    assert isinstance(bench.provider.send(refund(6_000), NOW), Accepted)
    assert isinstance(bench.provider.send(refund(4_001), NOW), Refused)
    assert isinstance(bench.provider.send(refund(4_000), NOW), Accepted)
    bench.webhooks()
    assert sum(line.amount_minor for line in bench.lines()) == -10_000


def test_payments_of_one_checkout_that_share_a_reference_add_up(bench: Rehearsal) -> None:
    share = Capture("o-2/p-1", "pay-1", 5_000, "CNY", NOW)
    bench.provider.note_captures([share, share])
    bench.provider.note_captures([share])
    assert isinstance(bench.provider.send(refund(15_001), NOW), Refused)
    assert isinstance(bench.provider.send(refund(15_000), NOW), Accepted)
    assert sum(line.amount_minor for line in bench.lines("capture")) == 15_000


def test_new_money_goes_to_the_payer_beyond_the_payment_and_to_merchants(bench: Rehearsal) -> None:
    beyond = refund(30_000)._replace(kind=OutgoingKind.PAYOUT)
    to_merchant = refund(7_000, "m-1")._replace(kind=OutgoingKind.TRANSFER)
    assert isinstance(bench.provider.send(beyond, NOW), Accepted)
    assert isinstance(bench.provider.send(to_merchant, NOW), Accepted)
    bench.webhooks()
    assert [line.amount_minor for line in bench.lines("payout")] == [-30_000]
    assert [line.target for line in bench.lines("transfer")] == ["m-1"]


def test_what_has_become_of_a_payment_can_be_asked(bench: Rehearsal) -> None:
    payment = refund()
    assert bench.provider.look_up(payment, NOW) is None
    bench.provider.send(payment, NOW)
    accepted = bench.provider.look_up(payment, NOW)
    assert accepted is not None
    assert accepted.kind is ReportKind.ACCEPTED
    bench.webhooks()
    settled = bench.provider.look_up(payment, LATER)
    assert settled is not None
    assert (settled.kind, settled.key, settled.round) == (ReportKind.SETTLED, payment.key, 1)
    assert (settled.amount_minor, settled.currency, settled.target) == (6_000, "CNY", "pay-1")


def test_webhooks_tell_acceptance_and_settlement_each_under_its_own_id(bench: Rehearsal) -> None:
    payment = refund()
    answer = bench.provider.send(payment, NOW)
    assert isinstance(answer, Accepted)
    reports = [
        report for headers, body in bench.webhooks() for report in bench.provider.parse_webhook(headers, body, LATER)
    ]
    assert {report.kind for report in reports} == {ReportKind.ACCEPTED, ReportKind.SETTLED}
    assert len({report.event_id for report in reports}) == 2
    assert {(report.key, report.reference) for report in reports} == {(payment.key, answer.provider_reference)}


def test_trap_02_a_webhook_that_was_not_taken_comes_again_under_the_same_id(bench: Rehearsal) -> None:
    bench.provider.send(refund(), NOW)
    bench.status = 503
    first = [headers["webhook-id"] for headers, _ in bench.webhooks()]
    bench.status = 200
    bench.delivered.clear()
    again = [headers["webhook-id"] for headers, _ in bench.webhooks(LATER + timedelta(hours=1))]
    assert sorted(again) == sorted(first)
    bench.delivered.clear()
    assert bench.webhooks(LATER + timedelta(hours=2)) == []


def test_webhooks_of_others_old_ones_and_altered_ones_are_refused(bench: Rehearsal) -> None:
    bench.provider.send(refund(), NOW)
    headers, body = bench.webhooks()[0]
    parse = bench.provider.parse_webhook
    assert parse(headers, body, LATER)
    assert parse({name.title(): value for name, value in headers.items()}, body, LATER + timedelta(minutes=4))
    with pytest.raises(BadWebhook, match="no signature"):
        parse(headers, body.replace(b"6000", b"9000"), LATER)
    with pytest.raises(BadWebhook, match="no signature"):
        parse({**headers, "webhook-id": "evt-other"}, body, LATER)
    with pytest.raises(BadWebhook, match="no signature"):
        parse(signed(OTHER_SECRET, headers["webhook-id"], body.decode(), LATER), body, LATER)
    for moved in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(BadWebhook, match="more than 0:05:00 from now"):
            parse(headers, body, LATER + moved)
    for missing in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        with pytest.raises(BadWebhook, match="lacks"):
            parse({name: value for name, value in headers.items() if name != missing}, body, LATER)


@pytest.mark.parametrize("body", ["", "[]", "{}", "nonsense", '{"kind": "settled"}', "\x00"])
def test_a_signed_webhook_of_another_form_is_refused(bench: Rehearsal, body: str) -> None:
    with pytest.raises(BadWebhook, match="is not a report"):
        bench.provider.parse_webhook(signed(SECRET, "evt-1", body, NOW), body.encode(), NOW)


def test_a_statement_holds_every_line_once_in_its_span(bench: Rehearsal) -> None:
    bench.provider.send(refund(), NOW)
    bench.webhooks()
    whole = list(bench.provider.statement(NOW, LATER + timedelta(seconds=1)))
    assert [(line.kind, line.amount_minor) for line in whole] == [("capture", 10_000), ("refund", -6_000)]
    assert len({line.reference for line in whole}) == 2
    assert [line.kind for line in bench.provider.statement(NOW, LATER)] == ["capture"]
    assert [line.kind for line in bench.provider.statement(LATER, LATER + timedelta(days=1))] == ["refund"]
