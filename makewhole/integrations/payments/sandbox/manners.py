"""How the sandbox behaves: how long a payment takes, and what goes wrong. The same seed gives the same behaviour."""

import hashlib
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from makewhole.rooms.treasury.ports import OutgoingPayment


class Ending(StrEnum):
    """`bounced`: settled first, later returned."""

    SETTLED = "settled"
    INSUFFICIENT = "insufficient"
    CARD_CLOSED = "card_closed"
    BOUNCED = "bounced"


class Fate(NamedTuple):
    """What will become of one payment in one round.

    `times_out`: it is done, but our call gets no answer. `early`: the webhook comes before the answer. `twice`: the
    webhook comes again. `late_accept`: the webhook of acceptance comes after that of the end.
    """

    ending: Ending
    settles_after: timedelta
    times_out: bool
    early: bool
    twice: bool
    late_accept: bool


class Manners(NamedTuple):
    """Rates are per thousand. A payment's target that ends with '#' and an ending always has that ending."""

    seed: int = 1
    settle_seconds_min: int = 2
    settle_seconds_max: int = 20
    insufficient: int = 0
    card_closed: int = 0
    bounced: int = 0
    times_out: int = 0
    early: int = 0
    twice: int = 0
    late_accept: int = 0

    def fate(self, payment: OutgoingPayment) -> Fate:
        """Depends on the seed and on what is paid, not on its key, which differs from run to run."""
        matter = f"{self.seed}/{payment.kind}/{payment.target}/{payment.amount_minor}/{payment.round}"
        numbers = hashlib.sha256(matter.encode()).digest()
        draws = [int.from_bytes(numbers[place : place + 4], "big") for place in range(0, 28, 4)]
        span = max(1, self.settle_seconds_max - self.settle_seconds_min + 1)
        return Fate(
            ending=self._ending(payment.target, draws[0] % 1000),
            settles_after=timedelta(seconds=self.settle_seconds_min + draws[1] % span),
            times_out=draws[2] % 1000 < self.times_out,
            early=draws[3] % 1000 < self.early,
            twice=draws[4] % 1000 < self.twice,
            late_accept=draws[5] % 1000 < self.late_accept,
        )

    def _ending(self, target: str, draw: int) -> Ending:
        wanted = target.rpartition("#")[2]
        if "#" in target and wanted in set(Ending):
            return Ending(wanted)
        for ending, rate in (
            (Ending.INSUFFICIENT, self.insufficient),
            (Ending.CARD_CLOSED, self.card_closed),
            (Ending.BOUNCED, self.bounced),
        ):
            if draw < rate:
                return ending
            draw -= rate
        return Ending.SETTLED


CALM = Manners()
"""Everything works, within seconds."""

ROUGH = Manners(
    settle_seconds_min=1,
    settle_seconds_max=7200,
    insufficient=60,
    card_closed=20,
    bounced=10,
    times_out=100,
    early=100,
    twice=200,
    late_accept=200,
)
"""What a bad week with a real provider is like."""
