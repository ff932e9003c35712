"""Words and figures in sentences about a case, in Chinese and in English."""

from functools import lru_cache

from makewhole.core.case.model import Outcome, Terms
from makewhole.core.rulebook.explain import amount_text as amount
from makewhole.core.rulebook.phrases import CONSEQUENCES, HEADS, REMEDIES
from makewhole.core.words import Head, Party, Remedy, Step, Text

__all__ = [
    "CONSEQUENCES", "HEADS", "OUTCOMES", "PARTIES", "REMEDIES", "STEPS", "amount", "head_name", "remedy_name",
    "terms_text",
]  # fmt: skip

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

OUTCOMES: dict[Outcome, Text] = {
    Outcome.WITHDRAWN: Text("买家撤销", "withdrawn"),
    Outcome.LAPSED: Text("逾期关闭", "lapsed"),
    Outcome.SETTLED: Text("协商解决", "settled between both sides"),
    Outcome.RULED_FOR_BUYER: Text("裁决支持买家", "ruled for the buyer"),
    Outcome.RULED_IN_PART: Text("裁决部分支持", "ruled in part"),
    Outcome.DISMISSED: Text("裁决不支持", "dismissed"),
}


def head_name(head: Head) -> Text:
    return HEADS[head]


def remedy_name(remedy: Remedy) -> Text:
    return REMEDIES[remedy]


@lru_cache(maxsize=4_096)
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
