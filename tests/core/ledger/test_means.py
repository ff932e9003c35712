"""Back by original means: nothing lost, nothing twice, the rest of every division in somebody's hands."""

from hypothesis import given, settings
from hypothesis import strategies as st

from makewhole.core.allocation.allocate import allocate
from makewhole.core.ledger.means import asset_of, credit_chargebacks, split_by_means
from makewhole.core.ledger.model import PayDue, PaymentShare, PaymentTaken, Payout, PayoutKind
from makewhole.core.order.model import Discount, Freight, Line, Means, Order, Payment
from makewhole.core.words import Head, Party
from tests.core.order.orders import PLACED, orders


def taken(order: Order) -> list[PaymentTaken]:
    """An order's payments as the books hold them before anything went back."""
    allocation = allocate(order)
    found = []
    for payment in order.payments:
        shares = [
            PaymentShare(line.line_id, Head.GOODS, amount)
            for line in allocation.lines
            for payer, amount in line.by_payment
            if payer == payment.id and amount
        ]
        shares += [
            PaymentShare("*", Head.FREIGHT_OUT, amount)
            for payer, amount in allocation.freight_by_payment
            if payer == payment.id and amount
        ]
        found.append(
            PaymentTaken(
                payment.id, payment.means, "sandbox", payment.reference, payment.amount_minor, payment.units, 0,
                tuple(shares),
            )
        )  # fmt: skip
    return found


def after(payments: list[PaymentTaken], payouts: tuple[Payout, ...]) -> list[PaymentTaken]:
    back = {payout.payment_id: payout.amount_minor for payout in payouts if payout.kind is not PayoutKind.PAYOUT}
    return [each._replace(returned_minor=each.returned_minor + back.get(each.id, 0)) for each in payments]


CUTS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 100)), max_size=12)
"""Which head is refunded next, and how much of what is left of it, in hundredths; the rest follows at the end."""


@settings(deadline=None)
@given(orders(), CUTS)
def test_trap_20_any_series_of_refunds_ends_at_what_each_payment_brought(
    order: Order, cuts: list[tuple[int, int]]
) -> None:
    payments, allocation = taken(order), allocate(order)
    owed = {(line.line_id, Head.GOODS): line.goods_minor for line in allocation.lines}
    owed["*", Head.FREIGHT_OUT] = allocation.freight_minor
    went_back: dict[tuple[str, str, Head], int] = {}
    units: dict[str, int] = {}
    for which, share in [*cuts, *[(0, 100)] * len(owed)]:
        left = sorted(key for key, amount in owed.items() if amount)
        if not left:
            break
        line_id, head = left[which % len(left)]
        amount = max(1, owed[line_id, head] * share // 100)
        owed[line_id, head] -= amount
        payouts = split_by_means((PayDue(line_id, head, amount, Party.MERCHANT),), payments, went_back, "CNY")
        assert sum(payout.amount_minor for payout in payouts) == amount
        for payout in payouts:
            assert payout.kind is not PayoutKind.PAYOUT, "all of it fits on the payments"
            key = (payout.payment_id, line_id, head)
            went_back[key] = went_back.get(key, 0) + payout.amount_minor
            units[payout.payment_id] = units.get(payout.payment_id, 0) + payout.units
        payments = after(payments, payouts)
        assert all(each.returned_minor <= each.amount_minor for each in payments)
    assert all(each.returned_minor == each.amount_minor for each in payments)
    for each in payments:
        if each.means is not Means.MONEY and each.amount_minor:
            assert units[each.id] == (each.units or each.amount_minor), "in kind, to the last unit"


class Refunds:
    """An order of one line, and refunds on it one after the other, as the treasury makes them."""

    def __init__(self, quantity: int, price_minor: int, *payments: Payment, discount: int = 0, **more: Freight) -> None:
        line = Line("1", "s", "t", "c", quantity, price_minor)
        discounts = (Discount("d", discount),) if discount else ()
        order = Order("1", "m", "M", "b", "cn", "CNY", PLACED, (line,), payments, discounts, **more)
        self.payments, self.share = taken(order), allocate(order).share("1")
        self.went_back: dict[tuple[str, str, Head], int] = {}

    def give(self, amount_minor: int, head: Head = Head.GOODS) -> dict[str, Payout]:
        """What goes back by which payment."""
        line_id = "*" if head is Head.FREIGHT_OUT else "1"
        due = PayDue(line_id, head, amount_minor, Party.MERCHANT)
        payouts = split_by_means((due,), self.payments, self.went_back, "CNY")
        self.payments = after(self.payments, payouts)
        for each in payouts:
            key = (each.payment_id, line_id, head)
            self.went_back[key] = self.went_back.get(key, 0) + each.amount_minor
        return {each.payment_id: each for each in payouts}

    def unit(self, number: int) -> dict[str, Payout]:
        return self.give(self.share.goods_for(number, 1))


def money(amount_minor: int, payment_id: str = "p") -> Payment:
    return Payment(payment_id, Means.MONEY, amount_minor)


def test_trap_10_refunds_leave_what_was_sold_as_it_was() -> None:
    order = Order("1", "m", "M", "b", "cn", "CNY", PLACED, (Line("1", "s", "t", "c", 2, 750),), (money(1_500),))
    before, payments = allocate(order), taken(order)
    split_by_means((goods(750),), payments, {}, "CNY")
    assert (allocate(order), taken(order)) == (before, payments)


def test_trap_16_the_discount_is_applied_once_over_both_refunds() -> None:
    refunds = Refunds(2, 1_000, money(1_500), discount=500)
    assert [refunds.unit(number)["p"].amount_minor for number in (0, 1)] == [750, 750]


def test_trap_18_a_cent_of_tax_on_freight_is_refunded_like_freight() -> None:
    refunds = Refunds(1, 1_000, money(1_801), freight=Freight(800, 0, 1))
    amounts = [
        refunds.give(amount, head)["p"].amount_minor
        for amount, head in ((800, Head.FREIGHT_OUT), (1, Head.FREIGHT_OUT), (1_000, Head.GOODS))
    ]
    assert amounts == [800, 1, 1_000]
    assert refunds.payments[0].returned_minor == 1_801


def test_trap_19_freight_that_was_discounted_away_comes_back_on_no_payment() -> None:
    refunds = Refunds(1, 1_000, money(1_000), freight=Freight(800, 800))
    assert refunds.share.freight_minor == 0
    assert refunds.give(1, Head.FREIGHT_OUT)["p"].kind is PayoutKind.PAYOUT, "new money, should anybody grant it"


def test_trap_20_each_payment_gets_back_its_own_part_and_the_remainder_is_kept() -> None:
    refunds = Refunds(3, 1_000, money(1_000, "card"), money(2_000, "wallet"))
    parts = [refunds.unit(number) for number in range(3)]
    assert [part["card"].amount_minor for part in parts] == [333, 333, 334]
    assert [part["wallet"].amount_minor for part in parts] == [667, 667, 666]


def test_trap_22_points_come_back_as_points_and_a_coupon_when_all_it_paid_is_back() -> None:
    points, coupon = Payment("points", Means.POINTS, 100, units=10_000), Payment("new", Means.COUPON, 200, units=1)
    refunds = Refunds(2, 500, money(700), points, coupon)
    first, second = refunds.unit(0), refunds.unit(1)
    assert (first["points"].amount_minor, first["points"].units) == (50, 5_000)
    assert [first["new"].units, second["new"].units] == [0, 1]
    assert second["points"].units == 5_000


def payment(number: int, amount_minor: int, means: Means = Means.MONEY, returned_minor: int = 0) -> PaymentTaken:
    share = PaymentShare("1", Head.GOODS, amount_minor)
    return PaymentTaken(f"p-{number}", means, "sandbox", f"ref-{number}", amount_minor, 0, returned_minor, (share,))


def goods(amount_minor: int, head: Head = Head.GOODS) -> PayDue:
    return PayDue("1", head, amount_minor, Party.MERCHANT)


def roads(payouts: tuple[Payout, ...]) -> list[tuple[str, str, int]]:
    return [(str(payout.kind), payout.payment_id, payout.amount_minor) for payout in payouts]


def test_several_dues_share_one_refund_per_payment_and_one_payout_for_compensation() -> None:
    payments = [payment(1, 4_000), payment(2, 6_000)]
    dues = (goods(5_000), goods(700, Head.LATENESS), goods(800, Head.DAMAGES))
    payouts = split_by_means(dues, payments, {}, "CNY")
    assert roads(payouts) == [("refund", "p-1", 2_000), ("refund", "p-2", 3_000), ("payout", "p-2", 1_500)]
    assert [part.head for part in payouts[2].parts] == [Head.LATENESS, Head.DAMAGES]


def test_a_payment_the_bank_took_back_carries_nothing_more() -> None:
    payments = [payment(1, 5_000, returned_minor=5_000), payment(2, 5_000)]
    assert roads(split_by_means((goods(6_000),), payments, {}, "CNY")) == [
        ("refund", "p-2", 5_000),
        ("payout", "p-1", 1_000),
    ]


def test_without_a_payment_in_money_compensation_goes_into_the_wallet() -> None:
    points = payment(1, 1_000, Means.POINTS)
    payouts = split_by_means((goods(400), goods(50, Head.LATENESS)), [points], {}, "CNY")
    assert [(each.asset, each.units) for each in payouts] == [("points", 400), ("CNY", 50)]


def test_assets_are_the_currency_points_or_the_coupon_itself() -> None:
    assert asset_of(payment(1, 5), "EUR") == "EUR"
    assert asset_of(payment(1, 5, Means.POINTS), "EUR") == "points"
    assert asset_of(payment(1, 5, Means.COUPON), "EUR") == "coupon:ref-1"


def test_trap_06_dues_the_bank_took_back_are_credited_goods_and_freight_only() -> None:
    dues = (goods(3_000), goods(500, Head.LATENESS), goods(400, Head.FREIGHT_OUT), goods(2_000))
    remaining, credited = credit_chargebacks(dues, {"p-1": 3_500})
    assert roads(credited) == [("chargeback", "p-1", 3_500)]
    assert [(due.head, due.amount_minor) for due in remaining] == [(Head.LATENESS, 500), (Head.GOODS, 1_900)]
    assert credit_chargebacks(dues, {}) == (dues, ())
