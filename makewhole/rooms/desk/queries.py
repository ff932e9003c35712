"""What the staff wants to know over all rooms."""

from typing import NamedTuple

from makewhole.rooms.desk import store


class ReasonFigures(NamedTuple):
    """The cases of one reason. `alone` ended without a person of the platform; days run from claim to end."""

    reason: str
    cases: int
    alone: int
    open: int
    median_days: float | None
    outcomes: dict[str, int]


class Report(NamedTuple):
    """What the cases of a shop came to. Amounts in minor units of `currency`; `recovered` of what was advanced."""

    cases: int
    alone: int
    median_days: float | None
    currency: str | None
    paid_minor: int
    paid_by_fund_minor: int
    advanced_minor: int
    recovered_minor: int
    written_off_minor: int
    reasons: tuple[ReasonFigures, ...]

    @property
    def paid_by_merchant_minor(self) -> int:
        return self.paid_minor - self.paid_by_fund_minor

    @property
    def outstanding_minor(self) -> int:
        return self.advanced_minor - self.recovered_minor - self.written_off_minor


def report(shop_id: str) -> Report:
    """Cases by reason and outcome, who paid, what came back, how long it took."""
    overall, reasons, outcomes, fund = store.read_report(shop_id)
    cases, alone, days, paid_minor, by_fund_minor, currency = overall
    by_reason = tuple(
        ReasonFigures(
            reason,
            count,
            by_rule,
            still_open,
            None if median is None else float(median),
            {name: number for told, name, number in outcomes if told == reason},
        )
        for reason, count, by_rule, still_open, median in reasons
    )
    median_days = None if days is None else float(days)
    advanced_minor, recovered_minor, written_off_minor = (int(amount) for amount in fund)
    return Report(
        cases,
        alone,
        median_days,
        currency,
        int(paid_minor),
        int(by_fund_minor),
        advanced_minor,
        recovered_minor,
        written_off_minor,
        by_reason,
    )
