"""What a replay came to: cases by reason and outcome, who paid, what came back, how long it took."""

from makewhole.core.money import to_major
from makewhole.doors.cli import console
from makewhole.rooms.desk.queries import Report


def print_report(told: Report) -> None:
    """The same as tables for people."""
    names = sorted({name for reason in told.reasons for name in reason.outcomes})
    columns = {"reason": "left", "cases": "right", **{name.replace("_", " "): "right" for name in names}}
    columns |= {"without a person": "right", "median days": "right"}
    rows = [
        (
            reason.reason.replace("_", " "),
            f"{reason.cases:,}",
            *(f"{reason.outcomes.get(name, 0):,}" for name in names),
            f"{reason.alone / reason.cases:.0%}",
            "-" if reason.median_days is None else f"{reason.median_days:.1f}",
        )
        for reason in told.reasons
    ]
    console.print_table("Cases by reason and outcome", columns, rows)
    if not told.cases:
        return

    currency = told.currency or ""

    def money(amount_minor: int) -> str:
        return f"{currency} {to_major(amount_minor, currency):,}"

    facts = [
        ("cases", f"{told.cases:,}"),
        ("settled without a person", f"{told.alone / told.cases:.1%}"),
        ("median days from claim to end", "-" if told.median_days is None else f"{told.median_days:.1f}"),
        ("paid to buyers", money(told.paid_minor)),
        ("… by merchants (their escrow, balance)", money(told.paid_by_merchant_minor)),
        ("… laid out by the guarantee fund", money(told.paid_by_fund_minor)),
        ("recovered from merchants", money(told.recovered_minor)),
        ("still outstanding", money(told.outstanding_minor)),
    ]
    console.print_table("In all", {"": "left", "figure": "right"}, facts)
