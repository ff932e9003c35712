"""Whether a discount's threshold is still met by what the buyer keeps. Facts only: what follows is the rulebook's."""

from collections.abc import Mapping
from typing import NamedTuple

from makewhole.core.order.model import Line, Order


class Threshold(NamedTuple):
    """One discount with a threshold, against the goods bought and the goods kept (prices after each line's discount).

    `met_at_purchase` is false when other orders of the same checkout helped to reach it: then this order alone
    cannot tell whether it still is, and `still_met` is None.
    """

    discount_id: str
    threshold_minor: int
    kept_minor: int
    met_at_purchase: bool
    still_met: bool | None


def _price_minor(line: Line, quantity: int) -> int:
    return (line.unit_price_minor * line.quantity - line.discount_minor) * quantity // line.quantity


def thresholds(order: Order, returned: Mapping[str, int]) -> tuple[Threshold, ...]:
    """The order's discounts that have a threshold, after `returned` units (line id → quantity) went back.

    Raises KeyError for a line the order does not have, ValueError for more units than it has.
    """
    for line_id, quantity in returned.items():
        if not 0 <= quantity <= order.line(line_id).quantity:
            raise ValueError(f"{quantity} units of line {line_id!r} cannot be returned")
    bought_minor = sum(_price_minor(line, line.quantity) for line in order.lines)
    kept_minor = sum(_price_minor(line, line.quantity - returned.get(line.id, 0)) for line in order.lines)
    facts = []
    for discount in order.discounts:
        if discount.threshold_minor is None:
            continue
        met = bought_minor >= discount.threshold_minor
        still = kept_minor >= discount.threshold_minor if met else None
        facts.append(Threshold(discount.id, discount.threshold_minor, kept_minor, met, still))
    return tuple(facts)
