"""Ruling on a case or on its appeal: findings, what the rules give under them at once, amounts, reasons, once more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from makewhole.core.case.commands import Rule, RuleAppeal
from makewhole.core.case.decision import Decision, Refusal
from makewhole.core.case.model import Actor
from makewhole.core.case.read import BadInput, read_command
from makewhole.core.facts import FACTS
from makewhole.core.ledger.model import Funding
from makewhole.core.words import Remedy, Role
from makewhole.doors.portal.agent.cases import RULINGS, statements
from makewhole.doors.portal.agent.findings import (
    FindingForm,
    Market,
    body_of,
    facts_to_find,
    finding_view,
    found_texts,
    other_facts,
    read_findings,
)
from makewhole.doors.portal.agent.frame import DESK, EVIDENCE, agents_only, case_href, frame, view_of
from makewhole.doors.portal.agent.outcome import DISMISS, OutcomeForm, read_outcome, settled
from makewhole.doors.portal.parts.acting import Went, actor_of, once, refusal_text, see_other
from makewhole.doors.portal.parts.actions import CONFIRMED, KEY, carried, is_confirmed, new_key
from makewhole.doors.portal.parts.cards import Reader, exhibit_view, say
from makewhole.doors.portal.parts.case_acting import VERSION
from makewhole.doors.portal.parts.case_page import ruling_context
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.markets import rules_of, zone_of
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases import service
from makewhole.rooms.cases.queries import CaseView, Outlook
from makewhole.rooms.cases.service import Refused
from makewhole.rooms.evidence import queries as evidence

TEXT_CHARACTERS_MAX = 4000


@dataclass(slots=True)
class Sheet:
    """The ruling as it stands on the page: everything typed, and what the rules say to it."""

    name: str
    view: CaseView
    market: Market
    now: datetime
    findings: list[FindingForm]
    outlook: Outlook
    outcome: OutcomeForm
    reasons: str
    beyond_reason: str
    reasons_errors: list[str]
    fault: str = ""

    @property
    def is_sound(self) -> bool:
        return not self.reasons_errors and self.outcome.is_sound and all(each.is_sound for each in self.findings)

    def body(self) -> dict[str, Any]:
        """The command's body."""
        body: dict[str, Any] = {"findings": body_of(self.findings), "reasons": self.reasons, **self.outcome.body()}
        if self.beyond_reason:
            body["beyond_reason"] = self.beyond_reason
        return body


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def show_ruling(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """The sheet; sent with `step=confirm` it asks once more, confirmed it rules; everything else recomputes it."""
    now, reader = clock.now(), actor_of(request)
    view = view_of(request, case_id, now)
    refusal = why_not(view, reader, name)
    if refusal:
        messages.warning(request, refusal)
        return see_other(case_href(case_id))
    wants_to_rule = request.method == "POST" and request.POST.get("step") == "confirm" and not is_htmx(request)
    sheet = read_sheet(request.POST, name, view, reader, now, strict=wants_to_rule)
    if not wants_to_rule:
        return draw(request, sheet)
    if not sheet.is_sound:
        return draw(request, sheet, 422)
    try:
        return carry_on(request, sheet, reader)
    except (BadInput, Refused) as refused:
        told: Refusal = refused.refusal
        sheet.fault = refusal_text(told)
        return draw(request, sheet, 422)


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def why_not(view: CaseView, reader: Actor, name: str) -> str:
    """Why this agent cannot rule here now; empty when they can."""
    if not any(action.name == name for action in view.actions):
        return _("This case does not wait for your ruling. See where it stands.")
    if view.agent_id != reader.id:
        return _("Take the case first, so that nobody else rules on it meanwhile.")
    return ""


def read_sheet(data: QueryDict, name: str, view: CaseView, reader: Actor, now: datetime, *, strict: bool) -> Sheet:
    """The sheet from what was sent; with nothing sent, as it begins."""
    case = view.case
    market = Market(case.currency, zone_of(case.market))
    sent = [fact for fact in data.getlist("facts") if fact in FACTS]
    added = [fact for fact in (data.get("add_fact", ""),) if fact in FACTS]
    first = read_findings(data, dict.fromkeys([*sent, *added]), market, strict=strict)
    found = tuple(finding for each in first if (finding := each.finding()) is not None)
    outlook = cases.outlook(UUID(case.id), found, reader, now)
    more = [fact for fact in facts_to_find(case, outlook.answer) if fact not in {each.fact for each in first}]
    findings = [*first, *read_findings(data, more, market, strict=strict)]
    beyond_reason = data.get("beyond_reason", "").strip()[:TEXT_CHARACTERS_MAX]
    reasons = data.get("reasons", "").strip()[:TEXT_CHARACTERS_MAX]
    lines = {line.id: line.title for line in view.order.order.lines}
    return Sheet(
        name=name,
        view=view,
        market=market,
        now=now,
        findings=findings,
        outlook=outlook,
        outcome=read_outcome(data, case, outlook, lines, beyond=bool(beyond_reason)),
        reasons=reasons,
        beyond_reason=beyond_reason,
        reasons_errors=[_("Write the reasons: both sides read them.")] if strict and not reasons else [],
    )


def carry_on(request: HttpRequest, sheet: Sheet, reader: Actor) -> HttpResponse:
    """Ask once more with the figures, or rule. Raises BadInput or Refused."""
    case_id, base = UUID(sheet.view.case.id), case_href(sheet.view.case.id)
    command = read_command(sheet.name, Role.AGENT, sheet.body())
    if not isinstance(command, Rule | RuleAppeal):
        raise TypeError(f"{sheet.name} is no ruling")
    if not is_confirmed(request):
        decision = cases.would_follow(case_id, command, reader, sheet.now)
        return render(request, "agent/confirm_ruling.html", confirm_context(request, sheet, command, decision))
    seen = request.POST.get(VERSION, "")
    version = int(seen) if seen.isascii() and seen.isdigit() else None

    def rule() -> Went:
        service.act(case_id, command, reader, sheet.now, version)
        return Went(base, _("You have ruled. Both sides have been told."))

    return once(request, rule, base)


def confirm_context(
    request: HttpRequest, sheet: Sheet, command: Rule | RuleAppeal, decision: Decision
) -> dict[str, Any]:
    """The ruling in full, and what follows from it: appeal windows, payment, closing."""
    case = sheet.view.case
    ruling = decision.case.rulings[-1]
    instruction = decision.instruction
    carried_on = [pair for pair in carried(request.POST) if pair[0] != VERSION]
    return {
        **sheet_frame(request, sheet),
        "label": label_of(RULINGS[sheet.name]),
        "ruling": ruling,
        "findings": found_texts(command.findings, sheet.market, sheet.now),
        "following": [] if instruction else decision.case.obligations,
        "closes": not decision.case.is_open,
        "paid_minor": sum(due.amount_minor for due in instruction.dues) if instruction else 0,
        "from_fund": bool(instruction and instruction.funding is Funding.FUND),
        "carried": [*carried_on, (VERSION, str(case.sequence))],
        "confirmed_name": CONFIRMED,
        "href": request.path,
    }


def sheet_frame(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    """What the sheet and its confirmation share."""
    order, case = sheet.view.order.order, sheet.view.case
    lines = {line.id: line.title for line in order.lines}
    title = order.line(case.lines[0].line_id).title
    return {
        **frame(request, sheet.now),
        "zone": sheet.market.zone,
        "case": case,
        "order": order,
        "rules": rules_of(case.market, order.placed_at),
        "lines": lines,
        "trail": [(_("Desk"), DESK), (title, case_href(case.id))],
        "here": label_of(RULINGS[sheet.name]),
        "title": title,
    }


def draw(request: HttpRequest, sheet: Sheet, status: int = 200) -> HttpResponse:
    """The sheet, or for a running recomputation only what the findings change of it."""
    shown = request.POST.getlist("facts")
    context = {
        **sheet_frame(request, sheet),
        "sheet": sheet,
        "answer": sheet.outlook.answer,
        "open_facts": open_facts(sheet),
        "outcome": sheet.outcome,
    }
    if is_htmx(request):
        fresh = [each for each in sheet.findings if each.fact not in shown]
        return render(request, "agent/outcome_part.html", {**context, **findings_context(sheet, fresh)})
    view = sheet.view
    names = [each.fact for each in sheet.findings]
    context |= {
        **findings_context(sheet, sheet.findings),
        "other_facts": other_facts(names),
        "buyer_says": statements(view, Role.BUYER),
        "merchant_says": statements(view, Role.MERCHANT),
        "first_ruling": ruling_context(view.case, Reader(context["rules"], context["lines"], None)),
        "reasons_field": Field(
            name="reasons", label=_("Reasons"), kind="textarea", rows=6, required=True, value=sheet.reasons,
            length_max=TEXT_CHARACTERS_MAX, errors=sheet.reasons_errors,
            help=_("Which rule, which facts, which sum. Both sides read this, so no blame and no codes."),
        ),
        "beyond_field": Field(
            name="beyond_reason", label=_("Why it goes beyond the rules"), kind="textarea", rows=3,
            value=sheet.beyond_reason, length_max=TEXT_CHARACTERS_MAX,
            help=_("With a reason, every way is open and amounts may go up to what was paid and is not yet refunded."),
        ),
        "key_name": KEY,
        "key": request.POST.get(KEY) or new_key(),
        "wrong": wrong_of(sheet),
    }  # fmt: skip
    return render(request, "agent/ruling.html", context, status=status)


def open_facts(sheet: Sheet) -> list[str]:
    """What the chosen way still waits for, in words; nothing when it stands, or goes beyond the rules."""
    remedy = sheet.outcome.remedy
    if remedy == DISMISS or sheet.beyond_reason or settled(Remedy(remedy), sheet.outlook):
        return []
    return [say(FACTS[fact].label) for fact in sheet.outlook.open_facts]


def findings_context(sheet: Sheet, forms: list[FindingForm]) -> dict[str, Any]:
    """The facts to be drawn, with the exhibits that can be relied on."""
    sides = evidence.sides(UUID(sheet.view.case.id)) if forms else {}
    on_file = [exhibit_view(one, EVIDENCE) for exhibits in sides.values() for one in exhibits]
    answer = sheet.outlook.answer
    return {
        "findings": [finding_view(each, sheet.view.case, answer, sheet.market, sheet.now) for each in forms],
        "on_file": on_file,
    }


def wrong_of(sheet: Sheet) -> list[dict[str, Any]]:
    """What is wrong, field by field, for the summary on top."""
    wrong: list[dict[str, Any]] = []
    for each in sheet.findings:
        for errors, control in ((each.value_errors, f"fact-{each.fact}"), (each.why_errors, f"why-{each.fact}")):
            if errors:
                wrong.append({"href": f"#id_{control}", "label": say(FACTS[each.fact].label), "errors": errors})
    wrong += [
        {"href": "#outcome", "label": row.label, "errors": row.errors} for row in sheet.outcome.rows if row.errors
    ]
    if sheet.outcome.remedy_errors:
        wrong.append({"href": "#outcome", "label": _("What the buyer gets"), "errors": sheet.outcome.remedy_errors})
    if sheet.reasons_errors:
        wrong.append({"href": "#id_reasons", "label": _("Reasons"), "errors": sheet.reasons_errors})
    return wrong
