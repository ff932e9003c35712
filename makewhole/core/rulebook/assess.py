"""Assess a claim: everything the buyer is due on an order, from whom, by when, on what proof.

`assess` is pure and quick (tens of microseconds): rules were made ready before, texts are rendered later by `explain`.
Layers strengthen each other: for each remedy and head the best right counts, whatever layer grants it; the law is the
floor because its rights are always among them. Only grants marked `adds` are summed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from makewhole.core.allocation.model import Allocation
from makewhole.core.order.model import Order
from makewhole.core.rulebook.compile import Program, program_for
from makewhole.core.rulebook.fill import Known, known, told
from makewhole.core.rulebook.gather import Findings
from makewhole.core.rulebook.interpret import Interpreter
from makewhole.core.rulebook.model import (
    Answer,
    Claim,
    ClaimError,
    ClaimLine,
    FundCover,
    Obstacle,
    ObstacleKind,
    Paid,
)
from makewhole.core.rulebook.plans import PlanMaker
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import Grant, Rulebook
from makewhole.core.words import Text

_CLOSEST_MAX = 3


def assess(
    book: Rulebook,
    order: Order,
    allocation: Allocation,
    claim: Claim,
    now: datetime,
    paid: Sequence[Paid] = (),
) -> Answer:
    """The answer to a claim at `now`. `paid` is what was paid or promised before on the claimed units.

    Time limits are measured at `claim.claimed_at`; what happened to parcels is seen as of `now`. Raises ClaimError when
    the claim names lines, units, reasons or facts that do not fit the order or the market.
    """
    check_claim(book, order, claim)
    program = program_for(book, order.placed_at, now, claim.reasons)
    calendar = book.calendar
    claimed = claim.claimed_at.astimezone(calendar.zone)
    said = told(program, claim)
    findings = Findings(program, order, allocation, claim.lines, paid)
    lines: list[Known] = []
    for place, claim_line in enumerate(claim.lines):
        facts = known(program, said, order, order.line(claim_line.line_id), now, claimed, calendar)
        lines.append(facts)
        findings.add_line(place, claim_line, facts, program.match(facts.values, claimed))
    terms = program.terms(findings.terms)
    plans = findings.plans(PlanMaker(terms, calendar, now, order.currency))
    obstacles = findings.obstacles(plans)
    if not plans and not obstacles:
        obstacles = closest(
            program, Interpreter(calendar, claimed, dict(_named(program, lines[0])).get), claim.lines[0]
        )
    return Answer(
        market=book.market,
        edition=program.edition.name,
        order_id=order.id,
        currency=order.currency,
        assessed_at=now,
        plans=plans,
        obstacles=obstacles,
        evidence=findings.evidence(),
        questions=findings.questions(),
        terms=terms.terms,
        fund=findings.fund() or FundCover(0, ""),
        sanctions=findings.sanctions(),
    )


def _named(program: Program, facts: Known) -> Iterator[tuple[str, object]]:
    return zip(program.names, facts.values, strict=True)


def check_claim(book: Rulebook, order: Order, claim: Claim) -> None:
    """Raises ClaimError when the claim does not fit the order or the market."""
    if order.currency != book.currency or order.market != book.market:
        raise ClaimError(
            "order",
            Text(f"订单属于 {order.market}（{order.currency}），规则库是 {book.market}（{book.currency}）",
                 f"the order is of {order.market} in {order.currency}, "
                 f"the rulebook of {book.market} in {book.currency}"),
            Text("选用订单所属市场的规则库", "use the rulebook of the order's market"),
        )  # fmt: skip
    strange = [reason for reason in claim.reasons if reason not in book.reasons]
    if strange or not claim.reasons:
        given = "、".join(strange) or "（未填写）", ", ".join(strange) or "no reason"
        raise ClaimError(
            "reasons",
            Text(
                f"{book.name.zh}规则库没有此原因：{given[0]}", f"the rulebook {book.market} has no rules for {given[1]}"
            ),
            Text(f"可用原因：{'、'.join(book.reasons)}", f"give one of {', '.join(book.reasons)}"),
        )
    first_day = book.editions[0].start
    if book.calendar.local(order.placed_at).date() < first_day:
        raise ClaimError(
            "order.placed_at",
            Text(f"规则库只收录 {first_day} 起的规则", f"the rulebook holds no rules from before {first_day}"),
            Text("更早的订单请人工处理", "an older order is for a person to judge"),
        )
    if not claim.lines:
        raise ClaimError(
            "lines", Text("没有选择商品", "no line is named"), Text("至少选择一行商品", "name at least one line")
        )
    seen: set[str] = set()
    for line in claim.lines:
        _check_line(order, line, seen)
        seen.add(line.line_id)


def _check_line(order: Order, claimed: ClaimLine, seen: set[str]) -> None:
    try:
        ordered = order.line(claimed.line_id).quantity
    except KeyError:
        known_lines = ", ".join(line.id for line in order.lines[:10])
        raise ClaimError(
            "lines", Text(f"订单没有商品行 {claimed.line_id!r}", f"the order has no line {claimed.line_id!r}"),
            Text(f"可用：{known_lines}", f"its lines are {known_lines}"),
        ) from None  # fmt: skip
    left = ordered - claimed.first_unit
    if claimed.line_id in seen or claimed.quantity < 1 or claimed.first_unit < 0 or claimed.quantity > left:
        raise ClaimError(
            "lines",
            Text(f"商品行 {claimed.line_id} 可主张 {left} 件，不能主张 {claimed.quantity} 件，也不能重复列出",
                 f"line {claimed.line_id} has {left} units to claim, not {claimed.quantity}, and is named once"),
            Text("更正数量或合并重复行", "correct the quantity or join the lines"),
        )  # fmt: skip


def closest(program: Program, judge: Interpreter, line: ClaimLine) -> tuple[Obstacle, ...]:
    """Why nothing is due: for the grants that failed by the fewest conditions, the fact each failed by."""
    failed: list[tuple[int, Obstacle]] = []
    for rule in program.rules:
        if isinstance(rule.outcome, Grant):
            against = [judged for judged in judge.judge(rule.when) if judged.holds is False]
            for judged in against[:1]:
                fact = min(facts_read((judged.condition,)), key=program.slots.__getitem__)
                kind, remedy = ObstacleKind.NOT_CLAIMABLE, rule.outcome.remedy
                failed.append((len(against), Obstacle(kind, rule.id, line.line_id, remedy, fact, None)))
    failed.sort(key=lambda one: one[0])
    return tuple(obstacle for _, obstacle in failed[:_CLOSEST_MAX])
