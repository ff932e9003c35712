"""Couriers are put back after each test, and a receiver of webhooks stands ready."""

from collections.abc import Iterator

import pytest

from makewhole.integrations.messages.webhooks import Webhooks
from makewhole.rooms.notices import ports
from makewhole.rooms.notices.ports import Channel
from tests.rooms.notices.receiver import Receiver


@pytest.fixture(autouse=True)
def channels() -> Iterator[None]:
    """Every test starts with webhooks alone, allowed to reach this machine."""
    before = {channel: ports.courier(channel) for channel in Channel}
    ports.register(Channel.MAIL, None)
    ports.register(Channel.SMS, None)
    ports.register(Channel.WEBHOOK, Webhooks(to_private_addresses=True))
    yield
    for channel, courier in before.items():
        ports.register(channel, courier)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening
