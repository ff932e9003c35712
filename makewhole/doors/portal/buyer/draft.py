"""A claim while it is being written: kept in the session from step to step, per order, until it is opened."""

from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict

from makewhole.core.case.inputs import NOTE_CHARACTERS_MAX
from makewhole.core.facts import FACTS, FactError, FactValue, check_value
from makewhole.core.order.model import Order
from makewhole.core.words import Reason
from makewhole.doors.portal.parts.actions import new_key

SESSION_KEY = "claims"
DRAFTS_MAX = 20


@dataclass
class ClaimDraft:
    """What the buyer has said so far. `lines` are units by line; `plan` the remedy chosen; `amount_minor` a wish for
    less than is due; `key` makes opening it happen once."""

    story: str = ""
    reasons: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    facts: dict[str, FactValue] = field(default_factory=dict)
    plan: str = ""
    amount_minor: int | None = None
    told: bool = False
    shown: bool = False
    key: str = field(default_factory=new_key)

    def claim_reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(reason) for reason in self.reasons)

    def body(self) -> dict[str, Any]:
        """The claim as the body of an opening."""
        body: dict[str, Any] = {
            "reasons": self.reasons,
            "lines": [{"line_id": line_id, "quantity": quantity} for line_id, quantity in self.lines.items()],
            "remedy": self.plan,
            "story": self.story,
            "facts": dict(self.facts),
        }
        return body if self.amount_minor is None else {**body, "amount_minor": self.amount_minor}


def read_draft(request: HttpRequest, order_id: UUID, order: Order) -> ClaimDraft:
    """The draft of this order; a new one when there is none. What no longer fits the order is left out."""
    kept = request.session.get(SESSION_KEY, {}).get(str(order_id))
    draft = ClaimDraft(**kept) if kept else ClaimDraft()
    quantities = {line.id: line.quantity for line in order.lines}
    draft.lines = {line_id: count for line_id, count in draft.lines.items() if 0 < count <= quantities.get(line_id, 0)}
    if not draft.lines and len(quantities) == 1 and 1 in quantities.values():
        draft.lines = quantities
    return draft


def keep_draft(request: HttpRequest, order_id: UUID, draft: ClaimDraft) -> None:
    """Keep the draft; the oldest ones give way."""
    drafts = request.session.get(SESSION_KEY, {})
    drafts.pop(str(order_id), None)
    kept = dict(list(drafts.items())[-(DRAFTS_MAX - 1) :])
    request.session[SESSION_KEY] = {**kept, str(order_id): asdict(draft)}


def forget_draft(request: HttpRequest, order_id: UUID) -> None:
    drafts = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = {kept: draft for kept, draft in drafts.items() if kept != str(order_id)}


def read_reasons(data: QueryDict) -> list[str]:
    """The reasons ticked, each once; what is no reason is left out."""
    known = set(Reason)
    return list(dict.fromkeys(value for value in data.getlist("reason") if value in known))


def read_lines(data: QueryDict, order: Order) -> dict[str, int]:
    """Units by line, within what was bought."""
    found = {}
    for line in order.lines:
        written = data.get(f"line-{line.id}", "")
        if written.isascii() and written.isdigit() and 0 < int(written[:9]) <= line.quantity:
            found[line.id] = int(written)
    return found


def read_story(data: QueryDict) -> str:
    return data.get("story", "").strip()[:NOTE_CHARACTERS_MAX]


def known_facts(facts: dict[str, Any]) -> dict[str, FactValue]:
    """Those of these facts that are on the list and fit."""
    found: dict[str, FactValue] = {}
    for name, value in facts.items():
        if name in FACTS:
            try:
                found[name] = check_value(FACTS[name], value)
            except FactError:
                continue
    return found
