"""Read what follows from a rule: its one outcome, from grants and exclusions to terms and default promises."""

from collections.abc import Callable
from fractions import Fraction

from makewhole.core.facts import FactType, FactValue, check_value
from makewhole.core.order.model import Means
from makewhole.core.rulebook.read_values import (
    count_of,
    counted_fact,
    fact_of,
    id_of,
    items_of,
    money_of,
    named_fact,
    rate_of,
    term_of,
    text_of,
    time_fact,
    unknown,
    word_of,
    yes_no_of,
)
from makewhole.core.rulebook.rule import (
    Amount,
    Avenue,
    AvenueKind,
    Base,
    Cap,
    Deduction,
    Exclusion,
    Grant,
    HeadAmount,
    Liability,
    Outcome,
    Presumption,
    PromiseDefault,
    PromiseKind,
    Sanction,
    TermRule,
)
from makewhole.core.rulebook.source import Fields, Value, fault
from makewhole.core.words import Consequence, Head, Party, Remedy, Step

_BASES = {base.value: base for base in Base if base not in (Base.FACT, Base.FIXED)}


class OutcomeReader:
    """Reads outcomes of one book: amounts are written in its currency."""

    def __init__(self, currency: str) -> None:
        self.money = money_of(currency)
        self.readers: dict[str, Callable[[Value], Outcome]] = {
            "grant": self._grant,
            "exclusion": _exclusion,
            "deduction": self._deduction,
            "presumption": _presumption,
            "term": _term,
            "liability": _liability,
            "cap": self._cap,
            "sanction": _sanction,
            "avenue": _avenue,
            "promise": _promise,
        }

    def outcome(self, rule: Fields) -> Outcome:
        """The one outcome of a rule. Raises RulebookError when there is none, or more than one."""
        found = [kind for kind in self.readers if rule.has(kind)]
        if len(found) != 1:
            kinds = ", ".join(self.readers)
            raise fault(
                rule.place, f"一条规则须有且只有一个结果（现有 {len(found)} 个）",
                f"a rule has exactly one outcome (this one has {len(found)})", f"可用：{kinds}", f"use one of {kinds}",
            )  # fmt: skip
        return self.readers[found[0]](rule.take(found[0]))

    def _grant(self, value: Value) -> Grant:
        fields = Fields(value, "grant")
        grant = Grant(
            remedy=word_of(Remedy)(fields.take("remedy")),
            amounts=fields.given("amounts", lambda found: items_of(found, self._head_amount), ()),
            payer=fields.given("payer", word_of(Party), Party.MERCHANT),
            adds=fields.given("adds", yes_no_of, False),
            means=fields.given("form", word_of(Means), Means.MONEY),
            best_of=fields.given("best_of", id_of, ""),
            by_court=fields.given("by_court", yes_no_of, False),
            closes=fields.given("closes", lambda found: items_of(found, word_of(Remedy)), ()),
        )
        fields.done()
        if grant.best_of and not grant.adds:
            raise fault(value.place, "best_of 只用于 adds: yes", "best_of goes with adds: yes",
                        "补上 adds: yes，或删去 best_of", "add adds: yes, or leave out best_of")  # fmt: skip
        if grant.remedy in (Remedy.COMPENSATION, Remedy.PARTIAL_REFUND) and not grant.amounts:
            raise fault(value.place, "该救济须有金额", f"{grant.remedy} needs amounts", "补上 amounts", "add amounts")
        if grant.remedy in grant.closes:
            raise fault(value.place, "closes 不含自身", "a grant does not close its own remedy", "从 closes 删去",
                        "take it out of closes")  # fmt: skip
        if grant.payer is Party.BUYER:
            raise fault(value.place, "买家不是付款方", "the buyer pays nothing here", "写 merchant", "write merchant")
        return grant

    def _head_amount(self, value: Value) -> HeadAmount:
        fields = Fields(value, "amounts")
        head = word_of(Head)(fields.take("head"))
        per = fields.given("for", text_of, "line")
        if per not in ("line", "order"):
            raise unknown(value, per, "scope", ("line", "order"))
        amount = self._amount(fields)
        if per == "order" and head in (Head.GOODS, Head.FREIGHT_OUT, Head.FREIGHT_BACK):
            raise fault(value.place, "货款与运费逐行计算", "goods and freight are due line by line", "删去 for: order",
                        "leave out for: order")  # fmt: skip
        return HeadAmount(head, amount, per == "order")

    def _amount(self, fields: Fields) -> Amount:
        of, fixed = fields.find("of"), fields.find("fixed")
        if (of is None) == (fixed is None):
            raise fault(
                fields.place, "金额须写 of 或 fixed 之一", "an amount has of or fixed, one of the two",
                f"of 可用：{', '.join(_BASES)} 或金额类事实",
                f"of is one of {', '.join(_BASES)} or a fact of type amount",
            )  # fmt: skip
        base, fact = (Base.FIXED, "") if of is None else _base(of)
        times, per = fields.given("times", _times, ("", 1))
        share = fields.shows("at_most", "%")
        amount = Amount(
            base=base,
            rate=fields.given("rate", rate_of, Fraction(1)),
            fact=fact,
            fixed_minor=0 if fixed is None else self.money(fixed),
            percent_of=fields.given("percent_of", lambda found: counted_fact(found, text_of(found)), ""),
            times=times,
            per=per,
            at_least_minor=fields.given("at_least", self.money, None),
            at_most_minor=None if share else fields.given("at_most", self.money, None),
            at_most_rate=fields.given("at_most", rate_of, None) if share else None,
            shared_by=fields.given("shared_by", _sharing, None),
        )
        fields.done()
        if amount.shared_by is not None and base is not Base.FACT:
            raise fault(fields.place, "shared_by 只用于事实的金额", "shared_by is for an amount told as a fact",
                        "删去 shared_by", "leave shared_by out")  # fmt: skip
        least, most = amount.at_least_minor, amount.at_most_minor
        if least is not None and most is not None and least > most:
            raise fault(fields.place, "下限高于上限", "the floor is above the ceiling", "检查 at_least 与 at_most",
                        "check at_least and at_most")  # fmt: skip
        return amount

    def _cap(self, value: Value) -> Cap:
        fields = Fields(value, "cap")
        on = fields.take("on")
        head = None if on.text == "fund" else word_of(Head)(on)
        amount = self._amount(Fields(fields.take("amount"), "amount"))
        fields.done()
        return Cap(head, amount)

    def _deduction(self, value: Value) -> Deduction:
        fields = Fields(value, "deduction")
        deduction = Deduction(
            items_of(fields.take("of"), id_of),
            word_of(Head)(fields.take("head")),
            self._amount(Fields(fields.take("amount"), "amount")),
        )
        fields.done()
        return deduction


def _base(value: Value) -> tuple[Base, str]:
    name = text_of(value)
    if name in _BASES:
        return _BASES[name], ""
    entry = named_fact(value, name)
    if entry.type is not FactType.AMOUNT:
        raise fault(value.place, f"事实 {name} 不是金额", f"fact {name} is no amount", f"可用：{', '.join(_BASES)}",
                    f"use {', '.join(_BASES)} or a fact of type amount")  # fmt: skip
    return Base.FACT, entry.name


def _sharing(value: Value) -> Base:
    name = text_of(value)
    if name not in (Base.PRICE, Base.FREIGHT_OUT):
        raise unknown(value, name, "share", (Base.PRICE, Base.FREIGHT_OUT))
    return Base(name)


def _times(value: Value) -> tuple[str, int]:
    fields = Fields(value, "times")
    fact = fields.take("fact")
    name = counted_fact(fact, text_of(fact))
    per = fields.given("per", count_of, 1)
    fields.done()
    if per == 0:
        raise fault(value.place, "per 不能为 0", "per cannot be 0", "写 1 或更大的整数", "write 1 or more")
    return name, per


def _exclusion(value: Value) -> Exclusion:
    fields = Fields(value, "exclusion")
    exclusion = Exclusion(items_of(fields.take("of"), id_of))
    fields.done()
    return exclusion


def _presumption(value: Value) -> Presumption:
    fields = Fields(value, "presumption")
    entry = fact_of(fields.take("fact"))
    if entry.type is not FactType.YES_NO:
        raise fault(value.place, f"事实 {entry.name} 不是是非题", f"fact {entry.name} is no yes or no",
                    "推定只用于是非题", "presumptions are about yes or no")  # fmt: skip
    held: FactValue = fields.given("value", yes_no_of, True)
    burden = word_of(Party)(fields.take("burden"))
    fields.done()
    return Presumption(entry.name, check_value(entry, held), burden)


def _term(value: Value) -> TermRule:
    fields = Fields(value, "term")
    length, unit = term_of(fields.take("within"))
    term = TermRule(
        step=word_of(Step)(fields.take("step")),
        debtor=word_of(Party)(fields.take("debtor")),
        length=length,
        unit=unit,
        on_silence=word_of(Consequence)(fields.take("on_silence")),
        remedies=fields.given("remedies", lambda found: items_of(found, word_of(Remedy)), ()),
    )
    fields.done()
    return term


def _liability(value: Value) -> Liability:
    fields = Fields(value, "liability")
    liability = Liability(
        fields.given("freight_out", word_of(Party), None),
        fields.given("freight_back", word_of(Party), None),
        fields.given("dues", word_of(Party), None),
    )
    fields.done()
    if liability == Liability(None, None):
        raise fault(value.place, "没有写明由谁承担什么", "it does not say who bears what",
                    "补上 freight_out、freight_back 或 dues", "add freight_out, freight_back or dues")  # fmt: skip
    if liability.dues is Party.BUYER:
        raise fault(value.place, "买家不是付款方", "the buyer pays nothing here", "写 platform", "write platform")
    return liability


def _sanction(value: Value) -> Sanction:
    fields = Fields(value, "sanction")
    sanction = Sanction(count_of(fields.take("points")), fields.given("on", word_of(Party), Party.MERCHANT))
    fields.done()
    return sanction


def _avenue(value: Value) -> Avenue:
    fields = Fields(value, "avenue")
    avenue = Avenue(word_of(AvenueKind)(fields.take("to")))
    fields.done()
    return avenue


def _promise(value: Value) -> PromiseDefault:
    fields = Fields(value, "promise")
    length, unit = term_of(fields.take("within"))
    promise = PromiseDefault(word_of(PromiseKind)(fields.take("what")), length, unit, time_fact(fields.take("after")))
    fields.done()
    return promise
