"""By original means: what is paid to the buyer goes back over the payments it came from, to the minor unit.

Goods and freight return on the payments that bore them, by running totals (`split_upto`): the next
stretch of the head, split so that any series of refunds ends exactly at what each payment brought. A payment the
buyer's bank has taken back carries nothing more; the others then carry its part as far as they can. Compensation is
new money: it is sent to whoever made the largest payment in money, or into the buyer's wallet when there was none.
"""

from collections.abc import Mapping, Sequence

from makewhole.core.allocation.allocate import apportion, split_upto
from makewhole.core.ledger.model import PayDue, PaymentTaken, Payout, PayoutKind
from makewhole.core.order.model import Means
from makewhole.core.rulebook.model import WHOLE_ORDER
from makewhole.core.words import Head, Party

Returned = Mapping[tuple[str, str, Head], int]
"""(payment, line, head) → what already went back, under way included."""

POINTS = "points"


def credit_chargebacks(
    dues: tuple[PayDue, ...], lost_minor: Mapping[str, int]
) -> tuple[tuple[PayDue, ...], tuple[Payout, ...]]:
    """Dues the buyer's bank has already taken back are paid without money; what remains is to be paid.

    `lost_minor` maps a payment to what a lost chargeback took and no due was credited with yet.
    """
    left = dict(lost_minor)
    remaining: list[PayDue] = []
    credited: dict[str, list[PayDue]] = {}
    for due in dues:
        wanted_minor = due.amount_minor
        if due.head in (Head.GOODS, Head.FREIGHT_OUT) and due.payer is Party.MERCHANT:
            for payment_id in left:
                amount_minor = min(wanted_minor, left[payment_id])
                if amount_minor:
                    left[payment_id] -= amount_minor
                    wanted_minor -= amount_minor
                    credited.setdefault(payment_id, []).append(due._replace(amount_minor=amount_minor))
        if wanted_minor:
            remaining.append(due._replace(amount_minor=wanted_minor))
    payouts = tuple(
        Payout(PayoutKind.CHARGEBACK, payment_id, sum(part.amount_minor for part in parts), "", 0, tuple(parts))
        for payment_id, parts in credited.items()
    )
    return tuple(remaining), payouts


def split_by_means(
    dues: tuple[PayDue, ...], payments: Sequence[PaymentTaken], returned: Returned, currency: str
) -> tuple[Payout, ...]:
    """The roads by which these dues reach the buyer: at most one refund per payment, and one for compensation."""
    room = {payment.id: payment.amount_minor - payment.returned_minor for payment in payments}
    went_back = dict(returned)
    parts: dict[tuple[PayoutKind, str], list[PayDue]] = {}
    for due in dues:
        over_minor = due.amount_minor
        for payment, amount_minor in _back_on_payments(due, payments, went_back, room):
            kind = PayoutKind.REFUND if payment.means is Means.MONEY else PayoutKind.WALLET
            parts.setdefault((kind, payment.id), []).append(due._replace(amount_minor=amount_minor))
            key = (payment.id, due.line_id, due.head)
            went_back[key] = went_back.get(key, 0) + amount_minor
            room[payment.id] -= amount_minor
            over_minor -= amount_minor
        if over_minor:
            parts.setdefault(_road_for_new_money(payments), []).append(due._replace(amount_minor=over_minor))
    by_id = {payment.id: payment for payment in payments}
    return tuple(
        _payout(kind, by_id.get(payment_id), payment_id, tuple(of_road), currency)
        for (kind, payment_id), of_road in parts.items()
    )


def asset_of(payment: PaymentTaken, currency: str) -> str:
    """What a payment is counted in: the currency, points, or a coupon by its code."""
    if payment.means is Means.MONEY:
        return currency
    return POINTS if payment.means is Means.POINTS else f"coupon:{payment.reference}"


def units_back(payment: PaymentTaken, amount_minor: int) -> int:
    """Units of a payment in kind that return with the next `amount_minor` of its value (running totals).

    A coupon of one unit returns with the last of what it paid; without units the minor units of its value count.
    """
    total = payment.units or payment.amount_minor
    before = total * payment.returned_minor // payment.amount_minor
    return total * (payment.returned_minor + amount_minor) // payment.amount_minor - before


def _back_on_payments(
    due: PayDue, payments: Sequence[PaymentTaken], went_back: Returned, room: Mapping[str, int]
) -> list[tuple[PaymentTaken, int]]:
    """The next stretch of the head, by running totals; what a payment cannot carry any more goes to the others."""
    if due.head not in (Head.GOODS, Head.FREIGHT_OUT):
        return []
    shares = [_share(due, payment) for payment in payments]
    back = [_back(due, payment, went_back) for payment in payments]
    free = [
        max(0, min(share - gone, room[payment.id])) for payment, share, gone in zip(payments, shares, back, strict=True)
    ]
    amount_minor = min(due.amount_minor, sum(free))
    begin = sum(back)
    end = min(begin + amount_minor, sum(shares))
    stretch = zip(split_upto(end, shares), split_upto(min(begin, end), shares), free, strict=True)
    parts = [min(upto - before, left) for upto, before, left in stretch]
    missing = amount_minor - sum(parts)
    if missing:
        more = apportion(missing, [left - part for left, part in zip(free, parts, strict=True)])
        parts = [part + extra for part, extra in zip(parts, more, strict=True)]
    return [(payment, part) for payment, part in zip(payments, parts, strict=True) if part]


def _share(due: PayDue, payment: PaymentTaken) -> int:
    """Freight is shared per order; goods per line, unless the due is for the whole order."""
    whole = due.head is Head.FREIGHT_OUT or due.line_id == WHOLE_ORDER
    return sum(
        share.amount_minor
        for share in payment.shares
        if share.head is due.head and (whole or share.line_id == due.line_id)
    )


def _back(due: PayDue, payment: PaymentTaken, went_back: Returned) -> int:
    whole = due.head is Head.FREIGHT_OUT or due.line_id == WHOLE_ORDER
    return sum(
        amount
        for (payment_id, line_id, head), amount in went_back.items()
        if payment_id == payment.id and head is due.head and (whole or line_id == due.line_id)
    )


def _road_for_new_money(payments: Sequence[PaymentTaken]) -> tuple[PayoutKind, str]:
    in_money = [payment for payment in payments if payment.means is Means.MONEY]
    if not in_money:
        return PayoutKind.WALLET, ""
    return PayoutKind.PAYOUT, max(in_money, key=lambda payment: payment.amount_minor).id


def _payout(
    kind: PayoutKind, payment: PaymentTaken | None, payment_id: str, parts: tuple[PayDue, ...], currency: str
) -> Payout:
    amount_minor = sum(part.amount_minor for part in parts)
    if kind is not PayoutKind.WALLET or payment is None:
        units = amount_minor if kind is PayoutKind.WALLET else 0
        return Payout(kind, payment_id, amount_minor, currency, units, parts)
    return Payout(kind, payment_id, amount_minor, asset_of(payment, currency), units_back(payment, amount_minor), parts)
