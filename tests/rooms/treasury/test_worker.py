"""The worker's side: payments handed over at once, swept up later, webhooks over real HTTP."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.contrib import admin
from django.db import connection, connections, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from makewhole.core.words import Head
from makewhole.integrations.payments.sandbox.provider import Sandbox, over_http
from makewhole.rooms.treasury import jobs, models, ports, service
from makewhole.rooms.treasury.models import Intent
from makewhole.rooms.treasury.ports import Answer, OutgoingPayment
from tests.rooms.treasury.stage import NOW, SECRET, document, grant, head, instruction, play, sell, states

pytestmark = pytest.mark.django_db(transaction=True)
GOODS = Head.GOODS


def jobs_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'treasury.carry_out' AND status = 'todo'"
        )
        return int(cursor.fetchone()[0])


def work_off() -> None:
    """One real worker runs what waits, then stops."""

    async def run() -> None:
        worker = app.with_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2))
        async with worker.open_async():
            await worker.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)

    asyncio.run(run())


def test_a_payment_is_handed_to_the_worker_with_its_transaction() -> None:
    sandbox = play()
    ports.tell_worker(True)
    now = timezone.now()
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    with transaction.atomic():
        service.pay(instruction(sold, "r-0", ("1", GOODS, 6_000)), now)
        transaction.set_rollback(True)  # The case's command failed after the payment was decided.
    assert (jobs_waiting(), states(sold)) == (0, [])
    service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), now)
    assert jobs_waiting() == 1
    work_off()
    assert (jobs_waiting(), states(sold)) == (0, [("refund", "sent", 6_000)])
    sandbox.advance(now + timedelta(minutes=1), 10)
    sandbox.deliver(now + timedelta(minutes=1), 10)
    assert states(sold) == [("refund", "settled", 6_000)]


def test_one_payment_in_trouble_does_not_keep_the_others_waiting() -> None:
    class Shaky(Sandbox):
        def send(self, payment: OutgoingPayment, now: datetime) -> Answer:
            if payment.target == "pay-0":
                raise OSError("the provider's library broke")
            return super().send(payment, now)

    ports.register_provider(Shaky(SECRET), stands_in=True)
    orders = sell(*[document(str(number)) for number in range(3)])
    for sold in orders:
        grant(sold, ("1", GOODS, 100))
        service.pay(instruction(sold, f"r-{sold.id}", ("1", GOODS, 100)), NOW)
    with pytest.raises(ExceptionGroup, match="1 payments could not be carried out"):
        service.carry_out_due(NOW, 10)
    assert [bool(Intent.objects.get(order_id=sold.id).provider_reference) for sold in orders] == [False, True, True]


def test_a_provider_nobody_registered_is_said_and_tried_again_later() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 100))
    service.pay(instruction(sold, "r-1", ("1", GOODS, 100)), NOW)
    Intent.objects.update(provider="nobody")
    kept, ports._stand_in[:] = list(ports._stand_in), []
    try:
        service.carry_out_due(NOW, 10)
    finally:
        ports._stand_in[:] = kept
    intent = Intent.objects.get(order_id=sold.id)
    assert intent.last_error == "no payment provider 'nobody'; registered are sandbox"
    assert intent.next_attempt_at == NOW + timedelta(seconds=30)


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A real HTTP endpoint that hands what it gets to the treasury, as our own API does."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                service.receive_webhook("sandbox", dict(self.headers), body, NOW)
                status = 200
            except ports.BadWebhook:
                status = 400
            finally:
                connections.close_all()
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/webhooks/payments/sandbox"
    server.shutdown()
    thread.join()
    server.server_close()


def test_webhooks_travel_over_http_and_are_sent_again_when_nobody_answers(endpoint: str) -> None:
    sandbox = play(post=over_http("http://127.0.0.1:9/nobody"))
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    service.carry_out_due(NOW, 10)
    sandbox.advance(NOW + timedelta(minutes=1), 10)
    assert sandbox.deliver(NOW + timedelta(minutes=1), 10) == 2
    assert head(sold) == (6_000, 6_000, 0)
    sandbox.post = over_http(endpoint)
    assert sandbox.deliver(NOW + timedelta(minutes=1, seconds=29), 10) == 0
    assert sandbox.deliver(NOW + timedelta(minutes=2), 10) == 2
    assert head(sold) == (6_000, 0, 6_000)


def test_statements_are_read_once_an_hour() -> None:
    sell(document("1"))
    read = jobs.OnceAnHour()
    assert [read(NOW + timedelta(minutes=minutes), 100) for minutes in (0, 1, 59)] == [1, 0, 0]
    sell(document("2"))
    assert read(NOW + timedelta(minutes=60), 100) == 1


def test_the_back_office_shows_the_books_and_edits_nothing() -> None:
    registered = {model for model in admin.site._registry if model._meta.app_label == "treasury"}
    assert {models.Transfer, models.Account, models.Intent, models.Advance, models.StatementLine} <= registered
    for model in registered:
        site = admin.site._registry[model]
        assert not site.has_add_permission(None)
        assert not site.has_change_permission(None)
        assert not site.has_delete_permission(None)
