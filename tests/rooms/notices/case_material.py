"""One case, and one event of every kind and turn that can happen in it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from makewhole.core.case.events import (
    Agreed,
    Appealed,
    ByParty,
    Closed,
    Event,
    EventKind,
    EvidenceRequested,
    EvidenceSubmitted,
    Nothing,
    OfferMade,
    Opened,
    Payload,
    PaymentMade,
    PaymentShort,
    RefundReport,
    Reminded,
    Ruled,
    Said,
    Sent,
    SentBack,
)
from makewhole.core.case.model import Case, CaseDue, Obligation, Offer, Outcome, Payment, Ruling, Terms
from makewhole.core.ledger.model import Funding
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Consequence, Head, Party, Reason, Remedy, Role, Stage, Step

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
CASE_ID = "01900000-0000-7000-8000-0000000000c1"


def terms(amount_minor: int = 12900, freight_minor: int = 1000) -> Terms:
    return Terms(
        Remedy.REFUND_ONLY,
        (
            CaseDue("1", Head.GOODS, amount_minor, Party.MERCHANT, "cn.law.48"),
            CaseDue("*", Head.FREIGHT_OUT, freight_minor, Party.MERCHANT, "cn.law.48"),
        ),
    )


RESPOND = Obligation(
    "o1", Step.RESPOND, Party.MERCHANT, NOW + timedelta(hours=48), False, Consequence.CLAIM_ACCEPTED, "cn.term.respond"
)
PAYMENT = Payment("p1", Funding.MERCHANT, terms().dues, 0, ("r1",))
ADVANCED = Payment("p2", Funding.FUND, terms().dues, 5000, ("r2",))
RULING = Ruling("g1", "agent-chen", (), terms(), "短少属实", ("cn.law.48",), False)


def case(*obligations: Obligation, stage: Stage = Stage.NEGOTIATION) -> Case:
    return Case(
        id=CASE_ID, order_id="01900000-0000-7000-8000-000000000001", merchant_id="shop-blue", buyer_id="buyer-li",
        market="cn", currency="CNY", edition="cn-2026", reasons=(Reason.ITEM_MISSING,), lines=(ClaimLine("1", 1),),
        story="少了一件", facts=(), wanted=terms(), stage=stage, opened_at=NOW, sequence=1, payments=(PAYMENT,),
        obligations=obligations,
    )  # fmt: skip


OPENED = Opened(
    CASE_ID, "order", "shop-blue", "buyer-li", "cn", "CNY", "cn-2026", (Reason.ITEM_MISSING,), (ClaimLine("1", 1),),
    terms(),
)  # fmt: skip

PAYLOADS: dict[EventKind, list[Payload]] = {
    EventKind.OPENED: [OPENED],
    EventKind.CLAIM_ACCEPTED: [Agreed(terms())],
    EventKind.OFFER_MADE: [OfferMade(Offer("f1", Party.MERCHANT, terms(8000, 0), "先退一半，可以吗？"))],
    EventKind.OFFER_ACCEPTED: [Agreed(terms(8000, 0))],
    EventKind.OFFER_LAPSED: [Nothing()],
    EventKind.CLAIM_REFUSED: [Said("出库称重正常 {braces} %s")],
    EventKind.ESCALATED: [Said(), Said("商家不讲理")],
    EventKind.EVIDENCE_SUBMITTED: [EvidenceSubmitted(Party.BUYER, ("e1",), "开箱视频")],
    EventKind.EVIDENCE_FINISHED: [ByParty(Party.BUYER)],
    EventKind.EVIDENCE_REQUESTED: [EvidenceRequested((Party.BUYER,), "请提供包裹外箱照片。")],
    EventKind.RULED: [Ruled(RULING, "0" * 64), Ruled(RULING._replace(terms=None), "0" * 64)],
    EventKind.RULING_ACCEPTED: [ByParty(Party.MERCHANT)],
    EventKind.APPEALED: [Appealed(Party.MERCHANT, "有新的称重记录", ())],
    EventKind.RULING_FINAL: [Agreed(terms()), Agreed(None)],
    EventKind.SHIPPED_BACK: [
        SentBack("顺丰", "SF123"),
        SentBack("顺丰", "SF123", CaseDue("*", Head.FREIGHT_BACK, 1200, Party.MERCHANT, "cn.platform.49")),
    ],
    EventKind.RETURN_CONFIRMED: [Nothing()],
    EventKind.RETURN_CONTESTED: [Said("退回的不是原商品")],
    EventKind.GOODS_SENT: [Sent("圆通", "YT9")],
    EventKind.RECEIPT_CONFIRMED: [Nothing()],
    EventKind.NOT_RECEIVED: [Said("没有收到")],
    EventKind.REFUNDED_INSTEAD: [Agreed(terms())],
    EventKind.PAYMENT_MADE: [PaymentMade(PAYMENT), PaymentMade(ADVANCED)],
    EventKind.PAYMENT_SHORT: [PaymentShort(3000), PaymentShort(3000, fund_tried=True)],
    EventKind.PAID_ELSEWHERE: [Nothing()],
    EventKind.REFUND_SETTLED: [RefundReport("r1")],
    EventKind.REFUND_FAILED: [RefundReport("r1", "card closed")],
    EventKind.REMINDED: [Reminded(Step.RULE, Party.PLATFORM)],
    EventKind.CLOSED: [Closed(Outcome.SETTLED), Closed(Outcome.LEFT_OWING)],
}


def events(role: Role = Role.BUYER) -> list[Event]:
    """Every kind of event with each of its turns, done by this role."""
    return [
        Event(number, kind, NOW, role, "somebody", payload)
        for number, (kind, payload) in enumerate(
            ((kind, each) for kind, every in PAYLOADS.items() for each in every), 1
        )
    ]
