"""The demo's stories that have come to an end, among them the four questions buyers ask first."""

from datetime import timedelta

from makewhole.core.case.commands import (
    AcceptClaim,
    AcceptOffer,
    AcceptRuling,
    Appeal,
    ConfirmReceipt,
    Escalate,
    FinishEvidence,
    MakeOffer,
    Proposal,
    RefuseClaim,
    Rule,
    RuleAppeal,
    SendGoods,
    ShipBack,
    SubmitEvidence,
)
from makewhole.core.case.model import Finding
from makewhole.core.facts import ALLEGED_BY
from makewhole.core.words import Reason, Remedy, Text
from makewhole.doors.cli.demo.marketplace import Goods
from makewhole.doors.cli.demo.stage import AGENT, SECOND_AGENT, Act, Script, Story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def item_missing(act: Act) -> Script:
    """The merchant stays silent; silence decides; the escrow refunds goods and their share of the freight."""
    act.order("m-xunfeng", "b-linyue", [Goods("cup-2", "手冲咖啡杯", "home/kitchen", 6450, 2)], freight_minor=600)
    yield 4 * DAY
    act.claim(
        Reason.ITEM_MISSING,
        Remedy.REFUND_ONLY,
        "订了两只杯子，箱子里只有一只，泡沫没有动过。",
        photos=["one_cup"],
    )
    yield 3 * DAY


def fund_paid_in_part(act: Act) -> Script:
    """The fund paid a part; the buyer then returns the goods and gets the rest; after that nothing is left to claim."""
    act.order("m-xunfeng", "b-linyue", [Goods("lamp-1", "阅读台灯", "home/lighting", 19900)])
    yield 4 * DAY
    act.refresh()
    yield 11 * DAY
    act.merchant_withdraws()
    yield DAY
    act.claim(
        Reason.NOT_AS_DESCRIBED,
        Remedy.PARTIAL_REFUND,
        "页面写三档亮度，实际只有一档。能用，希望退一部分。",
        amount_minor=6000,
        value_lost_percent=31,
        defect_kind="visible",
    )
    yield 5 * DAY
    act.claim(
        Reason.QUALITY,
        Remedy.RETURN_AND_REFUND,
        "用了几天灯就不亮了，我想把灯退掉。",
        defect_kind="hidden",
        defect_grave=True,
    )
    yield 50 * HOUR
    act.buyer_does(ShipBack(carrier="顺丰", tracking_number="SF7700112233"))


def after_sales_includes(act: Act) -> Script:
    """Return and refund for a fault: accepted, sent back, inspected in silence, refunded with both freights."""
    act.order(
        "m-qingming", "b-zhouhang", [Goods("kettle-1", "电热水壶 1.7L", "appliance/kitchen", 12900)], freight_minor=800
    )
    yield 4 * DAY
    act.claim(
        Reason.QUALITY,
        Remedy.RETURN_AND_REFUND,
        "烧水时壶底漏水，第一天就这样。",
        photos=["cracked"],
        defect_kind="hidden",
    )
    yield 5 * HOUR
    act.merchant_does(AcceptClaim())
    yield DAY
    act.buyer_does(ShipBack(carrier="顺丰", tracking_number="SF7700445566", freight_minor=1500))


def compensation_channel(act: Act) -> Script:
    """Refused, heard by the platform, ruled, appealed, ruled again; the fund pays and the merchant owes."""
    act.order("m-yunduan", "b-chenxi", [Goods("phone-1", "智能手机 128G", "electronics/phone", 259900)])
    yield 4 * DAY
    act.refresh()
    yield 15 * DAY
    act.merchant_withdraws()
    yield DAY
    act.claim(
        Reason.NOT_AS_DESCRIBED,
        Remedy.RETURN_AND_REFUND,
        "页面写全新，屏幕却有划痕，序列号也查到激活记录。",
        photos=["scratch"],
        defect_kind="visible",
    )
    yield 9 * HOUR
    act.merchant_does(RefuseClaim(note="手机出库时全新，划痕是买家造成的。"))
    yield 6 * HOUR
    act.buyer_does(Escalate(note="商家不处理，请平台介入。"))
    yield 4 * HOUR
    act.hand_in(act.buyer, ["scratch"], "激活记录比签收早了两个月。")
    yield 3 * HOUR
    act.merchant_does(SubmitEvidence(note="出库记录显示为新机。"))
    yield HOUR
    act.buyer_does(FinishEvidence())
    yield HOUR
    act.merchant_does(FinishEvidence())
    yield 5 * HOUR
    act.act(ruling(Rule, act, "激活时间早于签收，商家未能解释。"), AGENT)
    yield 20 * HOUR
    act.merchant_does(Appeal(grounds="激活记录可能是厂家质检。"))
    yield 3 * DAY
    yield 3 * DAY
    act.act(ruling(RuleAppeal, act, "厂家确认没有出厂激活的流程，维持原裁决。"), SECOND_AGENT)
    yield 8 * HOUR
    act.buyer_does(ShipBack(carrier="顺丰", tracking_number="SF7700778899"))


def ruling(kind: type[Rule] | type[RuleAppeal], act: Act, why: str) -> Rule | RuleAppeal:
    """A ruling for the buyer's claim, finding what the buyer alleged."""
    findings = tuple(Finding(ALLEGED_BY[reason], True, why, ()) for reason in act.known_case.reasons)
    return kind(findings=findings, reasons=why, proposal=Proposal(remedy=act.known_case.wanted.remedy))


def late_dispatch(act: Act) -> Script:
    """Sent late by the carrier's own record: refused, and ruled at once because the facts are settled."""
    act.order(
        "m-guoyuan",
        "b-zhouhang",
        [Goods("oil-1", "山茶油 1L", "food/oil", 16800)],
        dispatched_after=96 * HOUR,
        signed_after=6 * DAY,
    )
    yield 7 * DAY
    act.claim(Reason.LATE_DISPATCH, Remedy.COMPENSATION, "说好 48 小时发货，四天才发。")
    yield 7 * HOUR
    act.merchant_does(RefuseClaim(note="那几天下雨，采摘推迟。"))
    yield 2 * HOUR
    act.buyer_does(Escalate())
    yield 4 * HOUR
    act.merchant_does(AcceptRuling())
    yield HOUR
    act.buyer_does(AcceptRuling())


def changed_mind(act: Act) -> Script:
    """Seven days without a reason; the buyer bears the freight back; a coupon of points comes back in kind."""
    act.order(
        "m-shanye",
        "b-wangyi",
        [Goods("vase-1", "手捏花瓶", "home/decor", 8800), Goods("plate-1", "粗陶盘", "home/kitchen", 4200, 2)],
        discount_minor=1200,
        points_minor=500,
    )
    yield 5 * DAY
    act.claim(Reason.CHANGED_MIND, Remedy.RETURN_AND_REFUND, "颜色和家里不搭。", goods_intact=True)
    yield 3 * HOUR
    act.merchant_does(AcceptClaim())
    yield 2 * DAY
    act.buyer_does(ShipBack(carrier="中通", tracking_number="ZT330011", freight_minor=1000))
    yield 2 * DAY


def wrong_item(act: Act) -> Script:
    """Another colour came; the merchant offers a part of the price, the buyer keeps the cup."""
    act.order("m-shanye", "b-linyue", [Goods("cup-mist", "手冲杯 雾绿", "home/kitchen", 9900)])
    yield 4 * DAY
    act.claim(Reason.WRONG_ITEM, Remedy.RETURN_AND_REFUND, "订的是雾绿，来的是蓝色。", photos=["blue"])
    yield 6 * HOUR
    act.merchant_does(
        MakeOffer(proposal=Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=4000), note="退 40 元，杯子留下可以吗？")
    )
    yield 10 * HOUR
    act.buyer_does(AcceptOffer())


def parcel_lost(act: Act) -> Script:
    """The parcel never came; the risk is the merchant's until signing."""
    act.order(
        "m-guoyuan", "b-chenxi", [Goods("tea-1", "明前龙井 200g", "food/tea", 36800)], signed_after=None, lost=True
    )
    yield 12 * DAY
    act.claim(Reason.PARCEL_LOST, Remedy.REFUND_ONLY, "物流停了九天，快递说找不到了。")
    yield 4 * HOUR
    act.merchant_does(AcceptClaim())


def reshipped(act: Act) -> Script:
    """The missing gift box of a set is sent later and confirmed: made whole without money."""
    act.order(
        "m-shanye",
        "b-zhouhang",
        [Goods("set-1", "茶具套装", "home/kitchen", 32800), Goods("tray-1", "竹托盘", "home/kitchen", 5600)],
    )
    yield 4 * DAY
    act.claim(Reason.ITEM_MISSING, Remedy.RESHIP, "托盘没有放进箱子。", lines=(("2", 1),))
    yield 2 * HOUR
    act.merchant_does(AcceptClaim())
    yield DAY
    act.merchant_does(SendGoods(carrier="顺丰", tracking_number="SF88003311"))
    yield 3 * DAY
    act.buyer_does(ConfirmReceipt())


ENDED = (
    Story("202610010001", Text("漏发了，我能得到什么？", "An item is missing: what am I due?"), 21, item_missing),
    Story("202609200002", Text("基金赔了一部分，还能退货吗？", "The fund paid me a part: can I still return it?"),
          48, fund_paid_in_part),
    Story("202610120003", Text("售后包括什么？", "What does after-sales include?"), 26, after_sales_includes),
    Story("202609200004", Text("补偿通道是什么？", "What is the compensation channel?"), 50, compensation_channel),
    Story("202610280005", Text("说好两天发货，四天才发", "Promised in two days, sent after four"), 16, late_dispatch),
    Story("202610220006", Text("不喜欢，七天内退货", "Not to my taste: back within seven days"), 19, changed_mind),
    Story("202610300007", Text("颜色发错了", "The wrong colour came"), 15, wrong_item),
    Story("202610180008", Text("包裹丢了", "The parcel is lost"), 24, parcel_lost),
    Story("202610260009", Text("套装少了一件，要求补发", "A part of the set is missing: send it"), 18, reshipped),
)  # fmt: skip
