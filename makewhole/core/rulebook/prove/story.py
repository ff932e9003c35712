"""A counter-example as a small story, in Chinese and in English: what was bought, what happened, what was claimed."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from makewhole.core.dates import full_moment_text
from makewhole.core.facts import CHOICES, FACTS, FactType, FactValue
from makewhole.core.order.model import LineFlag, Order, ParcelEventKind
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.explain import amount_text
from makewhole.core.rulebook.model import Answer, ObstacleKind
from makewhole.core.rulebook.prove.realise import CLAIMED, Example
from makewhole.core.rulebook.rule import Place, Rulebook
from makewhole.core.rulebook.source import Problem
from makewhole.core.words import Language, Text

_CHANGES: dict[ParcelEventKind | None, Text] = {
    None: Text("尚未发货", "not sent yet"),
    ParcelEventKind.DISPATCHED: Text("{sent} 发出，此后没有物流记录", "sent {sent}, with no record since"),
    ParcelEventKind.IN_TRANSIT: Text("{sent} 发出，仍在途中", "sent {sent} and still on its way"),
    ParcelEventKind.SIGNED: Text("{sent} 发出，{last} 签收", "sent {sent}, received {last}"),
    ParcelEventKind.REFUSED: Text("{sent} 发出，被拒收", "sent {sent} and refused at the door"),
    ParcelEventKind.LOST: Text("{sent} 发出，物流记录丢件", "sent {sent} and recorded as lost"),
}
_PARTS: dict[str, Text] = {
    "goods": Text("{price} 的商品", "an order of {price}"),
    "goods_in": Text("{price} 的{category}商品", "an order of {price} in category {category}"),
    "two": Text("（同款两件，主张一件）", " (two of the kind, one is claimed)"),
    "kept": Text("（另有一件同价商品留下，两件一起满减 {off}）",
                 " (another item of the same price is kept; both together earned {off} off)"),
    "freight": Text("运费 {amount}", "delivery {amount}"),
    "waived": Text("免去运费 {amount}", "delivery charge waived {amount}"),
    "placed": Text("{at} 下单", "placed {at}"),
    "paid": Text("{at} 付款", "paid {at}"),
    "completed": Text("{at} 确认收货", "receipt confirmed {at}"),
    "dispatch_by": Text("承诺 {at} 前发货", "promised to be sent by {at}"),
    "deliver_by": Text("承诺 {at} 前送达", "promised to arrive by {at}"),
    "return_days": Text("承诺 {days} 天无理由退货", "{days} days of return without a reason promised"),
    "warranty_days": Text("承诺保修 {days} 天", "{days} days of warranty promised"),
    "claimed": Text("{at} 以“{reasons}”主张", "claimed {at} for {reasons}"),
}  # fmt: skip
_NOTHING = Text("得不到任何救济", "nothing is due")


class Finding(NamedTuple):
    """A fault with the story that shows it. `confirmed`: the engine, asked about that very order, agrees."""

    place: Place
    what: Text
    fix: Text
    story: Text | None = None
    confirmed: bool | None = None
    example: Example | None = None

    def problem(self) -> Problem:
        """The fault as the check reports it."""
        if self.story is None:
            return Problem(self.place, self.what, self.fix)
        mark = _CONFIRMED if self.confirmed else _NOT_CONFIRMED
        return Problem(
            self.place,
            Text(
                f"{self.what.zh}。例如：{self.story.zh}{mark.zh}",
                f"{self.what.en}. For example, {self.story.en}{mark.en}",
            ),
            self.fix,
        )


_CONFIRMED = Text("（规则引擎对这笔订单的结论与此一致）", " (the engine, asked about this order, agrees)")
_NOT_CONFIRMED = Text(
    "（规则引擎对这笔订单的结论与此不一致，请报告维护者）",
    " (the engine, asked about this order, does not agree: tell the maintainers)",
)


def story_of(example: Example, book: Rulebook, then: Text) -> Text:
    """The example told, with what follows from it."""
    told = {language: Storyteller(example, book, language).told() for language in _LANGUAGES}
    return Text(f"{told['zh']}：{then.zh}", f"{told['en']}: {then.en}")


_LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Storyteller:
    """Tells one example in one language."""

    def __init__(self, example: Example, book: Rulebook, language: Language) -> None:
        self.example, self.book, self.language = example, book, language

    def told(self) -> str:
        separator = "，" if self.language == "zh" else ", "
        facts = ("；" if self.language == "zh" else "; ").join(self._facts())
        story = separator.join(self._parts())
        return f"{story}（{facts}）" if facts and self.language == "zh" else f"{story} ({facts})" if facts else story

    def say(self, part: str, **names: object) -> str:
        return _PARTS[part].say(self.language).format(**names)

    def money(self, amount_minor: int) -> str:
        return amount_text(amount_minor, self.book.currency)

    def when(self, at: datetime) -> str:
        return full_moment_text(self.book.calendar.local(at)).say(self.language)

    def _parts(self) -> Iterator[str]:
        order, claim = self.example.order, self.example.claim
        line = order.line(CLAIMED)
        yield self._goods(order) + (self.say("two") if line.quantity > 1 else "")
        yield from (FACTS[_flag_fact(flag)].label.say(self.language) for flag in sorted(line.flags))
        if order.freight.paid_minor:
            yield self.say("freight", amount=self.money(order.freight.paid_minor))
        if order.freight.discount_minor:
            yield self.say("waived", amount=self.money(order.freight.discount_minor))
        yield self.say("placed", at=self.when(order.placed_at))
        paid_at = order.payments[0].paid_at
        if paid_at is not None and paid_at != order.placed_at:
            yield self.say("paid", at=self.when(paid_at))
        yield from self._promises(order)
        yield self._journey(order)
        if any(event.kind is ParcelEventKind.DAMAGED for parcel in order.parcels for event in parcel.events):
            yield FACTS["damage_recorded"].label.say(self.language)
        if order.completed_at is not None:
            yield self.say("completed", at=self.when(order.completed_at))
        between = "、" if self.language == "zh" else ", "
        reasons = between.join(phrases.REASONS[reason].say(self.language) for reason in claim.reasons)
        yield self.say("claimed", at=self.when(claim.claimed_at), reasons=reasons)

    def _goods(self, order: Order) -> str:
        line = order.line(CLAIMED)
        off_minor = sum(discount.amount_minor for discount in order.discounts)
        price = self.money(line.unit_price_minor)
        label = self.book.categories.get(line.category)
        goods = self.say(
            "goods_in" if label else "goods", price=price, category=label.say(self.language) if label else ""
        )
        return goods + (self.say("kept", off=self.money(off_minor)) if off_minor else "")

    def _promises(self, order: Order) -> Iterator[str]:
        promises, matters = order.promises, self.example.matters
        if promises.dispatch_by is not None and matters & {"dispatch_due_at", "dispatched_late"}:
            yield self.say("dispatch_by", at=self.when(promises.dispatch_by))
        if promises.deliver_by is not None and matters & {"delivery_due_at", "delivered_late"}:
            yield self.say("deliver_by", at=self.when(promises.deliver_by))
        if promises.no_reason_return_days and "promised_return_days" in matters:
            yield self.say("return_days", days=promises.no_reason_return_days)
        if promises.warranty_days and "promised_warranty_days" in matters:
            yield self.say("warranty_days", days=promises.warranty_days)

    def _journey(self, order: Order) -> str:
        events = order.parcels[0].events if order.parcels else ()
        last = events[-1] if events else None
        text = _CHANGES[last.kind if last is not None else None].say(self.language)
        return text.format(sent=self.when(events[0].at) if events else "", last=self.when(last.at) if last else "")

    def _facts(self) -> Iterator[str]:
        colon = "：" if self.language == "zh" else ": "
        for name, fact in self.example.claim.facts.items():
            yield f"{FACTS[name].label.say(self.language)}{colon}{self._value(name, fact.value)}"

    def _value(self, name: str, value: FactValue) -> str:
        kind = FACTS[name].type
        if kind is FactType.YES_NO:
            return phrases.PHRASES["yes" if value else "no"].say(self.language)
        if kind is FactType.AMOUNT and isinstance(value, int):
            return self.money(value)
        if kind is FactType.CHOICE and value in CHOICES:
            return CHOICES[str(value)].say(self.language)
        return self.when(datetime.fromisoformat(str(value))) if kind is FactType.TIME else str(value)


def _flag_fact(flag: LineFlag) -> str:
    """The fact that says what a line's flag does."""
    return "is_gift" if flag is LineFlag.GIFT else flag.value


def answered(answer: Answer, book: Rulebook) -> Text:
    """What an answer comes to, in a few words: the plans with their amounts, or what speaks against all."""
    return Text(*(_answered(answer, book, language) for language in _LANGUAGES))


def _answered(answer: Answer, book: Rulebook, language: Language) -> str:
    between = "、" if language == "zh" else ", "
    plans = [
        f"{phrases.REMEDIES[plan.remedy].say(language)} {amount_text(plan.total_minor, book.currency)}"
        for plan in answer.plans
    ]
    if plans:
        return between.join(plans)
    named = [one.rule_id for one in answer.obstacles if one.kind is ObstacleKind.NOT_CLAIMABLE]
    nothing = _NOTHING.say(language)
    return (
        f"{nothing}（{between.join(named)}）"
        if named and language == "zh"
        else f"{nothing} ({between.join(named)})"
        if named
        else nothing
    )
