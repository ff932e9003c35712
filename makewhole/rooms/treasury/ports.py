"""What the treasury needs from others: payment providers, whoever follows a payment, and the orders' open cases.

Providers are registered by `integrations`, the listener and the guard by the cases' room, when the program starts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID


class OutgoingKind(StrEnum):
    """`refund`: back on the payment named. `payout`: new money to whoever made it. `transfer`: to a merchant."""

    REFUND = "refund"
    PAYOUT = "payout"
    TRANSFER = "transfer"


class OutgoingPayment(NamedTuple):
    """What a provider is asked to do. `key` stays the same for as long as the payment lives, whatever happens.

    `round` rises only after the provider said for good that the payment failed: with the same key and round a
    provider must give the same answer; a higher round asks it to try the same payment again. `target` is the
    provider's reference of the original payment, or the merchant's id for a transfer.
    """

    key: str
    round: int
    kind: OutgoingKind
    target: str
    amount_minor: int
    currency: str


class Accepted(NamedTuple):
    """The provider has it; `settled` when it is also done."""

    provider_reference: str
    settled: bool = False


class Refused(NamedTuple):
    """The provider will not do it. `final`: nor if asked again; otherwise it may work later."""

    why: str
    final: bool


class Unknown(NamedTuple):
    """No answer, or none that tells whether it was done: only the same request may follow."""

    why: str


Answer = Accepted | Refused | Unknown


class ReportKind(StrEnum):
    """What a provider reports about money. `returned`: it had settled, then the money came back."""

    ACCEPTED = "accepted"
    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"
    CHARGEBACK_OPENED = "chargeback_opened"
    CHARGEBACK_LOST = "chargeback_lost"
    CHARGEBACK_WON = "chargeback_won"


class Report(NamedTuple):
    """One thing a provider reports, by webhook or in answer to a question.

    `event_id` names the event and makes it unique. `key` and `round` are those of the outgoing payment (empty and 0
    for chargebacks). `reference` is the provider's own reference of the refund or chargeback, `target` that of the
    original payment. `final`: trying again is of no use.
    """

    provider: str
    event_id: str
    kind: ReportKind
    key: str
    round: int
    reference: str
    target: str
    amount_minor: int
    currency: str
    at: datetime
    why: str = ""
    final: bool = False


class Capture(NamedTuple):
    """Money the provider took in for us, as an order or a merchant's deposit states it.

    `key` is our own reference of it. Several orders of one checkout may share the provider's `reference`.
    """

    key: str
    reference: str
    amount_minor: int
    currency: str
    at: datetime


class StatementEntry(NamedTuple):
    """One line of a provider's statement. Positive amounts came in for us, negative ones went out.

    `key` is that of the outgoing payment, or of what came in where the provider was told it; `target` is the original
    payment.
    """

    provider: str
    reference: str
    kind: str
    key: str
    round: int
    target: str
    amount_minor: int
    currency: str
    booked_at: datetime


class BadWebhook(ValueError):
    """A webhook is not the provider's own, too old, or not of the agreed form. The message says which."""


class PaymentProvider(Protocol):
    """A payment provider. Calls may take seconds and may raise nothing: trouble on the way is `Unknown`."""

    name: str

    def send(self, payment: OutgoingPayment, now: datetime) -> Answer:
        """Ask for a payment. The same key and round is the same payment.

        The same key with another body is `Refused`, but not `final`: nobody knows what the first body did.
        """
        ...

    def look_up(self, payment: OutgoingPayment, now: datetime) -> Report | None:
        """What has become of a payment asked for earlier; None when the provider does not know it."""
        ...

    def note_captures(self, captures: Sequence[Capture]) -> None:
        """The shop's orders name these payments as taken by this provider."""
        ...

    def statement(self, since: datetime, until: datetime) -> Iterable[StatementEntry]:
        """The lines booked from `since` on and before `until`, in order."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[Report]:
        """Check signature and age, then read. Raises `BadWebhook`."""
        ...


class PaymentListener(Protocol):
    """Told about a case's payments inside the transaction that books them. `reference` is one of the awaited ones."""

    def refund_settled(self, case_id: UUID, reference: str, now: datetime) -> None: ...

    def refund_failed(self, case_id: UUID, reference: str, why: str, now: datetime) -> None: ...


SettlementGuard = Callable[[Sequence[UUID]], Iterable[UUID]]
"""Of these orders, whose rows are locked, those whose escrow may not go to the merchant yet: a case is open."""


class UnknownProvider(LookupError):
    """An order names a payment provider nobody registered."""


_providers: dict[str, PaymentProvider] = {}
_stand_in: list[PaymentProvider] = []
_listeners: list[PaymentListener] = []
_guards: list[SettlementGuard] = []
_worker_is_told = [True]


def register_provider(provider: PaymentProvider, stands_in: bool = False) -> None:
    """Make a provider known under its name; `stands_in`: also for every name that nobody registers."""
    _providers[provider.name] = provider
    if stands_in:
        _stand_in[:] = [provider]


def provider(name: str) -> PaymentProvider:
    """The provider of this name. Raises `UnknownProvider` naming those there are."""
    if name in _providers:
        return _providers[name]
    if _stand_in:
        return _stand_in[0]
    raise UnknownProvider(f"no payment provider {name!r}; registered are {', '.join(sorted(_providers)) or 'none'}")


def provider_names() -> tuple[str, ...]:
    return tuple(sorted(_providers))


def register_listener(listener: PaymentListener) -> None:
    """Have a listener told about payments; registering it again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def listeners() -> tuple[PaymentListener, ...]:
    return tuple(_listeners)


def register_guard(guard: SettlementGuard) -> None:
    """Ask this guard before an escrow is settled; registering it again changes nothing."""
    if guard not in _guards:
        _guards.append(guard)


def tell_worker(told: bool) -> None:
    """Whether new intents are handed to the worker at once. A simulation carries them out itself, in its own time."""
    _worker_is_told[0] = told


def worker_is_told() -> bool:
    return _worker_is_told[0]


def not_to_settle(order_ids: Sequence[UUID]) -> set[UUID]:
    """Of these orders, those some guard holds back."""
    return {order_id for guard in _guards for order_id in guard(order_ids)} if order_ids else set()
