"""Assess a claim: everything the buyer is due on an order, from whom, by when, on what proof.

`assess` is pure and quick (tens of microseconds): rules were made ready before, texts are rendered later by `explain`.
Layers strengthen each other: for each remedy and head the best right counts, whatever layer grants it; the law is the
floor because its rights are always among them. Only grants marked `adds` are summed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from makewhole.core.allocation.model import Allocation
from makewhole.core.facts import FACTS
from makewhole.core.order.model import Line, Order
from makewhole.core.rulebook.amounts import Sums, units_of
from makewhole.core.rulebook.compile import Program, program_for
from makewhole.core.rulebook.figures import LineFigures, PaidBefore, Share, paid_off
from makewhole.core.rulebook.fill import Known, known, readable, told
from makewhole.core.rulebook.interpret import Interpreter
from makewhole.core.rulebook.model import (
    Answer,
    Claim,
    ClaimError,
    ClaimLine,
    EvidenceNeeded,
    Obstacle,
    ObstacleKind,
    Paid,
    Plan,
    Question,
)
from makewhole.core.rulebook.pattern import Pattern, pattern_of
from makewhole.core.rulebook.plans import PlanMaker
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import Grant, Rulebook
from makewhole.core.words import Head, Provenance, Remedy, Text

_CLOSEST_MAX = 3
_PATTERNS_MAX = 1_000
_REASONS_MAX = 6


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
    the claim names lines, units, reasons or facts that do not fit the order or the market, ValueError when `now` has no
    time zone.
    """
    if now.tzinfo is None:
        raise ValueError(f"now, {now.isoformat()}, has no time zone")
    lines = check_claim(book, order, claim)
    calendar = book.calendar
    local_now = calendar.local(now)
    program = program_for(book, order.placed_at, local_now, claim.reasons)
    claimed = local_now if claim.claimed_at is now else calendar.local(claim.claimed_at)
    said = told(program, claim)
    before = _before(paid)
    blocked: list[Obstacle] = []
    patterns: list[Pattern] = []
    shares: list[Share] = []
    figures = facts = None
    for place, (line, claim_line) in enumerate(zip(lines, claim.lines, strict=True)):
        facts = known(program, said, order, line, now, claimed, calendar)
        bits, ends = program.matching.run(facts.values, claimed)
        pattern = _pattern(program, bits, facts)
        share = allocation.share(line.id)
        sums = Sums(
            units_of(share.goods_minor, share, claim_line), units_of(share.freight_minor, share, claim_line),
            order, allocation, claim.lines, place,
        )  # fmt: skip
        figures = LineFigures(line.id, share, sums, facts.values, ends, program, before)
        blocked += [figures.obstacle(one) for one in pattern.blocked]
        shares += figures.shares(pattern, blocked)
        patterns.append(pattern)
    if figures is None or facts is None:
        raise AssertionError("a claim that passed its check has lines")
    plans = _plans(PlanMaker(patterns[0].terms, local_now), shares, len(lines))
    if before:
        blocked += _paid_off(shares, plans, before, blocked)
    obstacles = _latest(blocked) if len(blocked) > 1 else tuple(blocked)
    if not plans and not obstacles:
        judge = Interpreter(calendar, claimed, readable(program, facts).get)
        obstacles = closest(program, judge, claim.lines[-1])
    first = patterns[0]
    evidence, questions = _proof(patterns, plans, closing=bool(before))
    return tuple.__new__(Answer, (
        book.market,
        program.edition.name,
        order.id,
        order.currency,
        now,
        plans,
        obstacles,
        evidence,
        questions,
        first.terms.terms,
        figures.fund_cover(first.fund),
        first.sanctions if len(patterns) == 1 else tuple(dict.fromkeys(one for p in patterns for one in p.sanctions)),
        first.avenues if len(patterns) == 1 else tuple(dict.fromkeys(one for p in patterns for one in p.avenues)),
    ))  # fmt: skip


def _before(paid: Sequence[Paid]) -> dict[tuple[str, Head], int]:
    """What was paid before, by line and head."""
    before: dict[tuple[str, Head], int] = {}
    for one in paid:
        before[one.line_id, one.head] = before.get((one.line_id, one.head), 0) + one.amount_minor
    return before


def _pattern(program: Program, bits: int, facts: Known) -> Pattern:
    """What follows from the bits and standings; worked out once for each combination met."""
    key = (bits, facts.presuming_bits, bytes(facts.standing), facts.presumed)
    found: Pattern | None = program.patterns.get(key)
    if found is None:
        if len(program.patterns) >= _PATTERNS_MAX:
            program.patterns.clear()
        found = program.patterns[key] = pattern_of(program, bits, facts)
    return found


def _plans(maker: PlanMaker, shares: Sequence[Share], lines: int) -> tuple[Plan, ...]:
    """One plan for each remedy; of several lines together, in the order of their remedies."""
    if lines == 1:
        return tuple([plan for plan in map(maker.single, shares) if plan is not None])
    by_remedy: dict[Remedy, list[Share]] = {}
    for share in shares:
        by_remedy.setdefault(share.remedy, []).append(share)
    made = [plan for plan in map(maker.joint, by_remedy.values()) if plan is not None]
    places = {remedy: place for place, remedy in enumerate(Remedy)}
    made.sort(key=lambda plan: (plan.adds_to_any, bool(plan.depends_on), places[plan.remedy]))
    return tuple(made)


def _paid_off(
    shares: Sequence[Share], plans: Sequence[Plan], before: PaidBefore, blocked: Sequence[Obstacle]
) -> list[Obstacle]:
    """What is closed because everything due under it was paid, where nothing has said so yet."""
    told_of = {plan.remedy for plan in plans} | {obstacle.remedy for obstacle in blocked}
    return [
        Obstacle(ObstacleKind.PAID_IN_FULL, share.pattern.rule_ids[0], share.line.line_id, share.remedy, "", None)
        for share in shares
        if share.remedy not in told_of and paid_off(share, before)
    ]


def _latest(blocked: Sequence[Obstacle]) -> tuple[Obstacle, ...]:
    """Each obstacle once per line and remedy: of several time limits the last."""
    kept: dict[tuple[Any, ...], Obstacle] = {}
    for obstacle in blocked:
        key = (obstacle.kind, obstacle.line_id, obstacle.remedy)
        other = kept.get(key)
        if other is None or (obstacle.since and other.since and obstacle.since > other.since):
            kept[key] = obstacle
    return tuple(kept.values())


def _proof(
    patterns: Sequence[Pattern], plans: Sequence[Plan], *, closing: bool
) -> tuple[tuple[EvidenceNeeded, ...], tuple[Question, ...]]:
    """What must be proven and what is to be asked, for the plans that are left. `closing`: payments closed some."""
    if not plans:
        return (), ()
    first = patterns[0]
    evidence = first.evidence if len(patterns) == 1 else _evidence(patterns)
    questions = first.questions if len(patterns) == 1 else _asked(*(pattern.questions for pattern in patterns))
    asking = [plan.prospect.questions for plan in plans if plan.prospect is not None]
    if asking:
        questions = _asked(questions, *asking)
    if closing:
        closed = {rule for pattern in patterns for one in pattern.remedies for rule in one.rule_ids}
        closed -= {rule for plan in plans for rule in plan.rule_ids}
        questions = tuple(question for question in questions if not closed.issuperset(question.rule_ids))
    return evidence, questions


def _evidence(patterns: Sequence[Pattern]) -> tuple[EvidenceNeeded, ...]:
    """What must be proven over all lines; where a fact stands differently, as on the line where it stands weakest."""
    needed: dict[str, EvidenceNeeded] = {}
    for pattern in patterns:
        for one in pattern.evidence:
            if one.fact not in needed or one.standing is Provenance.ALLEGED:
                needed[one.fact] = one
    return tuple(needed.values())


def _asked(*questions: Sequence[Question]) -> tuple[Question, ...]:
    """Each question once, for all the rules that wait for it."""
    waiting: dict[str, dict[str, None]] = {}
    for several in questions:
        for fact, rule_ids in several:
            waiting.setdefault(fact, {}).update(dict.fromkeys(rule_ids))
    return tuple(Question(fact, tuple(rules)) for fact, rules in waiting.items())


def check_claim(book: Rulebook, order: Order, claim: Claim) -> list[Line]:
    """The lines claimed. Raises ClaimError when the claim does not fit the order or the market."""
    if order.currency != book.currency or order.market != book.market:
        raise ClaimError(
            "order",
            Text(f"订单属于 {order.market}（{order.currency}），规则库是 {book.market}（{book.currency}）",
                 f"the order is of {order.market} in {order.currency}, "
                 f"the rulebook of {book.market} in {book.currency}"),
            Text("核对订单的市场与币种，选用对应市场的规则库",
                 "check the order's market and currency, and use the rulebook of that market"),
        )  # fmt: skip
    if not book.covered.issuperset(claim.reasons) or not claim.reasons:
        strange = [reason for reason in claim.reasons if reason not in book.reasons]
        given = "、".join(strange) or "（未填写）", ", ".join(strange) or "no reason"
        raise ClaimError(
            "reasons",
            Text(
                f"{book.name.zh}规则库没有此原因：{given[0]}", f"the rulebook {book.market} has no rules for {given[1]}"
            ),
            Text(f"可用原因：{'、'.join(book.reasons)}", f"give one of {', '.join(book.reasons)}"),
        )
    if claim.claimed_at.tzinfo is None:
        raise ClaimError(
            "claimed_at", Text("主张时间没有时区", "the time of the claim has no offset"),
            Text("写成 2026-11-21T18:00+08:00", "write it like 2026-11-21T18:00+08:00"),
        )  # fmt: skip
    if len(claim.reasons) > _REASONS_MAX:
        raise ClaimError(
            "reasons", Text(f"原因超过 {_REASONS_MAX} 个", f"there are more than {_REASONS_MAX} reasons"),
            Text("保留最要紧的几个，其余另行主张", "keep the weightiest and claim the others apart"),
        )  # fmt: skip
    if not claim.lines:
        raise ClaimError(
            "lines", Text("没有选择商品", "no line is named"), Text("至少选择一行商品", "name at least one line")
        )
    lines: list[Line] = []
    for line in claim.lines:
        lines.append(_claimed_line(order, line, lines))
    return lines


def _claimed_line(order: Order, claimed: ClaimLine, before: Sequence[Line]) -> Line:
    try:
        line = order.line(claimed.line_id)
    except KeyError:
        known_lines = ", ".join(one.id for one in order.lines[:10])
        raise ClaimError(
            "lines", Text(f"订单没有商品行 {claimed.line_id!r}", f"the order has no line {claimed.line_id!r}"),
            Text(f"可用：{known_lines}", f"its lines are {known_lines}"),
        ) from None  # fmt: skip
    left = line.quantity - claimed.first_unit
    if (
        (before and any(line.id == other.id for other in before))
        or claimed.quantity < 1
        or claimed.first_unit < 0
        or claimed.quantity > left
    ):
        raise ClaimError(
            "lines",
            Text(f"商品行 {line.id} 可主张 {left} 件，不能主张 {claimed.quantity} 件，也不能重复列出",
                 f"line {line.id} has {left} units to claim, not {claimed.quantity}, and is named once"),
            Text("更正数量或合并重复行", "correct the quantity or join the lines"),
        )  # fmt: skip
    return line


def closest(program: Program, judge: Interpreter, line: ClaimLine) -> tuple[Obstacle, ...]:
    """Why nothing is due: for each remedy the grant that failed by the fewest conditions, and the fact it failed by.

    Grants for other kinds of goods came not close. Those that wait for something nobody has said (a further loss) come
    last, and only where nothing else is left to say.
    """
    best: dict[Remedy, tuple[int, Obstacle]] = {}
    unsaid: dict[Remedy, tuple[int, Obstacle]] = {}
    for rule in program.rules:
        if isinstance(rule.outcome, Grant) and not judge.for_other_goods(rule.when):
            against = [judged for judged in judge.judge(rule.when) if judged.holds is False]
            facts = [min(facts_read((judged.condition,)), key=program.slots.__getitem__) for judged in against]
            if not facts:
                continue
            remedy, kind = rule.outcome.remedy, ObstacleKind.NOT_CLAIMABLE
            found = unsaid if any(FACTS[fact].assumed is not None for fact in facts) else best
            if remedy not in found or len(facts) < found[remedy][0]:
                found[remedy] = len(facts), Obstacle(kind, rule.id, line.line_id, remedy, facts[0], None)
    ranked = sorted((best or unsaid).values(), key=lambda one: one[0])
    return tuple(obstacle for _, obstacle in ranked[:_CLOSEST_MAX])
