"""What the parties are told while a claim is argued: negotiation, evidence, ruling, appeal."""

from makewhole.core.words import Text
from makewhole.rooms.notices.service.texts.template import Template


def about(zh: str, en: str) -> Text:
    """The subject: which order, and what happened to it."""
    return Text(f"订单 {{order_number}}：{zh}", f"Order {{order_number}}: {en}")


DISPUTE: dict[str, Template] = {
    "case.opened": Template(
        about("售后申请已提交", "claim opened"),
        buyer=Text("您的售后申请已提交：{terms}。", "Your claim is in: {terms}."),
        merchant=Text("买家提交了售后申请：{terms}。", "The buyer has opened a claim: {terms}."),
    ),
    "case.claim_accepted": Template(
        about("商家已同意", "claim accepted"),
        buyer=Text("商家已同意您的诉求：{terms}。", "The merchant has accepted your claim: {terms}."),
        merchant=Text("您已同意买家的诉求：{terms}。", "You have accepted the buyer's claim: {terms}."),
    ),
    "case.claim_accepted.silence": Template(
        about("逾期未回应，视为同意", "accepted by silence"),
        buyer=Text(
            "商家没有按时回应，视为同意您的诉求：{terms}。",
            "The merchant did not answer in time. Your claim counts as accepted: {terms}.",
        ),
        merchant=Text(
            "您没有按时回应，视为同意买家的诉求：{terms}。",
            "You did not answer in time. The buyer's claim counts as accepted: {terms}.",
        ),
    ),
    "case.offer_made": Template(
        about("收到新的协商方案", "a new proposal"),
        buyer=Text("商家提出方案：{terms}。{said}", "The merchant proposes: {terms}. {said}"),
        merchant=Text("买家修改了诉求：{terms}。{said}", "The buyer now asks for: {terms}. {said}"),
    ),
    "case.offer_accepted": Template(
        about("协商一致", "settled between you"),
        buyer=Text("您已接受商家的方案：{terms}。", "You have accepted the merchant's offer: {terms}."),
        merchant=Text("买家已接受您的方案：{terms}。", "The buyer has accepted your offer: {terms}."),
    ),
    "case.offer_lapsed": Template(
        about("方案已失效", "the offer has lapsed"),
        buyer=Text(
            "商家的方案到期未获答复，已失效。您的诉求仍是：{demand}。",
            "The merchant's offer was not answered in time and has lapsed. Your claim still stands: {demand}.",
        ),
        merchant=Text(
            "您的方案到期未获答复，已失效。买家的诉求仍是：{demand}。",
            "Your offer was not answered in time and has lapsed. The buyer's claim still stands: {demand}.",
        ),
    ),
    "case.claim_refused": Template(
        about("商家拒绝了诉求", "claim refused"),
        buyer=Text(
            "商家拒绝了您的诉求：{demand}。{said}您可以修改诉求，也可以申请平台介入。",
            "The merchant has refused your claim: {demand}. {said} You may revise it or call the platform in.",
        ),
        merchant=Text("您拒绝了买家的诉求：{demand}。{said}", "You have refused the buyer's claim: {demand}. {said}"),
    ),
    "case.escalated": Template(
        about("平台已介入", "the platform steps in"),
        buyer=Text(
            "平台已介入，会听取双方说明后裁决。您的诉求：{demand}。",
            "The platform steps in, hears both sides and rules. Your claim: {demand}.",
        ),
        merchant=Text(
            "买家申请平台介入，平台会听取双方说明后裁决。买家的诉求：{demand}。{said}",
            "The buyer has called the platform in. It hears both sides and rules. The claim: {demand}. {said}",
        ),
    ),
    "case.escalated.silence": Template(
        about("平台已介入", "the platform steps in"),
        buyer=Text(
            "对方没有按时答复，已转由平台处理。您的诉求：{demand}。",
            "There was no answer in time, so the case goes to the platform. Your claim: {demand}.",
        ),
        merchant=Text(
            "逾期没有答复，已转由平台处理。买家的诉求：{demand}。",
            "There was no answer in time, so the case goes to the platform. The claim: {demand}.",
        ),
    ),
    "case.evidence_submitted": Template(
        about("对方提交了证据", "new evidence"),
        buyer=Text("商家提交了证据。{said}", "The merchant has handed in evidence. {said}"),
        merchant=Text("买家提交了证据。{said}", "The buyer has handed in evidence. {said}"),
    ),
    "case.evidence_finished": Template(
        about("举证结束", "evidence closed"),
        buyer=Text("{by}的举证已结束。", "{by} has nothing to add to the evidence."),
        merchant=Text("{by}的举证已结束。", "{by} has nothing to add to the evidence."),
    ),
    "case.evidence_requested": Template(
        about("平台请您补充证据", "the platform asks for evidence"),
        buyer=Text("平台请您补充证据。{said}", "The platform asks you for evidence. {said}"),
        merchant=Text("平台请您补充证据。{said}", "The platform asks you for evidence. {said}"),
    ),
    "case.ruled": Template(
        about("平台已作出裁决", "the platform has ruled"),
        buyer=Text(
            "平台裁决：{terms}。理由和依据见详情。", "The ruling: {terms}. The case page gives reasons and rules."
        ),
        merchant=Text(
            "平台裁决：{terms}。理由和依据见详情。", "The ruling: {terms}. The case page gives reasons and rules."
        ),
    ),
    "case.ruled.dismissed": Template(
        about("平台已作出裁决", "the platform has ruled"),
        buyer=Text(
            "平台裁决不支持您的诉求：{demand}。理由和依据见详情。",
            "The ruling does not grant your claim: {demand}. The case page gives reasons and rules.",
        ),
        merchant=Text(
            "平台裁决不支持买家的诉求：{demand}。理由和依据见详情。",
            "The ruling does not grant the buyer's claim: {demand}. The case page gives reasons and rules.",
        ),
    ),
    "case.ruling_accepted": Template(
        about("对裁决无异议", "ruling accepted"),
        buyer=Text("{by}接受裁决。", "{by} accepts the ruling."),
        merchant=Text("{by}接受裁决。", "{by} accepts the ruling."),
    ),
    "case.appealed": Template(
        about("对方提出申诉", "the ruling is appealed"),
        buyer=Text(
            "商家对裁决提出申诉，裁决暂不执行。{said}",
            "The merchant appeals, so the ruling is not carried out yet. {said}",
        ),
        merchant=Text(
            "买家对裁决提出申诉，裁决暂不执行。{said}",
            "The buyer appeals, so the ruling is not carried out yet. {said}",
        ),
    ),
    "case.ruling_final": Template(
        about("裁决已生效", "the ruling is final"),
        buyer=Text("裁决已生效：{terms}。", "The ruling is final: {terms}."),
        merchant=Text("裁决已生效，须执行：{terms}。", "The ruling is final and is to be carried out: {terms}."),
    ),
    "case.ruling_final.dismissed": Template(
        about("裁决已生效", "the ruling is final"),
        buyer=Text(
            "裁决已生效，不支持您的诉求：{demand}。", "The ruling is final. Your claim is not granted: {demand}."
        ),
        merchant=Text(
            "裁决已生效，不支持买家的诉求：{demand}。",
            "The ruling is final. The buyer's claim is not granted: {demand}.",
        ),
    ),
}
