"""Facts of warranty and repair: what failed, what was tried before, what use there was in between."""

from makewhole.core.facts.model import NEVER, ExhibitKind, FactName, FactType
from makewhole.core.words import Party, Text

_P, _V, _C, _O = ExhibitKind.PHOTO, ExhibitKind.VIDEO, ExhibitKind.CHAT, ExhibitKind.ORDER_SNAPSHOT
_R, _D = ExhibitKind.TEST_REPORT, ExhibitKind.DOCUMENT
_TYPE, _BUYER, _MERCHANT = FactType, Party.BUYER, Party.MERCHANT

OF_WARRANTY = (
    FactName("faulty_part", _TYPE.CHOICE, Text("出故障的部件", "the part that failed"),
             Text("出故障的是哪一部分？", "Which part failed?"), _BUYER,
             ("machine", "main_part", "battery", "charger", "earphones"), (_P, _V, _R)),
    FactName("repairs_failed", _TYPE.COUNT, Text("同一问题修过仍未修好的次数", "repairs that did not hold"),
             Text("同一问题修过几次仍未修好？", "How many times was the same fault repaired without success?"),
             _BUYER, (), (_D,), assumed=0),
    FactName("repaired_at", _TYPE.TIME, Text("上次修好交还的时间", "when it last came back from repair"),
             Text("上次何时修好交还？", "When did it last come back from repair?"), _BUYER, (), (_D,)),
    FactName("replaced_at", _TYPE.TIME, Text("换货的时间", "when it was replaced"),
             Text("何时换过货？", "When was it replaced?"), _BUYER, (), (_D, _O), assumed=NEVER),
    FactName("parts_late_days", _TYPE.COUNT, Text("因等零件延误维修的天数", "days a repair waited for parts"),
             Text("因为等零件，维修拖了多少天？", "How many days did the repair wait for parts?"), _BUYER, (),
             (_C, _D), assumed=0),
    FactName("accessory_replacements", _TYPE.COUNT, Text("配件更换的次数", "times an accessory was replaced"),
             Text("同一配件换过几次仍有问题？", "How many times was the same accessory replaced and failed again?"),
             _BUYER, (), (_D,), assumed=0),
    FactName("repair_now_days", _TYPE.COUNT, Text("这次维修占用的天数", "days this repair takes"),
             Text("这次维修用了几天（含等零件）？", "How many days does this repair take, waiting for parts included?"),
             _BUYER, (), (_D,), assumed=0),
    FactName("transport_cost_minor", _TYPE.AMOUNT,
             Text("维修期间的交通费", "cost of other transport during the repair"),
             Text("维修期间的合理交通费是多少？", "What did other transport cost during the repair?"),
             _BUYER, (), (_D,), assumed=0),
    FactName("part_replacements", _TYPE.COUNT,
             Text("同一主要零部件更换的次数", "times the same main part was replaced"),
             Text("同一主要零部件换过几次仍不能正常使用？",
                  "How many times was the same main part replaced without success?"),
             _BUYER, (), (_D,), assumed=0),
    FactName("vehicle_fault", _TYPE.CHOICE, Text("车辆问题的种类", "the kind of fault of the vehicle"),
             Text("车辆是哪一类问题？", "What kind of fault does the vehicle have?"), _BUYER,
             ("ordinary", "drivetrain", "dangerous"), (_P, _V, _R)),
    FactName("kilometres", _TYPE.COUNT, Text("行驶里程（公里）", "kilometres driven"),
             Text("行驶了多少公里？", "How many kilometres has it been driven?"), _BUYER, (), (_P, _D)),
    FactName("use_fee_hundredths", _TYPE.COUNT,
             Text("使用补偿系数（万分之几）", "coefficient of the use fee, in hundredths of a percent"),
             Text("三包凭证上的使用补偿系数是万分之几（0.5% 写 50）？",
                  "Which coefficient of the use fee does the warranty card state, in hundredths of a percent "
                  "(50 for 0.5 %)?"),
             _MERCHANT, (), (_D,)),
    FactName("same_model_missing", _TYPE.YES_NO,
             Text("没有同型号或不低于原配置的商品可换", "there is no equal product to exchange for"),
             Text("是否没有同型号或不低于原配置的商品可换？",
                  "Is there no equal or better product to exchange it for?"),
             _MERCHANT, (), (_C, _D), assumed=False),
)  # fmt: skip
