"""Transfers per second through one hot fund against a thousand accounts, and against the bare statements.

Four roads, in turn, three rounds, medians. Every transfer is one transaction of the treasury's own `Book`: lock two
accounts in order, write the transfer, its two entries and both balances, commit. Nothing is switched off: fsync is on
and the guards of the tables run.

- `accounts`: from one of a thousand deposits to the same merchant's balance.
- `fund`: from the fund, on the stripe of its order, to one of a thousand orders. Budget: at least 0.8 × `accounts`.
- `one row`: the same from a fund of a single stripe, to show what the stripes are for.
- `bare`: the statements of `accounts` sent by a bare psycopg loop without the treasury's code.

Run it with `python -m bench.transfers`; it ends with 1 when the budget is missed.
"""

import contextlib
import multiprocessing
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
ACCOUNTS = 1_000
STRIPES = 16
WORKERS = 8
SECONDS = 4.0
ROUNDS = 3
BUDGET = 0.8
RICH = 1_000_000_000
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def main() -> int:
    with _database():
        _open_accounts()
        rates: dict[str, list[float]] = {road: [] for road in ROADS}
        with _crew() as rate:
            for _ in range(ROUNDS):
                for road, found in rates.items():
                    found.append(rate(road))
        _balanced()
    medians = {road: statistics.median(found) for road, found in rates.items()}
    for road, found in rates.items():
        print(f"{road:>9}: {medians[road]:8,.0f} transfers/s   ({', '.join(f'{rate:,.0f}' for rate in found)})")
    ratio = medians["fund"] / medians["accounts"]
    print(f"one hot fund / a thousand accounts = {ratio:.2f} (budget: at least {BUDGET})")
    print(f"a thousand accounts / bare statements = {medians['accounts'] / medians['bare']:.2f}")
    return 0 if ratio >= BUDGET else 1


@contextlib.contextmanager
def _database() -> Iterator[None]:
    """A durable database of its own for the length of the block."""
    home = Path(tempfile.mkdtemp(prefix="makewhole-bench-"))
    home.chmod(0o755)
    os.environ["MAKEWHOLE_HOME"] = str(home)
    os.environ["MAKEWHOLE_DATABASE_FSYNC"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "makewhole.config.settings"
    os.environ.pop("DATABASE_URL", None)
    sys.path.insert(0, str(CHECKOUT))
    from makewhole.config.postgres import database_in_use, ensure_database

    try:
        with database_in_use():
            _django()
            ensure_database()
            yield
            _close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _django() -> None:
    import django

    django.setup()


def _close() -> None:
    from django.db import connections

    for each in connections.all():
        each.close()


def _open_accounts() -> None:
    """A thousand rich merchants, a thousand orders, and the fund."""
    from django.db import transaction

    from makewhole.core.ledger.model import AccountKey, AccountKind
    from makewhole.core.ledger.movements import Move, Scope, transfer
    from makewhole.rooms.treasury.store.batch import Batch
    from makewhole.rooms.treasury.store.book import Book, place_of

    moves = []
    for number in range(ACCOUNTS):
        merchant = f"m-{number}"
        deposit = AccountKey(AccountKind.DEPOSIT, merchant, "CNY")
        moves.append((merchant, Move(AccountKey(AccountKind.PROVIDER, "bench", "CNY"), deposit, RICH)))
        moves.append((merchant, Move(deposit, AccountKey(AccountKind.MERCHANT, merchant, "CNY"), 1)))
    for number in range(STRIPES):
        stripe = AccountKey(AccountKind.FUND, f"{number:02d}", "CNY")
        moves.append(("", Move(AccountKey(AccountKind.PLATFORM, "", "CNY"), stripe, RICH)))
    with transaction.atomic():
        book = Book(NOW)
        book.lock(place_of(merchant, account) for merchant, move in moves for account in move[:2])
        for place, (merchant, move) in enumerate(moves):
            book.post(transfer("open", f"open/{place}", Scope(merchant), [move]))
        batch = Batch()
        book.write(batch)
        batch.run()


def _through(source: tuple[str, str], target: tuple[str, str], merchant: str, reference: str) -> None:
    from django.db import transaction

    from makewhole.core.ledger.model import AccountKey, AccountKind
    from makewhole.core.ledger.movements import Move, Scope, transfer
    from makewhole.rooms.treasury.store.batch import Batch
    from makewhole.rooms.treasury.store.book import Book, place_of

    accounts = [AccountKey(AccountKind(kind), owner, "CNY") for kind, owner in (source, target)]
    with transaction.atomic():
        book = Book(NOW)
        book.lock(place_of(merchant, account) for account in accounts)
        book.post(transfer("bench", reference, Scope(merchant), [Move(accounts[0], accounts[1], 1)]))
        batch = Batch()
        book.write(batch)
        batch.run()


def over_accounts(chance: random.Random, reference: str) -> None:
    merchant = f"m-{chance.randrange(ACCOUNTS)}"
    _through(("deposit", merchant), ("merchant", merchant), merchant, reference)


def over_fund(chance: random.Random, reference: str) -> None:
    from makewhole.rooms.treasury.service.stripes import own_stripe

    number = chance.randrange(ACCOUNTS)
    stripe = own_stripe(f"o-{number}", STRIPES)
    _through(("fund", f"{stripe:02d}"), ("outgoing", f"o-{number}"), f"m-{number}", reference)


def over_one_row(chance: random.Random, reference: str) -> None:
    number = chance.randrange(ACCOUNTS)
    _through(("fund", "00"), ("outgoing", f"o-{number}"), f"m-{number}", reference)


def bare(chance: random.Random, reference: str) -> None:
    """What `over_accounts` sends, without the code that decides what to send."""
    from django.db import connection, transaction

    merchant, number = f"m-{chance.randrange(ACCOUNTS)}", uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, posted_minor FROM treasury_account WHERE owner = %s AND kind IN ('deposit', 'merchant')"
            " AND asset = 'CNY' AND merchant_id = %s ORDER BY id FOR NO KEY UPDATE",
            [merchant, merchant],
        )
        (source, from_minor), (target, to_minor) = cursor.fetchall()
        cursor.execute(
            "INSERT INTO treasury_transfer (id, act, reference, state, merchant_id, created_at, resolved_at)"
            " VALUES (%s, 'bench', %s, 'posted', %s, %s, %s);"
            "INSERT INTO treasury_entry (transfer_id, account_id, amount_minor, before_minor, after_minor, posted_at)"
            " VALUES (%s, %s, -1, %s, %s, %s), (%s, %s, 1, %s, %s, %s);"
            "UPDATE treasury_account SET posted_minor = posted_minor - 1 WHERE id = %s;"
            "UPDATE treasury_account SET posted_minor = posted_minor + 1 WHERE id = %s",
            [number, reference, merchant, NOW, NOW, number, source, from_minor, from_minor - 1, NOW, number, target,
             to_minor, to_minor + 1, NOW, source, target],
        )  # fmt: skip


ROADS: dict[str, Callable[[random.Random, str], None]] = {
    "accounts": over_accounts,
    "fund": over_fund,
    "one row": over_one_row,
    "bare": bare,
}


@contextlib.contextmanager
def _crew() -> Iterator[Callable[[str], float]]:
    """Worker processes, started once; gives a function that measures a road's transfers per second of all together."""
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(WORKERS)
    pipes = [context.Pipe() for _ in range(WORKERS)]
    workers = [context.Process(target=_work, args=(seed, together, far)) for seed, (_, far) in enumerate(pipes)]
    for worker in workers:
        worker.start()

    def rate(road: str) -> float:
        for near, _ in pipes:
            near.send(road)
        return float(sum(near.recv() for near, _ in pipes) / SECONDS)

    try:
        yield rate
    finally:
        for near, _ in pipes:
            near.send("")
        for worker in workers:
            worker.join()


def _work(seed: int, together: Any, orders: Any) -> None:
    sys.path.insert(0, str(CHECKOUT))
    _django()
    while road := orders.recv():
        chance, run = random.Random(f"{road}/{seed}"), ROADS[road]
        run(chance, f"warm/{uuid.uuid4()}")
        together.wait(timeout=60)
        count, until = 0, time.monotonic() + SECONDS
        while time.monotonic() < until:
            run(chance, f"{road}/{uuid.uuid4()}")
            count += 1
        orders.send(count)
    _close()


def _balanced() -> None:
    """What was measured was real: the books are sound afterwards."""
    from makewhole.rooms.treasury import queries

    wrong = [f"{check.invariant} {check.title}: {result.first_offender}" for check in queries.checks()
             if (result := check.run()).wrong]  # fmt: skip
    if wrong:
        raise RuntimeError(f"the books are wrong after the bench: {wrong}")


if __name__ == "__main__":
    sys.exit(main())
