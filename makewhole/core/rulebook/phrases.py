"""The words answers are told in: names of the house's words and sentence patterns, in Chinese and in English.

The only prose of the engine. Everything else an answer says comes from the rulebook's own sentences. Names in braces
are filled in by `explain`.
"""

from collections.abc import Mapping

from makewhole.core.rulebook.model import ObstacleKind
from makewhole.core.rulebook.rule import AvenueKind
from makewhole.core.words import Consequence, Head, Layer, Party, Reason, Remedy, RuleStatus, Step, Text

REASONS: Mapping[Reason, Text] = {
    Reason.CHANGED_MIND: Text("不想要了（无理由）", "changed my mind"),
    Reason.QUALITY: Text("质量问题", "quality defect"),
    Reason.DAMAGED: Text("收到时已损坏", "arrived damaged"),
    Reason.NOT_AS_DESCRIBED: Text("与描述不符", "not as described"),
    Reason.COUNTERFEIT: Text("假货", "counterfeit"),
    Reason.FRAUD: Text("虚假宣传或欺诈", "false advertising or fraud"),
    Reason.ITEM_MISSING: Text("漏发", "item missing from the parcel"),
    Reason.WRONG_ITEM: Text("发错货", "wrong item sent"),
    Reason.SHORT_QUANTITY: Text("少发", "fewer or less than ordered"),
    Reason.GIFT_MISSING: Text("赠品漏发", "gift missing"),
    Reason.LATE_DISPATCH: Text("延迟发货", "sent late"),
    Reason.NEVER_DISPATCHED: Text("未发货或虚假发货", "never sent"),
    Reason.OUT_OF_STOCK: Text("缺货", "out of stock"),
    Reason.LATE_DELIVERY: Text("延迟送达", "delivered late"),
    Reason.PARCEL_LOST: Text("包裹丢失", "parcel lost"),
    Reason.DAMAGED_IN_TRANSIT: Text("运输途中损坏", "damaged on the way"),
    Reason.PROMISE_BROKEN: Text("承诺没有兑现", "promise not kept"),
    Reason.AFTER_SALES_REFUSED: Text("拒绝或拖延售后", "after-sales refused or stalled"),
    Reason.BAD_SERVICE: Text("服务态度差", "bad service"),
    Reason.FAULT_IN_WARRANTY: Text("保修期内故障", "fault within warranty"),
    Reason.PRICE_PROTECTION: Text("价格保护", "price protection"),
    Reason.DATA_LEAK: Text("个人信息泄露", "personal data leaked"),
    Reason.ACCOUNT_MISUSE: Text("账号被盗用", "account misused"),
    Reason.MALICIOUS_REVIEW: Text("恶意评价或骚扰", "malicious review or harassment"),
}

REMEDIES: Mapping[Remedy, Text] = {
    Remedy.RETURN_AND_REFUND: Text("退货退款", "return and refund"),
    Remedy.REFUND_ONLY: Text("退款，无需退货", "refund, nothing to send back"),
    Remedy.PARTIAL_REFUND: Text("部分退款，商品留下", "partial refund, keep the goods"),
    Remedy.EXCHANGE: Text("换货", "exchange"),
    Remedy.RESHIP: Text("补发", "send it again"),
    Remedy.SUBSTITUTE: Text("换成等值的其他商品", "equal-value substitute"),
    Remedy.REPAIR: Text("维修", "repair"),
    Remedy.COMPENSATION: Text("赔付", "compensation"),
}

HEADS: Mapping[Head, Text] = {
    Head.GOODS: Text("货款", "price of the goods"),
    Head.FREIGHT_OUT: Text("发货运费", "delivery charge"),
    Head.FREIGHT_BACK: Text("寄回运费", "return freight"),
    Head.LATENESS: Text("延误赔付", "compensation for lateness"),
    Head.STATUTORY: Text("法定赔偿", "statutory compensation"),
    Head.DAMAGES: Text("损失赔偿", "damages"),
    Head.COSTS: Text("合理费用", "costs"),
    Head.GOODWILL: Text("商家补偿", "goodwill"),
}

PARTIES: Mapping[Party, Text] = {
    Party.BUYER: Text("买家", "buyer"),
    Party.MERCHANT: Text("商家", "merchant"),
    Party.PLATFORM: Text("平台", "platform"),
    Party.FUND: Text("保障基金", "guarantee fund"),
}

STEPS: Mapping[Step, Text] = {
    Step.RESPOND: Text("回应诉求", "answer the claim"),
    Step.ANSWER_OFFER: Text("答复方案", "answer the offer"),
    Step.REVISE_OR_ESCALATE: Text("修改诉求或申请平台介入", "revise the claim or call the platform in"),
    Step.SHIP_BACK: Text("寄回商品", "send the goods back"),
    Step.INSPECT: Text("验收退货", "inspect the return"),
    Step.SEND_GOODS: Text("发出商品", "send the goods"),
    Step.CONFIRM_RECEIPT: Text("确认收货", "confirm receipt"),
    Step.PAY: Text("付款", "pay"),
    Step.SETTLE_REFUND: Text("退款到账", "complete the refund"),
    Step.GIVE_EVIDENCE: Text("提交证据", "hand in evidence"),
    Step.RULE: Text("作出裁决", "rule on the case"),
    Step.APPEAL: Text("申诉或接受裁决", "appeal or accept the ruling"),
    Step.RULE_APPEAL: Text("裁决申诉", "rule on the appeal"),
}
"""What there is to do: as it follows "please" and "has until … to", and, with a capital, as a title."""

_TAKES: Mapping[Step, str] = {
    Step.RESPOND: "answers the claim",
    Step.ANSWER_OFFER: "answers the offer",
    Step.REVISE_OR_ESCALATE: "revises the claim or calls the platform in",
    Step.SHIP_BACK: "sends the goods back",
    Step.INSPECT: "inspects the return",
    Step.SEND_GOODS: "sends the goods",
    Step.CONFIRM_RECEIPT: "confirms receipt",
    Step.PAY: "pays",
    Step.SETTLE_REFUND: "completes the refund",
    Step.GIVE_EVIDENCE: "hands in evidence",
    Step.RULE: "rules on the case",
    Step.APPEAL: "appeals or accepts the ruling",
    Step.RULE_APPEAL: "rules on the appeal",
}
STEPS_TAKEN: Mapping[Step, Text] = {step: Text(name.zh, _TAKES[step]) for step, name in STEPS.items()}
"""The same after its debtor: "the merchant answers the claim". Chinese says both alike."""

CONSEQUENCES: Mapping[Consequence, Text] = {
    Consequence.CLAIM_ACCEPTED: Text("视为同意诉求", "the claim counts as accepted"),
    Consequence.OFFER_LAPSES: Text("方案失效", "the offer lapses"),
    Consequence.CASE_CLOSED: Text("售后关闭", "the case is closed"),
    Consequence.ESCALATED: Text("转由平台处理", "the case goes to the platform"),
    Consequence.RETURN_ACCEPTED: Text("视为验收无误", "the return counts as accepted"),
    Consequence.REFUNDED_INSTEAD: Text("改为退款", "the money is refunded instead"),
    Consequence.RECEIPT_CONFIRMED: Text("视为已收货", "receipt counts as confirmed"),
    Consequence.FUND_ADVANCES: Text("由保障基金先行赔付", "the guarantee fund pays at once"),
    Consequence.RULED_ON_FILE: Text("按现有材料裁决", "the platform rules on what is on file"),
    Consequence.RULING_FINAL: Text("裁决生效", "the ruling becomes final"),
    Consequence.REMINDED: Text("平台催办", "a reminder is sent"),
}

OBSTACLES: Mapping[ObstacleKind, Text] = {
    ObstacleKind.EXCLUDED: Text("不适用。{sentence}", "not covered. {sentence}"),
    ObstacleKind.OUT_OF_TIME: Text("已过期限（截止 {date}）", "too late (the time ended {date})"),
    ObstacleKind.NOT_YET: Text("还没到时候（{date} 之后）", "not yet (only after {date})"),
    ObstacleKind.PAID_IN_FULL: Text(
        "货款已经全额赔付，该途径关闭", "the price was paid back in full, so this way is closed"
    ),
    ObstacleKind.NOT_CLAIMABLE: Text("条件不成立", "a condition is not met"),
}
PAID_BEFORE = Text("应得的已经付清，该途径关闭", "what was due here has been paid, so this way is closed")
REPLACED_AFTER_PAYMENT = Text(
    "已经退还部分货款，不能再换整件商品", "part of the price was paid back, so the whole item is not given again"
)

LAYERS: Mapping[Layer, Text] = {
    Layer.LAW: Text("法律", "law"),
    Layer.PLATFORM: Text("平台规则", "platform rule"),
    Layer.CATEGORY: Text("类目规则", "category rule"),
    Layer.MERCHANT: Text("商家承诺", "merchant's promise"),
}

STATUSES: Mapping[RuleStatus, Text] = {
    RuleStatus.VERIFIED: Text("已与原文核对", "checked against the official text"),
    RuleStatus.UNVERIFIED: Text("未与原文核对", "not checked against an official text"),
}

AVENUES: Mapping[AvenueKind, Text] = {
    AvenueKind.AUTHORITY: Text("向主管部门投诉", "complaint to the authority"),
    AvenueKind.COURT: Text("起诉或仲裁", "court or arbitration"),
    AvenueKind.CARRIER: Text("向快递公司投诉", "complaint to the carrier"),
}

KINDS: Mapping[str, Text] = {
    "grant": Text("权利", "right"),
    "exclusion": Text("排除", "exclusion"),
    "deduction": Text("扣减", "deduction"),
    "presumption": Text("举证", "burden of proof"),
    "term": Text("期限", "term"),
    "liability": Text("运费", "freight"),
    "cap": Text("上限", "cap"),
    "avenue": Text("其他途径", "another way"),
    "sanction": Text("处罚", "sanction"),
    "promise": Text("默认承诺", "default promise"),
}
"""What people call the kinds of outcome, by their names in the files."""

PHRASES: Mapping[str, Text] = {
    "amount": Text("{head} {amount}（{line}）", "{head} {amount} ({line})"),
    "amount_paid": Text(
        "{head} {amount}（{line}；应得 {full}，已付 {paid}）",
        "{head} {amount} ({line}; {full} in all, {paid} paid before)",
    ),
    "by_payer": Text("，由{payer}支付", ", paid by the {payer}"),
    "in_points": Text("，以积分支付", ", in points"),
    "in_coupon": Text("，以优惠券支付", ", as a coupon"),
    "whole_order": Text("整笔订单", "whole order"),
    "total": Text("合计 {amount}", "{amount} in all"),
    "no_money": Text("不涉及付款", "no payment"),
    "amount_open": Text("金额待定", "amount still open"),
    "freight_back": Text("寄回运费由{payer}承担", "the {payer} bears the freight back"),
    "until": Text("最晚申请：{date}", "claim by {date}"),
    "no_limit": Text("没有规定最晚申请时间", "no last day to claim is set"),
    "prospect": Text(
        "最多可能到 {amount}，取决于：{facts}", "it may come to as much as {amount}, depending on: {facts}"
    ),
    "prospect_open": Text("还可能更多，取决于：{facts}", "it may come to more, depending on: {facts}"),
    "depends": Text("取决于：{facts}", "depends on: {facts}"),
    "settled": Text("所依据的事实已清楚，不必再举证", "the facts it rests on are settled; nothing more to prove"),
    "adds": Text("可与其他方案同时主张", "may be claimed together with any other plan"),
    "step": Text("{date} 前，{debtor}{step}；逾期{silence}", "by {date} the {debtor} {step}; otherwise {silence}"),
    "provisional": Text("（暂定，当年放假安排尚未公布）", " (provisional: that year's holidays are not published yet)"),
    "rule": Text("{sentence}", "{sentence}"),
    "prove": Text("{fact}：由{burden}举证", "{fact}: for the {burden} to prove"),
    "presumed": Text("{fact}：先推定成立，由{burden}举证推翻", "{fact}: presumed, for the {burden} to disprove"),
    "prove_by": Text(
        "；平台要求后 {term}内提交，证明不了就不予认定",
        "; within {term} of the platform's asking, otherwise it counts as not shown",
    ),
    "presumed_by": Text(
        "；平台要求后 {term}内提交，证明不了就按成立处理",
        "; within {term} of the platform's asking, otherwise it stands",
    ),
    "by_step": Text("以处理时间为准，不论何时下单", "goes by the day of the decision, whatever the day of the order"),
    "by_court": Text(
        "不属于平台裁决范围：商家可以同意支付，否则须仲裁或起诉",
        "not for the platform to rule on: the merchant may agree to it, otherwise an arbitrator or court decides",
    ),
    "due_by_court": Text(
        "；不属于平台裁决范围，商家可以同意支付，否则须仲裁或起诉",
        "; not for the platform to rule on: the merchant may agree to it, otherwise an arbitrator or court decides",
    ),
    "best_of": Text(
        "可与其他方案同时主张；同类权利只取最高的一项",
        "may be claimed together with any other plan; of rights of this kind the best one counts",
    ),
    "closes": Text("付了就不再{remedies}", "once paid, there is no longer: {remedies}"),
    "answers_for": Text("商家应付的由{party}承担", "the {party} owes what the merchant owes"),
    "paused": Text("；{fact}不计入", "; not counting {fact}"),
    "restarted": Text("；有{fact}的，从那时重新计算", "; it runs anew from {fact}"),
    "helps": Text("，可用{exhibits}", "; helpful: {exhibits}"),
    "obstacle": Text("{remedy}（{line}）：{why}", "{remedy} ({line}): {why}"),
    "turns_on": Text("，关键在于：{fact}", "; it turns on: {fact}"),
    "fund": Text(
        "商家不付时，保障基金先行赔付，最多 {amount}",
        "if the merchant does not pay, the guarantee fund pays first, up to {amount}",
    ),
    "sanction_merchant": Text(
        "诉求成立时，商家记 {points} 分", "if the claim is right, the merchant gets {points} penalty points"
    ),
    "sanction_buyer": Text(
        "属实的，买家账号记 {points} 分", "if that is so, the buyer's account gets {points} penalty points"
    ),
    "plans": Text("可选方案", "what you may choose"),
    "evidence": Text("谁来举证", "what must be proven"),
    "questions": Text("还需要知道", "what we still need to know"),
    "obstacles": Text("不支持的原因", "what speaks against"),
    "safety": Text("保障", "your safety net"),
    "nothing": Text("按现有事实，没有可以主张的方案", "on these facts there is nothing to claim"),
    "article_of": Text("{citation}，{layer}，{status}", "{citation}; {layer}; {status}"),
    "only_where": Text("只适用于「{fact}」的情形", "only where: {fact}"),
    "not_where": Text("不适用于「{fact}」的情形", "not where: {fact}"),
    "is": Text("须「{fact}」为{values}，现为 {value}", "needs “{fact}” to be {values}; it is {value}"),
    "is_not": Text("须「{fact}」不为{values}，现为 {value}", "needs “{fact}” not to be {values}; it is {value}"),
    "between": Text("须「{fact}」{range}，现为 {value}", "needs “{fact}” {range}; it is {value}"),
    "at_least": Text("不小于 {value}", "at least {value}"),
    "at_most": Text("不大于 {value}", "at most {value}"),
    "floor": Text("，最低 {value}", ", at least {value}"),
    "ceiling": Text("，最高 {value}", ", at most {value}"),
    "within": Text("须在{event}起 {term}内（截止 {date}）", "only within {term} of {event} (until {date})"),
    "past": Text("须在{event}起 {term}之后（{date} 之后）", "only after {term} from {event} (after {date})"),
    "any": Text("以下各项至少须有一项成立：{branches}", "at least one of these must hold: {branches}"),
    "stopped": Text("被规则 {rule} 排除：{sentence}", "excluded by rule {rule}: {sentence}"),
    "one_of": Text("以下任一项：{branches}", "any of: {branches}"),
    "when_is": Text("{fact}：{values}", "{fact}: {values}"),
    "when_is_not": Text("{fact}：不是{values}", "{fact}: not {values}"),
    "when_between": Text("{fact}：{range}", "{fact}: {range}"),
    "when_within": Text("{event}起 {term}内", "within {term} of {event}"),
    "when_past": Text("{event}起 {term}之后", "after {term} from {event}"),
    "when_after": Text("过了{event}", "after {event}"),
    "along": Text("，且", " and "),
    "and_more": Text("，期满后再加 {term}", " and {term} more"),
    "measured_at": Text("（以{fact}为准）", " (measured at {fact})"),
    "unless": Text("；{fact}的除外", "; not where {fact}"),
    "payer": Text("由{payer}支付", "paid by the {payer}"),
    "against": Text("针对规则 {rules}", "against {rules}"),
    "takes_off": Text("扣减 {amount}", "takes off {amount}"),
    "the_fund": Text("保障基金", "the guarantee fund"),
    "at_most_for": Text("{on}：最多 {amount}", "{on}: at most {amount}"),
    "term": Text("{debtor} {term}内{step}；逾期{silence}", "the {debtor} {step} within {term}; otherwise {silence}"),
    "base_price": Text("所主张商品的货款", "the price of the goods claimed"),
    "base_freight_out": Text("发货运费", "the delivery charge"),
    "base_order_price": Text("整单货款", "the price of all goods"),
    "base_order_paid": Text("订单实付金额", "what was paid for the order"),
    "shared_by_price": Text("（按货款分摊）", " (the line's part, by price)"),
    "shared_by_freight_out": Text("（按发货运费分摊）", " (the line's part, by delivery charge)"),
    "compare_from_to": Text("由「{old}」改为「{new}」", "from: {old}; to: {new}"),
    "compare_less_above": Text(
        "货款不超过 {price} 时买家得多，超过时得少", "more for goods of up to {price}, less above"
    ),
    "compare_more_above": Text(
        "货款不超过 {price} 时买家得少，超过时得多", "less for goods of up to {price}, more above"
    ),
    "compare_now_asks": Text("新增条件：{condition}", "now only where {condition}"),
    "compare_no_longer_asks": Text("不再要求：{condition}", "no longer only where {condition}"),
    "compare_reason_came": Text("新增适用：{reasons}", "now also for {reasons}"),
    "compare_reason_went": Text("不再适用：{reasons}", "no longer for {reasons}"),
    "base_lost_discount": Text("不再享有的满减优惠", "the promotion no longer earned"),
    "base_freight_waived": Text("当初免去的运费", "the delivery charge once waived"),
    "every_reason": Text("各种原因", "every reason"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "unknown": Text("未知", "not known"),
    "not_yet": Text("尚未发生", "not yet"),
    "not_begun": Text("尚未起算", "not begun"),
    "or": Text("或", " or "),
    "and": Text("、", ", "),
    "hours": Text("{count} 小时", "{count} hours"),
    "days": Text("{count} 天", "{count} days"),
    "working_days": Text("{count} 个工作日", "{count} working days"),
    "months": Text("{count} 个月", "{count} months"),
    "service_hours": Text("{count} 个服务小时", "{count} service hours"),
}
"""Sentence patterns by name."""

SIGNS: Mapping[str, str] = {"CNY": "¥", "EUR": "€", "GBP": "£", "USD": "$", "BRL": "R$ ", "JPY": "JP¥"}
