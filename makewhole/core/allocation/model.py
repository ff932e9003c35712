"""What the buyer really paid for each line and each unit: discounts and payments shared out once, exactly.

Shares follow the largest remainder, ties to the earlier line; units within a line follow running totals, so the
last unit takes the rest. The sum of all shares equals what was paid, to the minor unit.
"""

from typing import NamedTuple


class LineShare(NamedTuple):
    """One line's share. `goods_minor` is its price after all discounts; `by_payment` splits that by payment id."""

    line_id: str
    quantity: int
    goods_minor: int
    freight_minor: int
    by_payment: tuple[tuple[str, int], ...]

    def goods_for(self, first_unit: int, quantity: int) -> int:
        """Price paid for `quantity` units after the first `first_unit` ones (running totals, so sums are exact)."""
        upto = self.goods_minor * (first_unit + quantity) // self.quantity
        return upto - self.goods_minor * first_unit // self.quantity


class Allocation(NamedTuple):
    """Every line's share of one order."""

    currency: str
    lines: tuple[LineShare, ...]
    freight_minor: int
    freight_by_payment: tuple[tuple[str, int], ...]

    def share(self, line_id: str) -> LineShare:
        """The share of a line. Raises KeyError when the order has no such line."""
        for line in self.lines:
            if line.line_id == line_id:
                return line
        raise KeyError(line_id)
