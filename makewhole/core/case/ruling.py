"""An agent's ruling: the findings, the answer the rules give under them, and amounts within it."""

from makewhole.core.case.amounts import (
    Ceiling,
    Limits,
    Place,
    Room,
    ceilings,
    chosen_plans,
    plan_terms,
    read_proposal,
    room_left,
)
from makewhole.core.case.claim import answer_sha256, claim_of, paid_for
from makewhole.core.case.commands import Proposal, Rule, RuleAppeal
from makewhole.core.case.decision import Draft, refuse
from makewhole.core.case.findings import check_findings, fact_labels, unproven
from makewhole.core.case.model import Ruling, Terms
from makewhole.core.case.say import remedy_name
from makewhole.core.rulebook.model import Answer
from makewhole.core.words import Party, Text


def ruling_from(draft: Draft, command: Rule | RuleAppeal, on_appeal: bool) -> tuple[Ruling, str]:
    """The ruling an agent's command means, and the seal of the answer under its findings.

    Refuses findings that do not stand, a ruling without reasons, one that turns on facts nobody found, and amounts
    beyond the rules without an explicit reason, or beyond the cap at all.
    """
    check_findings(draft.case, command.findings)
    if not command.reasons.strip():
        refuse(
            "reasons_missing",
            Text("裁决没有写明理由", "the ruling gives no reasons"),
            Text("写明依据的规则、事实和金额", "say which rule, which facts and which sum it rests on"),
            "reasons",
        )
    answer = draft.assess(claim_of(draft.case, command.findings), paid_for(draft.case))
    terms = None
    if command.proposal is not None:
        terms = ruled_terms(draft, command.proposal, answer, command.beyond_reason)
    plans = chosen_plans(answer, terms.remedy) if terms else ()
    ruling = Ruling(
        id=next(draft.context.ids),
        by=draft.context.actor.id,
        findings=command.findings,
        terms=terms,
        reasons=command.reasons,
        rule_ids=tuple(dict.fromkeys(rule_id for plan in plans for rule_id in plan.rule_ids)),
        on_appeal=on_appeal,
        beyond_reason=command.beyond_reason if terms else "",
    )
    return ruling, answer_sha256(answer)


def ruled_terms(draft: Draft, proposal: Proposal, answer: Answer, beyond_reason: str) -> Terms:
    room = room_left(answer, draft.context)
    base = plan_terms(answer, proposal.remedy, room, by_court=False)
    if not beyond_reason.strip():
        refuse_unsettled(answer, proposal, base)
    most = ceilings(answer, room, by_court=False)
    if beyond_reason.strip():
        most = raised(most, room, draft)
    limits = Limits(most, room, draft.case.lines, draft.case.currency, goodwill=False)
    return read_proposal(proposal, base, limits, "proposal")


def refuse_unsettled(answer: Answer, proposal: Proposal, base: Terms | None) -> None:
    """Refuse a remedy the rules do not give under the findings, or give only on facts nobody found."""
    name = remedy_name(proposal.remedy)
    if base is None:
        refuse(
            "beyond_rules",
            Text(f"按所认定的事实，规则不支持{name.zh}", f"under these findings the rules do not give {name.en}"),
            Text(
                "更正认定，换一种方式，或写明超出规则的理由",
                "correct the findings, choose another remedy, or say why it goes beyond",
            ),
            "proposal.remedy",
        )
    if not all(plan.final for plan in chosen_plans(answer, proposal.remedy)[:1]):
        facts = fact_labels(unproven(answer))
        refuse(
            "facts_open",
            Text(f"尚未认定：{facts.zh}", f"not found yet: {facts.en}"),
            Text("对这些事实作出认定", "find on these facts"),
            "findings",
        )


def raised(most: dict[Place, Ceiling], room: Room, draft: Draft) -> dict[Place, Ceiling]:
    """The ceilings of a ruling that goes beyond the rules: what the caps leave, for the claimed lines."""
    claimed = {line.line_id for line in draft.case.lines} | {"*"}
    higher = dict(most)
    for (line_id, head), left in room.items():
        if line_id in claimed:
            known = most.get((line_id, head), Ceiling(0, Party.MERCHANT, ""))
            higher[line_id, head] = known._replace(amount_minor=max(left, known.amount_minor))
    return higher
