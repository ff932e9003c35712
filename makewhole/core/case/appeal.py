"""The one appeal: new grounds, the other side heard once, a second agent, final."""

from makewhole.core.case.commands import Appeal, RuleAppeal
from makewhole.core.case.decision import Draft, refuse
from makewhole.core.case.events import Appealed, EventKind, Ruled
from makewhole.core.case.mediation import hear, party_of
from makewhole.core.case.model import SYSTEM, OrderSeen
from makewhole.core.case.performance import agree
from makewhole.core.case.ruling import ruling_from
from makewhole.core.words import Party, Text


def appeal(draft: Draft, command: Appeal) -> None:
    if not command.grounds.strip():
        refuse(
            "grounds_missing",
            Text("申诉没有写明新的理由", "the appeal gives no new grounds"),
            Text("写明新的理由或新的证据", "say what is new: grounds or evidence"),
            "grounds",
        )
    party = party_of(draft)
    opponent = Party.MERCHANT if party is Party.BUYER else Party.BUYER
    draft.record(EventKind.APPEALED, Appealed(party, command.grounds, command.exhibit_ids))
    draft.tell(opponent)
    hear(draft, (opponent,))


def rule_appeal(draft: Draft, command: RuleAppeal) -> None:
    ruling, sealed = ruling_from(draft, command, on_appeal=True)
    draft.record(EventKind.RULED, Ruled(ruling, sealed, OrderSeen.of(draft.context.order)))
    draft.tell(Party.BUYER, Party.MERCHANT)
    agree(draft, EventKind.RULING_FINAL, ruling.terms, actor=SYSTEM)
