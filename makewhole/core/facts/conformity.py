"""Facts about goods that do not conform: whether the fault was there from the start, and what was tried to mend it."""

from makewhole.core.facts.model import ExhibitKind, FactName, FactType
from makewhole.core.words import Party, Text

_P, _V, _C, _O = ExhibitKind.PHOTO, ExhibitKind.VIDEO, ExhibitKind.CHAT, ExhibitKind.ORDER_SNAPSHOT
_R, _D = ExhibitKind.TEST_REPORT, ExhibitKind.DOCUMENT
_TYPE, _BUYER, _MERCHANT = FactType, Party.BUYER, Party.MERCHANT

OF_CONFORMITY = (
    FactName("fault_from_start", _TYPE.YES_NO, Text("问题在交付时就已存在", "the fault was there from the start"),
             Text("问题（或它的起因）是否在收到时就已存在，而不是使用或磨损造成的？",
                  "Was the fault, or its cause, there when you received the goods, not brought about by use or wear?"),
             _BUYER, (), (_R, _P)),
    FactName("fault_shown_at_receipt", _TYPE.YES_NO,
             Text("能证明收到时就有问题", "the fault can be shown as of receipt"),
             Text("您能否证明问题在收到时就有（例如当时的照片、检测报告）？",
                  "Can you show that the fault was there at receipt (for example by photos of that day or a test)?"),
             _BUYER, (), (_P, _R)),
    FactName("keeps_days", _TYPE.COUNT, Text("正常能存放的天数", "days the goods can be expected to keep"),
             Text("这种商品正常能存放几天？", "For how many days can goods of this kind be expected to keep?"),
             _MERCHANT, (), (_O, _D)),
    FactName("told_in_time", _TYPE.YES_NO, Text("期限内已向商家提出问题", "the merchant was told within the time"),
             Text("在期限届满前，您是否已向商家提出过这个问题？",
                  "Did you tell the merchant of the problem before the time ended?"),
             _BUYER, (), (_C, _D), assumed=False),
    FactName("repair_impossible", _TYPE.YES_NO, Text("无法维修或费用过高", "repair is impossible or out of proportion"),
             Text("维修是否不可能，或费用明显过高？", "Is repair impossible, or its cost out of all proportion?"),
             _MERCHANT, (), (_R, _D), assumed=False),
    FactName("replacement_impossible", _TYPE.YES_NO,
             Text("无法更换或费用过高", "replacement is impossible or out of proportion"),
             Text("更换是否不可能（例如停产），或费用明显过高？",
                  "Is replacement impossible (for example no longer made), or its cost out of all proportion?"),
             _MERCHANT, (), (_D,), assumed=False),
    FactName("put_right_refused", _TYPE.YES_NO,
             Text("商家不肯维修或更换", "the merchant will not repair or replace"),
             Text("商家是否拒绝维修和更换，或明显不会去做？",
                  "Did the merchant refuse to repair or replace, or is it clear that they will not?"),
             _BUYER, (), (_C, _D), assumed=False),
    FactName("defect_minor", _TYPE.YES_NO, Text("问题轻微", "the fault is minor"),
             Text("问题是否只是轻微的？", "Is the fault only a minor one?"), _MERCHANT, (), (_P, _R), assumed=False),
    FactName("use_had_percent", _TYPE.COUNT, Text("已使用部分占价值的百分比", "use already had, in percent of value"),
             Text("买家已经使用的部分占商品价值的百分之几（0–100）？",
                  "What share of the goods' value (0-100 percent) has the buyer already had by using them?"),
             _MERCHANT, (), (_D, _R), assumed=0, at_most=100),
    FactName("repaired_in_guarantee", _TYPE.YES_NO, Text("保修期内选择过维修", "repaired within the guarantee"),
             Text("在法定保证期内，商品是否按您的选择维修过？",
                  "Within the legal guarantee, were the goods repaired because you chose repair?"),
             _BUYER, (), (_D, _C), assumed=False),
    FactName("one_year_agreed", _TYPE.YES_NO, Text("约定二手商品保证期为一年", "one year agreed for used goods"),
             Text("是否与买家明确约定二手商品的保证期为一年？",
                  "Did you expressly agree with the buyer on one year of liability for used goods?"),
             _MERCHANT, (), (_O, _D), assumed=False),
    FactName("full_warranty", _TYPE.YES_NO, Text("附有书面完全保修", "sold with a written full warranty"),
             Text("商品是否附有标明“完全保修”（full warranty）的书面保修？",
                  "Did the goods come with a written warranty called a full warranty, still running?"),
             _BUYER, (), (_D, _O)),
)  # fmt: skip
