"""Facts read from the order itself; where the order is silent, the buyer may tell them."""

from makewhole.core.facts.model import ExhibitKind, FactName, FactType
from makewhole.core.words import Party, Text

_P, _V, _C, _O = ExhibitKind.PHOTO, ExhibitKind.VIDEO, ExhibitKind.CHAT, ExhibitKind.ORDER_SNAPSHOT
_W, _E, _R, _D = ExhibitKind.PARCEL_WEIGHT, ExhibitKind.CARRIER_EVENT, ExhibitKind.TEST_REPORT, ExhibitKind.DOCUMENT
_TYPE, _BUYER, _MERCHANT = FactType, Party.BUYER, Party.MERCHANT


def _of_order(name: str, type_: FactType, label: Text, question: Text, *proves: ExhibitKind) -> FactName:
    """A fact read from the order; where the order is silent the buyer may tell it."""
    return FactName(name, type_, label, question, _BUYER, (), proves, derived=True)


FROM_ORDER = (
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
    _of_order("second_hand", _TYPE.YES_NO, Text("二手商品", "sold as second-hand"),
              Text("是否作为二手商品出售？", "Was it sold as second-hand?"), _O),
    _of_order("is_gift", _TYPE.YES_NO, Text("赠品", "a gift"), Text("是否赠品？", "Is it a gift?"), _O),
    _of_order("freight_free", _TYPE.YES_NO, Text("包邮", "sent free of charge"),
              Text("是否包邮？", "Was delivery free?"), _O),
    _of_order("damage_recorded", _TYPE.YES_NO, Text("物流记录有破损", "damage recorded by the carrier"),
              Text("物流是否记录破损？", "Does the carrier record damage?"), _E),
    _of_order("promised_warranty_days", _TYPE.COUNT, Text("承诺的保修天数", "promised days of warranty"),
              Text("商家承诺保修几天？", "How many days of warranty were promised?"), _O, _D),
    _of_order("days_since_payment", _TYPE.COUNT, Text("付款至今的天数", "days since payment"),
              Text("付款至今多少天？", "How many days ago was it paid?"), _O),
    _of_order("order_paid_minor", _TYPE.AMOUNT, Text("订单实付金额", "what was paid for the order"),
              Text("订单实付多少？", "What was paid for the order?"), _O),
)  # fmt: skip
