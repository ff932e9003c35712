"""What notices need from outside: somebody who carries mail, text messages and webhooks.

The integrations register their couriers when the program starts; a channel without one is off.
"""

from enum import StrEnum
from typing import NamedTuple, Protocol

from makewhole.core.words import Text


class NoticeRefused(Exception):
    """A request about notices or webhooks cannot be carried out; `text` says what is wrong and what to do."""

    def __init__(self, code: str, text: Text, field: str) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
        self.field = field


class Channel(StrEnum):
    """A way out of the house."""

    MAIL = "mail"
    SMS = "sms"
    WEBHOOK = "webhook"


class Outgoing(NamedTuple):
    """One message to carry. `key` is the same whenever the same message is tried again.

    `subject` is for mail alone; `headers` (for webhooks) go with the request.
    """

    key: str
    address: str
    body: str
    subject: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Carried(NamedTuple):
    """The other side took it. `status` is an HTTP status or 0; `answer` the beginning of what it said."""

    status: int
    answer: str


class NotCarried(Exception):
    """The message did not arrive.

    `for_good`: trying again is of no use. `gone`: the address wants nothing any more. `unknown`: it may have arrived
    after all, the answer is missing.
    """

    def __init__(
        self, why: str, *, status: int = 0, for_good: bool = False, gone: bool = False, unknown: bool = False
    ) -> None:
        super().__init__(why)
        self.status = status
        self.for_good = for_good
        self.gone = gone
        self.unknown = unknown


class Courier(Protocol):
    """Carries messages of one channel."""

    def check(self, address: str) -> None:
        """Raises NoticeRefused when this can never be an address of the channel."""

    def carry(self, message: Outgoing) -> Carried:
        """Hand the message over and wait for the answer. Raises NotCarried."""


_couriers: dict[Channel, Courier] = {}


def register(channel: Channel, courier: Courier | None) -> None:
    """Say who carries a channel; None turns it off."""
    if courier is None:
        _couriers.pop(channel, None)
    else:
        _couriers[channel] = courier


def courier(channel: Channel) -> Courier | None:
    """Who carries the channel, or None when it is off."""
    return _couriers.get(channel)
