"""How cases are shown on the command line: to people in tables, to programs as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from makewhole.core.case import record
from makewhole.core.case.actions import AvailableAction, available_actions
from makewhole.core.case.model import Actor, Case, Obligation
from makewhole.core.case.say import CONSEQUENCES, OUTCOMES, PARTIES, STAGES, STEPS, amount, terms_text
from makewhole.core.words import Language, Role, Text
from makewhole.doors.cli import console

if TYPE_CHECKING:
    from makewhole.rooms.cases.queries import CaseRow, CaseView, Moment

_HEADINGS = (
    Text("售后", "case"), Text("订单", "order"), Text("状态", "stands"), Text("要求", "wanted"), Text("已付", "paid"),
    Text("下一步", "next step"), Text("期限", "due"),
)  # fmt: skip
_TIME = Text("时间", "time")
_NEXT = Text("→ {who}须在 {at} 前{what}；逾期则{otherwise}", "→ {who} has until {at} to {what}; otherwise {otherwise}")


def say_time(at: datetime, case_market: str) -> str:
    """A moment on the clocks of the market."""
    from makewhole.rooms.rulebooks import queries as rulebooks

    return rulebooks.book(case_market).calendar.local(at).strftime("%Y-%m-%d %H:%M")


def print_view(view: "CaseView", language: Language, roles: Sequence[Role]) -> None:
    """A case for people. `roles` whose possible actions are shown; none: those of the reader."""
    case = view.case
    stage = OUTCOMES[case.outcome] if case.outcome else STAGES[case.stage]
    click.echo(f"{case.id}  {view.order.order.id}  {stage.say(language)}")
    click.echo(f"  {terms_text(case.demand, case.currency).say(language)}")
    if case.agreed is not None:
        click.echo(f"  = {terms_text(case.agreed, case.currency).say(language)}")
    print_timeline(view.timeline, case, language)
    for obligation in sorted(case.obligations, key=lambda each: each.due_at):
        click.echo(next_line(obligation, case, language))
    if not roles:
        print_actions(view.actions, "", language)
    for role in roles:
        print_actions(available_actions(case, stand_in(role, case)), role.value, language)


def stand_in(role: Role, case: Case) -> Actor:
    party = {Role.BUYER: case.buyer_id, Role.MERCHANT: case.merchant_id}.get(role, "")
    return Actor(role, "cli", party)


def next_line(obligation: Obligation, case: Case, language: Language) -> str:
    who, what = PARTIES[obligation.debtor].say(language), STEPS[obligation.step].say(language)
    otherwise = CONSEQUENCES[obligation.on_silence].say(language)
    at = say_time(obligation.due_at, case.market)
    return _NEXT.say(language).format(who=who, at=at, what=what, otherwise=otherwise)


def print_timeline(timeline: Sequence["Moment"], case: Case, language: Language) -> None:
    rows = []
    for moment in timeline:
        detail = moment.detail.say(language)
        title = moment.title.say(language)
        rows.append((moment.sequence, say_time(moment.at, case.market), f"{title}\n{detail}" if detail else title))
    console.print_table("", {"#": "right", _TIME.say(language): "left", "": "left"}, rows)


def print_actions(actions: Sequence[AvailableAction], whose: str, language: Language) -> None:
    for action in actions:
        required = action.schema(language)["required"]
        needs = f" ({', '.join(required)})" if required else ""
        click.echo(f"  {f'{whose}: ' if whose else ''}{action.name}{needs} — {action.label.say(language)}")


def print_rows(rows: Sequence["CaseRow"], language: Language) -> None:
    """A list of cases for people."""
    table = Table(header_style="bold")
    for place, heading in enumerate(_HEADINGS):
        table.add_column(heading.say(language), justify="right" if place in (3, 4) else "left", no_wrap=place == 0)
    for row in rows:
        table.add_row(*row_cells(row, language))
    console.out.print(table)


def row_cells(row: "CaseRow", language: Language) -> tuple[str, ...]:
    waits = ""
    if row.next_step is not None and row.next_debtor is not None:
        waits = f"{PARTIES[row.next_debtor].say(language)}: {STEPS[row.next_step].say(language)}"
    return (
        str(row.id),
        row.order_number,
        (OUTCOMES[row.outcome] if row.outcome else STAGES[row.stage]).say(language),
        amount(row.wanted_minor, row.currency),
        amount(row.paid_minor, row.currency),
        waits,
        say_time(row.next_due_at, row.market) if row.next_due_at else "",
    )


def tell_done(case: Case, language: Language, as_json: bool) -> None:
    """What a command did, in one look."""
    if as_json:
        console.print_json(case_document(case))
        return
    stage = OUTCOMES[case.outcome] if case.outcome else STAGES[case.stage]
    click.echo(f"{case.id}  {stage.say(language)}")
    for obligation in case.obligations:
        click.echo(next_line(obligation, case, language))


def case_document(case: Case) -> dict[str, Any]:
    """A case as JSON: its recorded form, with its version."""
    document: dict[str, Any] = record.write(case)
    return {**document, "version": case.sequence}


def view_document(view: "CaseView", language: Language) -> dict[str, Any]:
    """A case with its timeline and what its reader may do."""
    return {
        **case_document(view.case),
        "order_number": view.order.order.id,
        "timeline": [
            {
                "sequence": moment.sequence,
                "kind": moment.kind,
                "at": moment.at,
                "role": moment.role,
                "title": moment.title.say(language),
                "detail": moment.detail.say(language),
            }
            for moment in view.timeline
        ],
        "available_actions": [
            {
                "name": action.name,
                "label": action.label.say(language),
                "effect": action.effect.say(language),
                "due_at": action.due_at,
                "on_silence": action.on_silence,
                "schema": action.schema(language),
            }
            for action in view.actions
        ],
    }
