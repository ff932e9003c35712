"""Words and figures in sentences about a case, in Chinese and in English."""

from makewhole.core.case.model import Outcome, Terms
from makewhole.core.money import decimals, to_major
from makewhole.core.words import Consequence, Head, Party, Remedy, Step, Text

SIGNS = {"CNY": "¥", "EUR": "€", "GBP": "£", "USD": "$", "BRL": "R$", "JPY": "JP¥"}

HEADS: dict[Head, Text] = {
    Head.GOODS: Text("货款", "the price of the goods"),
    Head.FREIGHT_OUT: Text("发货运费", "delivery freight"),
    Head.FREIGHT_BACK: Text("退货运费", "return freight"),
    Head.LATENESS: Text("延误赔付", "compensation for delay"),
    Head.STATUTORY: Text("法定赔偿", "statutory compensation"),
    Head.DAMAGES: Text("损失赔偿", "damages"),
    Head.COSTS: Text("合理费用", "costs"),
    Head.GOODWILL: Text("商家补偿", "goodwill"),
}

REMEDIES: dict[Remedy, Text] = {
    Remedy.RETURN_AND_REFUND: Text("退货退款", "return and refund"),
    Remedy.REFUND_ONLY: Text("仅退款", "refund without return"),
    Remedy.PARTIAL_REFUND: Text("部分退款", "partial refund"),
    Remedy.EXCHANGE: Text("换货", "exchange"),
    Remedy.RESHIP: Text("补发", "reship"),
    Remedy.SUBSTITUTE: Text("等值替代", "substitute of equal value"),
    Remedy.REPAIR: Text("维修", "repair"),
    Remedy.COMPENSATION: Text("赔付", "compensation"),
}

PARTIES: dict[Party, Text] = {
    Party.BUYER: Text("买家", "the buyer"),
    Party.MERCHANT: Text("商家", "the merchant"),
    Party.PLATFORM: Text("平台", "the platform"),
    Party.FUND: Text("保障基金", "the guarantee fund"),
}

STEPS: dict[Step, Text] = {
    Step.RESPOND: Text("回应诉求", "answer the claim"),
    Step.ANSWER_OFFER: Text("答复方案", "answer the offer"),
    Step.REVISE_OR_ESCALATE: Text("修改诉求或申请平台介入", "revise the claim or call the platform in"),
    Step.SHIP_BACK: Text("寄回商品", "send the goods back"),
    Step.INSPECT: Text("验收退货", "inspect the returned goods"),
    Step.SEND_GOODS: Text("发出商品", "send the goods"),
    Step.CONFIRM_RECEIPT: Text("确认收货", "confirm receipt"),
    Step.PAY: Text("付款", "pay"),
    Step.SETTLE_REFUND: Text("退款到账", "bring the refund to the buyer's account"),
    Step.GIVE_EVIDENCE: Text("提交证据", "hand in evidence"),
    Step.RULE: Text("作出裁决", "rule"),
    Step.APPEAL: Text("申诉或接受裁决", "appeal or accept the ruling"),
    Step.RULE_APPEAL: Text("裁决申诉", "rule on the appeal"),
}

CONSEQUENCES: dict[Consequence, Text] = {
    Consequence.CLAIM_ACCEPTED: Text("视为同意买家的诉求", "the claim counts as accepted"),
    Consequence.OFFER_LAPSES: Text("方案失效", "the offer lapses"),
    Consequence.CASE_CLOSED: Text("售后关闭", "the case is closed"),
    Consequence.ESCALATED: Text("转由平台处理", "the case goes to the platform"),
    Consequence.RETURN_ACCEPTED: Text("视为验收无误", "the return counts as accepted"),
    Consequence.REFUNDED_INSTEAD: Text("改为退款", "the price is refunded instead"),
    Consequence.RECEIPT_CONFIRMED: Text("视为已收货", "the goods count as received"),
    Consequence.FUND_ADVANCES: Text("由保障基金先行赔付", "the guarantee fund pays first"),
    Consequence.RULED_ON_FILE: Text("按现有材料裁决", "the ruling is made on what is on file"),
    Consequence.RULING_FINAL: Text("裁决生效", "the ruling becomes final"),
    Consequence.REMINDED: Text("再次催办", "a reminder goes out"),
}

OUTCOMES: dict[Outcome, Text] = {
    Outcome.WITHDRAWN: Text("买家撤销", "withdrawn by the buyer"),
    Outcome.LAPSED: Text("逾期关闭", "lapsed"),
    Outcome.SETTLED: Text("协商解决", "settled between the two sides"),
    Outcome.RULED_FOR_BUYER: Text("裁决支持买家", "ruled for the buyer"),
    Outcome.RULED_IN_PART: Text("裁决部分支持", "ruled for the buyer in part"),
    Outcome.DISMISSED: Text("裁决不支持", "dismissed"),
}


def amount(amount_minor: int, currency: str) -> str:
    """An amount as people write it: '¥1,299.00', 'JP¥1,200'; a currency without a sign by its code."""
    sign = SIGNS.get(currency, f"{currency} ")
    minus = "-" if amount_minor < 0 else ""
    return f"{minus}{sign}{to_major(abs(amount_minor), currency):,.{decimals(currency)}f}"


def head_name(head: Head) -> Text:
    return HEADS[head]


def remedy_name(remedy: Remedy) -> Text:
    return REMEDIES[remedy]


def terms_text(terms: Terms, currency: str) -> Text:
    """A remedy with its amounts by head, in one phrase."""
    sums: dict[Head, int] = {}
    for due in terms.dues:
        sums[due.head] = sums.get(due.head, 0) + due.amount_minor
    name = REMEDIES[terms.remedy]
    if not sums:
        return name
    chinese = "、".join(f"{HEADS[head].zh} {amount(total, currency)}" for head, total in sums.items())
    english = ", ".join(f"{HEADS[head].en} {amount(total, currency)}" for head, total in sums.items())
    if len(sums) > 1:
        whole = amount(terms.total_minor, currency)
        return Text(f"{name.zh}，共 {whole}（{chinese}）", f"{name.en}, {whole} in all ({english})")
    return Text(f"{name.zh}（{chinese}）", f"{name.en} ({english})")
