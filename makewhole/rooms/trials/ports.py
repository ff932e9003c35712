"""What a trial of rules is asked for and what it reports; plain values, the same for terminal, page and JSON.

Amounts are minor units of the market's currency.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from makewhole.core.words import Text

ANALYTICS_MISSING = Text(
    "试算和导出需要 DuckDB 和 PyArrow：请安装 makewhole[analytics]",
    "trials and exports need DuckDB and PyArrow: install makewhole[analytics]",
)


class TrialError(Exception):
    """A trial or an export cannot be made. `text` says what is wrong and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Draft(NamedTuple):
    """Changed rules to be tried before anyone publishes them: one file of a market's book, and what it would say."""

    file: str
    text: str


class Sums(NamedTuple):
    """What one set of rules costs: what each pays, and the part of it that hangs on facts nobody knows."""

    merchant: int = 0
    platform: int = 0
    fund: int = 0
    open: int = 0
    most: int = 0
    """All that the rules give for certain, had everyone asked for the remedy that pays most."""

    @property
    def total(self) -> int:
        return self.merchant + self.platform + self.fund

    def __add__(self, other: tuple[int, ...]) -> "Sums":  # type: ignore[override]
        return Sums(*(one + two for one, two in zip(self, other, strict=True)))


@dataclass(slots=True)
class Part:
    """One row of a report: cases that have something in common (a reason, a month), under both sets of rules.

    `lost` had a remedy and have none, `gained` had none and have one; `moved` get another remedy than they asked for.
    `paid_minor` is what these cases were really paid then, `advanced_minor` what of it the fund laid out first.
    """

    key: str
    cases: int = 0
    lines: int = 0
    changed: int = 0
    more: int = 0
    less: int = 0
    lost: int = 0
    gained: int = 0
    moved: int = 0
    open_before: int = 0
    open_after: int = 0
    before: Sums = field(default_factory=Sums)
    after: Sums = field(default_factory=Sums)
    paid_minor: int = 0
    advanced_minor: int = 0

    @property
    def delta_minor(self) -> int:
        return self.after.total - self.before.total

    @property
    def changed_share(self) -> float:
        return self.changed / self.lines if self.lines else 0.0

    @property
    def paid_share(self) -> float | None:
        """What was really paid of what the rules of then give for certain; None where they gave nothing."""
        certain = self.before.total - self.before.open
        return self.paid_minor / certain if certain > 0 else None

    @property
    def fund_share(self) -> float:
        """What of the money really paid the fund laid out first."""
        return self.advanced_minor / self.paid_minor if self.paid_minor else 0.0


class SideOf(NamedTuple):
    """One answer on one line: the remedy taken, its amounts by head, who pays, the rules, whether it hangs on facts."""

    remedy: str
    total_minor: int
    heads: dict[str, int]
    payers: dict[str, int]
    rules: tuple[str, ...]
    depends_on: tuple[str, ...]


class Affected(NamedTuple):
    """A past case whose answer changes, with both answers."""

    case_id: str
    line_id: str
    merchant_id: str
    reasons: str
    month: str
    wanted_remedy: str
    before: SideOf
    after: SideOf

    @property
    def delta_minor(self) -> int:
        return self.after.total_minor - self.before.total_minor


@dataclass(slots=True)
class Report:
    """What a changed edition would have meant for past cases."""

    market: str
    currency: str
    edition: str
    against: str
    in_all: Part
    by_reason: list[Part]
    by_category: list[Part]
    by_month: list[Part]
    by_size: list[Part]
    heads: dict[str, tuple[int, int]]
    skipped: dict[str, int]
    affected: list[Affected]
    seconds: float

    @property
    def months(self) -> int:
        return len(self.by_month)

    @property
    def tables(self) -> list[tuple[str, list[Part]]]:
        """The tables by what their rows have in common."""
        return [
            ("reason", self.by_reason),
            ("category", self.by_category),
            ("month", self.by_month),
            ("size", self.by_size),
        ]


def plain_report(report: Report) -> dict[str, Any]:
    """The whole report as plain values; amounts in minor units."""
    return {
        "market": report.market, "currency": report.currency, "edition": report.edition, "against": report.against,
        "months": report.months, "seconds": report.seconds, "skipped": report.skipped,
        "in_all": _part(report.in_all),
        **{f"by_{kind}": [_part(part) for part in parts] for kind, parts in report.tables},
        "heads": {head: {"before_minor": before, "after_minor": after} for head, (before, after) in
                  report.heads.items()},
        "affected": [_affected(one) for one in report.affected],
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    counts = ("key", "cases", "lines", "changed", "more", "less", "lost", "gained", "moved", "open_before",
              "open_after", "paid_minor", "advanced_minor", "delta_minor")  # fmt: skip
    return {name: getattr(part, name) for name in counts} | {
        "before": _sums(part.before), "after": _sums(part.after), "paid_share": part.paid_share,
        "fund_share": part.fund_share,
    }  # fmt: skip


def _sums(sums: Sums) -> dict[str, int]:
    return {f"{name}_minor": value for name, value in sums._asdict().items()} | {"total_minor": sums.total}


def _affected(one: Affected) -> dict[str, Any]:
    told = one._asdict() | {"before": one.before._asdict(), "after": one.after._asdict()}
    return told | {"delta_minor": one.delta_minor}
