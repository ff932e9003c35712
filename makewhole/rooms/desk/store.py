"""The SQL of reports over several rooms."""

from typing import Any

from django.db import connection

BY_REASON = """
    SELECT reason, count(*), count(*) FILTER (WHERE NOT by_person), count(*) FILTER (WHERE closed_at IS NULL),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at) / 86400)
    FROM (
        SELECT c.opened_at, c.closed_at, c.reasons->>0 AS reason,
               EXISTS (SELECT FROM cases_event e WHERE e.case_id = c.id AND e.role = 'agent') AS by_person
        FROM cases_case c JOIN orders_order o ON o.id = c.order_id WHERE o.shop_id = %s
    ) told GROUP BY reason ORDER BY count(*) DESC
"""
BY_OUTCOME = """
    SELECT c.reasons->>0, coalesce(c.outcome, 'open'), count(*)
    FROM cases_case c JOIN orders_order o ON o.id = c.order_id WHERE o.shop_id = %s GROUP BY 1, 2
"""
OVERALL = """
    SELECT count(*), count(*) FILTER (WHERE NOT by_person),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at) / 86400),
           coalesce(sum(paid_minor), 0), coalesce(sum(advanced_minor), 0), min(currency)
    FROM (
        SELECT c.*, EXISTS (SELECT FROM cases_event e WHERE e.case_id = c.id AND e.role = 'agent') AS by_person
        FROM cases_case c JOIN orders_order o ON o.id = c.order_id WHERE o.shop_id = %s
    ) told
"""
FUND = """
    SELECT coalesce(sum(a.amount_minor), 0), coalesce(sum(a.recovered_minor), 0), coalesce(sum(a.written_off_minor), 0)
    FROM treasury_advance a JOIN orders_order o ON o.id = a.order_id WHERE o.shop_id = %s
"""


def read_report(shop_id: str) -> tuple[tuple[Any, ...], list[tuple[Any, ...]], list[tuple[Any, ...]], tuple[Any, ...]]:
    """Overall figures, figures by reason, counts by reason and outcome, and the fund's: of one shop's cases."""
    with connection.cursor() as cursor:
        cursor.execute(OVERALL, [shop_id])
        overall = cursor.fetchone()
        cursor.execute(BY_REASON, [shop_id])
        reasons = cursor.fetchall()
        cursor.execute(BY_OUTCOME, [shop_id])
        outcomes = cursor.fetchall()
        cursor.execute(FUND, [shop_id])
        return overall, reasons, outcomes, cursor.fetchone()
