"""Who may do what now: ONE table. Commands, permissions, buttons, the API and the drawn diagram all come from it.

An action is open while one of the clocks in `open_while` runs: they say where the case stands more exactly than its
stage does. Where that obligation is the actor's own, its due time and its consequence of silence are the action's.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from makewhole.core.case import clocks as k
from makewhole.core.case import commands as c
from makewhole.core.case import effects as e
from makewhole.core.case import inputs as i
from makewhole.core.case.model import Actor, Case, GoodsBack, Obligation
from makewhole.core.words import Consequence, Language, Party, Role, Text

Guard = Callable[[Case, Actor], Text | None]

PARTY_OF: dict[Role, Party] = {
    Role.BUYER: Party.BUYER,
    Role.MERCHANT: Party.MERCHANT,
    Role.AGENT: Party.PLATFORM,
}

CLOSED: k.Clock | None = None
"""Where an action leads that may end the case."""
DISPUTE = k.PROVING | {k.RULE}
AGREED: frozenset[k.Clock | None] = frozenset({k.SHIP_BACK, k.SEND_GOODS, k.PAY, k.SETTLE_REFUND, CLOSED})
"""Where a case may go when terms become binding."""


class Action(NamedTuple):
    """One row of the table. `open_while` one of these clocks runs (`own`: one of the actor's own), `guard` permitting.

    Those of the actor's own clocks that it `meets` (None: all in `open_while`) give it its due time.
    `leads_to` are the clocks the case may wait by next (None: it is closed). `final`: it cannot be undone; `harm`: it
    gives something up; `confirm`: ask once more, with the figures.
    """

    name: str
    command: type[Any]
    roles: tuple[Role, ...]
    open_while: k.Clocks
    label: Text
    effect: e.Effect
    inputs: tuple[i.Input, ...] = ()
    leads_to: frozenset[k.Clock | None] = frozenset()
    guard: Guard | None = None
    meets: k.Clocks | None = None
    own: bool = False
    primary: bool = False
    final: bool = False
    harm: bool = False
    confirm: bool = False


def unruled(case: Case, actor: Actor) -> Text | None:
    if case.rulings or case.agreed is not None:
        return Text("已有协议或裁决", "terms were agreed or ruled already")
    return None


def before_money(case: Case, actor: Actor) -> Text | None:
    if case.rulings or case.payments or case.goods_back is not GoodsBack.NOT_SENT:
        return Text("已进入执行", "the case is being carried out already")
    return None


def another_round(case: Case, actor: Actor) -> Text | None:
    return Text("补充证据只有一轮", "evidence is asked for once only") if case.evidence_rounds > 1 else None


def not_appealed(case: Case, actor: Actor) -> Text | None:
    return Text("每案只能申诉一次", "a case can be appealed once only") if case.appealed_by is not None else None


def another_agent(case: Case, actor: Actor) -> Text | None:
    if any(ruling.by == actor.id for ruling in case.rulings):
        return Text("申诉须由另一位裁决员处理", "another agent must rule on the appeal")
    return None


def offer_waits(case: Case, actor: Actor) -> Text | None:
    return None if case.offer is not None else Text("没有待答复的方案", "no offer waits for an answer")


def at(*clocks: k.Clock) -> k.Clocks:
    return frozenset(clocks)


TWO = (Role.BUYER, Role.MERCHANT)
MERCHANT = (Role.MERCHANT,)
BUYER = (Role.BUYER,)
AGENT = (Role.AGENT,)
PROPOSAL = (i.REMEDY, i.AMOUNT, i.DUES)
RULING = (i.FINDINGS, i.REMEDY_OR_NONE, i.AMOUNT, i.DUES, i.REASONS_GIVEN, i.BEYOND)

TABLE: tuple[Action, ...] = (
    Action(
        "accept_claim", c.AcceptClaim, MERCHANT, k.TALKS | DISPUTE,
        Text("同意诉求", "Accept the claim"), e.performing("同意买家的诉求", "you accept", e.of_demand),
        leads_to=AGREED, guard=unruled, meets=at(k.RESPOND, k.MERCHANT_ANSWERS), primary=True, final=True, confirm=True,
    ),
    Action(
        "make_offer", c.MakeOffer, MERCHANT, at(k.RESPOND, k.MERCHANT_ANSWERS, k.REVISE),
        Text("提出方案", "Make an offer"), e.always("买家须在期限内答复", "the buyer must answer in time"),
        inputs=(*PROPOSAL, i.NOTE), leads_to=frozenset({k.BUYER_ANSWERS}),
    ),
    Action(
        "refuse_claim", c.RefuseClaim, MERCHANT, at(k.RESPOND, k.MERCHANT_ANSWERS),
        Text("拒绝", "Refuse"),
        e.always("买家可以修改诉求或申请平台介入", "the buyer may revise the claim or call the platform in"),
        inputs=(i.WHY,), leads_to=frozenset({k.REVISE}), harm=True,
    ),
    Action(
        "accept_offer", c.AcceptOffer, BUYER, at(k.BUYER_ANSWERS),
        Text("接受方案", "Accept the offer"), e.performing("接受商家方案", "you accept", e.of_offer),
        leads_to=AGREED, guard=offer_waits, primary=True, final=True, confirm=True,
    ),
    Action(
        "revise_claim", c.MakeOffer, BUYER, at(k.BUYER_ANSWERS, k.REVISE),
        Text("修改诉求", "Ask for something else"), e.always("商家须在期限内回应", "the merchant must respond in time"),
        inputs=(*PROPOSAL, i.NOTE), leads_to=frozenset({k.MERCHANT_ANSWERS}),
    ),
    Action(
        "escalate", c.Escalate, BUYER, at(k.BUYER_ANSWERS, k.REVISE),
        Text("申请平台介入", "Call the platform in"),
        e.always("平台听取双方意见后裁决；事实清楚的当即裁决",
                 "the platform hears both sides and rules; at once where the facts are clear"),
        inputs=(i.NOTE,), leads_to=k.PROVING | k.APPEALING, primary=True,
    ),
    Action(
        "withdraw", c.Withdraw, BUYER, k.TALKS | DISPUTE | {k.SHIP_BACK},
        Text("撤销售后", "Withdraw"), e.always("本次售后关闭，什么都不再退", "the case closes and nothing is paid"),
        inputs=(i.NOTE,), leads_to=frozenset({CLOSED}), guard=before_money, final=True, harm=True, confirm=True,
    ),
    Action(
        "submit_evidence", c.SubmitEvidence, TWO, k.EVERY,
        Text("提交证据", "Hand in evidence"), e.always("双方和裁决员都能看到", "both sides and the agent can see it"),
        inputs=(i.EXHIBITS, i.NOTE), leads_to=frozenset(k.EVERY), meets=k.PROVING,
    ),
    Action(
        "finish_evidence", c.FinishEvidence, TWO, k.PROVING,
        Text("没有更多证据", "Nothing to add"), e.always("不再等您的材料", "the ruling no longer waits for you"),
        leads_to=k.PROVING | {k.RULE, k.RULE_APPEAL}, own=True,
    ),
    Action(
        "ship_back", c.ShipBack, BUYER, at(k.SHIP_BACK),
        Text("填写退货运单", "Goods sent back"), e.always("商家收到后验收", "the merchant inspects them on arrival"),
        inputs=(i.CARRIER, i.TRACKING, i.FREIGHT_PAID), leads_to=frozenset({k.INSPECT}), primary=True,
    ),
    Action(
        "confirm_return", c.ConfirmReturn, MERCHANT, at(k.INSPECT),
        Text("验收无误", "Return in order"), e.confirms_return,
        leads_to=frozenset({k.SEND_GOODS, k.PAY, k.SETTLE_REFUND, CLOSED}), primary=True, final=True, confirm=True,
    ),
    Action(
        "contest_return", c.ContestReturn, MERCHANT, at(k.INSPECT),
        Text("退货有问题", "Contest the return"),
        e.always("转由平台听取双方意见后裁决", "the platform hears both sides and rules"),
        inputs=(i.WHY,), leads_to=frozenset(k.PROVING), harm=True,
    ),
    Action(
        "send_goods", c.SendGoods, MERCHANT, at(k.SEND_GOODS),
        Text("填写发货运单", "Goods sent"), e.always("买家收到后确认", "the buyer confirms on arrival"),
        inputs=(i.CARRIER, i.TRACKING), leads_to=frozenset({k.CONFIRM_RECEIPT}), primary=True,
    ),
    Action(
        "confirm_receipt", c.ConfirmReceipt, BUYER, at(k.CONFIRM_RECEIPT),
        Text("已收到，没有问题", "Received in order"), e.always("确认后不能撤回", "this cannot be taken back"),
        leads_to=frozenset({CLOSED}), primary=True, final=True, confirm=True,
    ),
    Action(
        "report_not_received", c.ReportNotReceived, BUYER, at(k.CONFIRM_RECEIPT),
        Text("没收到或仍有问题", "Not received, or still wrong"),
        e.always("转由平台听取双方意见后裁决", "the platform hears both sides and rules"),
        inputs=(i.WHY,), leads_to=frozenset(k.PROVING),
    ),
    Action(
        "pay_now", c.PayNow, MERCHANT, at(k.PAY),
        Text("立即付款", "Pay now"), e.pays_rest,
        leads_to=frozenset({k.SETTLE_REFUND, CLOSED}),
        primary=True, final=True, confirm=True,
    ),
    Action(
        "request_evidence", c.RequestEvidence, AGENT, at(k.RULE),
        Text("要求补充证据", "Ask for evidence"), e.always("有一轮期限，逾期按现有材料裁决",
                                                  "one round with a deadline; then the ruling is made on the file"),
        inputs=(i.PARTIES_ASKED, i.QUESTION), leads_to=frozenset(k.PROVING), guard=another_round,
    ),
    Action(
        "rule", c.Rule, AGENT, at(k.RULE),
        Text("裁决", "Rule"), e.always("双方可在期限内申诉一次", "either side may appeal once, in time"),
        inputs=RULING, leads_to=AGREED | k.APPEALING, primary=True, confirm=True,
    ),
    Action(
        "accept_ruling", c.AcceptRuling, TWO, k.APPEALING,
        Text("接受裁决", "Accept the ruling"), e.performing("放弃申诉", "you waive the appeal", e.of_ruling),
        leads_to=AGREED | k.APPEALING, own=True, primary=True, final=True, confirm=True,
    ),
    Action(
        "appeal", c.Appeal, TWO, k.APPEALING,
        Text("申诉", "Appeal"), e.always("由另一位裁决员重新裁决，一次为限",
                                      "another agent rules again; this can be done once"),
        inputs=(i.GROUNDS, i.EXHIBITS), leads_to=frozenset(k.PROVING), guard=not_appealed, own=True,
        confirm=True,
    ),
    Action(
        "rule_appeal", c.RuleAppeal, AGENT, at(k.RULE_APPEAL),
        Text("裁决申诉", "Rule on the appeal"), e.always("裁决立即生效", "the ruling is final at once"),
        inputs=RULING, leads_to=AGREED, guard=another_agent,
        primary=True, final=True, confirm=True,
    ),
)  # fmt: skip

OPENING: tuple[i.Input, ...] = (i.CLAIM_REASONS, i.LINES, i.REMEDY, i.AMOUNT, i.DUES, i.STORY, i.FACTS)
BY_NAME: dict[str, Action] = {action.name: action for action in TABLE}
OPENED_BY: dict[tuple[Role, k.Clock], tuple[int, ...]] = {
    (role, clock): tuple(
        place for place, action in enumerate(TABLE) if role in action.roles and clock in action.open_while
    )
    for role in Role
    for clock in k.EVERY
}
"""Places in the table of what a running clock opens to a role: few of all, so that few need a second look."""


class AvailableAction(NamedTuple):
    """One thing the actor may do now, ready for a button or an API client."""

    name: str
    label: Text
    effect: Text
    due_at: datetime | None
    on_silence: Consequence | None
    inputs: tuple[i.Input, ...]
    currency: str
    primary: bool
    confirm: bool
    final: bool
    harm: bool

    def schema(self, language: Language = "en") -> dict[str, Any]:
        """The JSON Schema of its body."""
        return i.schema(self.inputs, language, self.currency)


class Denial(NamedTuple):
    """Why an actor may not do something now."""

    code: str
    why: Text


CASE_UNKNOWN = Denial("case_unknown", Text("没有这个售后", "there is no such case"))
NOT_YOURS = Denial("not_yours", Text("这一步由对方或平台处理", "this step is not yours to take"))
NOT_NOW = Denial("not_now", Text("现在不能进行这一步", "this cannot be done at this point of the case"))


def is_party(case: Case, actor: Actor) -> bool:
    """Whether the actor may know of the case at all (I10): its two sides, the panel, the operators."""
    if actor.role is Role.BUYER:
        return actor.stands_for == case.buyer_id
    if actor.role is Role.MERCHANT:
        return actor.stands_for == case.merchant_id
    return True


def action_for(command: object, role: Role) -> Action | None:
    """The row for a command given by this role; None for commands of the system."""
    rows = [action for action in TABLE if action.command is type(command)]
    return next((action for action in rows if role in action.roles), rows[0] if rows else None)


def denial(action: Action, case: Case, actor: Actor) -> Denial | None:
    """Why the actor may not do this now, or None when they may."""
    if not is_party(case, actor):
        return CASE_UNKNOWN
    if actor.role not in action.roles:
        return NOT_YOURS
    if not waits_for(action, case, actor):
        return NOT_NOW
    why = action.guard(case, actor) if action.guard else None
    return Denial("not_allowed", why) if why else None


def waits_for(action: Action, case: Case, actor: Actor) -> bool:
    """Whether a clock runs that opens the action."""
    party = PARTY_OF.get(actor.role)
    for each in case.obligations:
        if k.clock_of(each) in action.open_while and (not action.own or each.debtor is party):
            return True
    return False


def own_obligation(action: Action, case: Case, party: Party | None) -> Obligation | None:
    """The actor's own obligation that the action meets, if there is one: its due time is the action's."""
    met = action.open_while if action.meets is None else action.meets
    owed = (each for each in case.obligations if each.debtor is party and k.clock_of(each) in met)
    return min(owed, key=lambda each: each.due_at, default=None)


def available_actions(case: Case, actor: Actor) -> tuple[AvailableAction, ...]:
    """What the actor may do now, the most likely first. Empty for strangers and for operators."""
    party = PARTY_OF.get(actor.role)
    clocks = [k.clock_of(each) for each in case.obligations]
    found = []
    for place in sorted({place for clock in clocks for place in OPENED_BY[actor.role, clock]}):
        action = TABLE[place]
        if denial(action, case, actor) is not None:
            continue
        own = own_obligation(action, case, party)
        found.append(
            AvailableAction(
                action.name,
                action.label,
                action.effect(case),
                own.due_at if own else None,
                own.on_silence if own else None,
                action.inputs,
                case.currency,
                action.primary and own is not None,
                action.confirm,
                action.final,
                action.harm,
            )
        )
    return tuple(sorted(found, key=lambda each: not each.primary))
