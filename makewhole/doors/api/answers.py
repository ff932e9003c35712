"""What is due, before any claim: on an order known here, or on one written out in the question."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from ninja import Router
from pydantic import Field

from makewhole.core.allocation.allocate import allocate
from makewhole.core.allocation.prior import prior_refunds
from makewhole.core.case.decide import would_give
from makewhole.core.case.decision import Context, Refusal
from makewhole.core.case.inputs import schema_of
from makewhole.core.case.model import Actor
from makewhole.core.case.read import read_facts, read_lines, read_reasons
from makewhole.core.order.model import Order
from makewhole.core.order.read import read_order
from makewhole.core.rulebook.explain import explain
from makewhole.core.rulebook.model import Answer, Paid
from makewhole.core.words import Party, Role, Text
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.faults import Id, Shape
from makewhole.doors.api.frame.problems import Fault, bad_input
from makewhole.doors.api.frame.routes import settles
from makewhole.doors.api.markets import require_market, zone_of
from makewhole.doors.api.ownership import order_of
from makewhole.doors.api.shapes.answers import AnswerState, answer_state
from makewhole.doors.api.shapes.examples import example
from makewhole.doors.api.shapes.plain import Answered
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.rulebooks import queries as rulebooks

router = Router(tags=["answers"])


def _documented(kind: str) -> dict[str, Any]:
    return dict(schema_of(kind, "en"))


class Question(Shape):
    """An order and a story: by `order_id`, or by `order`, a whole document in makewhole's order format."""

    order_id: Id | None = None
    order: dict[str, Any] | None = None
    reasons: Annotated[Any, Field(json_schema_extra=_documented("reasons"))]
    lines: Annotated[Any, Field(json_schema_extra=_documented("lines"))]
    facts: Annotated[Any, Field(json_schema_extra=_documented("facts"))] = {}


class Sentence(Answered):
    text: str
    rule_id: str = Field(description="The rule it rests on; empty for none.")


class Passage(Answered):
    """A heading with its sentences. `kind` is plan, evidence, question, obstacle, safety or nothing."""

    kind: str
    title: str
    lines: list[Sentence]
    note: str


class Told(AnswerState):
    """The answer, and the whole of it in words."""

    texts: list[Passage] = Field(description="The answer in plain words, in the language of the reader.")


@settles(
    router,
    "POST",
    "/answers",
    answers=Told,
    example=example("answer"),
    body=Question,
    body_example=example("question"),
    changes=False,
    refusals=(404,),
)
def give_answer(call: Call) -> Reply:
    """Ask what is due.

    The answer has every plan the buyer may choose with its amounts, payer and dates, what to prove, what speaks
    against it, and which facts are still to be told; each item with its rule and citation. Nothing is stored, so no
    Idempotency-Key is needed.
    """
    asked: Question = call.body
    if (asked.order_id is None) == (asked.order is None):
        what = Text("须给出其一", "must be given, or the other one")
        to_do = Text("给出 order_id 或 order 之一", "give one of order_id and order")
        raise bad_input(Fault("/order_id", what, to_do), Fault("/order", what, to_do))
    order, answer = _on_record(call, asked.order_id) if asked.order_id else _on_document(call, asked)
    told = answer_state(answer, zone_of(answer.market), call.language)
    texts = [
        {
            "kind": block.kind,
            "title": block.title,
            "lines": [{"text": line.text, "rule_id": line.rule_id} for line in block.lines],
            "note": block.note,
        }
        for block in explain(answer, rulebooks.book(answer.market), order, call.language)
    ]
    return Reply({**told, "texts": texts})


def _on_record(call: Call, order_id: UUID) -> tuple[Order, Answer]:
    asked: Question = call.body
    record = order_of(call, order_id)
    reader = call.caller.actor or Actor(Role.BUYER, record.order.buyer_id)
    answer = cases.answer_for(
        record.id,
        read_reasons(asked.reasons, "reasons"),
        read_lines(asked.lines, "lines"),
        read_facts(asked.facts, "facts"),
        reader,
        call.now,
    )
    return record.order, answer


def _on_document(call: Call, asked: Question) -> tuple[Order, Answer]:
    order = read_order(asked.order or {})
    require_market(order.market, order.currency)
    context = Context(
        actor=Actor(Role.BUYER, order.buyer_id),
        order_id=order.id,
        order=order,
        allocation=allocate(order),
        book=rulebooks.book(order.market),
        ids=_no_ids(),
        paid=tuple(
            Paid(line_id, head, amount_minor, Party.MERCHANT)
            for (line_id, head), amount_minor in prior_refunds(order).items()
        ),
    )
    answer = would_give(
        context,
        read_reasons(asked.reasons, "reasons"),
        read_lines(asked.lines, "lines"),
        read_facts(asked.facts, "facts"),
        call.now,
    )
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return order, answer


def _no_ids() -> Iterator[str]:
    """An answer makes nothing that needs an id."""
    yield from ()
