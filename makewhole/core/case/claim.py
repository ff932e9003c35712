"""The claim of a case as the rules read it: what was said, what the panel found, what was paid on its units."""

import hashlib

import orjson

from makewhole.core.case import record
from makewhole.core.case.model import Case, Finding, Terms
from makewhole.core.facts import Fact
from makewhole.core.rulebook.model import Answer, Claim, Paid
from makewhole.core.words import Head, Provenance


def claim_of(case: Case, findings: tuple[Finding, ...] | None = None) -> Claim:
    """The claim with the findings laid over what the parties said; the last ruling's unless others are given."""
    if findings is None:
        findings = case.rulings[-1].findings if case.rulings else ()
    facts = dict(case.facts)
    for finding in findings:
        facts[finding.fact] = Fact(finding.value, Provenance.FOUND)
    return Claim(case.reasons, case.lines, facts, case.opened_at)


def paid_for(case: Case) -> tuple[Paid, ...]:
    """What was paid on the case's units: before it opened, and by the case itself."""
    return case.before + tuple(
        Paid(due.line_id, due.head, due.amount_minor, due.payer) for payment in case.payments for due in payment.dues
    )


def paid_by_case(case: Case) -> dict[tuple[str, Head], int]:
    """What the case itself paid or has on its way, by line and head."""
    paid: dict[tuple[str, Head], int] = {}
    for payment in case.payments:
        for due in payment.dues:
            paid[due.line_id, due.head] = paid.get((due.line_id, due.head), 0) + due.amount_minor
    return paid


def owed(case: Case) -> Terms | None:
    """What of the agreed terms is not yet paid or on its way; None when nothing was agreed."""
    if case.agreed is None:
        return None
    paid = paid_by_case(case)
    rest = []
    for due in case.agreed.dues:
        done = min(due.amount_minor, paid.get((due.line_id, due.head), 0))
        if due.amount_minor > done:
            rest.append(due._replace(amount_minor=due.amount_minor - done))
    return case.agreed._replace(dues=tuple(rest))


def answer_sha256(answer: Answer) -> str:
    """A digest of what an answer gives and on which rules, so that recomputing it later can be compared (I7).

    Dates of steps are left out: they also hang on the calendar, which markets publish year by year.
    """
    plans = [plan._replace(steps=(), claim_until=None) for plan in answer.plans]
    plain = {
        "edition": answer.edition,
        "plans": [record.write(plan) for plan in plans],
        "obstacles": [record.write(obstacle) for obstacle in answer.obstacles],
        "fund": record.write(answer.fund),
    }
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()
