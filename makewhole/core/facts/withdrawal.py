"""Facts of a return without a reason where the law gives one on information: what was told, how the goods were used."""

from makewhole.core.facts.model import NEVER, ExhibitKind, FactName, FactType
from makewhole.core.words import Party, Text

_P, _V, _C, _O = ExhibitKind.PHOTO, ExhibitKind.VIDEO, ExhibitKind.CHAT, ExhibitKind.ORDER_SNAPSHOT
_D = ExhibitKind.DOCUMENT
_TYPE, _BUYER, _MERCHANT = FactType, Party.BUYER, Party.MERCHANT

OF_WITHDRAWAL = (
    FactName("withdrawal_informed", _TYPE.YES_NO, Text("下单前已告知撤回权", "told of the right to withdraw"),
             Text("下单前，商家是否告知过您可以撤回以及期限？",
                  "Before you ordered, were you told that you may withdraw, and until when?"),
             _BUYER, (), (_O, _C), assumed=True),
    FactName("withdrawal_told_at", _TYPE.TIME, Text("补充告知撤回权的时间", "when the right was told later"),
             Text("下单之后，您何时补充告知买家可以撤回？",
                  "When, after the order, did you tell the buyer of the right to withdraw?"),
             _MERCHANT, (), (_C, _D), assumed=NEVER),
    FactName("return_cost_told", _TYPE.YES_NO, Text("下单前已告知退货运费由买家承担", "told who pays for sending back"),
             Text("下单前，商家是否告知过撤回时寄回的运费由您承担？",
                  "Before you ordered, were you told that you pay for sending goods back?"),
             _BUYER, (), (_O, _C), assumed=True),
    FactName("handling_loss_percent", _TYPE.COUNT,
             Text("超出查看试用的使用造成的贬值百分比", "value lost by use beyond a trial, in percent"),
             Text("买家的使用超出了查看和试用，商品因此贬值百分之几（0–100）？",
                  "By how many percent (0-100) did use beyond looking and trying lower the value?"),
             _MERCHANT, (), (_P, _V), assumed=0, at_most=100),
    FactName("premium_freight_minor", _TYPE.AMOUNT,
             Text("加急等特殊配送多付的运费", "extra paid for faster delivery"),
             Text("与最便宜的普通配送相比，买家为加急等配送多付了多少运费？",
                  "How much more than your cheapest standard delivery did the buyer choose to pay?"),
             _MERCHANT, (), (_O,), assumed=0),
    FactName("hygiene_seal_broken", _TYPE.YES_NO, Text("卫生封条已拆开", "the hygiene seal is broken"),
             Text("为卫生或健康加的封条是否已拆开？", "Has the seal for health or hygiene been broken?"),
             _BUYER, (), (_P,)),
    FactName("mixed_inseparably", _TYPE.YES_NO, Text("已与其他物品混合、不可分开", "mixed with other things for good"),
             Text("商品收到后是否已与其他物品混合、无法分开？",
                  "After delivery, were the goods mixed with others so that they cannot be parted?"),
             _MERCHANT, (), (_P,), assumed=False),
    FactName("service_performed", _TYPE.YES_NO, Text("服务已全部完成", "the service is fully performed"),
             Text("服务是否已经买家同意开始并全部完成？",
                  "Was the service begun with the buyer's consent and fully performed?"),
             _MERCHANT, (), (_D, _C), assumed=False),
)  # fmt: skip
