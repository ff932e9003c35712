"""Facts that a reason alleges: what the buyer says went wrong by giving it."""

from collections.abc import Mapping

from makewhole.core.facts.model import ExhibitKind, FactName, FactType
from makewhole.core.words import Party, Reason, Text

_P, _V, _C, _O = ExhibitKind.PHOTO, ExhibitKind.VIDEO, ExhibitKind.CHAT, ExhibitKind.ORDER_SNAPSHOT
_W, _E, _R, _D = ExhibitKind.PARCEL_WEIGHT, ExhibitKind.CARRIER_EVENT, ExhibitKind.TEST_REPORT, ExhibitKind.DOCUMENT
_TYPE, _BUYER, _MERCHANT = FactType, Party.BUYER, Party.MERCHANT


def _alleged(name: str, zh: str, en: str, asks_zh: str, asks_en: str, *proves: ExhibitKind) -> FactName:
    """What a reason says went wrong: told by the buyer, to be shown by the buyer unless a rule presumes it."""
    return FactName(name, _TYPE.YES_NO, Text(zh, en), Text(asks_zh, asks_en), _BUYER, (), proves)


ALLEGED = (
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
    _alleged("goods_counterfeit", "商品是假货", "the goods are counterfeit",
             "商品是否为假货（冒用他人品牌）？", "Are the goods counterfeit (another's brand)?", _P, _R, _D),
    _alleged("merchant_deceived", "商家有欺诈行为", "the merchant deceived the buyer",
             "商家是否有欺诈行为？", "Did the merchant deceive you?", _O, _C, _P),
    _alleged("gift_absent", "赠品没有收到", "the promised gift did not come",
             "承诺的赠品是否没有收到？", "Did the promised gift not come?", _V, _P, _O),
    _alleged("not_really_sent", "没有真正发货", "the goods were not really sent",
             "是否一直没有真正发货（没发，或只有单号没有包裹）？",
             "Was it never really sent (not at all, or a waybill without a parcel)?", _E, _C),
    _alleged("promise_unkept", "承诺没有兑现", "a promise was not kept",
             "商家的承诺是否没有兑现？", "Was a promise of the merchant not kept?", _O, _C),
    _alleged("remedy_refused", "售后被拒绝或拖延", "a remedy was refused or stalled",
             "应给的售后是否被拒绝或拖延？", "Was a remedy that was due refused or stalled?", _C),
    _alleged("treated_badly", "受到不当对待", "the merchant's people behaved badly",
             "商家人员的态度或做法是否不当？", "Did the merchant's people behave badly?", _C),
    _alleged("fault_appeared", "正常使用中出现故障", "a fault appeared in normal use",
             "商品是否在正常使用中出现故障？", "Did a fault appear in normal use?", _V, _P, _R),
    _alleged("price_fell", "买后降价", "the price fell after the purchase",
             "买后商品是否降价？", "Did the price fall after you bought it?", _P, _O),
    _alleged("data_leaked", "个人信息被泄露", "personal data got to others",
             "您的个人信息是否被泄露？", "Did your personal data get to others?", _C, _D),
    _alleged("order_not_mine", "不是本人下单或付款", "somebody else ordered or paid",
             "是否不是您本人下单或付款？", "Did somebody else order or pay in your name?", _O, _D),
    _alleged("harassed", "受到恶意评价或骚扰", "maliciously reviewed or harassed",
             "是否受到恶意评价或骚扰？", "Was there a malicious review or harassment?", _C, _P),
)  # fmt: skip

ALLEGED_BY: Mapping[Reason, str] = {
    Reason.QUALITY: "goods_defective",
    Reason.DAMAGED: "goods_damaged",
    Reason.NOT_AS_DESCRIBED: "description_untrue",
    Reason.ITEM_MISSING: "item_absent",
    Reason.WRONG_ITEM: "other_item_sent",
    Reason.SHORT_QUANTITY: "quantity_short",
    Reason.PARCEL_LOST: "parcel_lost",
    Reason.OUT_OF_STOCK: "sold_out",
    Reason.COUNTERFEIT: "goods_counterfeit",
    Reason.FRAUD: "merchant_deceived",
    Reason.GIFT_MISSING: "gift_absent",
    Reason.NEVER_DISPATCHED: "not_really_sent",
    Reason.DAMAGED_IN_TRANSIT: "goods_damaged",
    Reason.PROMISE_BROKEN: "promise_unkept",
    Reason.AFTER_SALES_REFUSED: "remedy_refused",
    Reason.BAD_SERVICE: "treated_badly",
    Reason.FAULT_IN_WARRANTY: "fault_appeared",
    Reason.PRICE_PROTECTION: "price_fell",
    Reason.DATA_LEAK: "data_leaked",
    Reason.ACCOUNT_MISUSE: "order_not_mine",
    Reason.MALICIOUS_REVIEW: "harassed",
}
"""What a buyer who gives a reason says is true. Other reasons say nothing beyond what the order itself shows."""
