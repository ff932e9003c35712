"""What providers report: once, twice, early, out of order, too late; and what we do when they fail."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from makewhole.core.words import Head
from makewhole.integrations.payments.sandbox import bank
from makewhole.integrations.payments.sandbox.manners import Manners
from makewhole.integrations.payments.sandbox.provider import Sandbox, in_process
from makewhole.rooms.treasury import ports, queries, service
from makewhole.rooms.treasury.models import Intent
from makewhole.rooms.treasury.ports import Answer, OutgoingPayment, Unknown
from makewhole.rooms.treasury.service.refusals import NotRetryable, ProviderContradicts
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import (
    MONEY,
    NOW,
    SECRET,
    Sold,
    balance,
    document,
    grant,
    head,
    instruction,
    let_pass,
    play,
    refunded_at_bank,
    sell,
    states,
)

pytestmark = pytest.mark.django_db
GOODS = Head.GOODS


def refund(reference: str = "pay-1", amount_minor: int = 6_000) -> Sold:
    """An order whose buyer is due a refund, claimed but not yet carried out."""
    (sold,) = sell(document("1", payments=[{**MONEY, "amount_minor": 10_000, "reference": reference}]))
    grant(sold, ("1", GOODS, amount_minor))
    service.pay(instruction(sold, "r-1", ("1", GOODS, amount_minor)), NOW)
    return sold


def the_intent(sold: Sold) -> Intent:
    return Intent.objects.get(order_id=sold.id)


class Silent(Sandbox):
    """Does everything, answers nothing: every call times out after it was done."""

    def __init__(self) -> None:
        super().__init__(SECRET)
        self.keys: list[str] = []

    def send(self, payment: OutgoingPayment, now: datetime) -> Answer:
        self.keys.append(payment.key)
        super().send(payment, now)
        return Unknown("read timed out")


def test_trap_01_time_out_is_followed_by_the_same_key_and_refunds_once() -> None:
    silent = Silent()
    sold = refund()
    ports.register_provider(silent, stands_in=True)
    for hour in range(6):
        service.carry_out_due(NOW + timedelta(hours=hour), 10)
    assert len(silent.keys) >= 4
    assert set(silent.keys) == {str(the_intent(sold).id)}
    let_pass(silent, NOW + timedelta(hours=7))
    assert states(sold) == [("refund", "settled", 6_000)]
    assert refunded_at_bank("pay-1") == 6_000
    books_are_sound()


def test_trap_02_webhook_delivered_again_and_again_pays_once() -> None:
    deliveries: list[tuple[Mapping[str, str], bytes]] = []

    def twice(headers: Mapping[str, str], body: bytes, now: datetime) -> int:
        deliveries.append((headers, body))
        return max(in_process(headers, body, now), in_process(headers, body, now))

    sandbox = play(Manners(twice=1000), twice)
    sold = refund()
    end = let_pass(sandbox)
    assert len(deliveries) == 4
    for headers, body in deliveries:
        fresh = {**headers, **_signed_again(headers, body, end)}
        assert service.receive_webhook("sandbox", fresh, body, end) == 0
    assert head(sold) == (6_000, 0, 6_000)
    assert (balance("outgoing"), refunded_at_bank("pay-1")) == (0, 6_000)
    books_are_sound()


def _signed_again(headers: Mapping[str, str], body: bytes, now: datetime) -> dict[str, str]:
    from makewhole.integrations.payments.signing import signed

    return signed(SECRET, headers["webhook-id"], body.decode(), now)


def test_trap_02_same_news_under_another_event_id_pays_once() -> None:
    sandbox = play()
    sold = refund()
    let_pass(sandbox)
    intent = the_intent(sold)
    payment = OutgoingPayment(str(intent.id), 1, ports.OutgoingKind.REFUND, "pay-1", 6_000, "CNY")
    news = sandbox.look_up(payment, NOW)
    assert news is not None
    assert not service.report(news._replace(event_id="another"), NOW)
    assert head(sold) == (6_000, 0, 6_000)


def test_trap_03_webhook_before_the_answer_settles_and_the_answer_changes_nothing() -> None:
    sandbox = play(Manners(early=1000))
    sold = refund()
    service.carry_out(the_intent(sold).id, NOW)
    intent = the_intent(sold)
    assert (intent.state, intent.next_attempt_at) == ("settled", None)
    assert intent.provider_reference.startswith("sb_")
    let_pass(sandbox)
    assert states(sold) == [("refund", "settled", 6_000)]
    assert refunded_at_bank("pay-1") == 6_000


def test_acceptance_heard_after_the_settlement_is_out_of_date() -> None:
    sandbox = play(Manners(late_accept=1000))
    sold = refund()
    let_pass(sandbox)
    assert states(sold) == [("refund", "settled", 6_000)]


def test_trap_05_the_claim_is_durable_before_the_provider_is_called() -> None:
    seen: list[tuple[str, int]] = []

    class Watched(Sandbox):
        def send(self, payment: OutgoingPayment, now: datetime) -> Answer:
            intent = Intent.objects.get(id=payment.key)
            seen.append((intent.state, intent.attempts))
            assert not service.carry_out(intent.id, now), "a second worker must find nothing to do"
            return super().send(payment, now)

    play()
    ports.register_provider(Watched(SECRET), stands_in=True)
    sold = refund()
    assert service.carry_out(the_intent(sold).id, NOW)
    assert seen == [("sent", 1)]


def test_trap_05_a_crash_after_the_call_is_mended_with_the_same_key() -> None:
    class Dying(Sandbox):
        def send(self, payment: OutgoingPayment, now: datetime) -> Answer:
            super().send(payment, now)
            raise SystemExit("killed between the provider's answer and our commit")

    sandbox = play()
    sold = refund()
    ports.register_provider(Dying(SECRET), stands_in=True)
    with pytest.raises(SystemExit):
        service.carry_out(the_intent(sold).id, NOW)
    assert the_intent(sold).state == "sent"
    ports.register_provider(sandbox, stands_in=True)
    let_pass(sandbox, NOW + timedelta(minutes=10))
    assert states(sold) == [("refund", "settled", 6_000)]
    assert refunded_at_bank("pay-1") == 6_000
    books_are_sound()


def test_trap_08_a_failed_refund_is_tried_again_as_the_same_one() -> None:
    sandbox = play()
    sold = refund("pay-1#insufficient")
    service.carry_out(the_intent(sold).id, NOW)
    sandbox.advance(NOW + timedelta(minutes=1), 10)
    sandbox.deliver(NOW + timedelta(minutes=1), 10)
    failed = the_intent(sold)
    assert (failed.state, failed.round, failed.last_error) == ("failed", 1, "not enough on the merchant's account")
    assert head(sold) == (6_000, 6_000, 0), "still promised, so nobody else may pay it"
    service.retry(failed.id, NOW + timedelta(minutes=2))
    again = the_intent(sold)
    assert (again.id, again.state, again.round) == (failed.id, "claimed", 2)
    with pytest.raises(NotRetryable, match="is claimed; only a failed one can be tried again"):
        service.retry(failed.id, NOW)


def test_a_refund_that_keeps_failing_ends_in_the_buyers_wallet() -> None:
    sandbox = play()
    sold = refund("pay-1#insufficient")
    let_pass(sandbox, hours=3)
    assert states(sold) == [("refund", "replaced", 6_000), ("wallet", "settled", 6_000)]
    assert head(sold) == (6_000, 0, 6_000)
    assert [(each.asset, each.balance) for each in queries.wallet("b-1")] == [("CNY", 6_000)]
    assert refunded_at_bank("pay-1#insufficient") == 0
    books_are_sound()


def test_a_closed_card_sends_the_money_into_the_wallet_at_once() -> None:
    sandbox = play()
    sold = refund("pay-1#card_closed")
    let_pass(sandbox)
    assert states(sold) == [("refund", "replaced", 6_000), ("wallet", "settled", 6_000)]
    assert queries.position(sold.id, "m-1", "CNY").paid[0].amount_minor == 6_000


def test_money_that_bounces_after_it_settled_is_not_lost() -> None:
    sandbox = play()
    sold = refund("pay-1#bounced")
    let_pass(sandbox)
    assert states(sold) == [("refund", "settled", 6_000)]
    let_pass(sandbox, NOW + timedelta(days=2))
    assert states(sold) == [("refund", "replaced", 6_000), ("wallet", "settled", 6_000)]
    assert (balance("wallet"), balance("provider"), refunded_at_bank("pay-1#bounced")) == (6_000, -10_000, 0)
    books_are_sound()


def test_a_report_of_another_amount_is_refused_and_nothing_moves() -> None:
    sandbox = play()
    sold = refund()
    service.carry_out(the_intent(sold).id, NOW)
    payment = OutgoingPayment(str(the_intent(sold).id), 1, ports.OutgoingKind.REFUND, "pay-1", 6_000, "CNY")
    bank.advance(NOW + timedelta(minutes=1), 10)
    news = sandbox.look_up(payment, NOW)
    assert news is not None
    for wrong in ({"amount_minor": 600}, {"currency": "JPY"}):
        with pytest.raises(ProviderContradicts, match="for payout"):
            service.report(news._replace(**wrong), NOW)
    assert head(sold) == (6_000, 6_000, 0)
    assert service.report(news, NOW)
    assert head(sold) == (6_000, 0, 6_000)
