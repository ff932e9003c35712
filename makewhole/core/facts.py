"""Facts: typed statements the rules read, each with how firmly it stands.

The list of fact names is closed and documented here: rules may read no other. Facts of the order (dates, parcels,
categories, flags) are derived from the order itself by the rulebook and stand as evidenced; facts of the story come
from the parties. `docs/reference/facts.md` is made from this list.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from makewhole.core.words import Party, Provenance, Reason, Text

FactValue = bool | int | str


class FactType(StrEnum):
    """What a value looks like: yes or no, a whole number, minor units, one of a list, an RFC 3339 time, a path."""

    YES_NO = "yes_no"
    COUNT = "count"
    AMOUNT = "amount"
    CHOICE = "choice"
    TIME = "time"
    PATH = "path"


class ExhibitKind(StrEnum):
    """What an exhibit is."""

    PHOTO = "photo"
    VIDEO = "video"
    CHAT = "chat"
    ORDER_SNAPSHOT = "order_snapshot"
    PARCEL_WEIGHT = "parcel_weight"
    CARRIER_EVENT = "carrier_event"
    TEST_REPORT = "test_report"
    DOCUMENT = "document"


EXHIBIT_LABELS: dict[ExhibitKind, Text] = {
    ExhibitKind.PHOTO: Text("照片", "photos"),
    ExhibitKind.VIDEO: Text("视频（如开箱视频）", "a video (for example of unpacking)"),
    ExhibitKind.CHAT: Text("聊天记录", "the conversation"),
    ExhibitKind.ORDER_SNAPSHOT: Text("订单快照", "the snapshot of the order"),
    ExhibitKind.PARCEL_WEIGHT: Text("包裹重量记录", "the parcel's weight"),
    ExhibitKind.CARRIER_EVENT: Text("物流记录", "the carrier's record"),
    ExhibitKind.TEST_REPORT: Text("检测报告", "a test report"),
    ExhibitKind.DOCUMENT: Text("票据或其他文件", "a receipt or other document"),
}


class FactName(NamedTuple):
    """One entry of the closed list. `question` is how a party is asked; `proves` are exhibit kinds that help.

    `derived` facts are read from the order where it has them; a party tells only what the order leaves open.
    `assumed` is held while nobody says otherwise, so that it is never asked for; None means: it is not known.
    """

    name: str
    type: FactType
    label: Text
    question: Text
    tells: Party
    choices: tuple[str, ...] = ()
    proves: tuple[ExhibitKind, ...] = ()
    derived: bool = False
    assumed: FactValue | None = None


class Fact(NamedTuple):
    value: FactValue
    provenance: Provenance


Facts = Mapping[str, Fact]
"""Fact name → fact. A name that is absent is not known."""


COUNT_MAX = 10**15
"""Counts and amounts above this are refused; no order has them."""


class FactError(ValueError):
    """A fact is not on the closed list, or its value does not fit. `text` says so in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


_P, _V, _C, _O = ExhibitKind.PHOTO, ExhibitKind.VIDEO, ExhibitKind.CHAT, ExhibitKind.ORDER_SNAPSHOT
_W, _E, _R, _D = ExhibitKind.PARCEL_WEIGHT, ExhibitKind.CARRIER_EVENT, ExhibitKind.TEST_REPORT, ExhibitKind.DOCUMENT
_TYPE, _BUYER, _MERCHANT = FactType, Party.BUYER, Party.MERCHANT


def _of_order(name: str, type_: FactType, label: Text, question: Text, *proves: ExhibitKind) -> FactName:
    """A fact read from the order; where the order is silent the buyer may tell it."""
    return FactName(name, type_, label, question, _BUYER, (), proves, derived=True)


_FROM_ORDER = (
    _of_order("placed_at", _TYPE.TIME, Text("下单时间", "time of the order"),
              Text("何时下单？", "When was it ordered?"), _O),
    _of_order("paid_at", _TYPE.TIME, Text("付款时间", "time of payment"),
              Text("何时付款？", "When was it paid?"), _O),
    _of_order("dispatched_at", _TYPE.TIME, Text("发货时间", "time of dispatch"),
              Text("何时发货？", "When was it sent?"), _E),
    _of_order("signed_at", _TYPE.TIME, Text("签收时间", "time of receipt"),
              Text("您何时签收？", "When did you receive it?"), _E, _P),
    _of_order("completed_at", _TYPE.TIME, Text("确认收货时间", "time receipt was confirmed"),
              Text("何时确认收货？", "When was receipt confirmed?"), _O),
    _of_order("dispatch_due_at", _TYPE.TIME, Text("应发货时间", "promised time of dispatch"),
              Text("商家承诺最晚何时发货？", "By when did the merchant promise to send it?"), _O, _C),
    _of_order("delivery_due_at", _TYPE.TIME, Text("应送达时间", "promised time of delivery"),
              Text("商家承诺最晚何时送达？", "By when did the merchant promise delivery?"), _O, _C),
    _of_order("dispatched", _TYPE.YES_NO, Text("已发货", "sent"), Text("是否已发货？", "Has it been sent?"), _E),
    _of_order("delivered", _TYPE.YES_NO, Text("已签收", "received"), Text("是否已签收？", "Have you received it?"), _E),
    _of_order("completed", _TYPE.YES_NO, Text("已确认收货", "receipt confirmed"),
              Text("是否已确认收货？", "Was receipt confirmed?"), _O),
    _of_order("refused_at_door", _TYPE.YES_NO, Text("已拒收", "refused at the door"),
              Text("是否已拒收？", "Did you refuse it at the door?"), _E),
    _of_order("dispatched_late", _TYPE.YES_NO, Text("发货超时", "sent later than promised"),
              Text("是否超过承诺时间仍未发货？", "Was it sent later than promised?"), _E, _O),
    _of_order("delivered_late", _TYPE.YES_NO, Text("送达超时", "delivered later than promised"),
              Text("是否超过承诺时间仍未送达？", "Did it arrive later than promised?"), _E, _O),
    _of_order("lost_by_carrier", _TYPE.YES_NO,
              Text("物流记录为丢件", "recorded as lost by the carrier"),
              Text("物流是否记录丢件？", "Does the carrier record it as lost?"), _E),
    _of_order("promised_return_days", _TYPE.COUNT,
              Text("承诺无理由退货天数", "promised days for return without a reason"),
              Text("商家承诺几天无理由退货？", "How many days of return without a reason were promised?"), _O, _C),
    _of_order("category", _TYPE.PATH, Text("商品类目", "category of the goods"),
              Text("商品属于哪个类目？", "Which category are the goods in?"), _O),
    _of_order("custom_made", _TYPE.YES_NO, Text("定作商品", "made to the buyer's order"),
              Text("是否按您的要求定作？", "Was it made to your order?"), _O),
    _of_order("not_returnable_confirmed", _TYPE.YES_NO,
              Text("购买时逐次确认不宜退货", "confirmed at purchase as not returnable"),
              Text("购买时是否单独确认过不宜退货？", "Did you confirm at purchase that it cannot be returned?"), _O),
    _of_order("near_expiry_declared", _TYPE.YES_NO, Text("购买时已明示临期", "declared at purchase as near expiry"),
              Text("购买时是否明示临近保质期？", "Was it declared at purchase as near expiry?"), _O),
    _of_order("flaw_declared", _TYPE.YES_NO, Text("购买时已明示瑕疵", "flaw declared at purchase"),
              Text("购买时是否明示瑕疵？", "Was the flaw declared at purchase?"), _O),
    _of_order("is_gift", _TYPE.YES_NO, Text("赠品", "a gift"), Text("是否赠品？", "Is it a gift?"), _O),
    _of_order("freight_free", _TYPE.YES_NO, Text("包邮", "sent free of charge"),
              Text("是否包邮？", "Was delivery free?"), _O),
    _of_order("order_paid_minor", _TYPE.AMOUNT, Text("订单实付金额", "what was paid for the order"),
              Text("订单实付多少？", "What was paid for the order?"), _O),
)  # fmt: skip


def _alleged(name: str, zh: str, en: str, asks_zh: str, asks_en: str, *proves: ExhibitKind) -> FactName:
    """What a reason says went wrong: told by the buyer, to be shown by the buyer unless a rule presumes it."""
    return FactName(name, _TYPE.YES_NO, Text(zh, en), Text(asks_zh, asks_en), _BUYER, (), proves)


_ALLEGED = (
    _alleged("goods_defective", "商品有质量问题", "the goods are defective",
             "商品是否有质量问题？", "Are the goods defective?", _P, _V, _R),
    _alleged("goods_damaged", "商品到手已破损", "the goods arrived damaged",
             "收到时是否已破损？", "Did the goods arrive damaged?", _P, _V, _E),
    _alleged("description_untrue", "商品与描述不符", "the goods differ from the description",
             "商品是否与描述不符？", "Do the goods differ from the description?", _P, _O, _C),
    _alleged("item_absent", "包裹漏发商品", "the item was not in the parcel",
             "包裹中是否没有该商品？", "Was the item not in the parcel?", _V, _P, _W),
    _alleged("other_item_sent", "发错商品", "another item was sent",
             "收到的是否为其他商品？", "Was another item sent?", _P, _V, _O),
    _alleged("quantity_short", "少发或份量不足", "fewer pieces or less content than ordered",
             "数量或份量是否不足？", "Was it fewer or less than ordered?", _V, _P, _W),
    _alleged("parcel_lost", "未收到包裹", "the parcel was not received",
             "包裹是否没有收到？", "Did the parcel never reach you?", _E, _C),
    FactName("sold_out", _TYPE.YES_NO, Text("商家缺货", "the goods are sold out"),
             Text("该商品是否已缺货？", "Are the goods sold out?"), _MERCHANT, (), (_C, _D)),
)  # fmt: skip

_OF_STORY = (
    FactName("goods_intact", _TYPE.YES_NO, Text("商品完好", "the goods are intact"),
             Text("商品、配件、吊牌是否齐全完好（拆封查看和合理试用不算）？",
                  "Are the goods, parts and tags complete and intact (opening and a fair trial do not count)?"),
             _BUYER, (), (_P, _V)),
    FactName("digital_opened", _TYPE.YES_NO, Text("数字化商品已下载或拆封", "digital goods downloaded or unsealed"),
             Text("是否已下载或拆封？", "Has it been downloaded or unsealed?"), _BUYER, (), (_P, _D)),
    FactName("unfit_for_return", _TYPE.YES_NO, Text("性质上不宜退货", "by its nature not fit for return"),
             Text("该商品是否因性质不宜退货？", "Are the goods by their nature not fit for return?"),
             _MERCHANT, (), (_D,)),
    FactName("flaw_was_declared", _TYPE.YES_NO,
             Text("所诉问题即购买时已明示的瑕疵", "the fault is the flaw declared at purchase"),
             Text("买家所说的问题，是否就是购买时已明示的瑕疵？", "Is the fault the very flaw declared at purchase?"),
             _MERCHANT, (), (_O,)),
    FactName("free_shipping_lost", _TYPE.YES_NO,
             Text("退货后不再满足免运费条件", "free shipping no longer earned after the return"),
             Text("退货后是否不再满足免运费条件？", "Does the return fall below the free-shipping threshold?"),
             _MERCHANT, (), (_O,), assumed=False),
    FactName("defect_kind", _TYPE.CHOICE, Text("问题是否看得见", "whether the fault can be seen"),
             Text("问题从外观能看出来（visible），还是要使用或检测才知道（hidden）？",
                  "Can the fault be seen from outside (visible), or only by use or a test (hidden)?"),
             _BUYER, ("visible", "hidden"), (_P, _R)),
    FactName("defect_found_at", _TYPE.TIME, Text("发现问题的时间", "when the fault was found"),
             Text("您何时发现问题？", "When did you find the fault?"), _BUYER, (), (_C, _P)),
    FactName("defect_grave", _TYPE.YES_NO,
             Text("问题严重到不能实现购买目的", "so grave that the purchase has lost its purpose"),
             Text("商品是否因此基本不能用？", "Does it make the goods useless for what you bought them for?"),
             _BUYER, (), (_P, _V, _R)),
    FactName("merchant_knew", _TYPE.YES_NO, Text("商家明知问题", "the merchant knew"),
             Text("商家发货时是否已知道问题？", "Did the merchant know when sending it?"), _BUYER, (), (_C, _D),
             assumed=False),
    FactName("unrepaired_days", _TYPE.COUNT,
             Text("送修后仍未修好的天数", "days since repair was asked for without success"),
             Text("提出维修后已过几天仍未修好？", "How many days since you asked for repair is it still not fixed?"),
             _BUYER, (), (_C, _D)),
    FactName("repair_days", _TYPE.COUNT, Text("维修占用的天数", "days spent in repair"),
             Text("维修一共用了几天？", "How many days was it in repair?"), _MERCHANT, (), (_D,), assumed=0),
    FactName("value_lost_percent", _TYPE.COUNT, Text("价值减少的百分比", "share of the value lost, in percent"),
             Text("问题使商品价值减少百分之几（1–100）？",
                  "By how many percent (1-100) does the problem lower its value?"),
             _BUYER, (), (_P, _R)),
    FactName("lateness_grave", _TYPE.YES_NO,
             Text("迟到使购买失去意义", "the delay defeats the purpose of the purchase"),
             Text("迟到是否让这次购买失去意义（例如节日已过）？",
                  "Has the delay made the purchase pointless (for example, the occasion is over)?"),
             _BUYER, (), (_C, _D)),
    FactName("delay_accepted", _TYPE.YES_NO, Text("买家同意延期", "the buyer agreed to the delay"),
             Text("买家是否同意延期？", "Did the buyer agree to the delay?"), _MERCHANT, (), (_C,), assumed=False),
    FactName("force_majeure", _TYPE.YES_NO, Text("不可抗力", "force majeure"),
             Text("是否因不可抗力所致？", "Was it caused by force majeure?"), _MERCHANT, (), (_D,), assumed=False),
    FactName("carrier_chosen_by_buyer", _TYPE.YES_NO, Text("买家自选快递", "the buyer chose the carrier"),
             Text("是否由买家另行选择快递？", "Did the buyer choose another carrier?"), _MERCHANT, (), (_C, _O),
             assumed=False),
    FactName("human_damage", _TYPE.YES_NO, Text("人为损坏", "damage done by the user"),
             Text("是否人为损坏？", "Was it damaged by its user?"), _MERCHANT, (), (_P, _R), assumed=False),
    FactName("parcels_merged", _TYPE.YES_NO, Text("未经同意合并发货", "orders merged into one parcel without consent"),
             Text("商家是否未经同意合并发货？", "Did the merchant merge orders into one parcel without consent?"),
             _BUYER, (), (_E, _W), assumed=False),
    FactName("loss_minor", _TYPE.AMOUNT, Text("其他实际损失", "other loss suffered"),
             Text("另外造成了多少实际损失？", "What other loss did it cause?"), _BUYER, (), (_D,), assumed=0),
    FactName("return_freight_minor", _TYPE.AMOUNT, Text("退货运费", "what sending back cost"),
             Text("寄回花了多少运费？", "What did sending it back cost?"), _BUYER, (), (_D,)),
    FactName("freight_receipt_shown", _TYPE.YES_NO, Text("已提供运费凭证", "receipt for the return freight shown"),
             Text("是否提供了运费凭证？", "Was a receipt for the freight shown?"), _BUYER, (), (_D,), assumed=False),
)  # fmt: skip

FACTS: Mapping[str, FactName] = {entry.name: entry for entry in (*_FROM_ORDER, *_ALLEGED, *_OF_STORY)}
"""The closed list, by name."""

ALLEGED_BY: Mapping[Reason, str] = {
    Reason.QUALITY: "goods_defective",
    Reason.DAMAGED: "goods_damaged",
    Reason.NOT_AS_DESCRIBED: "description_untrue",
    Reason.ITEM_MISSING: "item_absent",
    Reason.WRONG_ITEM: "other_item_sent",
    Reason.SHORT_QUANTITY: "quantity_short",
    Reason.PARCEL_LOST: "parcel_lost",
    Reason.OUT_OF_STOCK: "sold_out",
}
"""What a buyer who gives a reason says is true. Other reasons say nothing beyond what the order itself shows."""


def fact_name(name: str) -> FactName:
    """The entry of the closed list. Raises FactError for a name that is not on it."""
    entry = FACTS.get(name)
    if entry is None:
        near = _nearest(name, FACTS)
        raise FactError(
            Text(
                f"没有名为 {name!r} 的事实"
                + (f"，是否指 {near}？" if near else "；全部名称见 docs/reference/facts.md"),
                f"there is no fact {name!r}"
                + (f"; did you mean {near}?" if near else "; docs/reference/facts.md lists all names"),
            )
        )
    return entry


def check_value(entry: FactName, value: object) -> FactValue:
    """The value, when it fits the fact's type. Raises FactError saying what would."""
    kind = entry.type
    if kind is _YES_OR_NO:
        fits = isinstance(value, bool)
    elif kind in (FactType.COUNT, FactType.AMOUNT):
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= COUNT_MAX
    elif kind is FactType.CHOICE:
        fits = value in entry.choices
    else:
        fits = isinstance(value, str) and (_is_time(value) if kind is FactType.TIME else bool(value))
    if fits and isinstance(value, (bool, int, str)):
        return value
    zh, en = _WANTED[kind]
    choices = "、".join(entry.choices), ", ".join(entry.choices)
    raise FactError(
        Text(
            f"事实 {entry.name} 不能是 {value!r}；请写 {zh}{choices[0]}",
            f"fact {entry.name} cannot be {value!r}; write {en}{choices[1]}",
        )
    )


_YES_OR_NO = FactType.YES_NO
_WANTED = {
    FactType.YES_NO: ("yes 或 no", "yes or no"),
    FactType.COUNT: ("不小于 0 的整数", "a whole number, 0 or more"),
    FactType.AMOUNT: ("以分为单位、不小于 0 的整数", "a whole number of minor units, 0 or more"),
    FactType.CHOICE: ("以下之一：", "one of "),
    FactType.TIME: ("带时区的时间，如 2026-11-21T18:00+08:00", "a time with its offset, like 2026-11-21T18:00+08:00"),
    FactType.PATH: ("类目路径，如 fresh/fruit", "a category path like fresh/fruit"),
}


def read_value(name: str, written: str) -> FactValue:
    """Read a value a person wrote ('yes', '3', 'hidden') for a fact. Raises FactError for name or value."""
    entry = fact_name(name)
    text = written.strip()
    value: FactValue = text
    if entry.type is FactType.YES_NO:
        value = _YES_NO.get(text.lower(), text)
    elif entry.type in (FactType.COUNT, FactType.AMOUNT) and text.isascii() and text.isdigit():
        value = int(text)
    return check_value(entry, value)


_YES_NO = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that shares most of its words with the given one, if it shares any."""
    words = set(name.lower().replace("-", "_").split("_"))
    shared, best = max(((len(words & set(other.split("_"))), other) for other in known), default=(0, ""))
    return best if shared else None
