"""The guarantee fund: what it holds, what it has laid out, and how that went day by day."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from makewhole.rooms.treasury.store import reports
from makewhole.rooms.treasury.store.money import DEFAULT_TERMS


class FundToday(NamedTuple):
    """The fund in one currency.

    `balance_minor` is money on hand. `outstanding_minor` is what merchants still owe it, `advanced_minor` all it ever
    laid out for them. `exposed_minor` is what is due to buyers, neither paid nor under way: the most that could fall
    on the fund at once. It is `solvent` while it holds as much.
    """

    currency: str
    balance_minor: int
    stripes: int
    approval_limit_minor: int
    advances: int
    advanced_minor: int
    recovered_minor: int
    written_off_minor: int
    outstanding_minor: int
    exposed_minor: int
    solvent: bool


class FundDay(NamedTuple):
    """One day of the fund in the market's zone. `balance_minor` is what it held at the day's end."""

    day: date
    topped_up_minor: int
    recovered_minor: int
    advanced_minor: int
    borne_minor: int
    balance_minor: int


class MoneyOut(NamedTuple):
    """What left the house, or is on its way. `failed_minor` did not arrive and can be tried again."""

    payouts: int
    total_minor: int
    settled_minor: int
    failed_minor: int


class Debtor(NamedTuple):
    """A merchant who owes the fund, and since when."""

    merchant_id: str
    outstanding_minor: int
    since: datetime


def fund_today(currency: str) -> FundToday:
    (row,) = reports.rows(reports.FUND, {"asset": currency})
    balance, stripes, limit, advanced, recovered, written_off, advances, exposed = row
    return FundToday(
        currency=currency,
        balance_minor=int(balance),
        stripes=stripes or DEFAULT_TERMS.stripes,
        approval_limit_minor=DEFAULT_TERMS.approval_limit_minor if limit is None else limit,
        advances=advances,
        advanced_minor=int(advanced),
        recovered_minor=int(recovered),
        written_off_minor=int(written_off),
        outstanding_minor=int(advanced - recovered - written_off),
        exposed_minor=int(exposed),
        solvent=int(balance) >= int(exposed),
    )


def fund_by_day(currency: str, now: datetime, zone: tzinfo, days: int = 30) -> tuple[FundDay, ...]:
    """The last `days` days up to `now`, days without movement included. `zone` is the market's, by name."""
    last = now.astimezone(zone).date()
    first = last - timedelta(days=days - 1)
    since = datetime.combine(first, time.min, zone)
    values = {"asset": currency, "zone": str(zone), "since": since}
    moved = {row[0]: [int(figure or 0) for figure in row[1:]] for row in reports.rows(reports.FUND_BY_DAY, values)}
    balance = fund_today(currency).balance_minor - reports.fund_net_since(currency, since)
    found: list[FundDay] = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        topped_up, recovered, advanced, borne, net = moved.get(day, [0, 0, 0, 0, 0])
        balance += net
        found.append(FundDay(day, topped_up, recovered, advanced, borne, balance))
    return tuple(found)


def money_out(currency: str, since: datetime) -> MoneyOut:
    """What was told to leave the house since then, to buyers and merchants, and how far it is."""
    (row,) = reports.rows(reports.MONEY_OUT, {"asset": currency, "since": since})
    return MoneyOut(row[0], int(row[1]), int(row[2]), int(row[3]))


def payouts_in_trouble() -> dict[str, int]:
    """How many payouts wait for the end of a chargeback (`held`) and how many failed (`failed`)."""
    return dict(reports.rows(reports.IN_TROUBLE, []))


def debtors(currency: str, limit: int = 20) -> tuple[Debtor, ...]:
    """The merchants who owe the fund most."""
    return tuple(Debtor(*row) for row in reports.outstanding_by_merchant(currency, limit))
