"""An answer made ready to be read: amounts by head, who pays, by when, and the rule behind each line.

Takes the core's `Answer` and `Plan` (or dicts of the same names). `rules` maps a rule's id to the core's `Rule` (or to
sentence, citation, layer, status); `lines` maps a line's id to its title or line; `facts` overrides the labels of the
core's list of facts.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from makewhole.core.facts import EXHIBIT_LABELS, FACTS
from makewhole.core.rulebook.model import WHOLE_ORDER
from makewhole.core.rulebook.phrases import PHRASES
from makewhole.core.words import SENDS_GOODS, Step, Text
from makewhole.doors.portal.parts.reading import read
from makewhole.doors.portal.parts.times import language
from makewhole.doors.portal.parts.words import label_of


class RuleView(NamedTuple):
    """A rule as a reader meets it. `sentence` is empty when the caller gave no text for it.

    `by_court`: the right it gives is not for the platform to rule on.
    """

    id: str
    sentence: str
    citation: str
    layer: str
    status: str
    href: str
    by_court: bool


class HeadView(NamedTuple):
    """What is due under one head, over all lines. `paid_minor` was paid or promised earlier."""

    head: str
    amount_minor: int
    paid_minor: int
    payer: str
    line_titles: tuple[str, ...]
    rules: tuple[RuleView, ...]


class StepView(NamedTuple):
    """One step of a plan or case: who does what by when, and what follows on silence."""

    step: str
    debtor: str
    due_at: datetime
    provisional: bool
    on_silence: str
    rule: RuleView | None
    state: str


class ProspectView(NamedTuple):
    """What a plan could come to at most (None: not known either), and the facts that hangs on."""

    total_minor: int | None
    facts: tuple[str, ...]


class PlanView(NamedTuple):
    """One remedy to choose."""

    remedy: str
    total_minor: int
    currency: str
    heads: tuple[HeadView, ...]
    payers: tuple[str, ...]
    done_by: datetime | None
    provisional: bool
    steps: tuple[StepView, ...]
    rules: tuple[RuleView, ...]
    missing: tuple[str, ...]
    settled: bool
    adds_to_any: bool
    prospect: ProspectView | None = None

    @property
    def has_several_payers(self) -> bool:
        return len(self.payers) > 1

    @property
    def gives_goods(self) -> bool:
        """Whether the merchant sends goods; a plan that does not and has no amount yet hangs on a fact."""
        return self.remedy in SENDS_GOODS

    @property
    def by_court(self) -> bool:
        """Whether a part of it is not for the platform to rule on."""
        return any(rule.by_court for rule in self.rules)


class ProofView(NamedTuple):
    """What has to be proven, by whom and how soon once asked, how firmly it stands now and which exhibits help."""

    fact: str
    burden: str
    within: str
    standing: str
    exhibits: tuple[str, ...]
    rule: RuleView


class ObstacleView(NamedTuple):
    """What speaks against a remedy."""

    kind: str
    remedy: str
    line_title: str
    rule: RuleView
    since: datetime | None


class AnswerView(NamedTuple):
    """The whole answer card."""

    order_id: str
    currency: str
    edition: str
    assessed_at: datetime | None
    plans: tuple[PlanView, ...]
    additions: tuple[PlanView, ...]
    obstacles: tuple[ObstacleView, ...]
    proofs: tuple[ProofView, ...]
    questions: tuple[str, ...]
    fund_cap_minor: int
    avenues: tuple[RuleView, ...]


def say(text: Any) -> str:
    """A text of the core (a pair of languages) in the reader's language; a plain string as it is."""
    if isinstance(text, Text):
        return text.say(language())
    return "" if text is None else str(text)


def citation_text(citation: Any) -> str:
    """A citation as people write it, from the core's `Citation`, a pair of languages or a string."""
    return say(citation if isinstance(citation, str | Text) else read(citation, "text"))


def exhibit_label(kind: Any) -> str:
    """What helps to prove something: a kind of exhibit of the core, or words as they are."""
    known = {each.value: label for each, label in EXHIBIT_LABELS.items()}
    return say(known.get(str(kind), kind))


def question_words() -> dict[str, dict[str, str]]:
    """Facts that are asked on pages in other words than the core's, which names its codes."""
    kind = FACTS["defect_kind"]
    return {
        "defect_kind": {
            "label": say(kind.label),
            "question": _("Can the fault be seen from outside, or does it show only in use or by a test?"),
        }
    }


class Reader:
    """Turns the core's ids into what a reader sees."""

    def __init__(
        self, rules: Mapping[str, Any] | None, lines: Mapping[str, Any] | None, facts: Mapping[str, Any] | None
    ) -> None:
        self.rules = rules or {}
        self.lines = lines or {}
        self.facts = facts or {}

    def rule(self, rule_id: str) -> RuleView:
        rule = self.rules.get(rule_id)
        return RuleView(
            rule_id,
            say(read(rule, "sentence", "")),
            citation_text(read(rule, "citation")),
            str(read(rule, "layer", "")),
            str(read(rule, "status", "")),
            str(read(rule, "href") or read(read(rule, "citation"), "url", "")),
            bool(read(rule, "by_court", False)),
        )

    def line_title(self, line_id: str) -> str:
        if line_id == WHOLE_ORDER:
            return _("Whole order")
        line = self.lines.get(line_id, line_id)
        return line if isinstance(line, str) else say(read(line, "title", line_id))

    def fact(self, name: str) -> str:
        """What a fact is called; raises KeyError for a name that neither the caller nor the core's list knows."""
        fact = self.facts.get(name) or FACTS[name]
        return fact if isinstance(fact, str) else say(read(fact, "label", fact))

    def question(self, name: str) -> str:
        """How a fact is asked for, without the codes programs answer with."""
        fact = self.facts.get(name) or question_words().get(name) or FACTS[name]
        return fact if isinstance(fact, str) else say(read(fact, "question", fact))

    def step(self, step: Any, state: str = "later") -> StepView:
        """A plan's step (it holds its term) or an obligation (it is its own term)."""
        term = read(step, "term") or step
        rule_id = read(term, "rule_id", "")
        return StepView(
            label_of(read(term, "step"), "step"),
            label_of(read(term, "debtor"), "party"),
            read(step, "due_at"),
            bool(read(step, "provisional", False)),
            label_of(read(term, "on_silence"), "consequence") if read(term, "on_silence") else "",
            self.rule(rule_id) if rule_id else None,
            str(read(step, "state", state)),
        )


def heads_of(dues: Any, reader: Reader) -> tuple[HeadView, ...]:
    """Dues summed by head and payer, in the order they come."""
    grouped: dict[tuple[str, str], list[Any]] = {}
    for due in dues:
        grouped.setdefault((str(read(due, "head")), str(read(due, "payer"))), []).append(due)
    views = []
    for (head, payer), members in grouped.items():
        amount = sum(read(due, "amount_minor") for due in members)
        full = sum(read(due, "full_minor") or read(due, "amount_minor") for due in members)
        rule_ids = dict.fromkeys(read(due, "rule_id", "") for due in members)
        titles = dict.fromkeys(reader.line_title(read(due, "line_id")) for due in members)
        rules = tuple(reader.rule(rule_id) for rule_id in rule_ids if rule_id)
        view = HeadView(
            label_of(head, "head"), amount, max(0, full - amount), label_of(payer, "party"), tuple(titles), rules
        )
        views.append(view)
    return tuple(views)


def plan_view(plan: Any, currency: str, reader: Reader) -> PlanView:
    """One plan made ready to be read."""
    heads = heads_of(read(plan, "dues", ()), reader)
    steps = tuple(reader.step(step) for step in read(plan, "steps", ()))
    last = max(steps, key=lambda step: step.due_at, default=None)
    return PlanView(
        remedy=str(read(plan, "remedy")),
        total_minor=sum(head.amount_minor for head in heads),
        currency=str(read(plan, "currency") or currency),
        heads=heads,
        payers=tuple(dict.fromkeys(head.payer for head in heads)),
        done_by=last.due_at if last else None,
        provisional=any(step.provisional for step in steps),
        steps=steps,
        rules=tuple(reader.rule(rule_id) for rule_id in read(plan, "rule_ids", ())),
        missing=tuple(reader.fact(name) for name in read(plan, "depends_on", ())),
        settled=bool(read(plan, "settled", True)),
        adds_to_any=bool(read(plan, "adds_to_any", False)),
        prospect=prospect_view(prospect, reader) if (prospect := read(plan, "prospect")) else None,
    )


def prospect_view(prospect: Any, reader: Reader) -> ProspectView:
    """What a plan could come to, made ready to be read."""
    return ProspectView(prospect.total_minor, tuple(reader.fact(name) for name in prospect.facts))


def obstacle_view(obstacle: Any, reader: Reader) -> ObstacleView:
    """One obstacle made ready to be read."""
    remedy = read(obstacle, "remedy")
    return ObstacleView(
        kind=str(read(obstacle, "kind")),
        remedy=label_of(remedy, "remedy") if remedy else "",
        line_title=reader.line_title(read(obstacle, "line_id", "")) if read(obstacle, "line_id") else "",
        rule=reader.rule(read(obstacle, "rule_id", "")),
        since=read(obstacle, "since"),
    )


def proof_view(needed: Any, reader: Reader, terms: Iterable[Any] = ()) -> ProofView:
    """One fact to prove made ready to be read."""
    asked = ((read(term, "step"), read(term, "debtor"), term) for term in terms)
    term = next(
        (term for step, debtor, term in asked if (step, debtor) == (Step.GIVE_EVIDENCE, read(needed, "burden"))), None
    )
    return ProofView(
        fact=reader.fact(read(needed, "fact")),
        burden=label_of(read(needed, "burden"), "party"),
        within="" if term is None else say(PHRASES[str(read(term, "unit"))]).format(count=read(term, "length")),
        standing=str(read(needed, "standing")),
        exhibits=tuple(exhibit_label(exhibit) for exhibit in read(needed, "exhibits", ())),
        rule=reader.rule(read(needed, "rule_id", "")),
    )


def answer_view(answer: Any, reader: Reader) -> AnswerView:
    """The whole answer made ready to be read. Plans that add to any other stand apart."""
    currency = str(read(answer, "currency"))
    plans = tuple(plan_view(plan, currency, reader) for plan in read(answer, "plans", ()))
    return AnswerView(
        order_id=str(read(answer, "order_id", "")),
        currency=currency,
        edition=str(read(answer, "edition", "")),
        assessed_at=read(answer, "assessed_at"),
        plans=tuple(plan for plan in plans if not plan.adds_to_any),
        additions=tuple(plan for plan in plans if plan.adds_to_any),
        obstacles=tuple(obstacle_view(obstacle, reader) for obstacle in read(answer, "obstacles", ())),
        proofs=tuple(proof_view(needed, reader, read(answer, "terms", ())) for needed in read(answer, "evidence", ())),
        questions=tuple(reader.question(read(question, "fact")) for question in read(answer, "questions", ())),
        fund_cap_minor=read(read(answer, "fund"), "cap_minor", 0),
        avenues=tuple(reader.rule(read(avenue, "rule_id")) for avenue in read(answer, "avenues", ())),
    )


EXHIBIT_ICONS = {
    "photo": "camera",
    "video": "play",
    "chat": "message",
    "parcel_weight": "scales",
    "carrier_event": "truck",
    "order_snapshot": "box",
}


class ExhibitView(NamedTuple):
    """One piece of evidence in a gallery."""

    id: str
    side: str
    icon: str
    caption: str
    number: str
    at: datetime
    href: str
    thumbnail_href: str
    warning: str


def exhibit_view(exhibit: Any, base: str) -> ExhibitView:
    """An exhibit of the evidence room, or a dict of the same names; `base` is where its own page hangs."""
    exhibit_id, kind = str(read(exhibit, "id")), str(read(exhibit, "kind"))
    position = read(exhibit, "position")
    has_thumbnail = bool(read(exhibit, "thumbnail_sha256"))
    return ExhibitView(
        id=exhibit_id,
        side=str(read(exhibit, "side")),
        icon=EXHIBIT_ICONS.get(kind, "file"),
        caption=say(read(exhibit, "title") or read(exhibit, "file_name") or exhibit_label(kind)),
        number=str(read(exhibit, "number") or (f"#{position}" if position else "")),
        at=read(exhibit, "attached_at") or read(exhibit, "uploaded_at"),
        href=str(read(exhibit, "href") or f"{base}{exhibit_id}/"),
        thumbnail_href=str(
            read(exhibit, "thumbnail_href") or (f"{base}{exhibit_id}/thumbnail/" if has_thumbnail else "")
        ),
        warning=say(read(exhibit, "warning")),
    )
