"""What an action will cause, said before it is taken: money, dates, finality."""

from collections.abc import Callable

from makewhole.core.case.claim import owed
from makewhole.core.case.model import Case, Terms
from makewhole.core.case.say import amount, terms_text
from makewhole.core.words import RETURNS_GOODS, SENDS_GOODS, Remedy, Text

Effect = Callable[[Case], Text]


def always(zh: str, en: str) -> Effect:
    """An effect that is the same for every case."""
    text = Text(zh, en)
    return lambda case: text


def what_follows(terms: Terms) -> Text:
    """What performing these terms begins with."""
    if terms.remedy in RETURNS_GOODS:
        return Text("买家寄回商品、验收无误后退款", "refunded once the goods are back and inspected")
    if terms.remedy in SENDS_GOODS and not terms.dues:
        return Text("商家须发出商品", "the merchant must send the goods")
    return Text("款项立即退给买家", "the money goes to the buyer at once")


def performing(zh: str, en: str, terms_of: Callable[[Case], Terms | None]) -> Effect:
    """The terms an action makes binding, and how they begin."""

    def say(case: Case) -> Text:
        terms = terms_of(case)
        if terms is None:
            return Text(zh, en)
        what, then = terms_text(terms, case.currency), what_follows(terms)
        if terms.remedy in RETURNS_GOODS and terms.remedy is not Remedy.RETURN_AND_REFUND:
            then = Text("买家先寄回商品", "the buyer sends the goods back first")
        return Text(f"{zh}：{what.zh}。{then.zh}。", f"{en}: {what.en}; {then.en}.")

    return say


def of_demand(case: Case) -> Terms | None:
    return case.demand


def of_offer(case: Case) -> Terms | None:
    return case.offer.terms if case.offer else None


def of_ruling(case: Case) -> Terms | None:
    return case.rulings[-1].terms if case.rulings else None


def pays_rest(case: Case) -> Text:
    terms = owed(case)
    rest = amount(terms.total_minor if terms else 0, case.currency)
    return Text(f"从商家余额付清尚欠的 {rest}", f"pays the {rest} still owed out of the merchant's balance")


def confirms_return(case: Case) -> Text:
    terms = owed(case)
    if terms is None or not terms.total_minor:
        return Text("确认后进入下一步，不能撤回", "the case goes on; this cannot be taken back")
    sum_said = amount(terms.total_minor, case.currency)
    return Text(f"确认后立即退款 {sum_said}，不能撤回", f"{sum_said} is refunded at once; this cannot be taken back")
