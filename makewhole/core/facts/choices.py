"""What the choices of facts are called."""

from collections.abc import Mapping

from makewhole.core.words import Text

CHOICES: Mapping[str, Text] = {
    "visible": Text("从外观能看出来", "visible from outside"),
    "hidden": Text("使用或检测才知道", "only in use or by a test"),
    "machine": Text("整机", "the machine as a whole"),
    "main_part": Text("主要部件", "a main part"),
    "battery": Text("电池", "the battery"),
    "charger": Text("充电器", "the charger"),
    "earphones": Text("有线耳机", "wired earphones"),
    "ordinary": Text("一般质量问题", "an ordinary fault"),
    "drivetrain": Text(
        "发动机、变速器、动力蓄电池或驱动电机须更换", "engine, gearbox, battery or motor must be replaced"
    ),
    "dangerous": Text(
        "转向或制动失效、车身开裂、燃油泄漏、电池起火等严重安全故障",
        "a grave danger: steering or brakes fail, body cracks, fuel leaks, battery burns",
    ),
    "false_promotion": Text("虚假或引人误解的宣传", "false or misleading advertising"),
    "false_price": Text("虚假标价、虚假打折或不履行价格承诺", "false prices or discounts, a price promise not kept"),
    "adulterated": Text("掺假、以假充真、以次充好", "adulterated, or poor goods passed off as good"),
    "unsafe_goods": Text("不符合人身、财产安全要求，或失效变质", "unsafe, expired or spoiled goods"),
    "false_mark": Text("冒用商标、产地、厂名或认证标志", "false trade mark, origin, maker or certificate"),
    "took_money": Text("收了钱不供货", "money taken, nothing supplied"),
    "return_and_refund": Text("退货退款", "return and refund"),
    "refund_only": Text("退款", "refund"),
    "exchange": Text("换货", "exchange"),
    "reship": Text("补发", "sending it again"),
    "repair": Text("维修", "repair"),
    "expired": Text("已过保质期", "past its date"),
    "date_altered": Text("生产日期虚假或被涂改", "date of production false or altered"),
    "no_lawful_source": Text("没有合法进货来源", "no lawful source"),
    "label_incomplete": Text("没有标明厂名、配料、生产日期等", "maker, ingredients or dates not on the label"),
    "other": Text("其他", "something else"),
    "agreed": Text("同意等待", "agreed to wait"),
    "refused": Text("要求取消", "asked to cancel"),
    "silent": Text("没有答复", "did not answer"),
}
"""By the choice's value. A test compares them with the closed list."""
