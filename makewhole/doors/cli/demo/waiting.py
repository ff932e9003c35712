"""The demo's stories that are still going on: each role finds something that waits for it."""

from datetime import timedelta

from makewhole.core.case.commands import (
    Escalate,
    FinishEvidence,
    MakeOffer,
    Proposal,
    RefuseClaim,
    ShipBack,
    SubmitEvidence,
)
from makewhole.core.words import Reason, Remedy, Text
from makewhole.doors.cli.demo.marketplace import Goods
from makewhole.doors.cli.demo.stage import Act, Script, Story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def broken_kettle(act: Act) -> Script:
    """The merchant's clock runs: 18 hours are left to answer."""
    act.order(
        "m-qingming", "b-linyue", [Goods("kettle-2", "电热水壶 1.2L", "appliance/kitchen", 15900)], freight_minor=800
    )
    yield 4 * DAY
    act.claim(
        Reason.DAMAGED,
        Remedy.RETURN_AND_REFUND,
        "打开箱子壶身就是裂的，箱角也瘪了。",
        photos=["cracked"],
        defect_kind="visible",
    )
    yield 30 * HOUR


def offer_waits(act: Act) -> Script:
    """The buyer has an offer to answer."""
    act.order("m-guoyuan", "b-linyue", [Goods("apple-1", "红富士苹果 5kg", "fresh/fruit", 6980)])
    yield 3 * DAY + 4 * HOUR
    act.claim(
        Reason.QUALITY,
        Remedy.PARTIAL_REFUND,
        "一半压坏了。",
        photos=["bruised"],
        value_lost_percent=50,
        defect_kind="visible",
    )
    yield 5 * HOUR
    less = Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=2000)
    act.merchant_does(MakeOffer(proposal=less, note="先退 20 元，下次多装几个。"))
    yield 2 * HOUR


def dispute_to_rule(act: Act) -> Script:
    """Both sides have handed in what they have; the agent is to rule."""
    act.order("m-qingming", "b-zhouhang", [Goods("kettle-3", "养生壶", "appliance/kitchen", 19900)])
    yield 4 * DAY
    act.claim(
        Reason.NOT_AS_DESCRIBED,
        Remedy.RETURN_AND_REFUND,
        "页面说壶身是玻璃的，收到的是塑料，还有裂纹。",
        photos=["cracked"],
        defect_kind="visible",
    )
    yield 8 * HOUR
    act.merchant_does(RefuseClaim(note="发货前检查过，壶是好的，材质也写明了。"))
    yield 3 * HOUR
    act.buyer_does(Escalate(note="请平台看看照片。"))
    yield 5 * HOUR
    act.hand_in(act.buyer, ["cracked"], "开箱时拍的。")
    yield 2 * HOUR
    act.hand_in(act.merchant, ["kettle"], "发货前在工作台拍的。")
    yield HOUR
    act.buyer_does(FinishEvidence())
    act.merchant_does(FinishEvidence())
    yield 3 * HOUR


def evidence_wanted(act: Act) -> Script:
    """Escalated this morning; both sides are asked for evidence."""
    act.order("m-shanye", "b-linyue", [Goods("cup-3", "旅行杯", "home/kitchen", 11900, 2)])
    yield 4 * DAY
    act.claim(
        Reason.NOT_AS_DESCRIBED,
        Remedy.RETURN_AND_REFUND,
        "写着 400 毫升，量了只有 300。",
        lines=(("1", 2),),
        defect_kind="visible",
    )
    yield 10 * HOUR
    act.merchant_does(RefuseClaim(note="400 毫升是满杯容量。"))
    yield 4 * HOUR
    act.buyer_does(Escalate())
    yield 2 * HOUR
    act.merchant_does(SubmitEvidence(note="满杯注水实测 398 毫升。"))
    yield 2 * HOUR


def return_on_its_way(act: Act) -> Script:
    """The goods travel back; the merchant will inspect them."""
    act.order("m-qingming", "b-linyue", [Goods("fan-1", "桌面风扇", "appliance/small", 9900)])
    yield 4 * DAY
    act.claim(Reason.CHANGED_MIND, Remedy.RETURN_AND_REFUND, "比想的吵。", goods_intact=True)
    yield 50 * HOUR
    act.buyer_does(ShipBack(carrier="圆通", tracking_number="YT99120045", freight_minor=900))
    yield DAY


def just_arrived(act: Act) -> Script:
    """An order to try 'what am I due?' on."""
    act.order(
        "m-shanye",
        "b-linyue",
        [Goods("bowl-1", "粗陶饭碗", "home/kitchen", 3900, 4), Goods("spoon-1", "木勺", "home/kitchen", 1500, 4)],
        freight_minor=600,
        discount_minor=1000,
    )
    yield 3 * DAY + HOUR
    act.refresh()


WAITING = (
    Story(
        "202611150010",
        Text("水壶碎了，商家还有时间答复", "A broken kettle: the merchant's clock runs"),
        5.3,
        broken_kettle,
    ),
    Story("202611160011", Text("苹果压坏，商家出了方案", "Bruised apples: an offer to answer"), 3.6, offer_waits),
    Story("202611140012", Text("双方各执一词，等待裁决", "Two stories, one ruling to make"), 5.0, dispute_to_rule),
    Story("202611140013", Text("容量不符，正在举证", "Too small a cup: evidence wanted"), 4.8, evidence_wanted),
    Story("202611120014", Text("退货在路上", "A return on its way"), 7.5, return_on_its_way),
    Story("202611170015", Text("刚签收，试试“我能得到什么”", "Just arrived: try 'what am I due?'"), 3.2, just_arrived),
)  # fmt: skip
