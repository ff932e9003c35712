"""A rule in words and figures, for people who look rules up: its kind, what it gives or sets, when it holds."""

from collections.abc import Sequence

from makewhole.core.facts import CHOICES, FACTS, FactType, FactValue
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.explain import amount_text
from makewhole.core.rulebook.rule import (
    PROCEDURE,
    Amount,
    AnyOf,
    Avenue,
    Base,
    Between,
    Bound,
    Cap,
    Clock,
    Condition,
    Deduction,
    Exclusion,
    Grant,
    Is,
    Liability,
    Outcome,
    Presumption,
    PromiseDefault,
    Rule,
    Rulebook,
    Sanction,
    TermRule,
    Window,
)
from makewhole.core.words import Head, Language

KINDS: dict[type, str] = {
    Grant: "grant", Exclusion: "exclusion", Deduction: "deduction", Presumption: "presumption", TermRule: "term",
    Liability: "liability", Cap: "cap", Sanction: "sanction", Avenue: "avenue", PromiseDefault: "promise",
}  # fmt: skip
"""The kinds of outcome by the names they have in a rulebook's files."""


def kind_of(rule: Rule) -> str:
    """The name of the rule's kind, as in the files."""
    return KINDS[type(rule.outcome)]


class Describer:
    """Describes the rules of one book in one language."""

    def __init__(self, book: Rulebook, language: Language) -> None:
        self.book, self.language = book, language

    def say(self, phrase: str, **parts: object) -> str:
        return phrases.PHRASES[phrase].say(self.language).format(**parts)

    def when(self, rule: Rule) -> tuple[str, ...]:
        """When a rule holds, with the clock it goes by where that is not its kind's own."""
        by_step = rule.by is Clock.STEP and not isinstance(rule.outcome, PROCEDURE)
        return (*self.conditions(rule.when), *((self.say("by_step"),) if by_step else ()))

    def reasons(self, rule: Rule) -> str:
        """What a rule is for, in the order of the house's list."""
        named = (phrases.REASONS[reason].say(self.language) for reason in phrases.REASONS if reason in rule.reasons)
        return self.say("and").join(named) or self.say("every_reason")

    def conditions(self, conditions: Sequence[Condition]) -> tuple[str, ...]:
        """One sentence for each condition."""
        return tuple(self.condition(condition) for condition in conditions)

    def condition(self, condition: Condition) -> str:
        if isinstance(condition, AnyOf):
            branches = (self.say("along").join(self.conditions(branch)) for branch in condition.branches)
            return self.say("one_of", branches=" / ".join(branches))
        if isinstance(condition, Window):
            return self.window(condition)
        label = FACTS[condition.fact].label.say(self.language)
        if isinstance(condition, Is):
            if condition.values == (True,) and not condition.negated:
                return label
            values = self.say("or").join(self.value(condition.fact, value) for value in condition.values)
            return self.say("when_is_not" if condition.negated else "when_is", fact=label, values=values)
        return self.say("when_between", fact=label, range=self.range(condition))

    def range(self, condition: Between) -> str:
        ends = (("at_least", condition.at_least), ("at_most", condition.at_most))
        told = (self.say(name, value=self.bound(condition.fact, end)) for name, end in ends if end is not None)
        return self.say("and").join(told)

    def bound(self, fact: str, bound: Bound) -> str:
        return FACTS[bound].label.say(self.language) if isinstance(bound, str) else self.value(fact, bound)

    def window(self, window: Window) -> str:
        event = FACTS[window.after].label.say(self.language)
        if isinstance(window.length, str):
            term = FACTS[window.length].label.say(self.language)
        else:
            term = self.say(str(window.unit), count=window.length)
        phrase = "when_past" if window.past else "when_within"
        text = self.say("when_after" if window.past and window.length == 0 else phrase, event=event, term=term)
        if window.plus is not None:
            more, unit = window.plus
            text += self.say("and_more", term=self.say(str(unit), count=more))
        if window.moment:
            text += self.say("measured_at", fact=FACTS[window.moment].label.say(self.language))
        if window.paused_by:
            text += self.say("paused", fact=FACTS[window.paused_by].label.say(self.language))
        if window.restarted_by:
            text += self.say("restarted", fact=FACTS[window.restarted_by].label.say(self.language))
        if window.unless:
            text += self.say("unless", fact=FACTS[window.unless].label.say(self.language))
        return text

    def value(self, fact: str, value: FactValue) -> str:
        kind = FACTS[fact].type
        if kind is FactType.YES_NO:
            return self.say("yes" if value else "no")
        if kind is FactType.AMOUNT and isinstance(value, int):
            return amount_text(value, self.book.currency)
        label = CHOICES.get(str(value)) if kind is FactType.CHOICE else self.book.categories.get(str(value))
        return label.say(self.language) if label is not None else str(value)

    def outcome(self, outcome: Outcome) -> tuple[str, ...]:
        """What follows from a rule."""
        language = self.language
        if isinstance(outcome, Grant):
            remedy = phrases.REMEDIES[outcome.remedy].say(language)
            heads = (self.of(one.head, self.amount(one.amount)) for one in outcome.amounts)
            adds = (self.say("best_of" if outcome.best_of else "adds"),) if outcome.adds else ()
            court = (self.say("by_court"),) if outcome.by_court else ()
            payer = self.say("payer", payer=phrases.PARTIES[outcome.payer].say(language))
            closed = self.say("and").join(phrases.REMEDIES[one].say(language) for one in outcome.closes)
            closes = (self.say("closes", remedies=closed),) if closed else ()
            return (remedy, *heads, payer, *adds, *court, *closes)
        if isinstance(outcome, (Exclusion, Deduction)):
            off = () if isinstance(outcome, Exclusion) else (self.say("takes_off", amount=self.amount(outcome.amount)),)
            return (self.say("against", rules=", ".join(outcome.of)), *off)
        if isinstance(outcome, Presumption):
            return (self.burden(outcome),)
        if isinstance(outcome, TermRule):
            return (self.term(outcome),)
        if isinstance(outcome, Liability):
            sides = ((Head.FREIGHT_OUT, outcome.freight_out), (Head.FREIGHT_BACK, outcome.freight_back))
            told = [self.of(head, phrases.PARTIES[party].say(language)) for head, party in sides if party is not None]
            if outcome.dues is not None:
                told.append(self.say("answers_for", party=phrases.PARTIES[outcome.dues].say(language)))
            return tuple(told)
        if isinstance(outcome, Cap):
            on = self.say("the_fund") if outcome.head is None else phrases.HEADS[outcome.head].say(language)
            return (self.say("at_most_for", on=on, amount=self.amount(outcome.amount)),)
        if isinstance(outcome, Sanction):
            return (self.say(f"sanction_{outcome.on}", points=outcome.points),)
        if isinstance(outcome, Avenue):
            return (phrases.AVENUES[outcome.to].say(language),)
        term = self.say(str(outcome.unit), count=outcome.length)
        return (self.say("when_within", event=FACTS[outcome.after].label.say(language), term=term),)

    def of(self, head: Head, what: str) -> str:
        """What becomes of a head of loss: its amount, or who bears it."""
        return self.say("when_is", fact=phrases.HEADS[head].say(self.language), values=what)

    def burden(self, presumption: Presumption) -> str:
        """Who must prove a fact, or disprove it where it stands until then."""
        fact = FACTS[presumption.fact]
        held = fact.label.say(self.language)
        if presumption.value is not True:
            value = self.value(fact.name, presumption.value)
            held = self.say("when_is", fact=held, values=value)
        phrase = "prove" if presumption.burden is fact.tells else "presumed"
        return self.say(phrase, fact=held, burden=phrases.PARTIES[presumption.burden].say(self.language))

    def term(self, term: TermRule) -> str:
        return self.say(
            "term",
            debtor=phrases.PARTIES[term.debtor].say(self.language),
            step=phrases.STEPS_TAKEN[term.step].say(self.language),
            term=self.say(str(term.unit), count=term.length),
            silence=phrases.CONSEQUENCES[term.on_silence].say(self.language),
        )

    def amount(self, amount: Amount) -> str:
        """How an amount is reckoned."""
        if amount.base is Base.FIXED:
            text = amount_text(amount.fixed_minor, self.book.currency)
        elif amount.base is Base.FACT:
            text = FACTS[amount.fact].label.say(self.language)
        else:
            text = self.say(f"base_{amount.base}")
        if amount.shared_by is not None:
            text += self.say(f"shared_by_{amount.shared_by}")
        if amount.rate != 1:
            rate = amount.rate * 100
            text += f" × {float(rate):g} %" if amount.rate < 1 else f" × {float(amount.rate):g}"
        if amount.percent_of:
            text += f" × {FACTS[amount.percent_of].label.say(self.language)}"
        if amount.times:
            text += f" × {FACTS[amount.times].label.say(self.language)} / {amount.per}"
        for name, minor in (("floor", amount.at_least_minor), ("ceiling", amount.at_most_minor)):
            if minor is not None:
                text += self.say(name, value=amount_text(minor, self.book.currency))
        if amount.at_most_rate is not None:
            share = f"{self.say('base_price')} × {float(amount.at_most_rate * 100):g} %"
            text += self.say("ceiling", value=share)
        return text
