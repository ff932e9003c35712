"""How the people of a replay behave: merchants, buyers and agents, each by a seed. The same seed, the same lives.

They choose among what the action table lets them do, at moments within their time; some stay silent, and then the
rules decide.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from makewhole.core.case.commands import (
    AcceptClaim,
    AcceptOffer,
    AcceptRuling,
    Appeal,
    Command,
    ConfirmReceipt,
    ConfirmReturn,
    ContestReturn,
    Escalate,
    FinishEvidence,
    MakeOffer,
    PayNow,
    Proposal,
    RefuseClaim,
    ReportNotReceived,
    SendGoods,
    ShipBack,
    SubmitEvidence,
)
from makewhole.core.case.model import Actor, Case, Obligation
from makewhole.core.words import Party, Role, Step


class Move(NamedTuple):
    """What somebody will do, and when. `command` None: an agent rules, on what the file then shows."""

    at: datetime
    actor: Actor
    command: Command | None
    obligation: Obligation


@dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant's manner towards claims: how likely each answer is; what remains is silence.

    One that `withdraws` leaves nothing behind of what is its own.
    """

    accepts: float
    offers: float
    refuses: float
    performs: float
    pays: float
    withdraws: bool = False


MANNERS = (
    Merchant(accepts=0.85, offers=0.08, refuses=0.04, performs=0.95, pays=0.9),
    Merchant(accepts=0.40, offers=0.35, refuses=0.15, performs=0.85, pays=0.6),
    Merchant(accepts=0.20, offers=0.15, refuses=0.55, performs=0.75, pays=0.4, withdraws=True),
    Merchant(accepts=0.10, offers=0.05, refuses=0.05, performs=0.40, pays=0.1, withdraws=True),
)
"""Fair, haggling, hard, and absent."""
WEIGHTS = (50, 25, 15, 10)
CONFIRMS = 0.35
"""So many buyers confirm what they received as soon as it comes; the merchant has the money from then on."""
CONFIRMING = timedelta(hours=8)
AGENTS = ("agent-1", "agent-2", "agent-3")
PARTIES = {Party.BUYER: Role.BUYER, Party.MERCHANT: Role.MERCHANT}


class People:
    """Everybody of one replay."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def chance(self, *what: object) -> random.Random:
        """A stream of its own for every question, so that one answer more changes no other."""
        return random.Random("/".join(str(part) for part in (self.seed, *what)))  # noqa: S311 (lots, not secrets)

    def merchant(self, merchant_id: str) -> Merchant:
        """A merchant's manner; it stays the same through the replay."""
        return self.chance(merchant_id).choices(MANNERS, WEIGHTS)[0]

    def confirmed_at(self, order_number: str, signed_at: datetime) -> datetime | None:
        """When the buyer confirms what came; None for those who leave that to the clock."""
        chance = self.chance(order_number, "confirms")
        return signed_at + CONFIRMING * chance.random() if chance.random() < CONFIRMS else None

    def moves(self, case: Case, order_number: str, now: datetime) -> Iterator[Move]:
        """What each debtor of the case's open obligations will do. Who stays silent has no move."""
        for obligation in case.obligations:
            chance = self.chance(order_number, case.sequence, obligation.step, obligation.debtor)
            at = now + (obligation.due_at - now) * chance.uniform(0.05, 0.9)
            if at <= now:
                continue
            if obligation.debtor is Party.PLATFORM:
                if obligation.step in (Step.RULE, Step.RULE_APPEAL):
                    yield Move(at, self.agent(case, chance), None, obligation)
                continue
            owner = case.buyer_id if obligation.debtor is Party.BUYER else case.merchant_id
            command = self.choice(case, obligation, chance)
            if command is not None:
                yield Move(at, Actor(PARTIES[obligation.debtor], owner), command, obligation)

    def agent(self, case: Case, chance: random.Random) -> Actor:
        """One of the agents, on appeal another than before."""
        before = {ruling.by for ruling in case.rulings}
        return Actor(Role.AGENT, chance.choice([agent for agent in AGENTS if agent not in before]))

    def ruled_for_buyer(self, order_number: str) -> bool:
        """Which way the file of a disputed case points: in three of four for the buyer."""
        return self.chance(order_number, "file").random() < 0.75

    def choice(self, case: Case, obligation: Obligation, chance: random.Random) -> Command | None:
        """What the debtor does about an obligation; None: nothing."""
        draw = chance.random()
        if obligation.debtor is Party.MERCHANT:
            return self.merchants_choice(case, obligation.step, draw, chance)
        return self.buyers_choice(case, obligation.step, draw, chance)

    def merchants_choice(self, case: Case, step: Step, draw: float, chance: random.Random) -> Command | None:
        manner = self.merchant(case.merchant_id)
        match step:
            case Step.RESPOND | Step.ANSWER_OFFER:
                return answer_to_claim(case, manner, draw, chance)
            case Step.INSPECT:
                if draw < manner.performs:
                    return ConfirmReturn()
                return ContestReturn(note="O pacote devolvido veio vazio.") if draw < manner.performs + 0.1 else None
            case Step.SEND_GOODS:
                sent = SendGoods(carrier="Correios", tracking_number=tracking(chance))
                return sent if draw < manner.performs else None
            case Step.PAY:
                return PayNow() if draw < manner.pays else None
            case Step.GIVE_EVIDENCE:
                return handing_in("Pedido conferido e pesado antes do envio.", draw, manner.performs)
            case Step.APPEAL:
                return after_ruling(draw, "O rastreio mostra a entrega completa.")
        return None

    def buyers_choice(self, case: Case, step: Step, draw: float, chance: random.Random) -> Command | None:
        match step:
            case Step.ANSWER_OFFER:
                enough = case.offer is not None and case.offer.terms.total_minor * 10 >= case.wanted.total_minor * 6
                if draw < (0.8 if enough else 0.25):
                    return AcceptOffer()
                return Escalate() if draw < 0.92 else None
            case Step.REVISE_OR_ESCALATE:
                return Escalate(note="O vendedor não resolveu.") if draw < 0.75 else None
            case Step.SHIP_BACK:
                freight_minor = chance.randrange(800, 2600)
                sent = ShipBack(carrier="Correios", tracking_number=tracking(chance), freight_minor=freight_minor)
                return sent if draw < 0.9 else None
            case Step.CONFIRM_RECEIPT:
                if draw < 0.6:
                    return ConfirmReceipt()
                return ReportNotReceived(note="Ainda não chegou.") if draw < 0.66 else None
            case Step.GIVE_EVIDENCE:
                return handing_in(case.story or "Não recebi como combinado.", draw, 0.8)
            case Step.APPEAL:
                return after_ruling(draw, "Tenho um vídeo da abertura do pacote.")
        return None


def answer_to_claim(case: Case, manner: Merchant, draw: float, chance: random.Random) -> Command | None:
    """Accept, offer less, refuse, or nothing."""
    if draw < manner.accepts:
        return AcceptClaim()
    if draw < manner.accepts + manner.offers:
        part = int(case.wanted.total_minor * chance.uniform(0.4, 0.9))
        if part <= 0:
            return AcceptClaim()
        return MakeOffer(proposal=Proposal(remedy=case.wanted.remedy, amount_minor=part))
    if draw < manner.accepts + manner.offers + manner.refuses:
        return RefuseClaim(note="O produto saiu conforme o pedido.")
    return None


def handing_in(words: str, draw: float, likely: float) -> Command | None:
    """A statement for the file, an early end of the round, or silence."""
    if draw < likely * 0.6:
        return SubmitEvidence(note=words)
    return FinishEvidence() if draw < likely else None


def after_ruling(draw: float, grounds: str) -> Command | None:
    """Most accept or let the time pass; a few appeal."""
    if draw < 0.05:
        return Appeal(grounds=grounds)
    return AcceptRuling() if draw < 0.5 else None


def tracking(chance: random.Random) -> str:
    return f"BR{chance.randrange(10**8, 10**9)}"
