"""Claiming step by step: story, reason, goods, plan, evidence, check. Each step keeps what was said and can be left."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from makewhole.core.case.read import BadInput, read_open
from makewhole.core.rulebook.model import Answer, Plan
from makewhole.core.words import Party, Remedy
from makewhole.doors.portal.buyer.draft import (
    ClaimDraft,
    forget_draft,
    keep_draft,
    known_facts,
    read_draft,
    read_lines,
    read_reasons,
    read_story,
)
from makewhole.doors.portal.buyer.due import answer_context, ask, line_fields, more_fields, reason_field
from makewhole.doors.portal.buyer.frame import EVIDENCE, buyers_only, case_href, frame, order_href, order_of, trail_of
from makewhole.doors.portal.buyer.reasons import SENTENCES
from makewhole.doors.portal.parts.acting import Went, actor_of, once, refusal_text, see_other
from makewhole.doors.portal.parts.cards import Reader, proof_view
from makewhole.doors.portal.parts.evidence_pages import upload_context
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.form_body import read_amount, wrong_form
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.doors.portal.parts.questions import read_facts
from makewhole.rooms import clock
from makewhole.rooms.cases import service
from makewhole.rooms.evidence import queries as evidence
from makewhole.rooms.orders.queries import OrderRecord

STEPS = ("story", "reason", "items", "plan", "evidence", "check")
NAMES = {
    "story": gettext_lazy("Your story"),
    "reason": gettext_lazy("What went wrong"),
    "items": gettext_lazy("Which goods"),
    "plan": gettext_lazy("What you want"),
    "evidence": gettext_lazy("Photos"),
    "check": gettext_lazy("Check and send"),
}
Errors = dict[str, list[str]]


def step_href(order_id: object, step: str) -> str:
    return f"{order_href(order_id)}claim/{step}/"


def is_done(draft: ClaimDraft, step: str) -> bool:
    """Whether a step has what the next ones need."""
    return {
        "story": draft.told,
        "reason": bool(draft.reasons),
        "items": bool(draft.lines),
        "plan": bool(draft.plan),
        "evidence": draft.shown,
        "check": False,
    }[step]


def next_step(draft: ClaimDraft, after: str) -> str:
    """The first step after this one that still lacks something."""
    later = STEPS[STEPS.index(after) + 1 :]
    return next((step for step in later if not is_done(draft, step)), "check")


@require_POST
@buyers_only
def begin(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Begin or go on with a claim, with what the answer page already knows."""
    record = order_of(request, order_id)
    draft = read_draft(request, record.id, record.order)
    zone = zone_of(record.order.market)
    draft.reasons = read_reasons(request.POST) or draft.reasons
    draft.lines = read_lines(request.POST, record.order) or draft.lines
    facts, _wrong = read_facts(request.POST, record.order.currency, zone)
    draft.facts = {**known_facts(draft.facts), **facts}
    keep_draft(request, record.id, draft)
    first = next((step for step in STEPS if not is_done(draft, step)), "check")
    return see_other(step_href(record.id, first))


@require_http_methods(["GET", "HEAD", "POST"])
@buyers_only
def show_step(request: HttpRequest, order_id: UUID, step: str) -> HttpResponse:
    """One step: GET shows it with what was said, POST keeps what is said and leads on."""
    if step not in STEPS:
        raise Http404(_("There is no such step."))
    record = order_of(request, order_id)
    draft = read_draft(request, record.id, record.order)
    if request.method == "POST" and step == "check":
        return open_claim(request, record, draft)
    missing = next((each for each in STEPS[: STEPS.index(step)] if not is_done(draft, each)), "")
    if missing and step in {"plan", "check"}:
        return see_other(step_href(record.id, missing))
    if request.method == "POST":
        errors = TAKERS[step](request, record, draft)
        if not errors:
            keep_draft(request, record.id, draft)
            if "stay" in request.POST:
                return see_other(step_href(record.id, step))
            return see_other(step_href(record.id, next_step(draft, step)))
        return draw(request, record, draft, step, errors, status=422)
    return draw(request, record, draft, step, {})


def take_story(request: HttpRequest, record: OrderRecord, draft: ClaimDraft) -> Errors:
    draft.story, draft.told = read_story(request.POST), True
    return {} if draft.story else {"story": [_("Say in a sentence or two what happened.")]}


def take_reasons(request: HttpRequest, record: OrderRecord, draft: ClaimDraft) -> Errors:
    chosen = read_reasons(request.POST)
    if chosen != draft.reasons:
        draft.plan = ""
    draft.reasons = chosen
    return {} if chosen else {"reason": [_("Choose at least one.")]}


def take_items(request: HttpRequest, record: OrderRecord, draft: ClaimDraft) -> Errors:
    chosen = read_lines(request.POST, record.order)
    if chosen != draft.lines:
        draft.plan = ""
    draft.lines = chosen
    return {} if chosen else {"items": [_("Choose at least one thing.")]}


def take_plan(request: HttpRequest, record: OrderRecord, draft: ClaimDraft) -> Errors:
    """The answers to the questions, and the plan chosen; a plan the new answers take away must be chosen anew."""
    facts, errors = read_facts(request.POST, record.order.currency, zone_of(record.order.market))
    if errors:
        return {f"fact-{name}": told for name, told in errors.items()}
    draft.facts = facts
    answer, fault = ask(request, record, draft.reasons, draft.lines, draft.facts)
    if answer is None:
        return {"plan": [fault]}
    chosen = request.POST.get("plan", "")
    draft.plan = chosen if any(plan.remedy == chosen for plan in answer.plans) else ""
    if "stay" in request.POST:
        return {}
    written = request.POST.get("amount", "").strip()
    try:
        draft.amount_minor = read_amount(written, record.order.currency) if written else None
    except ValueError:
        return {"amount": [wrong_form({"currency": record.order.currency})]}
    return {} if draft.plan else {"plan": [_("Choose what you want.")]}


def take_evidence(request: HttpRequest, record: OrderRecord, draft: ClaimDraft) -> Errors:
    draft.shown = True
    return {}


TAKERS: dict[str, Callable[[HttpRequest, OrderRecord, ClaimDraft], Errors]] = {
    "story": take_story,
    "reason": take_reasons,
    "items": take_items,
    "plan": take_plan,
    "evidence": take_evidence,
}


def draw(
    request: HttpRequest,
    record: OrderRecord,
    draft: ClaimDraft,
    step: str,
    errors: Errors,
    *,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a step."""
    order = record.order
    position = STEPS.index(step)
    context: dict[str, Any] = {
        **frame(request),
        "record": record,
        "order": order,
        "trail": trail_of(record),
        "here": _("Claim"),
        "draft": draft,
        "step": step,
        "step_number": position + 1,
        "step_count": len(STEPS),
        "steps": [
            {
                "name": NAMES[each],
                "href": step_href(record.id, each),
                "state": "now" if each == step else "done" if is_done(draft, each) else "later",
            }
            for each in STEPS
        ],
        "back_href": step_href(record.id, STEPS[position - 1]) if position else order_href(record.id),
        "errors": errors,
        "fault": fault,
        "zone": zone_of(order.market),
        "lines": {line.id: line.title for line in order.lines},
        **MORE[step](request, record, draft, errors),
    }
    return render(request, f"buyer/claim_{step}.html", context, status=status)


def of_story(request: HttpRequest, record: OrderRecord, draft: ClaimDraft, errors: Errors) -> dict[str, Any]:
    story = Field(
        name="story",
        label=_("Tell it in your own words"),
        kind="textarea",
        rows=6,
        required=True,
        length_max=4000,
        value=draft.story,
        errors=errors.get("story", ()),
        help=_("What did you get, what is wrong with it, when did you notice? The merchant reads this."),
    )
    return {"story_field": story}


def of_reason(request: HttpRequest, record: OrderRecord, draft: ClaimDraft, errors: Errors) -> dict[str, Any]:
    return {"reason_field": reason_field(record.order, draft.reasons, errors.get("reason", ()))}


def of_items(request: HttpRequest, record: OrderRecord, draft: ClaimDraft, errors: Errors) -> dict[str, Any]:
    return {"line_fields": line_fields(record.order, draft.lines), "wrong": errors.get("items", ())}


def of_plan(request: HttpRequest, record: OrderRecord, draft: ClaimDraft, errors: Errors) -> dict[str, Any]:
    """The questions first, then the plans side by side."""
    order = record.order
    answer, fault = ask(request, record, draft.reasons, draft.lines, draft.facts)
    wrong = {name.removeprefix("fact-"): told for name, told in errors.items() if name.startswith("fact-")}
    typed = request.POST if wrong else None
    amount = Field(
        name="amount", label=_("Ask for less"), kind="money", currency=order.currency, id="claim-amount",
        value=request.POST.get("amount", ""), errors=errors.get("amount", ()),
        help=_("Leave empty for everything you are due."),
    )  # fmt: skip
    told = answer_context(answer, order, draft.facts, wrong, typed)
    return {
        **told,
        "more_fields": more_fields(answer, order, draft.reasons, draft.lines, draft.facts),
        "fault": fault,
        "wrong": errors.get("plan", ()),
        "chosen": draft.plan or only_plan(answer),
        "only_additions": answer is not None and bool(answer.plans) and all(plan.adds_to_any for plan in answer.plans),
        "amount_field": amount,
    }


def only_plan(answer: Answer | None) -> str:
    """The remedy, where there is just one to choose."""
    plans = [plan for plan in answer.plans if not plan.adds_to_any] if answer else []
    if not plans and answer is not None and answer.plans:
        return str(answer.plans[0].remedy)
    return str(plans[0].remedy) if len(plans) == 1 else ""


def of_evidence(request: HttpRequest, record: OrderRecord, draft: ClaimDraft, errors: Errors) -> dict[str, Any]:
    answer, _fault = ask(request, record, draft.reasons, draft.lines, draft.facts)
    drafts = evidence.drafts(record.id, actor_of(request))
    needed_of_buyer = [needed for needed in answer.evidence if needed.burden is Party.BUYER] if answer else []
    return {
        **upload_context(record, drafts, EVIDENCE, step_href(record.id, "evidence")),
        "proofs": [proof_view(needed, Reader(None, None, None)) for needed in needed_of_buyer],
    }


def of_check(request: HttpRequest, record: OrderRecord, draft: ClaimDraft, errors: Errors) -> dict[str, Any]:
    """Everything once more, and what happens next with its dates."""
    order = record.order
    answer, fault = ask(request, record, draft.reasons, draft.lines, draft.facts)
    plan: Plan | None = answer.plan(Remedy(draft.plan)) if answer and draft.plan else None
    drafts = evidence.drafts(record.id, actor_of(request))
    return {
        "reasons": [SENTENCES[reason] for reason in draft.claim_reasons()],
        "items": [(order.line(line_id).title, quantity) for line_id, quantity in draft.lines.items()],
        "plan": plan,
        "additions": [each for each in answer.plans if each.adds_to_any and each is not plan] if answer else [],
        "drafts": drafts,
        "evidence_base": EVIDENCE,
        **({"fault": fault} if fault else {}),
        **answer_context(answer, order, draft.facts),
    }


MORE: dict[str, Callable[[HttpRequest, OrderRecord, ClaimDraft, Errors], dict[str, Any]]] = {
    "story": of_story,
    "reason": of_reason,
    "items": of_items,
    "plan": of_plan,
    "evidence": of_evidence,
    "check": of_check,
}


def open_claim(request: HttpRequest, record: OrderRecord, draft: ClaimDraft) -> HttpResponse:
    """Open the case with the drafts of evidence. A refusal shows the check page with the reason; nothing is lost."""
    actor = actor_of(request)

    def act() -> Went:
        exhibits = [exhibit.id for exhibit in evidence.drafts(record.id, actor)]
        done = service.open_case(record.id, read_open(draft.body()), actor, clock.now(), exhibits)
        return Went(case_href(done.case.id), _("Your claim is open. The merchant has been told."))

    try:
        response = once(request, act, order_href(record.id))
    except (BadInput, service.Refused) as refused:
        return draw(request, record, draft, "check", {}, fault=refusal_text(refused.refusal), status=422)
    forget_draft(request, record.id)
    return response
