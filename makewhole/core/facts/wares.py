"""Facts of special wares and prices: unsafe food, spoiled fresh goods, gifts, deposits, prices that fell."""

from makewhole.core.facts.model import DAYS_MAX, ExhibitKind, FactName, FactType
from makewhole.core.words import Party, Text

_P, _V, _C, _O = ExhibitKind.PHOTO, ExhibitKind.VIDEO, ExhibitKind.CHAT, ExhibitKind.ORDER_SNAPSHOT
_R, _D = ExhibitKind.TEST_REPORT, ExhibitKind.DOCUMENT
_TYPE, _BUYER, _MERCHANT = FactType, Party.BUYER, Party.MERCHANT

OF_WARES = (
    FactName("food_unsafe", _TYPE.YES_NO, Text("食品不符合安全标准", "the food breaks a safety standard"),
             Text("食品是否不符合安全标准（如过期、变质、违规添加、缺少必须标明的内容）？",
                  "Does the food break a safety standard (expired, spoiled, banned additives, labels missing)?"),
             _BUYER, (), (_P, _R, _D)),
    FactName("food_fault", _TYPE.CHOICE, Text("食品的问题", "what is wrong with the food"),
             Text("食品的问题是哪一种？", "What is wrong with the food?"), _BUYER,
             ("expired", "date_altered", "no_lawful_source", "label_incomplete", "other"), (_P, _R, _D)),
    FactName("label_flaw_harmless", _TYPE.YES_NO,
             Text("只是不影响安全、不会误导的标签瑕疵", "a mere label flaw that neither harms nor misleads"),
             Text("是否只是不影响食品安全、也不会误导人的标签瑕疵？",
                  "Is it a mere flaw of the label that neither affects safety nor misleads?"),
             _MERCHANT, (), (_P, _D), assumed=False),
    FactName("buyer_knew", _TYPE.YES_NO, Text("买家买前明知", "the buyer knew before buying"),
             Text("是否有证据证明买家买前就知道问题？", "Is there proof that the buyer knew of it before buying?"),
             _MERCHANT, (), (_C, _D, _O), assumed=False),
    FactName("household_price_minor", _TYPE.AMOUNT,
             Text("合理生活消费数量的价款", "the price of a reasonable household quantity"),
             Text("其中合理生活消费的数量，价款是多少？",
                  "What is the price of the quantity a household can reasonably use?"),
             _BUYER, (), (_O, _D)),
    FactName("spoiled_percent", _TYPE.COUNT, Text("坏损比例（百分比）", "share spoiled, in percent"),
             Text("坏了百分之几（1–100）？", "How many percent (1-100) are spoiled?"), _BUYER, (), (_P, _V),
             at_most=100),
    FactName("gift_value_minor", _TYPE.AMOUNT, Text("赠品标明的价值", "the stated value of the gift"),
             Text("赠品标明价值多少？", "What is the stated value of the gift?"), _BUYER, (), (_O,)),
    FactName("gift_value_stated", _TYPE.YES_NO,
             Text("赠品标明了价值或型号", "the gift's value or model was stated"),
             Text("页面是否标明了赠品的价值或型号？", "Did the page state the gift's value or model?"),
             _BUYER, (), (_O,)),
    FactName("gift_kept_minor", _TYPE.AMOUNT, Text("未退回赠品的标明价值", "the stated value of a gift not given back"),
             Text("没有一起退回的赠品标明价值多少？", "What is the stated value of the gift that was not returned?"),
             _MERCHANT, (), (_O,), assumed=0),
    FactName("deposit_minor", _TYPE.AMOUNT, Text("已付定金", "the deposit paid"),
             Text("付了多少定金？", "How much was paid as a deposit?"), _BUYER, (), (_O,), assumed=0),
    FactName("price_drop_minor", _TYPE.AMOUNT,
             Text("所买件数一共便宜了多少", "by how much the goods got cheaper in all"),
             Text("按您买的件数，价格一共降了多少？", "By how much did the price fall, for all pieces you bought?"),
             _BUYER, (), (_P, _O)),
    FactName("price_fell_at", _TYPE.TIME, Text("降价的时间", "when the price fell"),
             Text("何时降价？", "When did the price fall?"), _BUYER, (), (_P, _O)),
    FactName("price_protected_days", _TYPE.COUNT, Text("价格保护的天数", "days of price protection"),
             Text("商家承诺保价几天？", "For how many days was the price protected?"), _BUYER, (), (_O, _C), assumed=0,
             at_most=DAYS_MAX),
)  # fmt: skip
