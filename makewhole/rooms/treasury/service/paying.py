"""Pay what cases decided: find the money, set it aside, and write down what has to leave the house.

One transaction and four round trips, for one order or for fifty: lock and read the orders' money; lock the accounts;
write everything; hand the intents to the worker. The same instruction again gives the same result and pays nothing.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from makewhole.core.ledger.means import credit_chargebacks
from makewhole.core.ledger.model import FundObstacle, PayDue, PaymentInstruction, PayoutKind
from makewhole.core.ledger.movements import Scope
from makewhole.core.words import Head, Party
from makewhole.rooms.treasury.models import IntentState
from makewhole.rooms.treasury.service.debts import Debt, write_debts
from makewhole.rooms.treasury.service.finding import Found, Wanted, find_money
from makewhole.rooms.treasury.service.handing import hand_over
from makewhole.rooms.treasury.service.refusals import MoreThanDue, ReferenceReused, UnknownOrder, WrongOrder
from makewhole.rooms.treasury.store.batch import Batch, joined
from makewhole.rooms.treasury.store.order_money import Asked, OrderMoney, lock_orders_money
from makewhole.rooms.treasury.store.orders import HeadMove, PaymentMove, head_moves, move_heads, move_payments
from makewhole.rooms.treasury.store.payouts import InstructionRow, write_instructions, write_intents


class PaymentResult(NamedTuple):
    """What became of an instruction.

    `paid_from`: who gave how much (`escrow`, `merchant`, `fund`, `chargeback`: taken by the buyer's bank already).
    `paid`: the dues as far as money was found. `intents` are the payouts made, `awaited` those the provider has yet to
    confirm; `held` says that some wait for the end of a chargeback. `advanced_minor` is what the fund laid out for the
    merchant, `recovered` what recourse brought back at once. `obstacle` says why the fund gave less than asked.
    """

    paid_from: tuple[tuple[str, int], ...]
    shortfall_minor: int
    intents: tuple[UUID, ...]
    awaited: tuple[str, ...]
    paid: tuple[PayDue, ...]
    advanced_minor: int
    recovered: tuple[tuple[str, int], ...]
    obstacle: FundObstacle | None
    held: bool

    @property
    def paid_minor(self) -> int:
        return sum(due.amount_minor for due in self.paid)


def pay(instruction: PaymentInstruction, now: datetime) -> PaymentResult:
    """Carry out one payment instruction, as `pay_all` does many."""
    return pay_all([instruction], now)[0]


@joined()
def pay_all(instructions: Sequence[PaymentInstruction], now: datetime) -> list[PaymentResult]:
    """Carry out payment instructions, as far as there is money; never more than is due on a line and head.

    They are funded in the order given, so the first gets what two would share. The caller holds the orders' rows
    (`orders.service.lock_order`), as every command on an order does.

    Raises `UnknownOrder`, `WrongOrder`, `ReferenceReused`, `MoreThanDue` or `BadAmount` when one of them cannot be
    carried out, and ValueError when two of them are about one order, of which the second would have to see what the
    first paid; nothing is changed then.
    """
    distinct = _distinct(instructions)
    if not distinct:
        return []
    money = lock_orders_money([Asked(UUID(each.order_id), each.reference, _case_id(each)) for each in distinct])
    results: dict[PaymentInstruction, PaymentResult] = {}
    wanted: list[Wanted] = []
    for instruction in distinct:
        of_order = money.get(UUID(instruction.order_id))
        if of_order is None:
            raise UnknownOrder(instruction.order_id)
        if of_order.instruction:
            results[instruction] = _known_result(instruction, *of_order.instruction)
        else:
            _check(instruction, of_order)
            wanted.append(Wanted(instruction, of_order, *credit_chargebacks(instruction.dues, of_order.uncredited)))
    if wanted:
        results |= _carry_out(wanted, now)
    return [results[instruction] for instruction in instructions]


def _distinct(instructions: Sequence[PaymentInstruction]) -> list[PaymentInstruction]:
    """Each instruction once, as repeated it pays nothing."""
    distinct = list(dict.fromkeys(instructions))
    if len({each.order_id for each in distinct}) < len(distinct):
        raise ValueError("two instructions on one order cannot be carried out together; give them one after the other")
    by_reference = {each.reference: each for each in distinct}
    for each in distinct:
        if by_reference[each.reference] is not each:
            raise ReferenceReused(each.reference)
    return distinct


def _carry_out(wanted: Sequence[Wanted], now: datetime) -> dict[PaymentInstruction, PaymentResult]:
    book, found = find_money(wanted, now)
    results = {each.wanted.instruction: _result(each) for each in found}
    batch = Batch()
    book.write(batch)
    write_debts(batch, [_debt(each) for each in found if each.funded.advanced_minor], now)
    _write_payouts(batch, found, now)
    write_instructions(batch, [_instruction_row(each.wanted, results) for each in found], now)
    batch.run()
    hand_over([intent.id for each in found for intent, _ in each.intents if intent.state is IntentState.CLAIMED])
    return results


def _case_id(instruction: PaymentInstruction) -> UUID | None:
    return UUID(instruction.case_id) if instruction.case_id else None


def _digest(instruction: PaymentInstruction) -> str:
    return hashlib.sha256(repr(instruction).encode()).hexdigest()


def _known_result(instruction: PaymentInstruction, digest: str, stored: dict[str, Any]) -> PaymentResult:
    if digest != _digest(instruction):
        raise ReferenceReused(instruction.reference)
    return _read_result(stored)


def _check(instruction: PaymentInstruction, money: OrderMoney) -> None:
    for field in ("merchant_id", "buyer_id", "currency"):
        given, known = getattr(instruction, field), getattr(money, field)
        if given != known:
            raise WrongOrder(f"{field} is {given!r} in the instruction and {known!r} on order {money.order_id}")
    wanted: dict[tuple[str, Head], int] = {}
    for due in instruction.dues:
        key = (due.line_id, due.head)
        wanted[key] = wanted.get(key, 0) + due.amount_minor
        if wanted[key] > money.room.get(key, 0):
            raise MoreThanDue(due.line_id, due.head, wanted[key], money.room.get(key, 0))


def _debt(found: Found) -> Debt:
    instruction, money, *_ = found.wanted
    scope = Scope(money.merchant_id, instruction.order_id, instruction.case_id)
    return Debt(scope, instruction.reference, money.currency, found.funded.advanced_minor, found.posted)


def _instruction_row(wanted: Wanted, results: dict[PaymentInstruction, PaymentResult]) -> InstructionRow:
    instruction, money, *_ = wanted
    result = orjson.dumps(results[instruction]._asdict(), default=tuple)
    return InstructionRow(
        instruction.reference,
        money.order_id,
        money.merchant_id,
        _case_id(instruction),
        _digest(instruction),
        result.decode(),
    )


def _write_payouts(batch: Batch, found: Sequence[Found], now: datetime) -> None:
    write_intents(
        batch,
        [intent for each in found for intent, _ in each.intents],
        [(intent, part) for each in found for intent, payout in each.intents for part in payout.parts],
        now,
    )
    heads: list[HeadMove] = []
    payments: list[PaymentMove] = []
    for each in found:
        heads += _head_moves(each)
        payments += _payment_moves(each)
    move_heads(batch, heads)
    move_payments(batch, payments)


def _head_moves(found: Found) -> list[HeadMove]:
    moved: list[tuple[PayDue, int, int]] = []
    for intent, payout in found.intents:
        pending, paid = (0, 1) if intent.state is IntentState.SETTLED else (1, 0)
        moved += [(part, pending, paid) for part in payout.parts]
    return head_moves(found.wanted.money.order_id, moved)


def _payment_moves(found: Found) -> list[PaymentMove]:
    returned: dict[str, int] = {}
    credited: dict[str, int] = {}
    for _, payout in found.intents:
        if payout.kind is PayoutKind.CHARGEBACK:
            credited[payout.payment_id] = payout.amount_minor
        elif payout.payment_id and payout.kind is not PayoutKind.PAYOUT:
            returned[payout.payment_id] = payout.amount_minor
    order_id = found.wanted.money.order_id
    moved = dict.fromkeys((*returned, *credited))
    return [PaymentMove(order_id, each, returned.get(each, 0), credited.get(each, 0)) for each in moved]


def _result(found: Found) -> PaymentResult:
    funded, credited = found.funded, found.wanted.credited
    intents = [intent for intent, _ in found.intents]
    by_bank = sum(payout.amount_minor for payout in credited)
    parts = tuple(part for payout in credited for part in payout.parts)
    open_states = (IntentState.CLAIMED, IntentState.HELD)
    return PaymentResult(
        paid_from=(*((("bank", by_bank),) if by_bank else ()), *funded.paid_from),
        shortfall_minor=funded.shortfall_minor,
        intents=tuple(intent.id for intent in intents),
        awaited=tuple(str(intent.id) for intent in intents if intent.state in open_states),
        paid=(*parts, *funded.paid),
        advanced_minor=funded.advanced_minor,
        recovered=funded.recovered,
        obstacle=funded.obstacle,
        held=any(intent.state is IntentState.HELD for intent in intents),
    )


def _read_result(stored: dict[str, Any]) -> PaymentResult:
    return PaymentResult(
        paid_from=tuple((source, amount) for source, amount in stored["paid_from"]),
        shortfall_minor=stored["shortfall_minor"],
        intents=tuple(UUID(intent) for intent in stored["intents"]),
        awaited=tuple(stored["awaited"]),
        paid=tuple(
            PayDue(line_id, Head(head), amount, Party(payer)) for line_id, head, amount, payer in stored["paid"]
        ),
        advanced_minor=stored["advanced_minor"],
        recovered=tuple((source, amount) for source, amount in stored["recovered"]),
        obstacle=FundObstacle(stored["obstacle"]) if stored["obstacle"] else None,
        held=stored["held"],
    )
