"""An answer on a terminal, and as a document for programs."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Styled

from makewhole.core.dates import moment_text
from makewhole.core.order.model import Order
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.explain import Block, Cited, cited, explain
from makewhole.core.rulebook.model import Answer, Claim
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.why import WhyTeller, why_not
from makewhole.core.words import Language, Text

_TITLE = Text("权益结论", "What is due")
_ORDER = Text("订单 {id}", "order {id}")
_EDITION = Text("规则版本 {name}", "rules {name}")
_PLAN = Text("方案 {number}", "plan {number}")
_RULES = Text("依据", "Rules")
_WHY_NOT = Text("为什么这些规则没有适用", "Why these rules did not apply")
_IN_FORCE = Text("{start} 起施行", "in force from {start}")
_UNTIL = Text("{start} 至 {end} 施行", "in force {start} to {end}")
_COLOURS = {"plan": "cyan", "nothing": "yellow", "evidence": "white", "question": "yellow", "obstacle": "red"}


def show(
    console: Console,
    book: Rulebook,
    order: Order,
    claim: Claim,
    answer: Answer,
    language: Language,
    *,
    explained: bool,
) -> None:
    """Print the answer: plans in frames, then what speaks against, what to prove, what is missing, and the rules."""
    rules = cited(answer, book, language)
    numbers = {rule.rule_id: number for number, rule in enumerate(rules, 1)}
    local = book.calendar.local(answer.assessed_at)
    now = moment_text(local, local).say(language)
    reasons = ", ".join(phrases.REASONS[reason].say(language) for reason in claim.reasons)
    heading = Styled(_TITLE.say(language), style="bold")
    about = [_ORDER.say(language).format(id=order.id), reasons, now, _EDITION.say(language).format(name=answer.edition)]
    heading.append("  " + " · ".join(about), style="dim")
    console.print()
    console.print(heading)
    plan = 0
    for block in explain(answer, book, order, language):
        plan += block.kind == "plan"
        label = _PLAN.say(language).format(number=plan) + "  " if block.kind == "plan" else ""
        console.print(_framed(block, label, numbers) if block.kind == "plan" else _listed(block, numbers))
    if explained:
        _show_why_not(console, book, order, claim, answer, language)
    _show_rules(console, rules, language)


def _framed(block: Block, label: str, numbers: dict[str, int]) -> Panel:
    title = Styled(f" {label}{block.title} ", style="bold cyan")
    grid = _grid()
    for line in (line for line in block.lines if not line.step):
        grid.add_row("", line.text, _mark(line.rule_id, numbers))
    steps = [line for line in block.lines if line.step]
    if steps:
        grid.add_row("", "", "")
    for line in steps:
        grid.add_row("·", Styled(line.text, style="dim"), _mark(line.rule_id, numbers))
    note = Styled(f" {block.note} ", style="bold")
    return Panel(grid, title=title, title_align="left", subtitle=note, subtitle_align="right", box=box.ROUNDED)


def _listed(block: Block, numbers: dict[str, int]) -> Padding:
    grid = _grid()
    grid.add_row("", Styled(block.title, style=f"bold {_COLOURS.get(block.kind, 'white')}"), "")
    for line in block.lines:
        grid.add_row("·", line.text, _mark(line.rule_id, numbers))
    return Padding(grid, (0, 0, 1, 1))


def _grid() -> Table:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(width=1)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", style="dim", no_wrap=True)
    return grid


def _mark(rule_id: str, numbers: dict[str, int]) -> Styled:
    return Styled(f"[{numbers[rule_id]}]" if rule_id in numbers else "")


def _show_why_not(
    console: Console, book: Rulebook, order: Order, claim: Claim, answer: Answer, language: Language
) -> None:
    teller = WhyTeller(book, language, answer.assessed_at)
    misses = why_not(book, order, claim, answer.assessed_at)
    told = dict.fromkeys((miss.rule.id, miss.rule.sentence.say(language), teller.reasons(miss)) for miss in misses)
    grid = _grid()
    grid.add_row("", Styled(_WHY_NOT.say(language), style="bold"), "")
    for rule_id, sentence, reasons in told:
        grid.add_row("×", sentence, rule_id)
        for reason in reasons:
            grid.add_row("", Styled(f"  → {reason}", style="yellow"), "")
    if misses:
        console.print(Padding(grid, (0, 0, 1, 1)))


def _show_rules(console: Console, rules: tuple[Cited, ...], language: Language) -> None:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row("", Styled(_RULES.say(language), style="bold"))
    for number, rule in enumerate(rules, 1):
        text = Styled(rule.sentence)
        text.append(f"\n{rule.citation} · {rule.layer} · {rule.status} · ", style="dim")
        text.append(f"{_dates(rule, language)} · {rule.rule_id}", style="dim")
        grid.add_row(f"[{number}]", text)
    console.print(Padding(grid, (0, 0, 1, 1)))


def _dates(rule: Cited, language: Language) -> str:
    pattern = (_IN_FORCE if rule.in_force_to is None else _UNTIL).say(language)
    return pattern.format(start=rule.in_force_from, end=rule.in_force_to)


def as_document(
    book: Rulebook, order: Order, claim: Claim, answer: Answer, language: Language, *, explained: bool
) -> dict[str, Any]:
    """The answer for programs: every value by its name, the rules it cites, and its text in one language."""
    document: dict[str, Any] = plain(answer)
    for plan, value in zip(answer.plans, document["plans"], strict=True):
        value["total_minor"] = plan.total_minor
    document["rules"] = {rule.rule_id: plain(rule) for rule in cited(answer, book, language)}
    document["text"] = [plain(block) for block in explain(answer, book, order, language)]
    if explained:
        teller = WhyTeller(book, language, answer.assessed_at)
        document["why_not"] = [
            {"rule_id": miss.rule.id, "line_id": miss.line_id, "because": list(teller.reasons(miss))}
            for miss in why_not(book, order, claim, answer.assessed_at)
        ]
    return document


def plain(value: Any) -> Any:
    """A value of the core as JSON knows it: records by field name, times and days as RFC 3339, words as text."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "_fields"):
        return {name: plain(part) for name, part in zip(value._fields, value, strict=True)}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return value
