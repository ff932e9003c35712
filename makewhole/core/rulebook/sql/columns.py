"""The table of past cases: a row for each claimed line, with everything the rules read. Its columns are a closed list.

What hangs on a rule is not in it: by when a merchant who promised nothing had to send, or whether that was late, is
reckoned by the statement itself. Amounts are minor units. A moment is two columns: microseconds since 1970 (`__us`),
for terms in hours, and the day on the market's own calendar (`__day`, days since 1970), for all others.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache

from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.windows import NOT_YET
from makewhole.core.words import Head, Party

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
NEVER_US = int((NOT_YET - EPOCH).total_seconds()) * 1_000_000
NEVER_DAY = NOT_YET.toordinal() - EPOCH_DAY
"""An event known not to have happened."""


class ColumnType(StrEnum):
    """What a column holds; every column may be empty."""

    YES_NO = "BOOLEAN"
    NUMBER = "BIGINT"
    WORD = "VARCHAR"


BY_PROMISE = ("dispatch_due_at", "delivery_due_at", "dispatched_late", "delivered_late")
"""Facts of the order that hang on the market's default promises; their columns hold only what a party told of them."""

TYPES: Mapping[FactType, ColumnType] = {
    FactType.YES_NO: ColumnType.YES_NO,
    FactType.COUNT: ColumnType.NUMBER,
    FactType.AMOUNT: ColumnType.NUMBER,
    FactType.CHOICE: ColumnType.WORD,
    FactType.PATH: ColumnType.WORD,
}

PARTS = ("__line", "__by_price", "__by_freight", "__by_price_claim", "__by_freight_claim")
"""Of a sum of money that was told: the line's part where it is one of the claim, and where it is one of the order."""

_WORDS = ("case_id", "order_id", "merchant_id", "market", "currency", "edition", "reasons", "line_id")
_MOMENTS = ("claimed", "known", "placed", "view_paid_at", "view_dispatched_at", "view_signed_at", "view_completed_at",
            "own_dispatch", "own_delivery")  # fmt: skip
_NUMBERS = (
    "place", "claimed_lines", "quantity", "price_minor", "freight_minor", "line_goods_minor", "line_freight_minor",
    "order_price_minor", "order_paid_minor", "lost_discount_minor", "lost_discount_claim_minor",
    "freight_waived_minor", "freight_waived_claim_minor",
)  # fmt: skip


@cache
def all_columns() -> Mapping[str, ColumnType]:
    """Every column of the table: what rules read, then what became of the case."""
    return table_columns() | past_columns()


def table_columns() -> dict[str, ColumnType]:
    """The columns that rules read, by name, in order."""
    return dict(_columns())


def _columns() -> Iterator[tuple[str, ColumnType]]:
    for name in _WORDS:
        yield name, ColumnType.WORD
    for name in _MOMENTS:
        yield from _moment(name)
    for name in _NUMBERS:
        yield name, ColumnType.NUMBER
    yield "view_dispatched", ColumnType.YES_NO
    yield "view_delivered", ColumnType.YES_NO
    for head in Head:
        yield f"before_{head}_minor", ColumnType.NUMBER
        yield f"before_order_{head}_minor", ColumnType.NUMBER
    for fact in FACTS.values():
        if fact.type is FactType.TIME:
            yield from _moment(f"fact_{fact.name}")
        else:
            yield f"fact_{fact.name}", TYPES[fact.type]
        if fact.type is FactType.AMOUNT:
            for part in PARTS:
                yield f"fact_{fact.name}{part}", ColumnType.NUMBER
        yield f"from_{fact.name}", ColumnType.WORD


def _moment(name: str) -> Iterator[tuple[str, ColumnType]]:
    yield f"{name}__us", ColumnType.NUMBER
    yield f"{name}__day", ColumnType.NUMBER


def past_columns() -> dict[str, ColumnType]:
    """What became of a past case: what was asked, agreed, paid, and how it ended. `row_id` counts the rows.

    Amounts of the whole order and of the fund stand on the row of the first line of a case.
    """
    columns = dict.fromkeys(("stage", "wanted_remedy", "agreed_remedy", "outcome", "month"), ColumnType.WORD)
    columns |= dict.fromkeys(("row_id", "wanted_minor", "days", "advanced_minor", "opened__us"), ColumnType.NUMBER)
    columns["by_ruling"] = ColumnType.YES_NO
    for kind in ("due", "paid"):
        columns |= {f"{kind}_{head}_minor": ColumnType.NUMBER for head in Head}
        columns |= {f"{kind}_by_{party}_minor": ColumnType.NUMBER for party in Party if party is not Party.BUYER}
    return columns
