"""`makewhole answer`: what is due on an order file, with rules, amounts and dates; needs no server and no database."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import click

from makewhole.core.allocation.allocate import allocate
from makewhole.core.facts import Fact, FactError, read_value
from makewhole.core.order.model import Order
from makewhole.core.order.read import OrderError, read_order
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.model import WHOLE_ORDER, Answer, Claim, ClaimError, ClaimLine, Paid
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Head, Language, Party, Provenance, Reason, Text
from makewhole.doors.cli import arguments, boot, console
from makewhole.doors.cli.answer_view import as_document, show
from makewhole.integrations.shops.plainness import unreadable
from makewhole.integrations.shops.streams import json_records
from makewhole.rooms.rulebooks import queries

_ORDER_BYTES_MAX = 5_000_000
_HAS_FAULTS = Text("规则库 {market} 有错误：\n{faults}", "the rulebook {market} has faults:\n{faults}")
_UNSEALED = Text(
    "规则库 {market} 没有有效的封签：以下结论出自尚未检查的规则，服务不会采用。"
    "运行 makewhole rulebook check {market} --seal",
    "the rulebook {market} has no valid seal: this answer rests on rules nobody has checked, and no service gives it; "
    "run makewhole rulebook check {market} --seal",
)
_TOO_LARGE = Text(
    "{path} 超过 {most} 字节；一个订单文件只含一笔订单",
    "{path} is larger than {most} bytes; an order file holds one order",
)
_UNREADABLE = Text(
    "无法读取 {path}（{why}）；请给出订单文件的路径", "{path} cannot be read ({why}); give the path of an order file"
)
_NO_JSON = Text(
    "{path} 读不出订单（{why}）；格式见 docs/reference/order.md",
    "{path} cannot be read as an order ({why}); docs/reference/order.md shows the format",
)
_NOTHING = Text("里面没有内容", "it holds nothing")
_SEVERAL = Text("{path} 含有多笔订单；请只留一笔", "{path} holds several orders; leave one of them in it")
_NO_ORDER = Text("{path} 不是订单：\n{faults}", "{path} is no order:\n{faults}")


class Asked(NamedTuple):
    """Everything the answer is made from."""

    book: Rulebook
    order: Order
    claim: Claim
    now: datetime
    paid: tuple[Paid, ...]
    language: Language


@click.command("answer", help=__doc__)
@click.option("--market", help="Market whose rules apply; the order's own when left out.")
@click.option("--order", "order_file", required=True, type=click.Path(path_type=Path), help="Order file (JSON).")
@click.option("--reason", "reasons", required=True, multiple=True, help="What went wrong; may be given again.")
@click.option("--line", "lines", multiple=True, metavar="ID[:QUANTITY]", help="A line claimed; all when left out.")
@click.option("--at", "at", metavar="TIME", help="When the claim is made, with offset; now when left out.")
@click.option(
    "--fact", "facts", multiple=True, metavar="NAME=VALUE", help="A fact; docs/reference/facts.md lists them."
)
@click.option("--paid", "paid", multiple=True, metavar="LINE:HEAD:MINOR:PAYER", help="What was paid before.")
@console.language_option
@click.option("--explain", "explained", is_flag=True, help="Also tell why rules that came close did not apply.")
@console.json_option
def command(
    market: str | None,
    order_file: Path,
    reasons: tuple[str, ...],
    lines: tuple[str, ...],
    at: str | None,
    facts: tuple[str, ...],
    paid: tuple[str, ...],
    language: Language,
    explained: bool,
    as_json: bool,
) -> None:
    order = _order(order_file, language)
    now = _moment(at)
    claim = Claim(
        tuple(dict.fromkeys(_reason(reason) for reason in reasons)),
        _claim_lines(order, lines),
        dict(_fact(fact, language) for fact in facts),
        now,
    )
    book = _book(market or order.market, language)
    asked = Asked(book, order, claim, now, (*_paid_by_shop(order), *(_paid(each, order) for each in paid)), language)
    answer = _answer(asked)
    if as_json:
        console.print_json(as_document(asked.book, order, claim, answer, language, explained=explained))
    else:
        show(console.out, asked.book, order, claim, answer, language, explained=explained)


def _answer(asked: Asked) -> Answer:
    try:
        return assess(
            asked.book, asked.order, allocate(asked.order), asked.claim, asked.now, asked.paid
        )  # fmt: skip
    except ClaimError as error:
        text = console.clauses(asked.language, error.text, error.fix)
        raise console.Refused(f"{error.field}: {text}") from error


def _order(path: Path, language: Language) -> Order:
    try:
        if path.stat().st_size > _ORDER_BYTES_MAX:
            raise console.Refused(_TOO_LARGE.say(language).format(path=path, most=_ORDER_BYTES_MAX))
        fault = unreadable(path)
        records = [] if fault else list(islice(json_records(path, lambda count: None, frozenset()), 2))
    except OSError as error:
        raise console.Refused(_UNREADABLE.say(language).format(path=path, why=error.strerror)) from error
    fault = fault or next((record.fault for record in records if record.fault), None)
    if fault or not records:
        why = fault.fault.wrong.say(language) if fault else _NOTHING.say(language)
        place = "" if fault is None or fault.fault.path == path.name else f"{fault.fault.path}: "
        raise console.Refused(_NO_JSON.say(language).format(path=path, why=f"{place}{why}"))
    if len(records) > 1:
        raise console.Refused(_SEVERAL.say(language).format(path=path))
    try:
        return read_order(records[0].value or {})
    except OrderError as error:
        faults = "\n".join(f"  {fault.say(language)}" for fault in error.faults)
        raise console.Refused(_NO_ORDER.say(language).format(path=path, faults=faults)) from error


def _moment(given: str | None) -> datetime:
    return datetime.fromtimestamp(time.time(), UTC) if given is None else arguments.moment(given)


def _reason(given: str) -> Reason:
    try:
        return Reason(given)
    except ValueError:
        known = ", ".join(Reason)
        raise click.BadParameter(f"there is no reason {given!r}; known are {known}", param_hint="--reason") from None


def _claim_lines(order: Order, given: Sequence[str]) -> tuple[ClaimLine, ...]:
    """The lines named; without any, all that is left of the order. Units the shop took back before are left out."""
    gone = {
        line.id: sum(refund.quantity for refund in order.refunds if refund.line_id == line.id) for line in order.lines
    }
    if not given:
        left = [ClaimLine(line.id, line.quantity - gone[line.id], gone[line.id]) for line in order.lines]
        return tuple(line for line in left if line.quantity > 0)
    known = {line.id: line.quantity for line in order.lines}
    claimed: list[ClaimLine] = []
    for text in given:
        line_id, colon, quantity = (text, "", "") if text in known else text.rpartition(":")
        if colon:
            claimed.append(ClaimLine(line_id, arguments.quantity(quantity, text), gone.get(line_id, 0)))
        elif text in known:
            claimed.append(ClaimLine(text, known[text] - gone[text], gone[text]))
        else:
            claimed.append(ClaimLine(text, 1))  # refused like any line the order does not have
    return tuple(claimed)


def _fact(given: str, language: Language) -> tuple[str, Fact]:
    name, equals, value = given.partition("=")
    if not equals:
        raise click.BadParameter(f"{given!r} is no fact; write it like goods_intact=yes", param_hint="--fact")
    try:
        return name, Fact(read_value(name, value), Provenance.ALLEGED)
    except FactError as error:
        raise console.Refused(error.text.say(language)) from error


def _paid(given: str, order: Order) -> Paid:
    hint = "write it like 1:goods:6000:fund (line, head, minor units, payer)"
    line_id, head, minor, payer = ("", *given.rsplit(":", 3))[-4:] if given.count(":") >= 3 else ("", "", "", "")
    try:
        if not (minor.isascii() and minor.isdigit()) or not 0 < int(minor[:15]) < 10**12:
            raise ValueError("the amount is a whole number of minor units above 0")
        if line_id not in {WHOLE_ORDER, *(line.id for line in order.lines)}:
            raise ValueError(f"the order has no line {line_id!r}")
        return Paid(line_id, Head(head), int(minor), Party(payer))
    except ValueError as error:
        raise click.BadParameter(f"{given!r} is no payment ({error}); {hint}", param_hint="--paid") from None


def _paid_by_shop(order: Order) -> tuple[Paid, ...]:
    """What the shop gave back before, except for units that came back: those are no part of the claim."""
    return tuple(
        Paid(refund.line_id, refund.head, refund.amount_minor, Party.MERCHANT)
        for refund in order.refunds
        if not refund.quantity
    )


def _book(market: str, language: Language) -> Rulebook:
    try:
        found = queries.book_to_try(market, boot.rulebooks_directory())
    except queries.UnknownMarket as error:
        raise console.Refused(error.text.say(language)) from error
    except RulebookError as error:
        faults = "\n".join(f"  {problem.say(language)}" for problem in error.problems)
        raise console.Refused(_HAS_FAULTS.say(language).format(market=market, faults=faults)) from error
    if not found.sealed:
        console.print_warning(_UNSEALED.say(language).format(market=market))
    return found.book
