"""The refusals of the rooms as types of problems: the rooms' own codes, with the HTTP status each deserves.

A test looks for every code the rooms can raise, so that none is missing here.
"""

from makewhole.core.words import Text
from makewhole.doors.api.frame.problems import ProblemType

READ_AGAIN = Text("请重新读取，看现在可以做什么。", "Read it again and see what can be done now.")
MEND = Text(
    "请按 errors 或 detail 修改后，用新的 Idempotency-Key 再发。", "Mend it as told and send it with a new key."
)
CHECK_ID = Text("请核对编号；不属于你的也按找不到处理。", "Check the id; what is not yours counts as not there.")
ALLOWED = Text(
    "请由 available_actions 中有此操作的一方进行。", "Leave it to the side whose `available_actions` has it."
)

_TO_DO = {403: ALLOWED, 404: CHECK_ID, 409: READ_AGAIN, 412: READ_AGAIN, 422: MEND}

SYNONYMS = {"not_allowed": "not_now", "not_found": "exhibit_unknown"}
"""Codes that say the same as another one, or would clash with the frame's own."""

_BY_STATUS: dict[int, dict[str, Text]] = {
    403: {
        "not-yours": Text("这一步不由你进行", "This step is not yours to take"),
    },
    404: {
        "case-unknown": Text("没有这个售后", "There is no such case"),
        "order-unknown": Text("没有这个订单", "There is no such order"),
        "exhibit-unknown": Text("没有这份证据", "There is no such exhibit"),
        "endpoint-unknown": Text("没有这个接收地址", "There is no such webhook endpoint"),
    },
    409: {
        "already-decided": Text("同一问题已经处理过", "The same matter was decided already"),
        "balance-empty": Text("商家余额不足", "The merchant's balance is empty"),
        "case-closed": Text("售后已关闭", "The case is closed"),
        "case-taken": Text("另一位裁决员正在处理", "Another agent has this case"),
        "endpoint-off": Text("接收地址已停用", "The endpoint is switched off"),
        "not-due-yet": Text("期限未到", "Its time has not passed yet"),
        "not-now": Text("现在不能进行这一步", "This cannot be done now"),
        "obligation-gone": Text("该事项已经办结", "The obligation is no longer open"),
        "offers-exhausted": Text("双方提出方案的次数已用完", "No more proposals can be made"),
        "too-many": Text("证据份数已满", "No more exhibits can be handed in"),
        "too-many-endpoints": Text("接收地址已满", "No more endpoints can be added"),
        "too-many-uploads": Text("同时上传的文件太多", "Too many files are on their way"),
        "units-taken": Text("这些商品正在另一个售后中", "These units are in another open case"),
        "upload-expired": Text("上传已过期", "The upload has expired"),
        "webhooks-off": Text("没有启用 Webhook", "Webhooks are switched off here"),
        "money-refused": Text("资金操作被拒绝", "A movement of money was refused"),
        "wrong-offset": Text("上传位置不对", "The piece does not begin where the last one ended"),
    },
    412: {
        "case-changed": Text("售后已有新进展", "The case has moved on"),
    },
    422: {
        "amount-not-positive": Text("金额必须大于零", "An amount must be more than zero"),
        "beyond-rules": Text("超出规则", "The rules do not give this"),
        "broken-picture": Text("图片已损坏", "The picture is broken"),
        "claim-wrong": Text("诉求有误", "The claim is wrong"),
        "cut-off": Text("视频不完整", "The video is cut off"),
        "empty": Text("文件是空的", "The file is empty"),
        "event-type-unknown": Text("没有这种事件", "There is no such event"),
        "fact-twice": Text("同一事实认定了两次", "A fact is found twice"),
        "fact-unknown": Text("没有这种事实或取值", "There is no such fact or value"),
        "facts-open": Text("还有事实没有认定", "Facts are still open"),
        "grounds-missing": Text("申诉没有新的理由", "The appeal gives no new grounds"),
        "infected": Text("文件中发现恶意程序", "The file carries malware"),
        "kind-unknown": Text("没有这种证据类型", "There is no such kind of evidence"),
        "line-unknown": Text("订单里没有这个商品行", "The order has no such line"),
        "lines-wrong": Text("商品行有误", "The lines are wrong"),
        "mail-address": Text("不是邮箱地址", "This is no mail address"),
        "market-unknown": Text("没有这个市场的规则", "There are no rules for this market"),
        "markup": Text("不接受网页或 SVG", "Web pages and SVG are not accepted"),
        "more-than-due": Text("超过应得金额", "This is more than is due"),
        "not-due": Text("规则没有这种处理方式", "This remedy is not due"),
        "note-missing": Text("没有说明理由", "No reason is given"),
        "nothing-asked": Text("没有写明金额", "No amount is stated"),
        "nothing-submitted": Text("没有证据也没有说明", "Nothing was handed in"),
        "parties-wrong": Text("举证方有误", "The parties are wrong"),
        "phone": Text("不是手机号", "This is no phone number"),
        "phone-missing": Text("没有填写手机号", "The phone number is missing"),
        "piece-size": Text("这一段大小不对", "The piece has the wrong size"),
        "quantity-wrong": Text("数量超过购买件数", "There are not so many units"),
        "reasons-missing": Text("裁决没有理由", "The ruling gives no reasons"),
        "reasons-wrong": Text("原因有误", "The reasons are wrong"),
        "text-too-long": Text("文字太长", "The text is too long"),
        "too-many-pixels": Text("图片像素过大", "The picture has too many pixels"),
        "two-amounts": Text("总额和分项金额只能给一种", "Both one sum and single amounts are given"),
        "type-not-accepted": Text("不接受这种文件", "This type of file is not accepted"),
        "type-not-for-kind": Text("文件与证据类型不符", "The file does not fit the kind of evidence"),
        "webhook-address": Text("不能作为接收地址", "This address cannot receive webhooks"),
        "why-missing": Text("认定没有说明理由", "A finding does not say why"),
    },
}

REFUSALS: dict[str, ProblemType] = {
    name: ProblemType(status, title, _TO_DO[status])
    for status, titles in _BY_STATUS.items()
    for name, title in titles.items()
}
"""Every refusal of a room, by the name of its type."""


def name_of(code: str) -> str:
    """The name of the type for a room's code."""
    return SYNONYMS.get(code, code).replace("_", "-")
