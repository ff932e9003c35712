"""What is due, as the API tells it: plans, amounts by head, dates, obstacles, evidence, each with its rule."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.urls import reverse
from pydantic import Field

from makewhole.core.case.say import CONSEQUENCES, HEADS, REMEDIES, STEPS
from makewhole.core.facts import FACTS
from makewhole.core.rulebook.explain import rules_of
from makewhole.core.rulebook.model import Answer, Due, EvidenceNeeded, Obstacle, Plan, PlanStep, Prospect, Question
from makewhole.core.rulebook.phrases import AVENUES
from makewhole.core.rulebook.rule import AvenueKind, Rule
from makewhole.core.words import Consequence, Language, Party, Step
from makewhole.doors.api.shapes.plain import Amount, Answered, Day, Time, amount, time, time_or_none, words
from makewhole.rooms.rulebooks import queries as rulebooks


class Silence(Answered):
    """What follows when the time passes and nothing was done."""

    consequence: str = Field(json_schema_extra=words(Consequence))
    text: str


class DueState(Answered):
    """One amount owed. `amount` is still due, `full` was due before earlier payments, `cap` may never be exceeded."""

    line_id: str = Field(description="A line of the order; `*` for the order as a whole.")
    head: str
    label: str
    amount: Amount
    full: Amount
    cap: Amount
    form: str = Field(description="In what it is paid: money, or points or coupons of that value.")
    payer: str
    rule_id: str
    by_court: bool = Field(
        default=False, description="Not for the platform to rule on: the merchant may agree, else a court decides."
    )


class PlanStepState(Answered):
    """One step: who does what by when, if every step before takes its full time."""

    step: str = Field(json_schema_extra=words(Step))
    label: str
    debtor: str
    due_at: Time
    provisional: bool = Field(description="The market's calendar for that year is not published yet.")
    on_silence: Silence
    rule_id: str


class ProspectState(Answered):
    """What a plan would come to at most, should open facts turn out well for the buyer."""

    total: Amount | None = Field(description="Null where one of the facts is itself an amount.")
    depends_on: list[str] = Field(description="The facts it hangs on.")


class PlanState(Answered):
    """One remedy the buyer may choose."""

    remedy: str
    label: str
    total: Amount
    dues: list[DueState]
    steps: list[PlanStepState]
    rule_ids: list[str]
    depends_on: list[str] = Field(description="Facts not known yet on which it hangs.")
    settled: bool = Field(description="Every fact it rests on is evidenced, presumed or found.")
    adds_to_any: bool = Field(description="It may be had beside any other remedy.")
    claim_until: Time | None
    freight_back_payer: str | None
    prospect: ProspectState | None = Field(description="The same remedy may give more, on facts not known yet.")


class ObstacleState(Answered):
    """What speaks against a remedy."""

    kind: str
    line_id: str
    remedy: str | None
    fact: str
    rule_id: str
    since: Time | None


class EvidenceState(Answered):
    """What has to be proven, by whom, and how firmly it stands now."""

    fact: str
    label: str
    burden: str
    standing: str
    rule_id: str
    exhibits: list[str] = Field(description="Kinds of exhibit that help.")


class QuestionState(Answered):
    """A fact not known yet, and how it is asked for."""

    fact: str
    question: str
    rule_ids: list[str]


class RuleState(Answered):
    """A rule the answer rests on."""

    sentence: str
    citation: str
    layer: str
    status: str
    href: str = Field(description="Where the source can be read; empty if nowhere public.")
    page_path: str = Field(
        description="Path, on this server, of the page that tells this edition of the rule to people; permanent."
    )
    in_force_from: Day
    in_force_to: Day | None


class FundCoverState(Answered):
    """Up to how much the guarantee fund stands in, and by which rule."""

    cap: Amount
    rule_id: str


class SanctionState(Answered):
    """Penalty points a party faces: the merchant if the claim is right, or the buyer who abused it."""

    points: int
    rule_id: str
    on: str = Field(json_schema_extra=words(Party))


class AvenueState(Answered):
    """A way outside the platform that is open; the rule's sentence says how it goes."""

    to: str = Field(json_schema_extra=words(AvenueKind))
    label: str
    rule_id: str


class AnswerState(Answered):
    """The whole assessment. `rules` has every rule it names."""

    market: str
    edition: str
    order_number: str
    assessed_at: Time
    plans: list[PlanState]
    obstacles: list[ObstacleState]
    evidence: list[EvidenceState]
    questions: list[QuestionState]
    fund: FundCoverState
    sanctions: list[SanctionState]
    avenues: list[AvenueState]
    rules: dict[str, RuleState]


def silence(consequence: Consequence, language: Language) -> dict[str, str]:
    return {"consequence": consequence.value, "text": CONSEQUENCES[consequence].say(language)}


def answer_state(answer: Answer, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    book = rulebooks.book(answer.market)
    return {
        "market": answer.market,
        "edition": answer.edition,
        "order_number": answer.order_id,
        "assessed_at": time(answer.assessed_at, zone),
        "plans": [_plan(plan, answer.currency, zone, language) for plan in answer.plans],
        "obstacles": [_obstacle(obstacle, zone) for obstacle in answer.obstacles],
        "evidence": [_evidence(needed, language) for needed in answer.evidence],
        "questions": [_question(question, language) for question in answer.questions],
        "fund": {"cap": amount(answer.fund.cap_minor, answer.currency), "rule_id": answer.fund.rule_id},
        "sanctions": [faced._asdict() for faced in answer.sanctions],
        "avenues": [
            {"to": each.to.value, "label": AVENUES[each.to].say(language), "rule_id": each.rule_id}
            for each in answer.avenues
        ],
        "rules": {rule.id: _written(answer.market, rule, language) for rule in rules_of(answer, book)},
    }


def _plan(plan: Plan, currency: str, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    return {
        "remedy": plan.remedy.value,
        "label": REMEDIES[plan.remedy].say(language),
        "total": amount(plan.total_minor, currency),
        "dues": [_due(due, language) for due in plan.dues],
        "steps": [_step(step, zone, language) for step in plan.steps],
        "rule_ids": plan.rule_ids,
        "depends_on": plan.depends_on,
        "settled": plan.settled,
        "adds_to_any": plan.adds_to_any,
        "claim_until": time_or_none(plan.claim_until.at if plan.claim_until else None, zone),
        "freight_back_payer": plan.freight_back_payer,
        "prospect": _prospect(plan.prospect, currency) if plan.prospect is not None else None,
    }


def _prospect(prospect: Prospect, currency: str) -> dict[str, Any]:
    most = prospect.total_minor
    return {"total": None if most is None else amount(most, currency), "depends_on": prospect.facts}


def _due(due: Due, language: Language) -> dict[str, Any]:
    return {
        "line_id": due.line_id,
        "head": due.head.value,
        "label": HEADS[due.head].say(language),
        "amount": amount(due.amount_minor, due.currency),
        "full": amount(due.full_minor, due.currency),
        "cap": amount(due.cap_minor, due.currency),
        "form": due.form.value,
        "payer": due.payer.value,
        "rule_id": due.rule_id,
        "by_court": due.by_court,
    }


def _step(step: PlanStep, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    return {
        "step": step.term.step.value,
        "label": STEPS[step.term.step].say(language),
        "debtor": step.term.debtor.value,
        "due_at": time(step.due_at, zone),
        "provisional": step.provisional,
        "on_silence": silence(step.term.on_silence, language),
        "rule_id": step.term.rule_id,
    }


def _obstacle(obstacle: Obstacle, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "kind": obstacle.kind.value,
        "line_id": obstacle.line_id,
        "remedy": obstacle.remedy,
        "fact": obstacle.fact,
        "rule_id": obstacle.rule_id,
        "since": time_or_none(obstacle.since, zone),
    }


def _evidence(needed: EvidenceNeeded, language: Language) -> dict[str, Any]:
    return {
        "fact": needed.fact,
        "label": FACTS[needed.fact].label.say(language),
        "burden": needed.burden.value,
        "standing": needed.standing.value,
        "rule_id": needed.rule_id,
        "exhibits": needed.exhibits,
    }


def _question(question: Question, language: Language) -> dict[str, Any]:
    return {
        "fact": question.fact,
        "question": FACTS[question.fact].question.say(language),
        "rule_ids": question.rule_ids,
    }


_rules: dict[tuple[str, str, date, Language], orjson.Fragment] = {}
"""Rules as JSON, each written once: by market, id, first day and language."""


def _written(market: str, rule: Rule, language: Language) -> orjson.Fragment:
    key = (market, rule.id, rule.start, language)
    found = _rules.get(key)
    if found is None:
        found = _rules[key] = orjson.Fragment(orjson.dumps(rule_state(market, rule, language)))
    return found


def rule_state(market: str, rule: Rule, language: Language) -> dict[str, Any]:
    told = rulebooks.rule_text(rule)
    return {
        "sentence": told.sentence.say(language),
        "citation": told.citation.say(language),
        "layer": told.layer,
        "status": told.status,
        "href": told.href,
        "page_path": reverse("anyone:rule_edition", args=(market, rule.id, rule.start.isoformat())),
        "in_force_from": rule.start.isoformat(),
        "in_force_to": rule.end.isoformat() if rule.end else None,
    }
