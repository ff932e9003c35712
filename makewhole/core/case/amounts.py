"""How much may be asked, offered, agreed or ruled: never more on a line and head than is still due there."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, NoReturn

from makewhole.core.case.commands import Asked, Proposal
from makewhole.core.case.decision import Context, refuse
from makewhole.core.case.model import CaseDue, Terms
from makewhole.core.case.others import promised, whole_order_heads
from makewhole.core.case.say import amount, head_name, remedy_name
from makewhole.core.rulebook.model import WHOLE_ORDER, Answer, ClaimLine, Plan
from makewhole.core.words import SENDS_GOODS, Head, Party, Remedy, Text

Place = tuple[str, Head]
Room = Mapping[Place, int]
"""How much more may be paid on each line and head."""


class Ceiling(NamedTuple):
    """The most that is still due on one line and head under any plan, who bears it and why."""

    amount_minor: int
    payer: Party
    rule_id: str
    by_court: bool = False


def chosen_plans(answer: Answer, remedy: Remedy) -> tuple[Plan, ...]:
    """The plan of a remedy with those that may be taken beside it; empty when the rules do not grant the remedy."""
    main = [plan for plan in answer.plans if plan.remedy is remedy]
    if not main:
        return ()
    beside = [plan for plan in answer.plans if plan.adds_to_any and plan.remedy is not remedy]
    return (*(main if main[0].adds_to_any else main[:1]), *beside)


def plan_terms(answer: Answer, remedy: Remedy, room: Room, *, by_court: bool = True) -> Terms | None:
    """Everything due under a remedy, within the room left; None when the rules do not grant it.

    Without `by_court` only what the platform may rule on.
    """
    plans = chosen_plans(answer, remedy)
    if not plans:
        return None
    dues: dict[Place, CaseDue] = {}
    for plan in plans:
        for due in plan.dues:
            if due.by_court and not by_court:
                continue
            place = (due.line_id, due.head)
            so_far = dues.get(place) or CaseDue(due.line_id, due.head, 0, due.payer, due.rule_id, due.by_court)
            due_minor = min(so_far.amount_minor + due.amount_minor, room[place])
            if due_minor > 0:
                dues[place] = so_far._replace(amount_minor=due_minor)
    return Terms(remedy, tuple(dues.values()))


def ceilings(answer: Answer, room: Room, *, by_court: bool = True) -> dict[Place, Ceiling]:
    """The most still due per line and head, over all remedies the rules grant (`by_court` as in `plan_terms`)."""
    most: dict[Place, Ceiling] = {}
    for remedy in dict.fromkeys(plan.remedy for plan in answer.plans):
        terms = plan_terms(answer, remedy, room, by_court=by_court)
        for due in terms.dues if terms else ():
            place = (due.line_id, due.head)
            if place not in most or most[place].amount_minor < due.amount_minor:
                most[place] = Ceiling(due.amount_minor, due.payer, due.rule_id, due.by_court)
    return most


def caps(answer: Answer, context: Context) -> dict[Place, int]:
    """The most that may ever be paid per line and head: by the rules, else what the buyer paid for it."""
    most: dict[Place, int] = {(WHOLE_ORDER, Head.FREIGHT_OUT): context.allocation.freight_minor}
    for share in context.allocation.lines:
        most[share.line_id, Head.GOODS] = share.goods_minor
        most[share.line_id, Head.FREIGHT_OUT] = share.freight_minor
        most[share.line_id, Head.GOODWILL] = context.order.paid_minor
    for plan in answer.plans:
        for due in plan.dues:
            most[due.line_id, due.head] = max(due.cap_minor, most.get((due.line_id, due.head), 0))
    return most


def room_left(answer: Answer, context: Context) -> dict[Place, int]:
    """What of each cap is neither paid nor pending nor promised, over all cases of the order.

    There is none on a head of the whole order that another open case claims.
    """
    left = caps(answer, context)
    for paid in (*context.paid, *promised(context.others)):
        place = (paid.line_id, paid.head)
        if place in left:
            left[place] = max(0, left[place] - paid.amount_minor)
    for head in whole_order_heads(context.others):
        left[WHOLE_ORDER, head] = 0
    return left


class Limits(NamedTuple):
    """Against what a proposal is read. `goodwill`: the one who proposes may give more than is due, as goodwill."""

    most: Mapping[Place, Ceiling]
    room: Room
    lines: Sequence[ClaimLine]
    currency: str
    goodwill: bool


def read_proposal(proposal: Proposal, base: Terms | None, limits: Limits, where: str) -> Terms:
    """The terms a proposal means. `base` is everything due under its remedy, if the rules grant it.

    Refuses both an amount and dues, an amount that is not positive, and more than is due.
    """
    if proposal.dues is not None and proposal.amount_minor is not None:
        refuse(
            "two_amounts",
            Text("同时给出了总额和分项金额", "both one sum and single amounts are given"),
            Text("只给其中一种", "give one of the two"),
            where,
        )
    if proposal.dues is not None:
        terms = Terms(proposal.remedy, tuple(read_due(asked, limits, where) for asked in merged(proposal.dues)))
    elif proposal.amount_minor is not None:
        terms = Terms(proposal.remedy, spread(proposal.amount_minor, base, limits, where))
    elif base is not None:
        terms = base
    else:
        terms = Terms(proposal.remedy, ())
    if not terms.dues and proposal.remedy not in SENDS_GOODS:
        name = remedy_name(proposal.remedy)
        refuse(
            "nothing_asked",
            Text(f"「{name.zh}」没有写明金额", f"{name.en} states no amount"),
            Text("写明金额，或选择补发、换货等方式", "state an amount, or choose a remedy that sends goods"),
            where,
        )
    return terms


def merged(dues: Sequence[Asked]) -> list[Asked]:
    sums: dict[Place, int] = {}
    for asked in dues:
        sums[asked.line_id, asked.head] = sums.get((asked.line_id, asked.head), 0) + asked.amount_minor
    return [Asked(line_id, head, amount_minor) for (line_id, head), amount_minor in sums.items() if amount_minor]


def read_due(asked: Asked, limits: Limits, where: str) -> CaseDue:
    place = (asked.line_id, asked.head)
    if asked.head is Head.GOODWILL and limits.goodwill:
        ceiling = Ceiling(limits.room.get(place, 0), Party.MERCHANT, "")
    else:
        ceiling = limits.most.get(place, Ceiling(0, Party.MERCHANT, ""))
    if not 0 < asked.amount_minor <= ceiling.amount_minor:
        refuse_amount(asked, ceiling.amount_minor, limits, where)
    return CaseDue(asked.line_id, asked.head, asked.amount_minor, ceiling.payer, ceiling.rule_id, ceiling.by_court)


def spread(amount_minor: int, base: Terms | None, limits: Limits, where: str) -> tuple[CaseDue, ...]:
    """One sum over what is due, in the order of the plan; what is left over is goodwill where that is allowed."""
    if base is not None and base.dues:
        open_dues = base.dues
    else:
        open_dues = tuple(
            CaseDue(line_id, head, ceiling.amount_minor, ceiling.payer, ceiling.rule_id, ceiling.by_court)
            for (line_id, head), ceiling in limits.most.items()
        )
    rest = amount_minor
    dues = []
    for due in open_dues:
        part = min(rest, due.amount_minor)
        if part > 0:
            dues.append(due._replace(amount_minor=part))
            rest -= part
    if amount_minor <= 0:
        refuse_nothing(where)
    if rest and not limits.goodwill:
        refuse_sum(amount_minor, amount_minor - rest, limits, where)
    if rest:
        dues.append(read_due(Asked(limits.lines[0].line_id, Head.GOODWILL, rest), limits, where))
    return tuple(dues)


def refuse_nothing(where: str) -> NoReturn:
    refuse(
        "amount_not_positive",
        Text("金额必须大于零", "an amount must be more than zero"),
        Text("填写大于零的金额", "give an amount above zero"),
        where,
    )


def refuse_sum(asked_minor: int, most_minor: int, limits: Limits, where: str) -> NoReturn:
    asked, most = amount(asked_minor, limits.currency), amount(most_minor, limits.currency)
    refuse(
        "more_than_due",
        Text(f"要求 {asked}，目前一共还应得 {most}", f"{asked} is more than the {most} still due in all"),
        Text(f"不超过 {most}", f"ask for at most {most}"),
        where,
    )


def refuse_amount(asked: Asked, most: int, limits: Limits, where: str) -> NoReturn:
    """Refuse an amount that is not positive, or more than is due on its line and head."""
    if asked.amount_minor <= 0:
        refuse_nothing(where)
    said, limit, head = amount(asked.amount_minor, limits.currency), amount(most, limits.currency), asked.head
    place = (
        Text("整单", "the whole order")
        if asked.line_id == WHOLE_ORDER
        else Text(f"商品行 {asked.line_id}", f"line {asked.line_id}")
    )
    named = head_name(head)
    refuse(
        "more_than_due",
        Text(
            f"{place.zh}的「{named.zh}」要求 {said}，目前最多还应得 {limit}",
            f"{said} as {named.en} on {place.en} is more than the {limit} still due there",
        ),
        Text(f"不超过 {limit}", f"ask for at most {limit}"),
        where,
    )
