"""`makewhole import`: take in orders from files of real shops, streaming, good ones kept and bad ones told."""

import csv
import json
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from pathlib import Path
from time import monotonic
from typing import Any, TextIO

import click

from makewhole.core.order.faults import OrderFault
from makewhole.core.words import Language, Text
from makewhole.doors.cli import boot, console
from makewhole.integrations.shops.formats import READERS, detect
from makewhole.integrations.shops.plainness import unreadable
from makewhole.integrations.shops.rows import MissingOption, Reader, ReadOptions, Row, RowError
from makewhole.integrations.shops.values import phrase
from makewhole.rooms.orders.ports import SHOP_ID
from makewhole.rooms.rulebooks import queries

BATCH = 500
ANALYSED_AFTER = frozenset({1, 10, 100, 1000})
"""Batches after which the database looks at its tables anew."""

SHOWN_MAX = 10
KINDS_MAX = 1000
_DIGITS = re.compile(r"\d+")
ACCEPTED, UPDATED, UNCHANGED, REJECTED = "accepted", "updated", "unchanged", "rejected"
OUTCOMES = (ACCEPTED, UPDATED, UNCHANGED, REJECTED)
OUTCOME_WORDS = {
    ACCEPTED: Text("已收入", "accepted"), UPDATED: Text("已更新", "updated"),
    UNCHANGED: Text("无变化", "unchanged"), REJECTED: Text("未收入", "rejected"),
}  # fmt: skip
COLUMNS = {Text("结果", "outcome"): "left", Text("订单数", "orders"): "right"}
TITLE = Text("{format} 订单", "{format} orders")
TITLE_DRY = Text("{format} 订单，仅检查", "{format} orders, checked only")
PACE = Text("{total} 笔订单，{seconds:.1f} 秒，每秒 {rate:.0f} 笔", "{total} orders in {seconds:.1f} s, {rate:.0f}/s")
FIRST = Text("{orders} 笔有问题，首笔 {place}", "{orders} refused, first {place}")
ALL_IN_FILE = Text("未收入的订单都在 {path}。", "All rejected orders are in {path}.")
HINT_REJECTS = Text("--rejects FILE 可把未收入的订单逐笔写下。", "--rejects FILE writes every rejected order down.")
NOT_PLAIN = Text(
    "看不出文件格式；请用 --format 指明：{formats}", "The format is not plain; say which with --format: {formats}."
)
TOLD_BY_FILE = Text(
    "makewhole 格式的文件自己写明了市场与商家；请去掉 {option}",
    "files in makewhole's format tell market and merchant themselves; leave {option} out.",
)
SHOP_ITSELF = frozenset({"makewhole", "olist", "taobao"})
"""Formats whose order numbers are unique by themselves, so that the format's name does for the shop."""

Importer = Callable[[Sequence[dict[str, Any]], str], Sequence[tuple[str, tuple[OrderFault, ...]]]]
"""Documents and shop in; for each document its outcome and faults."""


class Tally:
    """Counts outcomes and groups faults by the first of each order; writes all of them to a file when one is asked for.

    An updated order has faults too when a part of its sale was not taken.
    """

    def __init__(self, language: Language, rejects: TextIO | None) -> None:
        self.counts: Counter[str] = Counter()
        self.faulty = 0
        self.reasons: dict[tuple[str, str], dict[str, Any]] = {}
        self.language, self._rejects = language, rejects

    def add(self, row: Row, outcome: str, faults: Sequence[OrderFault]) -> None:
        self.counts[outcome] += 1
        if not faults:
            return
        self.faulty += 1
        place = {"file": phrase(row.file), "line_number": row.line_number, "number": phrase(row.number, 128)}
        for fault in faults[:1]:
            kind = _DIGITS.sub("", fault.path), fault.remedy.en
            if kind not in self.reasons and len(self.reasons) < KINDS_MAX:
                self.reasons[kind] = {"orders": 0, "reason": fault.say(self.language), "first": place}
            if kind in self.reasons:
                self.reasons[kind]["orders"] += 1
        if self._rejects:
            told = [{"path": f.path, "wrong": f.wrong._asdict(), "remedy": f.remedy._asdict()} for f in faults]
            self._rejects.write(json.dumps({**place, "faults": told}, ensure_ascii=False) + "\n")

    def common_reasons(self) -> list[dict[str, Any]]:
        """The reasons most orders were rejected for, each with how many and the first of them."""
        return sorted(self.reasons.values(), key=lambda reason: -int(reason["orders"]))[:SHOWN_MAX]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--format", "format_name", type=click.Choice(sorted(READERS)), help="Found out when plain.")
@click.option("--shop", default="", help="Word for the shop, such as my-shop; its order numbers are unique within it.")
@click.option("--market", default="", help="Market whose rules apply, such as cn; needed for medusa and shopify.")
@click.option("--merchant", default="", help="Whose orders these are: ID or ID:NAME. Otherwise as the files tell.")
@click.option("--categories", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="CSV without heading: the shop's category or article number, makewhole's category.")  # fmt: skip
@click.option("--rejects", type=click.Path(dir_okay=False, writable=True, path_type=Path),
              help="Write every rejected order with its faults to this file, one JSON object per line.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Read and check everything, store nothing; needs no database.")
@console.language_option
@console.json_option
def command(
    files: tuple[Path, ...],
    format_name: str | None,
    shop: str,
    market: str,
    merchant: str,
    categories: Path | None,
    rejects: Path | None,
    dry_run: bool,
    language: Language,
    as_json: bool,
) -> int:
    """Take in orders from FILES: exports of real shops, or makewhole's own format.

    Files may be of any size, - is what is piped in. Good orders are kept and bad ones told with file, line and reason;
    the same files again change nothing. Ends with 1 when an order was rejected.
    """
    merchant_id, _, merchant_name = merchant.partition(":")
    with ExitStack() as stack:
        files = tuple(stack.enter_context(lasting(path)) for path in files)
        name = format_name or _detected(files, language)
        for option in [option for option, given in (("--market", market), ("--merchant", merchant)) if given]:
            if name == "makewhole":
                raise click.UsageError(TOLD_BY_FILE.say(language).format(option=option))
        file = stack.enter_context(_rejects_file(rejects, files)) if rejects else None
        bar = stack.enter_context(console.progress("Reading", sum(_size(path) for path in files)))
        options = ReadOptions(
            shop_id=_shop(name, shop),
            market=market,
            merchant_id=merchant_id,
            merchant_name=merchant_name,
            categories=_categories(categories) if categories else {},
            advance=lambda size: bar.advance(bar.task_ids[0], size),
        )
        tally = Tally(language, file)
        run = stack.enter_context(_dry_importer() if dry_run else _importer())
        started = monotonic()
        try:
            _take_in(_rows(READERS[name], files, options), run, options.shop_id, tally)
        except MissingOption as error:
            raise click.UsageError(f"{name} needs {error.option}: {error.why.say('en')}.") from error
    _report(tally, name, dry_run, monotonic() - started, rejects, as_json)
    return console.Exit.REFUSED if tally.faulty else console.Exit.DONE


def _rows(reader: Reader, files: Sequence[Path], options: ReadOptions) -> Iterator[Row]:
    """The orders of the files; in place of a file that holds nothing to read, and of an order nobody could answer on,
    the fault."""
    rulebooks = boot.rulebooks_directory()
    readable: list[Path] = []
    for path in files:
        fault = None if path.is_dir() else unreadable(path)
        if fault:
            yield Row(path.name, 1, "", None, (fault.fault,))
        else:
            readable.append(path)
    for row in reader(readable, options) if readable else ():
        strange = row.document and queries.order_fault(
            row.document.get("market"), row.document.get("currency"), rulebooks
        )
        yield row._replace(document=None, faults=(strange,)) if strange else row


@contextmanager
def lasting(path: Path) -> Iterator[Path]:
    """The file itself; what comes through a pipe is put down in a file first, for it is looked at more than once."""
    if path.is_file() or path.is_dir():
        yield path
        return
    name = "stdin" if str(path) == "-" else path.name
    with tempfile.TemporaryDirectory(prefix="makewhole-import-") as folder, ExitStack() as stack:
        source = sys.stdin.buffer if str(path) == "-" else stack.enter_context(path.open("rb"))
        kept = Path(folder) / name
        with kept.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
        yield kept


@contextmanager
def _rejects_file(path: Path, files: Sequence[Path]) -> Iterator[TextIO]:
    if path.exists() and any(path.samefile(each) for each in files):
        raise click.UsageError(f"--rejects {path} is a file to be read; name another, it is written anew.")
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(
            f"--rejects {path} cannot be written ({error.strerror}); name a file in a folder that exists."
        ) from error
    with file:
        yield file


def _take_in(rows: Iterator[Row], run: Importer, shop_id: str, tally: Tally) -> None:
    while batch := list(islice(rows, BATCH)):
        documents = [row.document for row in batch if row.document is not None]
        outcomes = iter(run(documents, shop_id) if documents else ())
        for row in batch:
            outcome, faults = (REJECTED, row.faults) if row.document is None else next(outcomes)
            tally.add(row, outcome, faults)


@contextmanager
def _importer() -> Iterator[Importer]:
    with boot.ready():
        from django.utils import timezone

        from makewhole.rooms.orders.service import analyse
        from makewhole.rooms.treasury.service import import_orders

        batches = count(1)

        def run(documents: Sequence[dict[str, Any]], shop_id: str) -> list[tuple[str, tuple[OrderFault, ...]]]:
            results = import_orders(documents, shop_id, timezone.now())
            if next(batches) in ANALYSED_AFTER:
                analyse()
            return [(result.outcome.value, result.faults) for result in results]

        yield run


@contextmanager
def _dry_importer() -> Iterator[Importer]:
    from makewhole.core.allocation.prior import prior_faults
    from makewhole.core.order.read import OrderError, read_order

    def check(document: dict[str, Any]) -> tuple[str, tuple[OrderFault, ...]]:
        try:
            faults = prior_faults(read_order(document))
        except OrderError as error:
            faults = error.faults
        return (REJECTED if faults else ACCEPTED), faults

    yield lambda documents, shop_id: [check(document) for document in documents]


def _detected(files: Sequence[Path], language: Language) -> str:
    try:
        found = detect(files)
    except RowError as error:
        raise click.UsageError(error.fault.say(language)) from error
    if found is None:
        raise click.UsageError(NOT_PLAIN.say(language).format(formats=", ".join(sorted(READERS))))
    return found


def _shop(format_name: str, shop: str) -> str:
    if shop and not SHOP_ID.fullmatch(shop):
        raise click.UsageError(f"--shop {shop!r} cannot name a shop: use lower-case letters, digits, '-' and '_'.")
    if shop or format_name in SHOP_ITSELF:
        return shop or format_name
    raise click.UsageError(f"{format_name} needs --shop: a word for the shop whose order numbers these are.")


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.glob("*.csv")) if path.is_dir() else path.stat().st_size


def _categories(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.UsageError(f"{path} is no CSV in UTF-8; save it as one.") from error
    for number, row in enumerate(rows, start=1):
        if len(row) != 2 or not all(row):
            raise click.UsageError(f"{path}, row {number}: write two columns, the shop's category and makewhole's.")
    return {row[0]: row[1] for row in rows}


def _report(tally: Tally, format_name: str, dry_run: bool, seconds: float, rejects: Path | None, as_json: bool) -> None:
    language = tally.language
    counts = {outcome: tally.counts[outcome] for outcome in OUTCOMES}
    if as_json:
        console.print_json(
            {"format": format_name, "dry_run": dry_run, **counts, "seconds": round(seconds, 3),
             "reasons": tally.common_reasons()}
        )  # fmt: skip
        return
    console.print_table(
        (TITLE_DRY if dry_run else TITLE).say(language).format(format=format_name),
        {heading.say(language): justify for heading, justify in COLUMNS.items()},
        [(OUTCOME_WORDS[outcome].say(language), orders) for outcome, orders in counts.items()],
    )
    total = sum(counts.values())
    pace = PACE.say(language).format(total=total, seconds=seconds, rate=total / max(seconds, 0.001))
    console.out.print(pace, style="dim")
    for reason in tally.common_reasons():
        first = reason["first"]
        place = f"{first['file']}:{first['line_number']} {first['number']}".rstrip()
        told = FIRST.say(language).format(orders=reason["orders"], place=place)
        console.out.print(told, style="bold", markup=False, soft_wrap=True)
        console.out.print(f"  {reason['reason']}", markup=False, soft_wrap=True)
    if counts[REJECTED]:
        kept = ALL_IN_FILE.say(language).format(path=rejects) if rejects else HINT_REJECTS.say(language)
        console.out.print(kept, style="dim", markup=False)
