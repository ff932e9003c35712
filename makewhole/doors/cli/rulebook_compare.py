"""`makewhole rulebook compare`: two editions, or two folders of rules, in plain words."""

from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.text import Text as Styled

from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.compare import Change, Comparison, Effect, Happened, Named
from makewhole.core.rulebook.compare import compare as compared
from makewhole.core.rulebook.rule import Edition, Rulebook
from makewhole.core.words import Language, Text
from makewhole.doors.cli import console
from makewhole.doors.cli.books import book_of

_MARKS = {Effect.BETTER: ("+", "green"), Effect.WORSE: ("−", "red"), Effect.MIXED: ("±", "yellow"),
          Effect.NEUTRAL: ("·", "dim")}  # fmt: skip
EFFECTS = {
    Effect.BETTER: Text("对买家更好", "better for the buyer"), Effect.WORSE: Text("对买家更差", "worse for the buyer"),
    Effect.MIXED: Text("有好有坏", "better for some, worse for others"),
    Effect.NEUTRAL: Text("对买家无影响", "no difference to the buyer"),
}  # fmt: skip
HAPPENED = {
    Happened.CAME: Text("新增", "new"), Happened.WENT: Text("取消", "gone"), Happened.CHANGED: Text("变更", "changed"),
}  # fmt: skip
_WORDS = {
    "title": Text("{after} 对照 {before}：{count} 条规则不同", "{after} against {before}: {count} rules differ"),
    "same": Text("{after} 与 {before} 没有差别。", "{after} and {before} do not differ."),
    "reason": Text("原因", "Reason"), "proof": Text("举证责任有变", "Who must prove"),
    "no_edition": Text("{market} 没有版本 {name}；现有：{known}", "{market} has no edition {name}; there are {known}"),
}  # fmt: skip


@click.command("compare")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@console.language_option
@console.json_option
def compare(before: str, after: str, language: Language, as_json: bool) -> None:
    """Compare A with B: which rights came, went, got better or worse for the buyer, and who must prove what.

    A and B are editions (cn@2022-07-18), markets (cn: the rules of today), or folders of one market's rules
    (copy/rulebooks/cn), each with @DAY behind it for the edition of that day.
    """
    found = compared(_named(before, language), _named(after, language))
    if as_json:
        console.print_json(document(found, language))
    else:
        print_comparison(found, language)


def _named(written: str, language: Language) -> Named:
    """The edition somebody wrote down."""
    place, _, day = written.partition("@")
    path = Path(place)
    if (path / "market.yaml").is_file():
        book = book_of(path.resolve().name, language, path.resolve().parent)
    else:
        book = book_of(place, language)
    edition = _edition(book, day, language)
    return Named(book, f"{place}@{edition.start}" if "/" in place else edition.name, edition.rules)


def _edition(book: Rulebook, day: str, language: Language) -> Edition:
    try:
        return book.edition(date.fromisoformat(day) if day else date.today())  # noqa: DTZ011 (a matter of days)
    except ValueError:
        known = ", ".join(one.name for one in book.editions)
        said = _WORDS["no_edition"].say(language).format(market=book.market, name=day, known=known)
        raise console.Refused(said) from None


def print_comparison(found: Comparison, language: Language) -> None:
    """The comparison for people, the weightiest first."""
    names = {"before": found.before, "after": found.after}
    if not found.changes:
        console.out.print(_WORDS["same"].say(language).format(**names))
        return
    console.out.print(Styled(_WORDS["title"].say(language).format(count=len(found.changes), **names), style="bold"))
    _print_reasons(found, language)
    for change in found.changes:
        _print_change(change, language)
    if found.proof:
        console.out.print(Styled(_WORDS["proof"].say(language), style="bold"))
        for change in found.proof:
            console.out.print(f"  {change.rule.id}: {change.rule.sentence.say(language)}", soft_wrap=True)


def _print_reasons(found: Comparison, language: Language) -> None:
    columns = {_WORDS["reason"].say(language): "left"} | {EFFECTS[effect].say(language): "right" for effect in Effect}
    rows = [
        (phrases.REASONS[reason].say(language), *(effects[effect] or "" for effect in Effect))
        for reason, effects in found.by_reason.items()
    ]
    console.print_table("", columns, rows)


def _print_change(change: Change, language: Language) -> None:
    mark, style = _MARKS[change.effect]
    kind = phrases.KINDS[change.kind].say(language)
    happened, effect = HAPPENED[change.happened].say(language), EFFECTS[change.effect].say(language)
    console.out.print(Styled(f"{mark} {change.rule.id}", style=style), Styled(f"{kind} · {happened} · {effect}", "dim"))
    for text in change.told:
        console.out.print(f"    {text.say(language)}", soft_wrap=True, markup=False)


def document(found: Comparison, language: Language) -> dict[str, Any]:
    """The comparison as plain values."""
    return {
        "before": found.before,
        "after": found.after,
        "by_reason": {reason.value: effects for reason, effects in found.by_reason.items()},
        "changes": [
            {
                "rule": change.rule.id,
                "kind": change.kind,
                "happened": change.happened.value,
                "effect": change.effect.value,
                "reasons": [reason.value for reason in change.reasons],
                "told": [text.say(language) for text in change.told],
                "texts": [text._asdict() for text in change.told],
            }
            for change in found.changes
        ],
    }
