"""The timeline both sides read: what happened, in one line, and what was said or decided with it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from makewhole.core.case.events import Event, EventKind
from makewhole.core.case.model import SYSTEM, Finding, Ruling, Terms
from makewhole.core.case.say import OUTCOMES, PARTIES, STEPS, amount, terms_text
from makewhole.core.facts import CHOICES, FACTS, FactValue
from makewhole.core.words import Party, Provenance, Role, Text

NO_TEXT = Text("", "")
BY: dict[Role, Text] = {
    Role.BUYER: Text("买家", "The buyer"),
    Role.MERCHANT: Text("商家", "The merchant"),
    Role.AGENT: Text("平台", "The platform"),
    Role.OPERATOR: Text("平台", "The platform"),
    Role.SYSTEM: Text("系统", "The system"),
}


class Telling(NamedTuple):
    """One entry of the timeline."""

    title: Text
    detail: Text = NO_TEXT


def tell(event: Event, currency: str) -> Telling:
    """An event as both sides read it."""
    return TELLERS[event.kind](event, event.data, currency)


def by(event: Event, zh: str, en: str) -> Text:
    """A sentence that begins with who acted."""
    who = BY[event.role]
    return Text(f"{who.zh}{zh}", f"{who.en} {en}")


def quoted(note: str) -> Text:
    return Text(note, note)


def terms_of(terms: Terms | None, currency: str) -> Text:
    return terms_text(terms, currency) if terms is not None else Text("不支持诉求", "the claim is dismissed")


def opened(event: Event, data: Any, currency: str) -> Telling:
    what = terms_text(data.wanted, currency)
    return Telling(Text(f"买家发起售后：{what.zh}", f"The buyer opened a case: {what.en}"), quoted(data.story))


def claim_accepted(event: Event, data: Any, currency: str) -> Telling:
    what = terms_of(data.terms, currency)
    if event.role is Role.SYSTEM:
        return Telling(
            Text("商家逾期未回应，视为同意", "The merchant did not answer in time; the claim counts as accepted"), what
        )
    return Telling(Text("商家同意诉求", "The merchant accepted the claim"), what)


def offer_made(event: Event, data: Any, currency: str) -> Telling:
    what = terms_text(data.offer.terms, currency)
    if data.offer.by is Party.BUYER:
        return Telling(Text(f"买家修改诉求：{what.zh}", f"The buyer now asks for: {what.en}"), quoted(data.offer.note))
    return Telling(Text(f"商家提出方案：{what.zh}", f"The merchant offered: {what.en}"), quoted(data.offer.note))


def offer_accepted(event: Event, data: Any, currency: str) -> Telling:
    return Telling(Text("买家接受商家方案", "The buyer accepted the offer"), terms_of(data.terms, currency))


def offer_lapsed(event: Event, data: Any, currency: str) -> Telling:
    return Telling(Text("方案逾期未获答复，已失效", "The proposal was not answered in time and lapsed"))


def claim_refused(event: Event, data: Any, currency: str) -> Telling:
    if event.role is Role.SYSTEM:
        return Telling(
            Text(
                "商家逾期未答复；只能由法院或仲裁裁定的赔偿，不因此视为同意",
                "The merchant did not answer; what only a court can award does not count as agreed by that",
            )
        )
    return Telling(Text("商家拒绝诉求", "The merchant refused the claim"), quoted(data.note))


def escalated(event: Event, data: Any, currency: str) -> Telling:
    if event.role is Role.SYSTEM:
        return Telling(Text("逾期未回应，转由平台处理", "Nobody answered in time; the case goes to the platform"))
    return Telling(by(event, "申请平台介入", "called the platform in"), quoted(data.note))


def evidence_submitted(event: Event, data: Any, currency: str) -> Telling:
    count = len(data.exhibit_ids)
    if not count:
        return Telling(by(event, "补充说明", "made a statement"), quoted(data.note))
    pieces = "exhibit" if count == 1 else "exhibits"
    return Telling(by(event, f"提交 {count} 份证据", f"handed in {count} {pieces}"), quoted(data.note))


def evidence_finished(event: Event, data: Any, currency: str) -> Telling:
    who = PARTIES[data.party]
    if event.role is Role.SYSTEM:
        return Telling(Text(f"{who.zh}举证期限已过", f"The time of {who.en} for evidence has passed"))
    return Telling(by(event, "表示没有更多证据", "had nothing to add"))


def evidence_requested(event: Event, data: Any, currency: str) -> Telling:
    chinese = "和".join(PARTIES[party].zh for party in data.parties)
    english = " and ".join(PARTIES[party].en for party in data.parties)
    return Telling(
        Text(f"平台请{chinese}补充证据", f"The platform asked {english} for evidence"), quoted(data.question)
    )


def ruled(event: Event, data: Any, currency: str) -> Telling:
    ruling: Ruling = data.ruling
    what = terms_of(ruling.terms, currency)
    if ruling.by == SYSTEM.id:
        title = Text(f"规则和事实清楚，自动裁决：{what.zh}", f"Rules and facts settle it; ruled at once: {what.en}")
    elif ruling.on_appeal:
        title = Text(f"申诉裁决：{what.zh}", f"Ruling on appeal: {what.en}")
    else:
        title = Text(f"平台裁决：{what.zh}", f"The platform ruled: {what.en}")
    return Telling(title, ruling_reasons(ruling))


def ruling_reasons(ruling: Ruling) -> Text:
    """Findings, reasons and rules of a ruling, a line each (trap 36: no decider is a black box)."""
    lines = [finding_text(finding, ruling) for finding in ruling.findings]
    if ruling.reasons:
        lines.append(Text(f"理由：{ruling.reasons}", f"Reasons: {ruling.reasons}"))
    if ruling.beyond_reason:
        lines.append(Text(f"超出规则的理由：{ruling.beyond_reason}", f"Why beyond the rules: {ruling.beyond_reason}"))
    if ruling.rule_ids:
        rules = ", ".join(ruling.rule_ids)
        lines.append(Text(f"依据：{rules}", f"Rules: {rules}"))
    return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


STANDING: dict[str, Text] = {
    Provenance.EVIDENCED.value: Text("有记录证明", "shown by the record"),
    Provenance.PRESUMED.value: Text("依规则推定，未被推翻", "presumed by rule and not disproved"),
    Provenance.FOUND.value: Text("已认定", "found before"),
}


def finding_text(finding: Finding, ruling: Ruling) -> Text:
    name = FACTS[finding.fact].label if finding.fact in FACTS else Text(finding.fact, finding.fact)
    value = value_text(finding.value)
    why = STANDING.get(finding.why, quoted(finding.why)) if ruling.by == SYSTEM.id else quoted(finding.why)
    return Text(f"认定：{name.zh}＝{value.zh}（{why.zh}）", f"Found: {name.en} = {value.en} ({why.en})")


def value_text(value: FactValue) -> Text:
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    return CHOICES.get(str(value)) or quoted(str(value))


def ruling_accepted(event: Event, data: Any, currency: str) -> Telling:
    who = PARTIES[data.party]
    if event.role is Role.SYSTEM:
        return Telling(Text(f"{who.zh}未在期限内申诉", f"The time of {who.en} to appeal has passed"))
    return Telling(by(event, "接受裁决", "accepted the ruling"))


def appealed(event: Event, data: Any, currency: str) -> Telling:
    return Telling(by(event, "提出申诉", "appealed"), quoted(data.grounds))


def ruling_final(event: Event, data: Any, currency: str) -> Telling:
    return Telling(Text("裁决生效", "The ruling is final"), terms_of(data.terms, currency))


def sent_text(data: Any) -> Text:
    return quoted(f"{data.carrier} {data.tracking_number}")


def shipped_back(event: Event, data: Any, currency: str) -> Telling:
    sent = sent_text(data)
    if data.freight is not None:
        cost = amount(data.freight.amount_minor, currency)
        sent = Text(f"{sent.zh}；运费 {cost} 一并退还", f"{sent.en}; its freight of {cost} is refunded too")
    return Telling(Text("买家已寄回商品", "The buyer sent the goods back"), sent)


def return_confirmed(event: Event, data: Any, currency: str) -> Telling:
    if event.role is Role.SYSTEM:
        return Telling(
            Text("商家逾期未验收，视为无误", "The merchant did not inspect in time; the return counts as accepted")
        )
    return Telling(Text("商家验收退货无误", "The merchant found the return in order"))


def return_contested(event: Event, data: Any, currency: str) -> Telling:
    return Telling(Text("商家对退货有异议", "The merchant contested the return"), quoted(data.note))


def goods_sent(event: Event, data: Any, currency: str) -> Telling:
    return Telling(Text("商家已发出商品", "The merchant sent the goods"), sent_text(data))


def receipt_confirmed(event: Event, data: Any, currency: str) -> Telling:
    if event.role is Role.SYSTEM:
        return Telling(Text("逾期未反馈，视为已收货", "Nothing was said in time; the goods count as received"))
    return Telling(Text("买家确认收货", "The buyer confirmed receipt"))


def not_received(event: Event, data: Any, currency: str) -> Telling:
    return Telling(
        Text("买家反映没收到或仍有问题", "The buyer did not receive it, or it is still wrong"), quoted(data.note)
    )


def refunded_instead(event: Event, data: Any, currency: str) -> Telling:
    return Telling(
        Text("商家逾期未发货，改为退款", "The merchant did not send in time; the price is refunded instead"),
        terms_of(data.terms, currency),
    )


def payment_made(event: Event, data: Any, currency: str) -> Telling:
    paid = amount(data.payment.total_minor, currency)
    advanced = data.payment.advanced_minor
    if not advanced:
        return Telling(Text(f"已发起退款 {paid}", f"{paid} is on its way to the buyer"))
    by_fund = amount(advanced, currency)
    return Telling(
        Text(f"已发起退款 {paid}", f"{paid} is on its way to the buyer"),
        Text(
            f"其中 {by_fund} 由保障基金先行赔付，再向商家追偿",
            f"{by_fund} of it by the guarantee fund, to be recovered",
        ),
    )


def payment_short(event: Event, data: Any, currency: str) -> Telling:
    short = amount(data.short_minor, currency)
    detail = Text("保障基金暂不能垫付，已通知平台", "The guarantee fund could not pay either; the platform is alarmed")
    return Telling(
        Text(f"商家资金不足，尚欠 {short}", f"The merchant's money is {short} short"),
        detail if data.fund_tried else NO_TEXT,
    )


def paid_elsewhere(event: Event, data: Any, currency: str) -> Telling:
    return Telling(Text("应付金额已通过其他途径付清", "What was owed has meanwhile been paid otherwise"))


def refund_settled(event: Event, data: Any, currency: str) -> Telling:
    return Telling(Text("退款已到账", "The refund has arrived"))


def refund_failed(event: Event, data: Any, currency: str) -> Telling:
    return Telling(Text("退款未成功，将重试", "The refund failed and is tried again"), quoted(data.why))


def reminded(event: Event, data: Any, currency: str) -> Telling:
    step, who = STEPS[data.step], PARTIES[data.debtor]
    return Telling(Text(f"已提醒{who.zh}{step.zh}", f"A reminder went to {who.en} to {step.en}"))


def closed(event: Event, data: Any, currency: str) -> Telling:
    outcome = OUTCOMES[data.outcome]
    return Telling(Text(f"售后结束：{outcome.zh}", f"Case closed: {outcome.en}"), quoted(data.note))


TELLERS: dict[EventKind, Callable[[Event, Any, str], Telling]] = {
    EventKind.OPENED: opened,
    EventKind.CLAIM_ACCEPTED: claim_accepted,
    EventKind.OFFER_MADE: offer_made,
    EventKind.OFFER_ACCEPTED: offer_accepted,
    EventKind.OFFER_LAPSED: offer_lapsed,
    EventKind.CLAIM_REFUSED: claim_refused,
    EventKind.ESCALATED: escalated,
    EventKind.EVIDENCE_SUBMITTED: evidence_submitted,
    EventKind.EVIDENCE_FINISHED: evidence_finished,
    EventKind.EVIDENCE_REQUESTED: evidence_requested,
    EventKind.RULED: ruled,
    EventKind.RULING_ACCEPTED: ruling_accepted,
    EventKind.APPEALED: appealed,
    EventKind.RULING_FINAL: ruling_final,
    EventKind.SHIPPED_BACK: shipped_back,
    EventKind.RETURN_CONFIRMED: return_confirmed,
    EventKind.RETURN_CONTESTED: return_contested,
    EventKind.GOODS_SENT: goods_sent,
    EventKind.RECEIPT_CONFIRMED: receipt_confirmed,
    EventKind.NOT_RECEIVED: not_received,
    EventKind.REFUNDED_INSTEAD: refunded_instead,
    EventKind.PAYMENT_MADE: payment_made,
    EventKind.PAYMENT_SHORT: payment_short,
    EventKind.PAID_ELSEWHERE: paid_elsewhere,
    EventKind.REFUND_SETTLED: refund_settled,
    EventKind.REFUND_FAILED: refund_failed,
    EventKind.REMINDED: reminded,
    EventKind.CLOSED: closed,
}
