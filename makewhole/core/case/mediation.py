"""The platform hears both sides and rules: at once where rules and facts settle it, otherwise by an agent.

One round of evidence from both sides, at most one more on the agent's request, each with a deadline after which the
ruling is made on what is on file. Then an appeal window; when both sides let it pass, the ruling is final.
"""

from makewhole.core.case.amounts import chosen_plans, plan_terms, room_left
from makewhole.core.case.claim import answer_sha256
from makewhole.core.case.commands import (
    AcceptRuling,
    ContestReturn,
    Escalate,
    FinishEvidence,
    ReportNotReceived,
    RequestEvidence,
    Rule,
    SubmitEvidence,
)
from makewhole.core.case.decision import Draft, refuse
from makewhole.core.case.events import ByParty, EventKind, EvidenceRequested, EvidenceSubmitted, Ruled, Said
from makewhole.core.case.findings import relied_on
from makewhole.core.case.model import SYSTEM, Case, Obligation, OrderSeen, Ruling, Terms
from makewhole.core.case.performance import MONEY_STEPS, agree
from makewhole.core.case.ruling import ruling_from
from makewhole.core.words import Party, Provenance, Role, Stage, Step, Text

BOTH = (Party.BUYER, Party.MERCHANT)
PARTIES = {Role.BUYER: Party.BUYER, Role.MERCHANT: Party.MERCHANT, Role.AGENT: Party.PLATFORM}


def party_of(draft: Draft) -> Party:
    """The party the actor is."""
    return PARTIES[draft.context.actor.role]


def escalate(draft: Draft, command: Escalate) -> None:
    """The buyer calls the platform in, or the merchant's silence does."""
    draft.record(EventKind.ESCALATED, Said(command.note))
    draft.tell(Party.MERCHANT, Party.BUYER)
    if not rule_automatically(draft):
        hear(draft, BOTH)


def contest_return(draft: Draft, command: ContestReturn) -> None:
    draft.record(EventKind.RETURN_CONTESTED, Said(command.note))
    draft.tell(Party.BUYER)
    hear(draft, BOTH)


def report_not_received(draft: Draft, command: ReportNotReceived) -> None:
    draft.record(EventKind.NOT_RECEIVED, Said(command.note))
    draft.tell(Party.MERCHANT)
    hear(draft, BOTH)


def money_running(case: Case) -> tuple[Obligation, ...]:
    """Clocks of money already agreed: they go on beside a dispute."""
    return tuple(each for each in case.obligations if each.step in MONEY_STEPS)


def hear(draft: Draft, parties: tuple[Party, ...]) -> None:
    """Give these parties a round for their evidence."""
    draft.then(*(draft.obligation(Step.GIVE_EVIDENCE, party) for party in parties), *money_running(draft.case))


def submit_evidence(draft: Draft, command: SubmitEvidence) -> None:
    if not command.exhibit_ids and not command.note.strip():
        refuse(
            "nothing_submitted",
            Text("没有证据，也没有说明", "neither an exhibit nor a statement was given"),
            Text("上传证据或写下说明", "add an exhibit or write a statement"),
        )
    party = party_of(draft)
    draft.record(EventKind.EVIDENCE_SUBMITTED, EvidenceSubmitted(party, command.exhibit_ids, command.note))
    draft.tell(Party.MERCHANT if party is Party.BUYER else Party.BUYER)


def finish_evidence(draft: Draft, command: FinishEvidence) -> None:
    evidence_ends(draft, party_of(draft))


def evidence_ends(draft: Draft, party: Party) -> None:
    """One side's round ends; the ruling waits for the other side's at most until its own deadline."""
    draft.record(EventKind.EVIDENCE_FINISHED, ByParty(party))
    case = draft.case
    others = tuple(each for each in case.obligations if not (each.step is Step.GIVE_EVIDENCE and each.debtor is party))
    if any(each.step is Step.GIVE_EVIDENCE for each in others):
        draft.then(*others)
        return
    step = Step.RULE_APPEAL if case.stage is Stage.APPEAL else Step.RULE
    draft.then(draft.obligation(step, Party.PLATFORM), *money_running(case))


def request_evidence(draft: Draft, command: RequestEvidence) -> None:
    """The agent's one round of questions."""
    parties = tuple(party for party in BOTH if party in command.parties)
    if not parties or set(command.parties) - set(BOTH):
        refuse(
            "parties_wrong",
            Text("只能要求买家、商家或双方补充证据", "evidence is asked of the buyer, the merchant, or both"),
            Text("选择其中一方或双方", "choose one or both of them"),
            "parties",
        )
    draft.record(EventKind.EVIDENCE_REQUESTED, EvidenceRequested(parties, command.question))
    draft.tell(*parties)
    hear(draft, parties)


def rule_automatically(draft: Draft) -> bool:
    """Rule at once when the rules give all that is wanted and every fact they rest on stands uncontested.

    Not where something is wanted that is not for the platform to rule on.
    """
    case = draft.case
    if any(due.by_court for due in case.wanted.dues):
        return False
    terms = plan_terms(draft.answer, case.wanted.remedy, room_left(draft.answer, draft.context))
    plans = chosen_plans(draft.answer, case.wanted.remedy)
    if terms is None or not covers(terms, case.wanted):
        return False
    wanted = {(due.line_id, due.head) for due in case.wanted.dues}
    needed = [plan for plan in plans if plan is plans[0] or any((d.line_id, d.head) in wanted for d in plan.dues)]
    if not all(plan.final for plan in needed) or presumption_contested(draft):
        return False
    ruling = Ruling(
        id=next(draft.context.ids),
        by=SYSTEM.id,
        findings=relied_on(case, draft.answer),
        terms=case.wanted,
        reasons="",
        rule_ids=tuple(dict.fromkeys(rule_id for plan in needed for rule_id in plan.rule_ids)),
        on_appeal=False,
    )
    publish(draft, ruling, answer_sha256(draft.answer), automatic=True)
    return True


def presumption_contested(draft: Draft) -> bool:
    """Whether a side that must disprove a presumption has handed in exhibits: then somebody has to look at them."""
    handed_in = {party for _, party in draft.case.exhibits}
    return any(
        needed.standing is Provenance.PRESUMED and needed.burden in handed_in for needed in draft.answer.evidence
    )


def covers(given: Terms, wanted: Terms) -> bool:
    """Whether every amount wanted is given."""
    most = {(due.line_id, due.head): due.amount_minor for due in given.dues}
    return all(due.amount_minor <= most.get((due.line_id, due.head), 0) for due in wanted.dues)


def rule(draft: Draft, command: Rule) -> None:
    ruling, sealed = ruling_from(draft, command, on_appeal=False)
    publish(draft, ruling, sealed, automatic=False)


def publish(draft: Draft, ruling: Ruling, sealed: str, automatic: bool) -> None:
    """Tell the ruling and open the appeal window; after an appeal a ruling is final at once."""
    draft.record(
        EventKind.RULED, Ruled(ruling, sealed, OrderSeen.of(draft.context.order)), actor=SYSTEM if automatic else None
    )
    draft.tell(Party.BUYER, Party.MERCHANT)
    if draft.case.appealed_by is not None:
        agree(draft, EventKind.RULING_FINAL, ruling.terms, actor=SYSTEM)
        return
    window = tuple(draft.obligation(Step.APPEAL, party) for party in BOTH)
    draft.then(*window, *money_running(draft.case))


def accept_ruling(draft: Draft, command: AcceptRuling) -> None:
    appeal_waived(draft, party_of(draft))


def appeal_waived(draft: Draft, party: Party) -> None:
    """A party accepts the ruling, or lets its time pass; when both have, the ruling is final."""
    draft.record(EventKind.RULING_ACCEPTED, ByParty(party))
    case = draft.case
    others = tuple(each for each in case.obligations if not (each.step is Step.APPEAL and each.debtor is party))
    draft.then(*others)
    if not any(each.step is Step.APPEAL for each in others):
        agree(draft, EventKind.RULING_FINAL, case.rulings[-1].terms, actor=SYSTEM)
