"""Invented values for the gallery and the landing page's example, in the core's own types and in both languages."""

from datetime import datetime, timedelta
from typing import Any

from makewhole.core.rulebook.model import (
    Answer,
    Due,
    EvidenceNeeded,
    FundCover,
    Obstacle,
    ObstacleKind,
    Plan,
    PlanStep,
    Question,
    Term,
    TermUnit,
)
from makewhole.core.words import Consequence, Head, Party, Provenance, Remedy, Step, Text
from makewhole.doors.portal.parts.cards import say
from makewhole.rooms import clock

ZONE = "Asia/Shanghai"

RULES: dict[str, dict[str, Any]] = {
    "cn.missing.make_up": {
        "sentence": Text(
            "少发、漏发的，商家补足数量或退还相应货款。", "What was left out is sent later, or its price paid back."
        ),
        "citation": Text("《消费者权益保护法》第四十八条、第五十二条", "Consumer Protection Law, articles 48 and 52"),
        "layer": "law",
        "status": "verified",
    },
    "cn.late_dispatch.five_percent": {
        "sentence": Text(
            "未按承诺时间发货，赔付货款的 5%，最低 5 元、最高 30 元。",
            "Sent later than promised: 5 % of the price, at least ¥5, at most ¥30.",
        ),
        "citation": Text(
            "平台承诺：延迟发货赔付（2022-07-18 起）", "Platform promise on late dispatch, from 18 July 2022"
        ),
        "layer": "platform",
        "status": "unverified",
    },
    "cn.proof.signing": {
        "sentence": Text(
            "外包装完好、件数不符的，由商家证明货已足量交付。",
            "Where the parcel does not match the order, the merchant proves that all of it was handed over.",
        ),
        "citation": Text("平台争议处理规则第七十五条", "Platform dispute rules, article 75"),
        "layer": "platform",
        "status": "verified",
    },
    "cn.seven_days": {
        "sentence": Text(
            "七天无理由退货须在签收后七日内提出。",
            "A return without reason must be asked for within seven days of signing.",
        ),
        "citation": Text("《消费者权益保护法》第二十五条", "Consumer Protection Law, article 25"),
        "layer": "law",
        "status": "verified",
    },
    "cn.silence.accepted": {
        "sentence": Text(
            "商家逾期不回应，视为同意买家的诉求。", "If the merchant stays silent, the claim counts as accepted."
        ),
        "citation": Text("平台争议处理规则：处理时限", "Platform dispute rules, time limits"),
        "layer": "platform",
        "status": "unverified",
    },
}

LINES = {
    "1": Text("手冲咖啡杯（雾蓝）两只", "Pour-over cups, mist blue, two"),
    "2": Text("云南挂耳咖啡 20 包", "Yunnan drip coffee, 20 bags"),
}

FACTS = {
    "item_in_parcel": Text("少的那只杯子是否在包裹里", "Whether the missing cup was in the parcel"),
    "packing_opened": Text("包裹签收时外包装是否完好", "Whether the parcel was whole when signed for"),
}


def term(step: Step, debtor: Party, hours: int, silence: Consequence, rule_id: str = "cn.silence.accepted") -> Term:
    """A term of the examples."""
    return Term(step, debtor, hours, TermUnit.HOURS, silence, rule_id)


def steps_of(now: datetime, *terms: Term) -> tuple[PlanStep, ...]:
    """The terms one after the other, each taking its full time."""
    steps, at = [], now
    for each in terms:
        at += timedelta(hours=each.length)
        steps.append(PlanStep(each, at, False))
    return tuple(steps)


def example_answer(now: datetime, *, full: bool) -> Answer:
    """A cup is missing; with `full` also a compensation, a fact to find out and an obstacle."""
    make_up = "cn.missing.make_up"
    respond = term(Step.RESPOND, Party.MERCHANT, 48, Consequence.CLAIM_ACCEPTED)
    pay = term(Step.PAY, Party.MERCHANT, 24, Consequence.FUND_ADVANCES)
    send = term(Step.SEND_GOODS, Party.MERCHANT, 72, Consequence.REFUNDED_INSTEAD)
    confirm = term(Step.CONFIRM_RECEIPT, Party.BUYER, 168, Consequence.RECEIPT_CONFIRMED)
    refund = Plan(
        Remedy.PARTIAL_REFUND,
        (
            Due("1", Head.GOODS, 11900, "CNY", Party.MERCHANT, make_up, 12900 if full else 11900, 12900),
            Due("1", Head.FREIGHT_OUT, 600, "CNY", Party.MERCHANT, make_up, 600, 600),
        ),
        steps_of(now, respond, pay),
        (make_up,),
        (),
        True,
        False,
    )
    reship = Plan(
        Remedy.RESHIP, (), steps_of(now, respond, send, confirm), (make_up,), ("item_in_parcel",), False, False
    )
    late = Plan(
        Remedy.COMPENSATION,
        (Due("*", Head.LATENESS, 1290, "CNY", Party.MERCHANT, "cn.late_dispatch.five_percent", 1290, 3000),),
        (),
        ("cn.late_dispatch.five_percent",),
        (),
        True,
        True,
    )
    proof = EvidenceNeeded(
        "item_in_parcel",
        Party.MERCHANT,
        Provenance.PRESUMED,
        "cn.proof.signing",
        ("parcel_weight", "video"),
    )
    too_late = Obstacle(
        ObstacleKind.OUT_OF_TIME, "cn.seven_days", "2", Remedy.RETURN_AND_REFUND, "", now - timedelta(days=3)
    )
    return Answer(
        market="cn",
        edition="cn@2025-08-15",
        order_id="2026112100417",
        currency="CNY",
        assessed_at=now,
        plans=(refund, reship, late) if full else (refund,),
        obstacles=(too_late,) if full else (),
        evidence=(proof,),
        questions=(Question("packing_opened", ("cn.proof.signing",)),) if full else (),
        terms=(),
        fund=FundCover(200000, make_up),
    )


def answer_context(*, full: bool = False) -> dict[str, Any]:
    """Context of an answer card: the answer, its rules, the order's lines, the names of facts, zone and now."""
    now = clock.now().replace(second=0, microsecond=0)
    return {
        "answer": example_answer(now, full=full),
        "rules": RULES,
        "lines": {line_id: say(title) for line_id, title in LINES.items()},
        "facts": {name: say(label) for name, label in FACTS.items()},
        "zone": ZONE,
        "now": now,
    }
