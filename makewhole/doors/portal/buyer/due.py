"""What am I due? An answer before any claim: what went wrong, which goods, and what the rules then give."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from makewhole.core.facts import Fact, FactValue
from makewhole.core.order.model import Order
from makewhole.core.rulebook.model import Answer, Claim, ClaimLine
from makewhole.core.rulebook.raised import raisable
from makewhole.core.words import Party, Provenance, Reason
from makewhole.doors.portal.buyer import reasons
from makewhole.doors.portal.buyer.draft import read_lines, read_reasons
from makewhole.doors.portal.buyer.frame import buyers_only, frame, order_of, trail_of
from makewhole.doors.portal.parts.acting import actor_of, refusal_text
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.markets import book_of, rules_of, zone_of
from makewhole.doors.portal.parts.questions import asked, question_fields, read_facts
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.service import Refused
from makewhole.rooms.orders.queries import OrderRecord


@require_GET
@buyers_only
def show_due(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The answer for what the address says: reasons, units by line, facts. Each change gives a new address."""
    record = order_of(request, order_id)
    order = record.order
    zone = zone_of(order.market)
    chosen = read_reasons(request.GET)
    lines = read_lines(request.GET, order) or all_lines(order, request)
    facts, errors = read_facts(request.GET, order.currency, zone)
    answer, fault = ask(request, record, chosen, lines, facts)
    context = {
        **frame(request),
        "record": record,
        "order": order,
        "trail": trail_of(record),
        "here": _("What am I due?"),
        "reason_field": reason_field(order, chosen),
        "line_fields": line_fields(order, lines, "due-form"),
        "lines": {line.id: line.title for line in order.lines},
        "chosen_reasons": chosen,
        "chosen_sentences": [reasons.SENTENCES[Reason(each)] for each in chosen],
        "asks_for_lines": len(order.lines) > 1 or order.lines[0].quantity > 1,
        "chosen_lines": lines,
        "zone": zone,
        "fault": fault,
        **answer_context(answer, order, facts, errors, request.GET),
        "more_fields": more_fields(answer, order, chosen, lines, facts),
    }
    return render(request, "buyer/due.html", context)


def all_lines(order: Order, request: HttpRequest) -> dict[str, int]:
    """Without a word on units: the only line there is, else none chosen yet, except on the first look."""
    if len(order.lines) == 1:
        return {order.lines[0].id: order.lines[0].quantity}
    first_look = not any(name.startswith("line-") for name in request.GET)
    return {line.id: line.quantity for line in order.lines} if first_look else {}


def ask(
    request: HttpRequest,
    record: OrderRecord,
    chosen: Sequence[str],
    lines: Mapping[str, int],
    facts: Mapping[str, FactValue],
) -> tuple[Answer | None, str]:
    """The answer, or why there is none."""
    if not chosen or not lines:
        return None, ""
    wanted = [ClaimLine(line_id, quantity) for line_id, quantity in lines.items()]
    told = tuple(facts.items())
    try:
        now = clock.now()
        return cases.answer_for(record.id, [Reason(each) for each in chosen], wanted, told, actor_of(request), now), ""
    except Refused as refused:
        return None, refusal_text(refused.refusal)


def reason_field(order: Order, chosen: Sequence[str], errors: Sequence[str] = ()) -> Field:
    """The reasons as checkboxes in plain words: several may hold."""
    book = book_of(order.market)
    return Field(
        name="reason",
        label=_("What went wrong?"),
        kind="checks",
        required=True,
        help=_("Several may be true."),
        choices=reasons.choices(order, book.reasons if book else ()),
        value=chosen,
        errors=errors,
    )


def line_fields(order: Order, lines: Mapping[str, int], form: str = "") -> list[Field]:
    """How many units of each line: a choice from none to all. `form`: the form they belong to, outside of it."""
    return [
        Field(
            name=f"line-{line.id}",
            label=line.title,
            kind="choice" if line.quantity <= 50 else "number",
            form=form,
            required=True,
            value=str(lines.get(line.id, 0)),
            minimum=0,
            maximum=line.quantity,
            choices=[(str(count), units_text(count, line.quantity)) for count in range(line.quantity + 1)]
            if line.quantity <= 50
            else (),
        )
        for line in order.lines
    ]


def units_text(count: int, of: int) -> str:
    if count == 0:
        return _("not this one")
    if of == 1:
        return _("this one")
    return _("%(count)d of %(of)d") % {"count": count, "of": of}


def more_fields(
    answer: Answer | None,
    order: Order,
    chosen: Sequence[str],
    lines: Mapping[str, int],
    facts: Mapping[str, FactValue],
) -> list[Field]:
    """What the buyer may say though nobody asks: exceptions and losses the rules would listen to."""
    book = book_of(order.market)
    if answer is None or book is None:
        return []
    told = {name: Fact(value, Provenance.ALLEGED) for name, value in facts.items()}
    wanted = tuple(ClaimLine(line_id, quantity) for line_id, quantity in lines.items())
    claim = Claim(tuple(Reason(each) for each in chosen), wanted, told, answer.assessed_at)
    names = [name for name in raisable(book, order, claim, answer.assessed_at, Party.BUYER) if name not in facts]
    return question_fields(names, facts, order.currency, zone_of(order.market))


def answer_context(
    answer: Answer | None,
    order: Order,
    facts: Mapping[str, FactValue],
    errors: Mapping[str, list[str]] | None = None,
    typed: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The answer, the words of its rules, and the questions that are the buyer's to answer."""
    if answer is None:
        return {"answer": None, "question_fields": []}
    zone = zone_of(order.market)
    names = asked(answer, [*facts, *(errors or {})], Party.BUYER)
    return {
        "answer": answer,
        "rules": rules_of(order.market, order.placed_at),
        "question_fields": question_fields(names, facts, order.currency, zone, errors, typed),
    }
