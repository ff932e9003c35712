"""Words and figures in sentences about a case, in Chinese and in English."""

from functools import lru_cache

from makewhole.core.case.model import Outcome, Terms
from makewhole.core.rulebook.explain import amount_text as amount
from makewhole.core.rulebook.phrases import CONSEQUENCES, HEADS, REMEDIES, STEPS
from makewhole.core.words import Head, Party, Remedy, Stage, Text

__all__ = [
    "CONSEQUENCES", "HEADS", "OUTCOMES", "PARTIES", "REMEDIES", "STAGES", "STEPS", "amount", "head_name",
    "remedy_name", "terms_text",
]  # fmt: skip

PARTIES: dict[Party, Text] = {
    Party.BUYER: Text("买家", "the buyer"),
    Party.MERCHANT: Text("商家", "the merchant"),
    Party.PLATFORM: Text("平台", "the platform"),
    Party.FUND: Text("保障基金", "the guarantee fund"),
}

STAGES: dict[Stage, Text] = {
    Stage.NEGOTIATION: Text("协商中", "in negotiation"),
    Stage.PERFORMANCE: Text("执行中", "being carried out"),
    Stage.MEDIATION: Text("平台处理中", "with the platform"),
    Stage.APPEAL: Text("申诉中", "on appeal"),
    Stage.CLOSED: Text("已结案", "closed"),
}

OUTCOMES: dict[Outcome, Text] = {
    Outcome.WITHDRAWN: Text("买家撤销", "withdrawn"),
    Outcome.LAPSED: Text("逾期关闭", "lapsed"),
    Outcome.SETTLED: Text("协商解决", "settled between both sides"),
    Outcome.RULED_FOR_BUYER: Text("裁决支持买家", "ruled for the buyer"),
    Outcome.RULED_IN_PART: Text("裁决部分支持", "ruled in part"),
    Outcome.DISMISSED: Text("裁决不支持", "dismissed"),
    Outcome.LEFT_OWING: Text("商家仍有欠款", "a rest is left owing"),
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
