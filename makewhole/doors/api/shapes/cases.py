"""Cases as the API tells them: where a case stands, what happened, what comes next, and what this reader may do."""

from typing import Any

from pydantic import Field

from makewhole.core.case.events import EventKind
from makewhole.core.case.model import GoodsBack, GoodsOut
from makewhole.core.words import Party, Reason, Role, Stage, Step
from makewhole.doors.api.shapes.answers import Silence
from makewhole.doors.api.shapes.plain import Amount, Answered, Time, words


class ClaimedLine(Answered):
    line_id: str
    quantity: int
    first_unit: int = Field(description="How many units of the line earlier cases took up.")


class FactState(Answered):
    value: bool | int | str
    provenance: str


class CaseDueState(Answered):
    line_id: str
    head: str
    label: str
    amount: Amount
    payer: str
    rule_id: str


class TermsState(Answered):
    """A remedy with its amounts."""

    remedy: str
    label: str
    total: Amount
    dues: list[CaseDueState]


class OfferState(Answered):
    id: str
    by: str = Field(json_schema_extra=words(Party))
    terms: TermsState
    note: str


class ObligationState(Answered):
    """Who must do what by when, and what follows otherwise. Every open case has one."""

    id: str
    step: str = Field(json_schema_extra=words(Step))
    label: str
    debtor: str = Field(json_schema_extra=words(Party))
    due_at: Time
    provisional: bool
    on_silence: Silence
    rule_id: str


class FindingState(Answered):
    fact: str
    value: bool | int | str
    why: str
    exhibit_ids: list[str]


class RulingState(Answered):
    """What the panel held and what follows; `terms` is null when the claim was dismissed."""

    id: str
    findings: list[FindingState]
    terms: TermsState | None
    reasons: str
    rule_ids: list[str]
    on_appeal: bool
    automatic: bool = Field(description="Rules and facts on file settled it, without a person.")
    beyond_reason: str


class PaymentState(Answered):
    """Money paid out for the case. `settled` once the provider has confirmed every part of it."""

    reference: str
    funding: str
    total: Amount
    advanced: Amount = Field(description="The part the guarantee fund laid out.")
    settled: bool
    dues: list[CaseDueState]


class PaidState(Answered):
    line_id: str
    head: str
    amount: Amount
    payer: str


class ExhibitNamed(Answered):
    id: str
    side: str


class ActionState(Answered):
    """One thing the reader may do now: POST to `/v1/cases/{id}/{name}` with a body of the schema `input`."""

    name: str
    label: str
    effect: str = Field(description="What it will cause, said before.")
    who: str = Field(json_schema_extra=words(Role))
    due_at: Time | None
    on_silence: Silence | None
    input: dict[str, Any] = Field(description="JSON Schema of its body.")
    primary: bool
    confirm: bool = Field(description="Ask once more, with the figures.")
    final: bool = Field(description="It cannot be undone.")
    harm: bool = Field(description="It gives something up.")


class MomentState(Answered):
    """One thing that happened, as both sides read it. `next` is what was owed from then on; null if unchanged."""

    sequence: int
    kind: str = Field(json_schema_extra=words(EventKind))
    at: Time
    role: str = Field(json_schema_extra=words(Role))
    title: str
    detail: str
    next: list[ObligationState] | None


class CaseState(Answered):
    """Where a case stands."""

    id: str
    version: int = Field(description="Rises with every event; the `ETag` for `If-Match`.")
    order_id: str
    merchant_id: str
    buyer_id: str
    market: str
    currency: str
    edition: str
    stage: str = Field(json_schema_extra=words(Stage))
    reasons: list[str] = Field(json_schema_extra={"items": words(Reason) | {"type": "string"}})
    lines: list[ClaimedLine]
    story: str
    facts: dict[str, FactState]
    wanted: TermsState
    offer: OfferState | None
    agreed: TermsState | None
    by_ruling: bool
    goods_back: str = Field(json_schema_extra=words(GoodsBack))
    goods_out: str = Field(json_schema_extra=words(GoodsOut))
    rulings: list[RulingState]
    payments: list[PaymentState]
    paid: list[PaidState]
    obligations: list[ObligationState]
    exhibits: list[ExhibitNamed]
    opened_at: Time
    closed_at: Time | None
    outcome: str | None
    outcome_label: str | None
    available_actions: list[ActionState]


class FullCase(CaseState):
    """A case with its order and everything that happened."""

    order_number: str
    merchant_name: str
    return_address: str = Field(description="Where goods go back to; empty when the shop told none.")
    agent_id: str = Field(description="For the platform alone; empty for the parties.")
    timeline: list[MomentState]


class Acted(Answered):
    """What a command did: the case as it now stands, and the events that brought it there."""

    case: CaseState
    events: list[MomentState]


class CaseLine(Answered):
    """A case in a list. `next_…` is the obligation the list is about."""

    id: str
    version: int
    order_id: str
    order_number: str
    title: str
    merchant_id: str
    buyer_id: str
    market: str
    stage: str
    reasons: list[str]
    opened_at: Time
    closed_at: Time | None
    outcome: str | None
    wanted: Amount
    agreed: Amount | None
    paid: Amount
    next_step: str | None
    next_debtor: str | None
    next_due_at: Time | None
