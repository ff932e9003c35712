"""`makewhole rulebook`: list, show and check the rules of a market; needs no server and no database."""

from datetime import date
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Styled

from makewhole.core.facts import FACTS, NEVER, FactName
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.derive import ALWAYS_KNOWN
from makewhole.core.rulebook.describe import Describer, kind_of
from makewhole.core.rulebook.explain import cite
from makewhole.core.rulebook.page import rules_page
from makewhole.core.rulebook.rule import Rule, Rulebook
from makewhole.core.words import Language, RuleStatus, Text
from makewhole.doors.cli import boot, console
from makewhole.doors.cli.answer_view import plain
from makewhole.doors.cli.books import book_of
from makewhole.doors.cli.rulebook_compare import compare
from makewhole.doors.cli.rulebook_try import try_rules
from makewhole.rooms.rulebooks import queries, service

_NO_SUCH_RULE = Text(
    "没有规则 {rule}；规则编号以市场开头（{markets}），makewhole rulebook list 市场 可列出",
    "there is no rule {rule}; ids begin with their market ({markets}), makewhole rulebook list MARKET names them",
)
_NO_RULE = Text(
    "规则库 {market} 没有规则 {rule}；用 rulebook list {market} 列出全部。相近的有：{like}",
    "rulebook {market} has no rule {rule}; rulebook list {market} lists all. Like it: {like}",
)
_CLEAN = Text(
    "{market}：已证明，没有发现错误。规则 {rules} 条，版本 {editions} 个，原因 {reasons} 种，场景 {scenarios} 个。",
    "{market}: proven, no fault found. Rules: {rules}, editions: {editions}, reasons: {reasons}, "
    "scenarios: {scenarios}.",
)
_SEALED = Text("封签有效，可以投入使用。", "Sealed: a service may load it.")
_NOT_SEALED = Text(
    "尚未封签：加 --seal 后才能投入使用。", "Not sealed: with --seal a service may load it."
)  # fmt: skip
_HEADINGS = {
    "id": Text("规则", "Rule"), "layer": Text("层级", "Layer"), "kind": Text("类型", "Kind"),
    "reasons": Text("原因", "Reasons"), "in_force": Text("施行", "In force"), "status": Text("核对", "Status"),
    "edition": Text("版本", "Edition"), "rules": Text("规则数", "Rules"), "changes": Text("变更", "Changes"),
    "citation": Text("依据", "Source"), "when": Text("条件", "Holds when"), "then": Text("结果", "Then"),
    "every": Text("全部", "every"), "fact": Text("事实", "Fact"), "type": Text("类型", "Type"),
    "meaning": Text("含义", "Meaning"), "market": Text("市场", "Market"),
}  # fmt: skip

_FACTS_HEAD = """# Facts

The closed list of statements that rules may read. `makewhole rulebook facts --markdown` writes this page from the list
itself, and a test compares the two.

Each fact has a type: *yes no*; *count*, a whole number; *amount*, minor units of the order's currency; *choice*, one of
a list; *time*, RFC 3339 with its offset; *path*, a category with all it lies in. A fact read from the *order* (parcels,
promises, flags) is as firm as the shop's and carrier's records; only what the order leaves open is asked of the party
named. A fact that is "no unless told" is an exception: it counts once somebody raises it, and is never asked for. The
last column names the kinds of exhibit that help to prove it.

| fact | type | meaning | known from | proven by |
|---|---|---|---|---|
"""


@click.group("rulebook", help=__doc__)
def command() -> None:
    pass


command.add_command(compare)
command.add_command(try_rules)


@command.command("list")
@click.argument("market", required=False)
@click.option("--on", "on", metavar="DAY", help="Only rules in force on this day (2026-11-21).")
@console.language_option
@console.json_option
def list_rules(market: str | None, on: str | None, language: Language, as_json: bool) -> None:
    """List the rules of MARKET, or the markets there are."""
    if market is None:
        _list_markets(language, as_json)
        return
    book = book_of(market, language)
    day = _day(on)
    rules = [rule for rule in book.rules if day is None or rule.in_force(day)]
    if as_json:
        console.print_json([_document(rule, book, language) for rule in rules])
        return
    table = Table(title=f"{book.name.say(language)} · {len(rules)}", title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("id", "kind", "in_force"):
        table.add_column(_HEADINGS[name].say(language), no_wrap=True)
    table.add_column(_HEADINGS["reasons"].say(language), overflow="fold")
    table.add_column("✓")
    for rule in rules:
        kind, mark = phrases.KINDS[kind_of(rule)].say(language), "✓" if rule.status is RuleStatus.VERIFIED else ""
        table.add_row(rule.id, kind, _in_force(rule), _reasons(rule, language), mark)
    console.out.print(table)


def _list_markets(language: Language, as_json: bool) -> None:
    books = [book_of(market, language) for market in queries.markets(boot.rulebooks_directory())]
    if as_json:
        console.print_json([{"market": book.market, "rules": len(book.rules)} for book in books])
        return
    columns = {_HEADINGS[name].say(language): "left" for name in ("market", "rules", "edition")}
    rows = [(f"{book.market}  {book.name.say(language)}", len(book.rules), book.editions[-1].name) for book in books]
    console.print_table("", columns, rows)


@command.command("show")
@click.argument("rule_id", metavar="RULE")
@console.language_option
@console.json_option
def show_rule(rule_id: str, language: Language, as_json: bool) -> None:
    """Show one rule with all its editions."""
    market, known = rule_id.partition("-")[0], queries.markets(boot.rulebooks_directory())
    if market not in known:
        markets = ", ".join(known)
        raise console.Refused(_NO_SUCH_RULE.say(language).format(rule=rule_id, markets=markets))
    book = book_of(market, language)
    found = [rule for rule in book.rules if rule.id == rule_id]
    if not found:
        near = [rule.id for rule in book.rules if set(rule_id.split("-")[1:]) & set(rule.id.split("-")[1:])]
        like = ", ".join(dict.fromkeys(near)) or "–"
        raise console.Refused(_NO_RULE.say(language).format(market=market, rule=rule_id, like=like))
    if as_json:
        console.print_json([_document(rule, book, language) for rule in found])
        return
    for rule in found:
        console.out.print(_panel(rule, book, language))


def _panel(rule: Rule, book: Rulebook, language: Language) -> Panel:
    describer, cited = Describer(book, language), cite(rule, language)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("", Styled(cited.sentence, style="bold"))
    grid.add_row(_HEADINGS["citation"].say(language), f"{cited.citation} · {cited.layer} · {cited.status}")
    grid.add_row(_HEADINGS["reasons"].say(language), _reasons(rule, language))
    grid.add_row(_HEADINGS["in_force"].say(language), _in_force(rule))
    if rule.when:
        grid.add_row(_HEADINGS["when"].say(language), "\n".join(describer.when(rule)))
    grid.add_row(_HEADINGS["then"].say(language), "\n".join(describer.outcome(rule.outcome)))
    grid.add_row("", Styled(str(rule.place), style="dim"))
    return Panel(grid, title=Styled(f" {rule.id} ", style="bold cyan"), title_align="left", box=box.ROUNDED)


@command.command("editions")
@click.argument("market")
@console.language_option
@console.json_option
def list_editions(market: str, language: Language, as_json: bool) -> None:
    """List the editions of MARKET and what each brought (+), changed (~) and ended (-)."""
    book = book_of(market, language)
    rows: list[tuple[str, int, str]] = []
    before: frozenset[tuple[str, date]] = frozenset()
    for edition in book.editions:
        now = frozenset((rule.id, rule.start) for rule in edition.rules)
        came, went = {name for name, _ in now - before}, {name for name, _ in before - now}
        marks = {
            **dict.fromkeys(came - went, "+"),
            **dict.fromkeys(went - came, "-"),
            **dict.fromkeys(came & went, "~"),
        }
        changed = [f"{marks[name]} {name}" for name in sorted(marks)] if before else []
        rows.append((edition.name, len(edition.rules), "\n".join(changed)))
        before = now
    if as_json:
        console.print_json(
            [{"edition": name, "rules": count, "changes": changes.splitlines()} for name, count, changes in rows]
        )
        return
    columns = {_HEADINGS[name].say(language): "left" for name in ("edition", "rules", "changes")}
    console.print_table(book.name.say(language), columns, rows)


@command.command("page")
@click.argument("market")
@console.language_option
def page(market: str, language: Language) -> None:
    """Print the rules of MARKET as a page of Markdown: docs/reference/rules-MARKET.md, or .zh.md with --lang zh."""
    click.echo(rules_page(book_of(market, language), language), nl=False)


@command.command("facts")
@click.option("--markdown", is_flag=True, help="Print the page docs/reference/facts.md.")
@console.language_option
@console.json_option
def list_facts(markdown: bool, language: Language, as_json: bool) -> None:
    """List the facts rules may read and parties may tell."""
    if markdown:
        click.echo(facts_page(), nl=False)
    elif as_json:
        console.print_json([plain(entry) for entry in FACTS.values()])
    else:
        columns = {_HEADINGS[name].say(language): "left" for name in ("fact", "type", "meaning")}
        rows = [(entry.name, _type(entry), entry.label.say(language)) for entry in FACTS.values()]
        console.print_table("", columns, rows)


def facts_page() -> str:
    """The reference page of the facts, from the list itself."""
    rows = [
        f"| `{entry.name}` | {_type(entry)} | {entry.label.en} · {entry.label.zh} | {_known_from(entry)} "
        f"| {', '.join(entry.proves)} |"
        for entry in FACTS.values()
    ]
    return _FACTS_HEAD + "\n".join(rows) + "\n"


def _type(entry: FactName) -> str:
    bounds = ", ".join(entry.choices) if entry.at_most is None else f"at most {entry.at_most}"
    return entry.type.value.replace("_", " ") + (f" ({bounds})" if bounds else "")


def _known_from(entry: FactName) -> str:
    """How a fact comes to be known, in a few words."""
    if entry.derived:
        return "order" if entry.name in ALWAYS_KNOWN else f"order, else {entry.tells}"
    if entry.assumed is None:
        return str(entry.tells)
    assumed = ("yes" if entry.assumed else "no") if isinstance(entry.assumed, bool) else entry.assumed
    return f"{entry.tells}; {'never' if assumed == NEVER else assumed} unless told"


@command.command("check")
@click.argument("markets", metavar="[MARKET]...", nargs=-1)
@click.option(
    "--seal", "to_seal", is_flag=True, help="Seal each book that has no fault, so that a service may load it."
)
@console.language_option
@console.json_option
def check(markets: tuple[str, ...], to_seal: bool, language: Language, as_json: bool) -> None:
    """Check each MARKET (all, when none is named): prove its rules, run its scenarios; --seal it when nothing is wrong.

    Proven is that no claim is without an outcome, that no two rules conflict unranked, that nobody gets less than the
    law gives, that no amount goes beyond price or cap, and that every rule can count; what is not so is told with an
    order that shows it.
    """
    folder = boot.rulebooks_directory()
    reports = []
    for market in markets or queries.markets(folder):
        report = _checked(folder, market, language)
        if to_seal and report.clean:
            service.seal(folder, report)
            report = report._replace(sealed=True)
        reports.append(report)
        if not as_json:
            _tell(report, language)
    if as_json:
        documents = [_report(report, language) for report in reports]
        console.print_json(documents[0] if len(markets) == 1 else documents)
    if not all(report.clean for report in reports):
        raise click.exceptions.Exit(console.Exit.REFUSED)


def _checked(folder: Path, market: str, language: Language) -> service.Report:
    try:
        return service.check(folder, market)
    except (queries.UnknownMarket, service.ProverMissing) as error:
        raise console.Refused(error.text.say(language)) from error


def _tell(report: service.Report, language: Language) -> None:
    for problem in report.faults:
        console.print_error(problem.say(language))
    for name, place, text in report.wrong:
        console.print_error(f"{place}: scenario {name}: {text}")
    if report.clean:
        seal = _SEALED if report.sealed else _NOT_SEALED
        between = "" if language == "zh" else " "
        told = f"[green]✓[/green] {_CLEAN.say(language)}{between}{seal.say(language)}".format(**report._asdict())
        console.out.print(told, soft_wrap=True)


def _report(report: service.Report, language: Language) -> dict[str, Any]:
    return {
        "market": report.market,
        "sealed": report.sealed,
        "faults": [
            {"place": str(one.place), "wrong": one.what.say(language), "remedy": one.fix.say(language)}
            for one in report.faults
        ],
        "scenarios": [{"id": name, "place": place, "difference": text} for name, place, text in report.wrong],
    }


def _document(rule: Rule, book: Rulebook, language: Language) -> dict[str, Any]:
    describer, cited = Describer(book, language), cite(rule, language)
    return {
        "id": rule.id,
        "kind": kind_of(rule),
        "layer": rule.layer.value,
        "status": rule.status.value,
        "in_force_from": rule.start.isoformat(),
        "in_force_to": rule.end.isoformat() if rule.end is not None else None,
        "sentence": cited.sentence,
        "citation": cited.citation,
        "reasons": sorted(reason.value for reason in rule.reasons),
        "when": list(describer.when(rule)),
        "then": list(describer.outcome(rule.outcome)),
        "place": str(rule.place),
    }


def _reasons(rule: Rule, language: Language) -> str:
    if not rule.reasons:
        return _HEADINGS["every"].say(language)
    return ", ".join(phrases.REASONS[reason].say(language) for reason in sorted(rule.reasons))


def _in_force(rule: Rule) -> str:
    return f"{rule.start} – {rule.end if rule.end is not None else ''}".rstrip()


def _day(given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise click.BadParameter(f"{given!r} is no day; write it like 2026-11-21", param_hint="--on") from None
