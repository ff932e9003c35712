"""Compare two sets of rules in words: which rights came and went, which got better or worse for the buyer, and how.

What a rule gives is compared by reckoning it for goods of many prices; what it asks for, condition by condition. A
change is told as good or bad for the buyer only where it is so in every case looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from makewhole.core.facts import FACTS
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.describe import Describer, kind_of
from makewhole.core.rulebook.explain import amount_text
from makewhole.core.rulebook.rule import (
    Amount,
    Base,
    Cap,
    Condition,
    Deduction,
    Exclusion,
    Grant,
    Liability,
    Presumption,
    PromiseDefault,
    Rule,
    Rulebook,
    Sanction,
    TermRule,
    Window,
)
from makewhole.core.rulebook.terms import HOURS_ABOUT
from makewhole.core.words import WRITTEN, Party, Reason, Text

_PRICES_MINOR = (100, 1_000, 5_000, 10_000, 16_666, 16_667, 50_000, 100_000, 1_000_000)
_FREIGHT_MINOR = 1_000
_WEIGHTS = (
    "grant",
    "exclusion",
    "deduction",
    "presumption",
    "liability",
    "cap",
    "term",
    "promise",
    "sanction",
    "avenue",
)


class Effect(StrEnum):
    """What a change means for the buyer."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"
    NEUTRAL = "neutral"


class Happened(StrEnum):
    CAME = "came"
    WENT = "went"
    CHANGED = "changed"


class Change(NamedTuple):
    """One rule that differs. `told` says how, a sentence each; `rule` is the new one, or the old one where it went."""

    happened: Happened
    rule: Rule
    kind: str
    effect: Effect
    reasons: tuple[Reason, ...]
    told: tuple[Text, ...]


class Comparison(NamedTuple):
    """All changes between two editions, the weightiest first, and how many there are by effect for each reason."""

    before: str
    after: str
    changes: tuple[Change, ...]
    by_reason: Mapping[Reason, Mapping[Effect, int]]

    @property
    def proof(self) -> tuple[Change, ...]:
        """Changes of who must prove what."""
        return tuple(change for change in self.changes if isinstance(change.rule.outcome, Presumption))


class Named(NamedTuple):
    """An edition of a book to compare, with the name it is told by."""

    book: Rulebook
    name: str
    rules: tuple[Rule, ...]


def compare(before: Named, after: Named) -> Comparison:
    """What differs between two editions, by rule and by reason."""
    old, new = ({rule.id: rule for rule in side.rules} for side in (before, after))
    changes: list[Change] = []
    for rule_id in dict.fromkeys((*new, *old)):
        one, two = old.get(rule_id), new.get(rule_id)
        if one is None or two is None:
            changes.append(_alone(one, two, before.book, after.book))
        elif difference := _Differ(one, two, before.book, after.book).change():
            changes.append(difference)
    changes.sort(key=lambda one: (_WEIGHTS.index(one.kind), one.effect is Effect.NEUTRAL, one.rule.id))
    return Comparison(before.name, after.name, tuple(changes), _by_reason(changes))


def _by_reason(changes: Sequence[Change]) -> dict[Reason, dict[Effect, int]]:
    counted: dict[Reason, dict[Effect, int]] = {}
    for reason in Reason:
        for change in changes:
            if reason in change.reasons:
                effects = counted.setdefault(reason, dict.fromkeys(Effect, 0))
                effects[change.effect] += 1
    return counted


def _alone(old: Rule | None, new: Rule | None, old_book: Rulebook, new_book: Rulebook) -> Change:
    """A rule that came or went."""
    rule = new or old
    if rule is None:
        raise AssertionError("a rule is in one of both")
    good = _gives(rule)
    effect = good if new is not None else _opposite(good)
    happened = Happened.CAME if new is not None else Happened.WENT
    return Change(
        happened, rule, kind_of(rule), effect, _reasons(rule, new_book if new else old_book), (rule.sentence,)
    )


def _reasons(rule: Rule, book: Rulebook) -> tuple[Reason, ...]:
    return tuple(reason for reason in Reason if reason in (rule.reasons or book.covered))


def _gives(rule: Rule) -> Effect:
    """What having a rule at all means for the buyer."""
    outcome = rule.outcome
    if isinstance(outcome, (Exclusion, Deduction)):
        return Effect.WORSE
    if isinstance(outcome, Grant):
        return Effect.BETTER
    if isinstance(outcome, Presumption):
        return Effect.WORSE if outcome.burden is Party.BUYER else Effect.BETTER
    if isinstance(outcome, Liability):
        sides = [side for side in (outcome.freight_out, outcome.freight_back) if side is not None]
        return Effect.WORSE if sides and all(side is Party.BUYER for side in sides) else Effect.BETTER
    if isinstance(outcome, (TermRule, PromiseDefault)):
        return Effect.BETTER
    return Effect.NEUTRAL


def _opposite(effect: Effect) -> Effect:
    return {Effect.BETTER: Effect.WORSE, Effect.WORSE: Effect.BETTER}.get(effect, effect)


def _together(effects: Sequence[Effect]) -> Effect:
    found = {effect for effect in effects if effect is not Effect.NEUTRAL}
    if not found:
        return Effect.NEUTRAL
    return found.pop() if len(found) == 1 else Effect.MIXED


class _Differ:
    """Two editions of one rule while they are held against each other."""

    def __init__(self, old: Rule, new: Rule, old_book: Rulebook, new_book: Rulebook) -> None:
        self.old, self.new, self.new_book = old, new, new_book
        self.speak = {language: (Describer(old_book, language), Describer(new_book, language)) for language in WRITTEN}

    def change(self) -> Change | None:
        """How they differ; None where they differ in nothing a case can tell."""
        found = [*self._conditions(), *self._outcome(), *self._reach()]
        if not found:
            return None
        reasons = tuple(sorted({*_reasons(self.old, self.new_book), *_reasons(self.new, self.new_book)}))
        effect = _together([effect for effect, _ in found])
        told = tuple(text for _, text in found)
        return Change(Happened.CHANGED, self.new, kind_of(self.new), effect, reasons, told)

    def _reach(self) -> Iterator[tuple[Effect, Text]]:
        gives = _gives(self.new)
        for reasons, phrase, effect in (
            (self.new.reasons - self.old.reasons, "compare_reason_came", gives),
            (self.old.reasons - self.new.reasons, "compare_reason_went", _opposite(gives)),
        ):
            if reasons and self.old.reasons and self.new.reasons:
                names = [phrases.REASONS[reason] for reason in sorted(reasons)]
                named = Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
                yield effect, self._say(phrase, reasons=named)

    def _conditions(self) -> Iterator[tuple[Effect, Text]]:
        gives = _gives(self.new)
        came = [one for one in self.new.when if one not in self.old.when]
        went = [one for one in self.old.when if one not in self.new.when]
        for old, new in _pairs(went, came):
            wider = _longer(old, new)
            effect = Effect.MIXED if wider is None else gives if wider else _opposite(gives)
            yield effect, self._from_to(self._condition(old, 0), self._condition(new, 1))
            came.remove(new)
            went.remove(old)
        for condition in came:
            yield _opposite(gives), self._say("compare_now_asks", condition=self._condition(condition, 1))
        for condition in went:
            yield gives, self._say("compare_no_longer_asks", condition=self._condition(condition, 0))

    def _condition(self, condition: Condition, side: int) -> Text:
        return Text(*(self.speak[language][side].condition(condition) for language in WRITTEN))

    def _outcome(self) -> Iterator[tuple[Effect, Text]]:
        old, new = self.old.outcome, self.new.outcome
        if old == new:
            return
        yield self._outcome_effect(), self._from_to(self._outcome_text(0), self._outcome_text(1))
        if isinstance(old, Grant) and isinstance(new, Grant):
            sides = [[one.amount for one in outcome.amounts] for outcome in (old, new)]
            turn_minor, rises = _turn(*sides)
            if turn_minor:
                price = amount_text(turn_minor, self.new_book.currency)
                phrase = "compare_more_above" if rises else "compare_less_above"
                yield Effect.NEUTRAL, self._say(phrase, price=Text(price, price))

    def _outcome_text(self, side: int) -> Text:
        rule = (self.old, self.new)[side]
        zh, en = (self.speak[language][side].outcome(rule.outcome) for language in WRITTEN)
        return Text("，".join(zh), ", ".join(en))

    def _outcome_effect(self) -> Effect:
        old, new = self.old.outcome, self.new.outcome
        if isinstance(old, Grant) and isinstance(new, Grant):
            if old.remedy is not new.remedy:
                return Effect.MIXED
            old_amounts, new_amounts = ([one.amount for one in outcome.amounts] for outcome in (old, new))
            return _together([_direction(old_amounts, new_amounts)])
        if isinstance(old, (Cap, Deduction)) and isinstance(new, (Cap, Deduction)):
            effect = _direction([old.amount], [new.amount])
            return _opposite(effect) if isinstance(new, Deduction) else effect
        if isinstance(old, Exclusion) and isinstance(new, Exclusion):
            more, less = set(new.of) - set(old.of), set(old.of) - set(new.of)
            return _together([Effect.WORSE] * bool(more) + [Effect.BETTER] * bool(less))
        if isinstance(old, TermRule) and isinstance(new, TermRule):
            return _term_effect(old, new)
        if isinstance(old, PromiseDefault) and isinstance(new, PromiseDefault):
            hours = [one.length * HOURS_ABOUT[one.unit] for one in (old, new)]
            return Effect.BETTER if hours[1] < hours[0] else Effect.WORSE if hours[1] > hours[0] else Effect.NEUTRAL
        if isinstance(old, Liability) and isinstance(new, Liability):
            sides = ((old.freight_out, new.freight_out), (old.freight_back, new.freight_back))
            return _together([_freed(one, two) for one, two in sides])
        if isinstance(old, Presumption) and isinstance(new, Presumption):
            return _freed(old.burden, new.burden)
        return Effect.NEUTRAL if isinstance(new, Sanction) else Effect.MIXED

    def _from_to(self, old: Text, new: Text) -> Text:
        return self._say("compare_from_to", old=old, new=new)

    def _say(self, phrase: str, **parts: Text) -> Text:
        pair = phrases.PHRASES[phrase]
        return Text(*(
            pair.say(language).format(**{name: text.say(language) for name, text in parts.items()})
            for language in WRITTEN
        ))  # fmt: skip


def _pairs(went: Sequence[Condition], came: Sequence[Condition]) -> list[tuple[Condition, Condition]]:
    """Conditions that are about the same: windows from one event, or values of one fact."""
    found: list[tuple[Condition, Condition]] = []
    for old in went:
        same = [new for new in came if _about(new) == _about(old) and all(new is not taken for _, taken in found)]
        if same and _about(old):
            found.append((old, same[0]))
    return found


def _about(condition: Condition) -> tuple[str, ...]:
    if isinstance(condition, Window):
        return condition.after, condition.moment, "past" if condition.past else "within"
    fact = getattr(condition, "fact", "")
    return (fact,) if fact in FACTS else ()


def _longer(old: Condition, new: Condition) -> bool | None:
    """Whether a time limit that changed leaves more room; None where that cannot be said."""
    if not isinstance(old, Window) or not isinstance(new, Window):
        return None
    if not isinstance(old.length, int) or not isinstance(new.length, int):
        return None
    hours = [one.length * HOURS_ABOUT[one.unit] for one in (old, new) if isinstance(one.length, int)]
    if hours[0] == hours[1] or old._replace(length=0, unit=new.unit) != new._replace(length=0):
        return None
    return (hours[1] > hours[0]) is not new.past


def _term_effect(old: TermRule, new: TermRule) -> Effect:
    hours = [one.length * HOURS_ABOUT[one.unit] for one in (old, new)]
    if old.on_silence is not new.on_silence or old.debtor is not new.debtor or hours[0] == hours[1]:
        return Effect.MIXED if old.on_silence is not new.on_silence else Effect.NEUTRAL
    return Effect.BETTER if (hours[1] > hours[0]) is (new.debtor is Party.BUYER) else Effect.WORSE


def _freed(old: Party | None, new: Party | None) -> Effect:
    """What it means that another bears something now."""
    if (old is Party.BUYER) is (new is Party.BUYER):
        return Effect.NEUTRAL
    return Effect.WORSE if new is Party.BUYER else Effect.BETTER


def _direction(old: Sequence[Amount], new: Sequence[Amount]) -> Effect:
    """Whether amounts are higher or lower for goods of every price looked at; mixed where that turns."""
    sums = [[_sum(amounts, price_minor) for price_minor in _PRICES_MINOR] for amounts in (old, new)]
    more = any(two > one for one, two in zip(*sums, strict=True))
    less = any(two < one for one, two in zip(*sums, strict=True))
    if more and less:
        return Effect.MIXED
    return Effect.BETTER if more else Effect.WORSE if less else Effect.NEUTRAL


def _turn(old: Sequence[Amount], new: Sequence[Amount]) -> tuple[int, bool]:
    """The price above which more turns into less (or, True, less into more); 0 where it does not turn once."""

    def sign(price_minor: int) -> int:
        difference = _sum(new, price_minor) - _sum(old, price_minor)
        return (difference > 0) - (difference < 0)

    low, high = _PRICES_MINOR[0], _PRICES_MINOR[-1]
    # Only where the price alone decides can a price be named.
    if any(one.base not in (Base.PRICE, Base.FIXED) or one.percent_of or one.times for one in (*old, *new)):
        return 0, False
    if sign(low) * sign(high) >= 0:
        return 0, False
    rises = sign(high) > 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if sign(middle) == sign(high) else (middle, high)
    return low, rises


def _sum(amounts: Sequence[Amount], price_minor: int) -> int:
    return sum(_reckoned(amount, price_minor) for amount in amounts)


def _reckoned(amount: Amount, price_minor: int) -> int:
    """An amount for goods of a price, with freight of ten; a fact counts as the price, a percentage as a half."""
    base = {Base.FREIGHT_OUT: _FREIGHT_MINOR, Base.FREIGHT_WAIVED: _FREIGHT_MINOR, Base.FIXED: amount.fixed_minor}
    minor: Fraction = base.get(amount.base, price_minor) * amount.rate
    minor = minor / 2 if amount.percent_of else minor
    minor = minor / amount.per if amount.times else minor
    if amount.at_least_minor is not None:
        minor = max(minor, Fraction(amount.at_least_minor))
    if amount.at_most_minor is not None:
        minor = min(minor, Fraction(amount.at_most_minor))
    if amount.at_most_rate is not None:
        minor = min(minor, price_minor * amount.at_most_rate)
    return round(minor)
