"""Tell an answer in words: plans with amounts, payers and dates, what to prove, what speaks against, what is missing.

Returns blocks of lines, so that a terminal, a page and a document can each set them their own way. Every line carries
the rule it rests on. All words come from `phrases` and from the rulebook's own sentences.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from makewhole.core.dates import moment_text
from makewhole.core.facts import EXHIBIT_LABELS, FACTS, ExhibitKind
from makewhole.core.money import decimals, to_major
from makewhole.core.order.model import Means, Order
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.model import (
    WHOLE_ORDER,
    Answer,
    Due,
    EvidenceNeeded,
    Obstacle,
    ObstacleKind,
    Plan,
    PlanStep,
    Prospect,
)
from makewhole.core.rulebook.rule import Clock, Rule, Rulebook
from makewhole.core.words import RETURNS_GOODS, SENDS_GOODS, Language, Party, Provenance, Step, Text


class Told(NamedTuple):
    """One line: what it says, the rule it rests on ('' for none), and, in a plan, whether it is a step."""

    text: str
    rule_id: str = ""
    step: bool = False


class Block(NamedTuple):
    """A heading with its lines. `kind` is plan, evidence, question, obstacle, safety or nothing."""

    kind: str
    title: str
    lines: tuple[Told, ...]
    note: str = ""


class Cited(NamedTuple):
    """A rule as an answer cites it: sentence, source and article, layer, status, and the dates it was in force."""

    rule_id: str
    sentence: str
    citation: str
    layer: str
    status: str
    in_force_from: date
    in_force_to: date | None
    url: str


def explain(answer: Answer, book: Rulebook, order: Order, language: Language) -> tuple[Block, ...]:
    """The answer in words."""
    teller = Teller(answer, book, order, language)
    blocks = [teller.plan(plan) for plan in answer.plans]
    if not blocks:
        blocks.append(Block("nothing", _capital(teller.say("nothing")), ()))
    if answer.obstacles:
        blocks.append(
            Block("obstacle", _capital(teller.say("obstacles")), tuple(map(teller.obstacle, answer.obstacles)))
        )
    if answer.evidence:
        blocks.append(Block("evidence", _capital(teller.say("evidence")), tuple(map(teller.evidence, answer.evidence))))
    if answer.questions:
        asked = (
            Told(FACTS[one.fact].question.say(language), one.rule_ids[0] if one.rule_ids else "")
            for one in answer.questions
        )
        blocks.append(Block("question", _capital(teller.say("questions")), tuple(asked)))
    safety = tuple(teller.safety())
    if safety:
        blocks.append(Block("safety", _capital(teller.say("safety")), safety))
    return tuple(blocks)


def cited(answer: Answer, book: Rulebook, language: Language) -> tuple[Cited, ...]:
    """Every rule the answer names, in the order it first names them, as in force for it."""
    return tuple(cite(rule, language) for rule in rules_of(answer, book))


def rules_of(answer: Answer, book: Rulebook) -> tuple[Rule, ...]:
    """The rules an answer names: substance as of its edition, procedure as of the time of the answer."""
    named: dict[str, None] = {}
    for plan in answer.plans:
        named |= dict.fromkeys((*plan.rule_ids, *(due.rule_id for due in plan.dues)))
        named |= dict.fromkeys(step.term.rule_id for step in plan.steps)
    named |= dict.fromkeys(obstacle.rule_id for obstacle in answer.obstacles)
    named |= dict.fromkeys(needed.rule_id for needed in answer.evidence)
    named |= dict.fromkeys(faced.rule_id for faced in answer.sanctions)
    named |= dict.fromkeys(rule_id for question in answer.questions for rule_id in question.rule_ids)
    named |= dict.fromkeys(avenue.rule_id for avenue in answer.avenues)
    if answer.plans:
        named[answer.fund.rule_id] = None
    return tuple(rule_of(answer, book, rule_id) for rule_id in named if rule_id)


def rule_of(answer: Answer, book: Rulebook, rule_id: str) -> Rule:
    """The edition of a rule that applies to an answer."""
    substance = book.edition_named(answer.edition).start
    rule = book.rule(rule_id, substance)
    if rule.by is Clock.STEP:
        return book.rule(rule_id, book.calendar.local(answer.assessed_at).date())
    return rule


def cite(rule: Rule, language: Language) -> Cited:
    """A rule as an answer cites it."""
    return Cited(
        rule.id,
        rule.sentence.say(language),
        rule.citation.text.say(language),
        phrases.LAYERS[rule.layer].say(language),
        phrases.STATUSES[rule.status].say(language),
        rule.start,
        rule.end,
        rule.citation.url,
    )


def amount_text(amount_minor: int, currency: str) -> str:
    """An amount as people write it: '¥1,299.00'."""
    sign = phrases.SIGNS.get(currency, f"{currency} ")
    return f"{sign}{to_major(amount_minor, currency):,.{decimals(currency)}f}"


class Teller:
    """Tells the parts of one answer in one language."""

    def __init__(self, answer: Answer, book: Rulebook, order: Order, language: Language) -> None:
        self.answer, self.book, self.order, self.language = answer, book, order, language
        self.now = book.calendar.local(answer.assessed_at)

    def say(self, phrase: str, **parts: object) -> str:
        """A sentence pattern, filled in."""
        return self.word(phrases.PHRASES[phrase]).format(**parts)

    def word(self, text: Text) -> str:
        return text.say(self.language)

    def money(self, amount_minor: int) -> str:
        return amount_text(amount_minor, self.answer.currency)

    def when(self, moment: datetime) -> str:
        return moment_text(self.book.calendar.local(moment), self.now).say(self.language)

    def line(self, line_id: str) -> str:
        return self.say("whole_order") if line_id == WHOLE_ORDER else self.order.line(line_id).title

    def facts(self, names: Iterable[str]) -> str:
        return self.say("and").join(self.word(FACTS[name].label) for name in names)

    def plan(self, plan: Plan) -> Block:
        """One plan: its amounts, who bears freight, until when, its steps and the rules behind it."""
        title = _capital(self.word(phrases.REMEDIES[plan.remedy]))
        if plan.dues:
            note = self.say("total", amount=self.money(plan.total_minor))
        elif plan.depends_on and plan.remedy not in SENDS_GOODS:
            note = self.say("amount_open")
        else:
            note = self.say("no_money")
        lines = [self.due(due) for due in plan.dues]
        if plan.freight_back_payer is not None:
            payer = self.word(phrases.PARTIES[plan.freight_back_payer])
            lines.append(Told(_capital(self.say("freight_back", payer=payer)), self._freight_rule(plan)))
        if plan.claim_until is not None:
            until = self.say("until", date=self.when(plan.claim_until.at))
            lines.append(Told(_capital(until), plan.rule_ids[0]))
        if plan.depends_on:
            lines.append(Told(_capital(self.say("depends", facts=self.facts(plan.depends_on)))))
        elif plan.final:
            lines.append(Told(_capital(self.say("settled"))))
        if plan.prospect is not None:
            lines.append(self.prospect(plan.prospect))
        if plan.adds_to_any:
            lines.append(Told(_capital(self.say("adds"))))
        lines += [self.step(step) for step in plan.steps]
        return Block("plan", title, tuple(lines), note)

    def prospect(self, prospect: Prospect) -> Told:
        """What the plan could come to, and the facts that hangs on."""
        facts, rule_ids = self.facts(prospect.facts), prospect.questions[0].rule_ids
        if prospect.total_minor is None:
            text = self.say("prospect_open", facts=facts)
        else:
            text = self.say("prospect", amount=self.money(prospect.total_minor), facts=facts)
        return Told(_capital(text), rule_ids[0] if rule_ids else "")

    def _freight_rule(self, plan: Plan) -> str:
        """The rule of the plan that says who bears the freight back, if one does."""
        for rule_id in plan.rule_ids:
            outcome = rule_of(self.answer, self.book, rule_id).outcome
            if getattr(outcome, "freight_back", None) is plan.freight_back_payer:
                return rule_id
        return ""

    def due(self, due: Due) -> Told:
        """One amount: head, sum, line, payer and form."""
        head, line = _capital(self.word(phrases.HEADS[due.head])), self.line(due.line_id)
        parts = {"head": head, "line": line, "amount": self.money(due.amount_minor)}
        if due.amount_minor != due.full_minor:
            full, paid = self.money(due.full_minor), self.money(due.full_minor - due.amount_minor)
            text = self.say("amount_paid", **parts, full=full, paid=paid)
        else:
            text = self.say("amount", **parts)
        text += self.say("by_payer", payer=self.word(phrases.PARTIES[due.payer]))
        if due.form is not Means.MONEY:
            text += self.say(f"in_{due.form}")
        if due.by_court:
            text += self.say("due_by_court")
        return Told(text, due.rule_id)

    def step(self, step: PlanStep) -> Told:
        """One step: by when, who, what, and what follows on silence."""
        term = step.term
        text = self.say(
            "step",
            date=self.when(step.due_at),
            debtor=self.word(phrases.PARTIES[term.debtor]),
            step=self.word(phrases.STEPS_TAKEN[term.step]),
            silence=self.word(phrases.CONSEQUENCES[term.on_silence]),
        )
        return Told(_capital(text) + (self.say("provisional") if step.provisional else ""), term.rule_id, step=True)

    def evidence(self, needed: EvidenceNeeded) -> Told:
        """Who must prove a fact, and with what."""
        phrase = "presumed" if needed.standing is Provenance.PRESUMED else "prove"
        text = self.say(
            phrase, fact=_capital(self.facts((needed.fact,))), burden=self.word(phrases.PARTIES[needed.burden])
        )
        exhibits = self.say("and").join(self.word(EXHIBIT_LABELS[ExhibitKind(one)]) for one in needed.exhibits)
        text += self.say("helps", exhibits=exhibits) if exhibits else ""
        asked = (one for one in self.answer.terms if (one.step, one.debtor) == (Step.GIVE_EVIDENCE, needed.burden))
        term = next(asked, None)
        if term is not None:
            text += self.say(f"{phrase}_by", term=self.say(str(term.unit), count=term.length))
        return Told(text, needed.rule_id)

    def obstacle(self, obstacle: Obstacle) -> Told:
        """What speaks against a remedy on a line."""
        since = self.when(obstacle.since) if obstacle.since is not None else self.say("unknown")
        sentence = rule_of(self.answer, self.book, obstacle.rule_id).sentence if obstacle.rule_id else Text("", "")
        why = self.word(phrases.OBSTACLES[obstacle.kind]).format(date=since, sentence=self.word(sentence))
        if obstacle.kind is ObstacleKind.PAID_IN_FULL and obstacle.remedy not in RETURNS_GOODS:
            why = self.word(phrases.PAID_BEFORE)
        if obstacle.kind is ObstacleKind.NOT_CLAIMABLE and not obstacle.fact:
            why = self.word(phrases.REPLACED_AFTER_PAYMENT)
        if obstacle.fact and obstacle.kind is ObstacleKind.NOT_CLAIMABLE:
            why += self.say("turns_on", fact=self.facts((obstacle.fact,)))
        remedy = self.word(phrases.REMEDIES[obstacle.remedy]) if obstacle.remedy is not None else ""
        text = self.say("obstacle", remedy=_capital(remedy), line=self.line(obstacle.line_id), why=why)
        return Told(text, obstacle.rule_id)

    def safety(self) -> Iterable[Told]:
        """What the fund covers, what the other side faces, and where else the buyer can turn."""
        if self.answer.plans and self.answer.fund.rule_id:
            amount = self.money(self.answer.fund.cap_minor)
            yield Told(_capital(self.say("fund", amount=amount)), self.answer.fund.rule_id)
        for faced in self.answer.sanctions:
            if self.answer.plans or faced.on is Party.BUYER:
                yield Told(_capital(self.say(f"sanction_{faced.on}", points=faced.points)), faced.rule_id)
        for avenue in self.answer.avenues:
            yield Told(rule_of(self.answer, self.book, avenue.rule_id).sentence.say(self.language), avenue.rule_id)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
