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
}
"""What a buyer who gives a reason says is true. Other reasons say nothing beyond what the order itself shows."""
