"""Facts about late goods: extra time given, notices of delay and what the buyer answered."""

from makewhole.core.facts.model import DAYS_MAX, ExhibitKind, FactName, FactType
from makewhole.core.words import Party, Text

_C, _O, _D = ExhibitKind.CHAT, ExhibitKind.ORDER_SNAPSHOT, ExhibitKind.DOCUMENT
_TYPE, _BUYER, _MERCHANT = FactType, Party.BUYER, Party.MERCHANT

OF_DELAYS = (
    FactName("extra_time_ends_at", _TYPE.TIME, Text("买家给的宽限期截止时间", "when the extra time given ends"),
             Text("逾期后，您另给商家的送货期限到什么时候？",
                  "After the delay, until when did you give the merchant extra time to deliver?"),
             _BUYER, (), (_C, _D)),
    FactName("delivery_date_essential", _TYPE.YES_NO, Text("必须按时送达", "delivery in time was essential"),
             Text("下单时是否说明，或明显可知，必须按时送到（例如婚礼当天要用）？",
                  "Was it said or plain when you ordered that it had to come in time (for example for a wedding)?"),
             _BUYER, (), (_C, _O), assumed=False),
    FactName("delivery_refused", _TYPE.YES_NO, Text("商家拒绝送货", "the merchant refuses to deliver"),
             Text("商家是否表示不会送货？", "Did the merchant say that they will not deliver?"),
             _BUYER, (), (_C, _D), assumed=False),
    FactName("delay_notices", _TYPE.COUNT, Text("已发出的延期通知次数", "notices of delay sent"),
             Text("您向买家发过几次可以选择等待或取消的延期通知？",
                  "How many notices of delay with the choice to wait or cancel did you send the buyer?"),
             _MERCHANT, (), (_C, _D), assumed=0),
    FactName("delay_announced_days", _TYPE.COUNT, Text("通知的延期天数", "days of delay announced"),
             Text("第一次通知把发货推迟了几天（没有给出日期的，填 999）？",
                  "By how many days did the first notice put off sending (999 when it named no date)?"),
             _MERCHANT, (), (_C, _D), at_most=DAYS_MAX),
    FactName("delay_answer", _TYPE.CHOICE, Text("买家对延期通知的答复", "the buyer's answer to the delay"),
             Text("收到延期通知后，您是怎么答复的？",
                  "What did you answer to the notice of delay?"),
             _BUYER, ("agreed", "refused", "silent"), (_C, _D)),
    FactName("new_dispatch_due_at", _TYPE.TIME, Text("同意的新发货期限", "the new time of dispatch agreed"),
             Text("双方同意的新发货期限是什么时候？", "Until when did you agree that it may be sent?"),
             _BUYER, (), (_C, _D)),
)  # fmt: skip
