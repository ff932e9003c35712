"""The two sides among themselves: accept, offer, counter, refuse, give up."""

from makewhole.core.case.amounts import Limits, ceilings, plan_terms, read_proposal, room_left
from makewhole.core.case.commands import AcceptClaim, AcceptOffer, MakeOffer, RefuseClaim, Withdraw
from makewhole.core.case.decision import Draft, refuse
from makewhole.core.case.events import EventKind, OfferMade, Said
from makewhole.core.case.mediation import party_of
from makewhole.core.case.model import Offer, Outcome
from makewhole.core.case.performance import agree, close
from makewhole.core.words import Party, Step, Text

OFFERS_MAX = 10


def accept_claim(draft: Draft, command: AcceptClaim) -> None:
    agree(draft, EventKind.CLAIM_ACCEPTED, draft.case.demand)


def accept_offer(draft: Draft, command: AcceptOffer) -> None:
    offer = draft.case.offer
    if offer is None:
        raise ValueError(f"case {draft.case.id} waits for an answer to an offer it does not have")
    agree(draft, EventKind.OFFER_ACCEPTED, offer.terms)


def make_offer(draft: Draft, command: MakeOffer) -> None:
    """The merchant offers, or the buyer asks for something else; the other side must answer, and silence binds nobody.

    The merchant may give more than is due, as goodwill; the buyer may ask for no more than is due.
    """
    case = draft.case
    if case.offers_made >= OFFERS_MAX:
        refuse(
            "offers_exhausted",
            Text(f"双方已提出 {OFFERS_MAX} 次方案", f"{OFFERS_MAX} proposals have been made"),
            Text("接受、拒绝，或由买家申请平台介入", "accept, refuse, or let the buyer call the platform in"),
        )
    party = party_of(draft)
    other = Party.BUYER if party is Party.MERCHANT else Party.MERCHANT
    room = room_left(draft.answer, draft.context)
    granted = plan_terms(draft.answer, command.proposal.remedy, room)
    limits = Limits(
        ceilings(draft.answer, room),
        room,
        case.lines,
        case.currency,
        goodwill=party is Party.MERCHANT,
    )
    terms = read_proposal(command.proposal, granted, limits, "proposal")
    draft.record(EventKind.OFFER_MADE, OfferMade(Offer(next(draft.context.ids), party, terms, command.note)))
    draft.then(draft.obligation(Step.ANSWER_OFFER, other))
    draft.tell(other)


def refuse_claim(draft: Draft, command: RefuseClaim) -> None:
    if not command.note.strip():
        refuse(
            "note_missing",
            Text("拒绝时没有说明理由", "the refusal gives no reason"),
            Text("写明为什么不同意", "say why"),
            "note",
        )
    draft.record(EventKind.CLAIM_REFUSED, Said(command.note))
    draft.then(draft.obligation(Step.REVISE_OR_ESCALATE, Party.BUYER))
    draft.tell(Party.BUYER)


def withdraw(draft: Draft, command: Withdraw) -> None:
    close(draft, Outcome.WITHDRAWN, command.note, actor=None)
