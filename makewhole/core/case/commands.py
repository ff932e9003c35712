"""What can be asked of a case: one frozen value per command. Commands carry wishes, never times or ids of results."""

from dataclasses import dataclass
from typing import NamedTuple

from makewhole.core.case.model import Finding
from makewhole.core.facts import FactValue
from makewhole.core.ledger.model import PayDue, PaymentInstruction
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Head, Party, Reason, Remedy


class Asked(NamedTuple):
    """An amount someone asks for or offers on one line and head; who bears it and by which rule the answer tells."""

    line_id: str
    head: Head
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A remedy and how much: amounts per line and head, or one sum spread over what is due, or everything due."""

    remedy: Remedy
    dues: tuple[Asked, ...] | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """The buyer claims. `facts` are what they say; asking less than is due is allowed, more is not."""

    reasons: tuple[Reason, ...]
    lines: tuple[ClaimLine, ...]
    proposal: Proposal
    story: str = ""
    facts: tuple[tuple[str, FactValue], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptClaim:
    """The merchant accepts what the buyer now asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeOffer:
    """The merchant offers something else, or the buyer asks for something else."""

    proposal: Proposal
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer:
    """The buyer accepts the merchant's offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseClaim:
    """The merchant refuses and says why."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """The buyer calls the platform in."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """The buyer gives the claim up."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitEvidence:
    """A party adds exhibits (already stored), a statement, or both to the file."""

    exhibit_ids: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishEvidence:
    """A party has nothing to add; the round need not wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipBack:
    """The buyer has sent the goods back; `freight_minor` is what that cost, due too unless the buyer bears it."""

    carrier: str
    tracking_number: str
    freight_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReturn:
    """The merchant has the goods back and finds them in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestReturn:
    """The merchant has received something else than what had to come back."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendGoods:
    """The merchant has sent what it owes."""

    carrier: str
    tracking_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReceipt:
    """The buyer has what the merchant owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNotReceived:
    """What the merchant sent did not arrive, or is again not what it should be."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayNow:
    """The merchant pays what was short, out of its balance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvidence:
    """The agent asks one side or both; one round, with a deadline."""

    parties: tuple[Party, ...]
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The agent rules. No proposal: the claim is dismissed. Beyond what the rules give needs `beyond_reason`."""

    findings: tuple[Finding, ...]
    reasons: str
    proposal: Proposal | None = None
    beyond_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRuling:
    """A party waives the appeal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """A party asks for a second ruling, once per case, on new grounds."""

    grounds: str
    exhibit_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAppeal:
    """Another agent rules on the appeal; that ruling is final."""

    findings: tuple[Finding, ...]
    reasons: str
    proposal: Proposal | None = None
    beyond_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire:
    """An obligation's time has passed in silence."""

    obligation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment:
    """What the treasury made of a payment instruction. `paid` are the dues as far as money was found.

    `advanced_minor` is the part the fund laid out; `awaited` the references of refunds the provider has to confirm.
    """

    instruction: PaymentInstruction
    paid: tuple[PayDue, ...]
    advanced_minor: int
    awaited: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSettled:
    """The provider confirmed a refund."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed:
    """The provider could not carry a refund out; the treasury tries the same refund again."""

    reference: str
    why: str


Command = (
    AcceptClaim
    | MakeOffer
    | AcceptOffer
    | RefuseClaim
    | Escalate
    | Withdraw
    | SubmitEvidence
    | FinishEvidence
    | ShipBack
    | ConfirmReturn
    | ContestReturn
    | SendGoods
    | ConfirmReceipt
    | ReportNotReceived
    | PayNow
    | RequestEvidence
    | Rule
    | AcceptRuling
    | Appeal
    | RuleAppeal
    | Expire
    | RecordPayment
    | RefundSettled
    | RefundFailed
)
