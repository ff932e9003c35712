"""What the parties are told while terms are carried out: goods, money, reminders, the end; and the house's own news."""

from makewhole.core.words import Text
from makewhole.rooms.notices.service.texts.dispute import about
from makewhole.rooms.notices.service.texts.template import Template

PERFORMANCE: dict[str, Template] = {
    "case.shipped_back": Template(
        about("退货已寄出", "the goods are on their way back"),
        buyer=Text(
            "您已寄回商品：{carrier} {tracking_number}。", "You sent the goods back: {carrier} {tracking_number}."
        ),
        merchant=Text(
            "买家已寄回商品：{carrier} {tracking_number}。收到后请验收，应退：{terms}。{freight}",
            "The buyer has sent the goods back: {carrier} {tracking_number}. Inspect them on arrival; due then: "
            "{terms}. {freight}",
        ),
    ),
    "case.return_confirmed": Template(
        about("退货验收无误", "the return is in order"),
        buyer=Text(
            "商家已确认收到退货。将为您办理：{terms}。", "The merchant has confirmed your return. Due to you: {terms}."
        ),
        merchant=Text(
            "您已确认收到退货。应办理：{terms}。", "You have confirmed the return. Due to the buyer: {terms}."
        ),
    ),
    "case.return_confirmed.silence": Template(
        about("退货视为验收无误", "the return counts as accepted"),
        buyer=Text(
            "商家没有按时验收，视为退货无误。将为您办理：{terms}。",
            "The merchant did not inspect in time, so your return counts as accepted. Due to you: {terms}.",
        ),
        merchant=Text(
            "您没有按时验收，视为退货无误。应办理：{terms}。",
            "You did not inspect in time, so the return counts as accepted. Due to the buyer: {terms}.",
        ),
    ),
    "case.return_contested": Template(
        about("商家对退货有异议", "the return is contested"),
        buyer=Text(
            "商家对退货有异议，由平台裁决。{said}", "The merchant contests your return; the platform rules. {said}"
        ),
        merchant=Text("您对退货提出异议，由平台裁决。{said}", "You contest the return; the platform rules. {said}"),
    ),
    "case.goods_sent": Template(
        about("商家已发出商品", "the goods are on their way"),
        buyer=Text(
            "商家已发出商品：{carrier} {tracking_number}。收到后请确认。",
            "The merchant has sent the goods: {carrier} {tracking_number}. Confirm when they arrive.",
        ),
        merchant=Text(
            "您已发出商品：{carrier} {tracking_number}。", "You sent the goods: {carrier} {tracking_number}."
        ),
    ),
    "case.receipt_confirmed": Template(
        about("买家已确认收货", "receipt confirmed"),
        buyer=Text("您已确认收货。", "You have confirmed receipt."),
        merchant=Text("买家已确认收货。", "The buyer has confirmed receipt."),
    ),
    "case.receipt_confirmed.silence": Template(
        about("视为已收货", "counts as received"),
        buyer=Text("您没有提出异议，视为已收到商品。", "You reported nothing wrong, so the goods count as received."),
        merchant=Text(
            "买家没有提出异议，视为已收货。", "The buyer reported nothing wrong, so the goods count as received."
        ),
    ),
    "case.not_received": Template(
        about("买家反馈未收到或仍有问题", "not received, or still wrong"),
        buyer=Text("您反馈商品未收到或仍有问题。{said}", "You reported the goods missing or still wrong. {said}"),
        merchant=Text(
            "买家反馈商品未收到或仍有问题，由平台裁决。{said}",
            "The buyer reports the goods missing or still wrong; the platform rules. {said}",
        ),
    ),
    "case.refunded_instead": Template(
        about("改为退款", "refunded instead"),
        buyer=Text(
            "商家没有按时发出商品，改为退款：{terms}。",
            "The merchant did not send the goods in time, so the money is refunded instead: {terms}.",
        ),
        merchant=Text(
            "您没有按时发出商品，改为退款：{terms}。",
            "You did not send the goods in time, so the money is refunded instead: {terms}.",
        ),
    ),
    "case.payment_made": Template(
        about("款项已付出", "money is on its way"),
        buyer=Text(
            "{paid} 已付出，将原路退回您的付款账户，到账后再通知您。",
            "{paid} is on its way to you by the means you paid with. You will be told when it arrives.",
        ),
        merchant=Text(
            "已从本单货款和您的余额向买家支付 {paid}。",
            "{paid} was paid to the buyer out of this order's money and your balance.",
        ),
    ),
    "case.payment_made.advanced": Template(
        about("保障基金已先行赔付", "the guarantee fund has paid"),
        buyer=Text(
            "{paid} 已付出，其中 {advanced} 由保障基金先行赔付，将原路退回您的付款账户。",
            "{paid} is on its way to you, {advanced} of it advanced by the guarantee fund.",
        ),
        merchant=Text(
            "已向买家支付 {paid}，其中 {advanced} 由保障基金先行赔付。"
            "应由您承担的部分将从保证金扣回，不足部分记为欠款。",
            "{paid} was paid to the buyer, {advanced} of it advanced by the guarantee fund. What you are liable for is "
            "taken from your deposit; what is missing becomes a debt.",
        ),
    ),
    "case.payment_short": Template(
        about("商家余额不足", "not enough to pay"),
        buyer=Text(
            "商家余额不足，还差 {short}。到期仍未付清的，由保障基金先行赔付。",
            "The merchant's balance is short by {short}. If it is not paid in time, the guarantee fund steps in.",
        ),
        merchant=Text(
            "您的余额不足，还差 {short}。请尽快充值付款。",
            "Your balance is short by {short}. Top it up and pay in time.",
        ),
    ),
    "case.payment_short.fund_tried": Template(
        about("暂时无法付清", "not paid in full yet"),
        buyer=Text(
            "还有 {short} 暂时无法付出，平台正在处理，您的权益不变。",
            "{short} cannot be paid yet. The platform is dealing with it; what is due to you does not change.",
        ),
        merchant=Text(
            "还欠买家 {short}，保障基金也未能垫付。请立即充值付款。",
            "{short} is still owed to the buyer and the guarantee fund could not advance it. Top up and pay now.",
        ),
        platform=Text(
            "还有 {short} 未能付出，保障基金也未能垫付。请查看基金余额、上限和商家余额。",
            "{short} could not be paid, and the guarantee fund could not advance it. "
            "Look at the fund's level and cap and at the merchant's balance.",
        ),
    ),
    "case.paid_elsewhere": Template(
        about("款项已结清", "nothing left to pay"),
        buyer=Text("本单应付款项已经付清。", "What was due on this order has been paid."),
        merchant=Text("本单应付款项已经付清。", "What was due on this order has been paid."),
    ),
    "case.refund_settled": Template(
        about("退款已到账", "the refund has arrived"),
        buyer=Text(
            "一笔退款已到账。本次售后共付给您 {paid_in_all}。",
            "A refund has arrived. Paid to you on this case in all: {paid_in_all}.",
        ),
        merchant=Text("一笔退款已到达买家账户。", "A refund has reached the buyer."),
    ),
    "case.refund_failed": Template(
        about("退款未成功", "a refund failed"),
        buyer=Text("一笔退款未成功，平台会重新办理。", "A refund did not go through; the platform tries again."),
        merchant=Text("一笔退款未成功，平台会重新办理。", "A refund did not go through; the platform tries again."),
        platform=Text(
            "退款 {reference} 未成功：{why}。系统会用同一编号重试，请关注。",
            "Refund {reference} did not go through: {why}. The same refund is tried again; keep an eye on it.",
        ),
    ),
    "case.reminded": Template(
        about("有事项逾期", "something is overdue"),
        buyer=Text("您有一件事逾期未办：{step}。", "Something is overdue: you have to {step}."),
        merchant=Text("您有一件事逾期未办：{step}。", "Something is overdue: you have to {step}."),
        platform=Text("逾期未办：{debtor}应{step}。", "Overdue: {debtor} has to {step}."),
    ),
    "case.closed.left_owing": Template(
        about("售后已结束，还有欠款", "closed with a rest owing"),
        buyer=Text(
            "保障基金已付到上限，商家的余额和保证金也已用尽。共付给您 {paid_in_all}；"
            "还有 {owing} 由商家欠付，您可以继续向商家追讨、投诉或起诉。",
            "The guarantee fund has paid up to its cap, and the merchant's balance and deposit are empty. "
            "Paid to you in all: {paid_in_all}. The merchant goes on owing you {owing}: you can still demand it, "
            "complain or sue.",
        ),
        merchant=Text(
            "售后已结束，您还欠买家 {owing}。共付给买家 {paid_in_all}。",
            "The case is closed, and you go on owing the buyer {owing}. Paid to the buyer in all: {paid_in_all}.",
        ),
    ),
    "case.closed": Template(
        about("售后已结束", "closed"),
        buyer=Text(
            "售后已结束：{outcome}。共付给您 {paid_in_all}。",
            "The case is closed: {outcome}. Paid to you in all: {paid_in_all}.",
        ),
        merchant=Text(
            "售后已结束：{outcome}。共付给买家 {paid_in_all}。",
            "The case is closed: {outcome}. Paid to the buyer in all: {paid_in_all}.",
        ),
    ),
}

HOUSE: dict[str, Template] = {
    "webhook.disabled": Template(
        Text("Webhook 已停用：{url}", "Webhook switched off: {url}"),
        merchant=Text(
            "{url} 自 {since} 起一直无法送达，已停止推送。最近一次的结果：{why}。",
            "Nothing has reached {url} since {since}, so it was switched off. The last answer: {why}.",
        ),
        platform=Text(
            "{url} 自 {since} 起一直无法送达，已停止推送。最近一次的结果：{why}。",
            "Nothing has reached {url} since {since}, so it was switched off. The last answer: {why}.",
        ),
    ),
}
