"""Why the treasury refuses; nothing is changed when it does."""

from uuid import UUID

from makewhole.core.ledger.refusals import MoneyRefused
from makewhole.core.words import Head


class UnknownOrder(MoneyRefused):
    def __init__(self, order_id: object) -> None:
        super().__init__(
            f"the treasury has received no order {order_id}; import it with treasury.service.import_orders"
        )


class WrongOrder(MoneyRefused):
    """An instruction contradicts the order it names."""


class ReferenceReused(MoneyRefused):
    def __init__(self, reference: str) -> None:
        super().__init__(
            f"reference {reference!r} was already used for something else; a new act needs a new reference"
        )


class MoreThanDue(MoneyRefused):
    def __init__(self, line_id: str, head: Head, wanted_minor: int, room_minor: int) -> None:
        super().__init__(
            f"line {line_id}, {head}: {wanted_minor} asked, but only {room_minor} is due and neither paid nor under way"
        )


class DueBelowPaid(MoneyRefused):
    def __init__(self, line_id: str, head: Head, due_minor: int, gone_minor: int) -> None:
        super().__init__(
            f"line {line_id}, {head}: the due cannot become {due_minor}, {gone_minor} is already paid or under way"
        )


class DueAboveCap(MoneyRefused):
    def __init__(self, line_id: str, head: Head, due_minor: int, cap_minor: int) -> None:
        super().__init__(f"line {line_id}, {head}: {due_minor} over all cases is above the cap of {cap_minor}")


class UnknownFund(MoneyRefused):
    def __init__(self, currency: str) -> None:
        super().__init__(f"there is no fund in {currency} yet; top it up first")


class UnknownIntent(MoneyRefused):
    def __init__(self, intent_id: object) -> None:
        super().__init__(f"there is no payout {intent_id}")


class NotRetryable(MoneyRefused):
    def __init__(self, intent_id: UUID, state: str) -> None:
        super().__init__(f"payout {intent_id} is {state}; only a failed one can be tried again")


class ProviderContradicts(MoneyRefused):
    """A provider reports what cannot be: another amount, or the opposite of what it said for good."""
