"""Opening a case: whose order, which units, what the rules give for them."""

from typing import NamedTuple, NoReturn

from makewhole.core.case.amounts import Ceiling, Limits, chosen_plans, plan_terms, read_proposal, room_left
from makewhole.core.case.claim import answer_sha256
from makewhole.core.case.commands import OpenCase, Proposal
from makewhole.core.case.decision import Context, Draft, refuse
from makewhole.core.case.events import EventKind, Opened
from makewhole.core.case.findings import fact_labels
from makewhole.core.case.model import OrderSeen, Terms
from makewhole.core.case.others import paid_before, units_taken, was_decided
from makewhole.core.case.say import remedy_name
from makewhole.core.facts import Fact, FactError, FactValue, check_value, fact_name
from makewhole.core.rulebook.model import Answer, Claim, ClaimLine, ObstacleKind, Paid
from makewhole.core.words import SENDS_GOODS, Party, Provenance, Reason, Remedy, Step, Text


class Entitlement(NamedTuple):
    """A claim as the order allows it: units numbered, what was paid on them before, and what the rules give."""

    claim: Claim
    before: tuple[Paid, ...]
    answer: Answer


def entitlement(
    draft: Draft, reasons: tuple[Reason, ...], lines: tuple[ClaimLine, ...], told: tuple[tuple[str, FactValue], ...]
) -> Entitlement:
    """What a claim on the order would give now. Refuses one on others' orders, unknown lines or units not free."""
    context = draft.context
    if context.order.buyer_id != context.actor.stands_for:
        refuse(
            "order_unknown",
            Text("没有这笔订单", "there is no such order"),
            Text("从「我的订单」里选择", "choose one of your own orders"),
            "order_id",
        )
    check_reasons(reasons)
    check_lines(lines)
    numbered = tuple(claimed_line(line, context, reasons, place) for place, line in enumerate(lines))
    facts = {name: fact_told(name, value) for name, value in told}
    before = paid_before(numbered, context.order, context.others, context.paid)
    claim = Claim(reasons, numbered, facts, draft.now)
    return Entitlement(claim, before, draft.assess(claim, before))


def open_case(draft: Draft, command: OpenCase) -> None:
    """Open the case with what is still due on its units; the merchant must respond within the rulebook's term."""
    context = draft.context
    order = context.order
    claim, before, answer = entitlement(draft, command.reasons, command.lines, command.facts)
    opened = Opened(
        case_id=next(context.ids),
        order_id=context.order_id,
        merchant_id=order.merchant_id,
        buyer_id=order.buyer_id,
        market=order.market,
        currency=order.currency,
        edition=answer.edition,
        reasons=claim.reasons,
        lines=claim.lines,
        wanted=wanted_terms(command.proposal, answer, claim.lines, context),
        story=command.story,
        facts=tuple(claim.facts.items()),
        before=before,
        seen=OrderSeen.of(order),
        answer_sha256=answer_sha256(answer),
    )
    draft.record(EventKind.OPENED, opened)
    draft.known_answer = answer
    draft.then(draft.obligation(Step.RESPOND, Party.MERCHANT))
    draft.tell(Party.MERCHANT, Party.BUYER)


def check_reasons(reasons: tuple[Reason, ...]) -> None:
    if not reasons or len(set(reasons)) != len(reasons):
        refuse(
            "reasons_wrong",
            Text("至少选择一个原因，且不能重复", "at least one reason is needed, each of them once"),
            Text("选择发生了什么", "choose what went wrong"),
            "reasons",
        )


def check_lines(lines: tuple[ClaimLine, ...]) -> None:
    if not lines or len({line.line_id for line in lines}) != len(lines):
        refuse(
            "lines_wrong",
            Text("至少选择一件商品，且每行只填一次", "at least one line is needed, each of them once"),
            Text("选择涉及的商品和数量", "choose the lines and how many units of each"),
            "lines",
        )


def claimed_line(line: ClaimLine, context: Context, reasons: tuple[Reason, ...], place: int) -> ClaimLine:
    """Refuse a line the order does not have, units held by another open case, and what was decided already."""
    where = f"lines.{place}"
    known = {each.id: each for each in context.order.lines}
    if line.line_id not in known:
        refuse(
            "line_unknown",
            Text(f"订单里没有商品行 {line.line_id}", f"the order has no line {line.line_id}"),
            Text(f"可选：{'、'.join(known)}", f"it has {', '.join(known)}"),
            where,
        )
    quantity = known[line.line_id].quantity
    taken = units_taken(line.line_id, context.order, context.others)
    free = max(0, quantity - taken.held)
    if not 0 < line.quantity <= free:
        title = known[line.line_id].title
        held = Text(
            f"「{title}」共 {quantity} 件，其中 {taken.held} 件正在另一个售后中",
            f"of {quantity} of '{title}', {taken.held} are in another open case",
        )
        bought = Text(f"「{title}」只买了 {quantity} 件", f"{quantity} of '{title}' were bought")
        refuse(
            "units_taken" if taken.held else "quantity_wrong",
            held if taken.held else bought,
            Text(f"数量应为 1 至 {free}", f"choose 1 to {free}")
            if free
            else Text("等该售后结束", "wait for that case to end"),
            f"{where}.quantity",
        )
    fresh = max(0, free - taken.decided)
    if line.quantity > fresh and was_decided(line.line_id, reasons, context.others):
        refuse(
            "already_decided",
            Text("这件商品的同一问题已经处理过", "the same matter on this line has been decided already"),
            undecided(fresh),
            where,
        )
    return line._replace(first_unit=quantity - fresh if line.quantity <= fresh else free - line.quantity)


def undecided(fresh: int) -> Text:
    """What to do where the matter was decided for other units of the line, `fresh` of which no case has touched."""
    if fresh:
        return Text(
            f"另外 {fresh} 件没有处理过，数量可选 1 至 {fresh}", f"{fresh} others were not decided: choose 1 to {fresh}"
        )
    return Text(
        "对裁决不服请在申诉期内申诉；新的问题请选择相应原因",
        "appeal a ruling in its time; for a new matter choose its own reason",
    )


def fact_told(name: str, value: FactValue) -> Fact:
    """A fact as the buyer tells it. Refuses unknown names and values that do not fit."""
    try:
        return Fact(check_value(fact_name(name), value), Provenance.ALLEGED)
    except FactError as error:
        refuse(
            "fact_unknown", error.text, Text("更正或去掉该事实", "correct the fact or leave it out"), f"facts.{name}"
        )


def wanted_terms(proposal: Proposal, answer: Answer, lines: tuple[ClaimLine, ...], context: Context) -> Terms:
    """What is asked: everything the plan gives, or less."""
    room = room_left(answer, context)
    base = plan_terms(answer, proposal.remedy, room)
    if base is None:
        refuse_not_granted(answer, proposal.remedy)
    missing = tuple(fact for plan in chosen_plans(answer, proposal.remedy)[:1] for fact in plan.depends_on)
    if missing and not base.dues and proposal.remedy not in SENDS_GOODS:
        name, facts = remedy_name(proposal.remedy), fact_labels(missing)
        refuse(
            "fact_needed",
            Text(f"{name.zh}的金额取决于：{facts.zh}", f"the amount of {name.en} hangs on: {facts.en}"),
            Text("补充这些事实", "tell these facts"),
            "facts",
        )
    most = {(d.line_id, d.head): Ceiling(d.amount_minor, d.payer, d.rule_id, d.by_court) for d in base.dues}
    return read_proposal(proposal, base, Limits(most, room, lines, answer.currency, goodwill=False), "proposal")


def refuse_not_granted(answer: Answer, remedy: Remedy) -> NoReturn:
    """Say why the rules do not give a remedy, and which they do give."""
    name = remedy_name(remedy)
    others = [remedy_name(plan.remedy) for plan in answer.plans]
    against = [each for each in answer.obstacles if each.remedy in (None, remedy)]
    why = OBSTACLES[against[0].kind] if against else Text("规则没有这一项", "the rules do not provide it")
    rules = f" ({', '.join(dict.fromkeys(each.rule_id for each in against if each.rule_id))})" if against else ""
    refuse(
        "not_due",
        Text(f"不能申请{name.zh}：{why.zh}{rules}", f"{name.en} is not due: {why.en}{rules}"),
        Text(
            f"可以申请：{'；'.join(other.zh for other in others)}" if others else "可补充事实后再查看应得",
            f"you may ask for {', '.join(other.en for other in others)}" if others else "add facts and look again",
        ),
        "proposal.remedy",
    )


OBSTACLES: dict[ObstacleKind, Text] = {
    ObstacleKind.EXCLUDED: Text("规则排除了这种情形", "the rules exclude it here"),
    ObstacleKind.OUT_OF_TIME: Text("已过期限", "its time has passed"),
    ObstacleKind.NOT_YET: Text("期限未到", "its time has not come yet"),
    ObstacleKind.PAID_IN_FULL: Text("已全额赔付", "it has been paid in full"),
    ObstacleKind.NOT_CLAIMABLE: Text("不可申请", "it cannot be claimed"),
}
