"""Merchants of a replay who leave nothing behind: what their orders bring them they take out as soon as they may.

From then on only their deposit stands for them, and beyond it the guarantee fund.
"""

import contextlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

from makewhole.doors.cli.replay.people import People
from makewhole.doors.cli.replay.steady import Steady
from makewhole.rooms.treasury import queries, service
from makewhole.rooms.treasury.queries.people import MerchantBalances
from makewhole.rooms.treasury.service.refusals import ReferenceReused

CURRENCY = "BRL"
EVERY = timedelta(days=14)
PAGE = 200


class Payouts:
    """Pays out the merchants who sold something in this run; a run that changes nothing pays nothing out."""

    def __init__(self, shop_id: str, people: People, steady: Steady, counts: Counter[str]) -> None:
        self.shop_id, self.people, self.steady, self.counts = shop_id, people, steady, counts
        self._waiting: set[str] = set()
        self._next = datetime.min.replace(tzinfo=UTC)

    def sold(self, merchant_id: str) -> None:
        """Note a merchant who may have money coming."""
        if self.people.merchant(merchant_id).withdraws:
            self._waiting.add(merchant_id)

    def turn(self, now: datetime) -> None:
        """On a day of payouts, send each its whole balance; those whose orders have not settled wait for the next."""
        if now < self._next:
            return
        self._next, cursor, waiting = now + EVERY, "", sorted(self._waiting)
        while waiting:
            page = self.steady(partial(queries.merchants, CURRENCY, waiting, cursor, PAGE))
            for merchant in page.merchants:
                self._pay(merchant, now)
            cursor = page.next_cursor
            if not cursor:
                break

    def _pay(self, merchant: MerchantBalances, now: datetime) -> None:
        """Nothing goes out while the merchant owes the fund."""
        if merchant.balance_minor <= 0 or merchant.owed_minor > 0:
            return
        merchant_id, balance_minor = merchant.merchant_id, merchant.balance_minor
        reference = f"{self.shop_id} payout {merchant_id} {now:%Y-%m-%d}"
        with contextlib.suppress(ReferenceReused):  # an earlier run, cut off, paid another sum on that day
            self.steady(partial(service.pay_out_merchant, merchant_id, CURRENCY, balance_minor, reference, now))
            self.counts["payouts to merchants"] += 1
        self._waiting.discard(merchant_id)
