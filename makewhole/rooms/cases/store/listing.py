"""Lists of cases: by age or by what waits for whom, always by an index and a cursor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

COLUMNS = (
    "c.id", "c.order_id", "c.order_number", "c.title", "c.merchant_id", "c.buyer_id", "c.market", "c.currency",
    "c.stage", "c.reasons::text", "c.opened_at", "c.closed_at", "c.outcome", "c.wanted_minor", "c.agreed_minor",
    "c.paid_minor", "c.advanced_minor", "c.agent_id", "c.sequence",
)  # fmt: skip

CONDITIONS: dict[str, str] = {
    "buyer_id": "c.buyer_id = %(buyer_id)s",
    "merchant_id": "c.merchant_id = %(merchant_id)s",
    "order_id": "c.order_id = %(order_id)s",
    "stage": "c.stage = %(stage)s",
    "outcome": "c.outcome = %(outcome)s",
    "reason": "c.reasons ? %(reason)s",
    "agent_id": "c.agent_id = %(agent_id)s",
    "open": "(c.closed_at IS NULL) = %(open)s",
    "opened_from": "c.opened_at >= %(opened_from)s",
    "opened_before": "c.opened_at < %(opened_before)s",
    "text": "(c.order_number = %(text)s OR c.title ILIKE '%%' || %(text_like)s || '%%')",
}
"""What lists are narrowed by; the values travel as parameters."""

WAITING: dict[str, str] = {
    "owed_by_merchant": "o.merchant_id = %(owed_by_merchant)s AND o.debtor = 'merchant'",
    "debtor": "o.debtor = %(debtor)s",
    "panel": "o.step IN ('rule', 'rule_appeal')",
    "step": "o.step = %(step)s",
    "due_before": "o.due_at < %(due_before)s",
}


def by_age(given: Mapping[str, Any], after: tuple[datetime, UUID] | None, limit: int) -> list[tuple[Any, ...]]:
    """Cases, newest first, with their next obligation."""
    where = [CONDITIONS[name] for name in given if name in CONDITIONS]
    parameters = {**given, "limit": limit}
    if after is not None:
        where.append("(c.opened_at, c.id) < (%(after_at)s, %(after_id)s)")
        parameters |= {"after_at": after[0], "after_id": after[1]}
    return run(
        f"SELECT {', '.join(COLUMNS)}, c.next_step, c.next_debtor, '', c.next_due_at, c.opened_at"  # noqa: S608
        f"  FROM cases_case c WHERE {' AND '.join(where) or 'true'}"
        " ORDER BY c.opened_at DESC, c.id DESC LIMIT %(limit)s",
        parameters,
    )


def by_due_time(given: Mapping[str, Any], after: tuple[datetime, UUID] | None, limit: int) -> list[tuple[Any, ...]]:
    """Cases with an open obligation of the kind asked for, that which falls due first on top."""
    where = [WAITING[name] for name in given if name in WAITING]
    where += [CONDITIONS[name] for name in given if name in CONDITIONS]
    parameters = {**given, "limit": limit}
    if after is not None:
        where.append("(o.due_at, o.id) > (%(after_at)s, %(after_id)s)")
        parameters |= {"after_at": after[0], "after_id": after[1]}
    return run(
        f"SELECT {', '.join(COLUMNS)}, o.step, o.debtor, o.on_silence, o.due_at, o.id"  # noqa: S608 - built of constants
        "  FROM cases_obligation o JOIN cases_case c ON c.id = o.case_id"
        f" WHERE {' AND '.join(where) or 'true'} ORDER BY o.due_at, o.id LIMIT %(limit)s",
        parameters,
    )


def run(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def count_waiting(given: Mapping[str, Any], soon: datetime, now: datetime) -> tuple[int, int, int]:
    """How many obligations of the kind wait, how many of them fall due before `soon`, how many are overdue."""
    where = [WAITING[name] for name in given if name in WAITING]
    where += [CONDITIONS[name] for name in given if name in CONDITIONS]
    rows = run(
        "SELECT count(*), count(*) FILTER (WHERE o.due_at < %(soon)s), count(*) FILTER (WHERE o.due_at <= %(now)s)"  # noqa: S608
        "  FROM cases_obligation o JOIN cases_case c ON c.id = o.case_id"
        f" WHERE {' AND '.join(where) or 'true'}",
        {**given, "soon": soon, "now": now},
    )
    return rows[0][0], rows[0][1], rows[0][2]


def count_open_by_stage() -> list[tuple[str, int]]:
    """How many open cases there are by stage; reads open cases alone, however many were closed."""
    return [
        (row[0], row[1])
        for row in run(
            "SELECT c.stage, count(DISTINCT c.id) FROM cases_obligation o JOIN cases_case c ON c.id = o.case_id"
            " GROUP BY c.stage",
            {},
        )
    ]
