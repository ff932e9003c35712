"""Try changed rules on past cases: answer each under both sets of rules, and sum up who would get and pay what."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from makewhole.core.rulebook.compile import Program, compile_program
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.sql import trial
from makewhole.core.rulebook.sql.columns import EPOCH_DAY
from makewhole.core.rulebook.sql.layers import literal
from makewhole.core.rulebook.sql.trial import Programs
from makewhole.core.words import Head, Reason, Text
from makewhole.rooms.trials.ports import Affected, Part, Report, Sums, TrialError
from makewhole.rooms.trials.service.affected import Worst, affected_cases
from makewhole.rooms.trials.store.running import SIZES, Found, Summed, TrialDatabase, Watch
from makewhole.rooms.trials.store.sums import AFFECTED_MAX

THEN = "then"
"""Instead of an edition: each case by the rules of its own time."""


class Rules(NamedTuple):
    """A set of rules: one edition of a book (`place` among its editions), or with None each order's own."""

    book: Rulebook
    place: int | None
    label: str = ""
    """Told beside the edition's name, where the book is not the shipped one."""

    @property
    def name(self) -> str:
        edition = THEN if self.place is None else self.book.editions[self.place].name
        return f"{edition} ({self.label})" if self.label else edition


class Group(NamedTuple):
    """Rows that one pair of programs answers: `where` finds them."""

    reasons: str
    where: str
    programs: Programs
    lines: int
    joint: int


def rules_named(book: Rulebook, edition: str) -> Rules:
    """The rules of an edition by its name (`cn@2022-07-18`), or `then`. Raises TrialError naming those there are."""
    if edition == THEN:
        return Rules(book, None)
    names = [one.name for one in book.editions]
    if edition not in names:
        raise TrialError(Text(
            f"{book.market} 没有版本 {edition}；现有：{'、'.join(names)}",
            f"{book.market} has no edition {edition}; there are {', '.join(names)}",
        ))  # fmt: skip
    return Rules(book, names.index(edition))


def try_rules(
    export: Path,
    changed: Rules,
    against: Rules,
    watch: Watch = lambda done, of: None,
    threads: int | None = None,
) -> Report:
    """What the changed rules would have meant for the export's cases of their market. Raises TrialError."""
    began = time.monotonic()
    book = changed.book
    database = TrialDatabase(export, book.market, book.calendar, threads)
    try:
        found = database.found(by_day=None in (changed.place, against.place))
        if not found:
            raise TrialError(Text(
                f"{export} 里没有 {book.market} 市场的案件；其中有：{'、'.join(database.markets()) or '无'}",
                f"{export} has no cases of market {book.market}; it has {', '.join(database.markets()) or 'none'}",
            ))  # fmt: skip
        skipped: dict[str, int] = {}
        groups = list(groups_of(found, changed, against, skipped, database.of_market))
        collected = _Collected()
        worst: list[Worst] = []
        done, of = 0, sum(one.lines for one in found)
        watch(done, of)
        with ThreadPoolExecutor(database.threads) as pool:
            # Several groups at a time: one alone keeps no second core busy while its statement is planned.
            for group, answered in zip(groups, pool.map(partial(_answered, database), groups), strict=True):
                for summed, changes in answered:
                    collected.take(group.reasons, summed)
                    worst += changes
                done += group.lines
                watch(done, of)
        affected = affected_cases(database, _greatest(worst))
    finally:
        database.close()
    return collected.report(changed, against, skipped, affected, time.monotonic() - began)


def _answered(database: TrialDatabase, group: Group) -> list[tuple[Summed, list[Worst]]]:
    """The sums of a group, each with the cases that change most, where any does."""
    met = database.met(group.programs, group.where)
    answered: list[tuple[Summed, list[Worst]]] = []
    for joint in (False, True):
        if not (group.joint if joint else group.lines - group.joint):
            continue
        made = trial.tried(group.programs, met, database.source, group.where, joint=joint)
        for summed in database.sums(made, joint=joint):
            peak, rows = summed.figures["peak"], summed.affected
            worst = [Worst(peak, group.programs, met, group.where, joint, rows)] if rows else []
            answered.append((summed, worst))
    return answered


def _greatest(worst: list[Worst]) -> list[Worst]:
    """The cells that can hold one of the greatest changes, those of one statement together."""
    worst.sort(key=lambda one: -one.peak)
    together: dict[tuple[str, bool], Worst] = {}
    for one in worst[:AFFECTED_MAX]:
        known = together.get((one.where, one.joint))
        together[one.where, one.joint] = one if known is None else known._replace(rows=known.rows + one.rows)
    return list(together.values())


def groups_of(
    found: Iterable[Found], changed: Rules, against: Rules, skipped: dict[str, int], of_market: str
) -> Iterator[Group]:
    """The rows by the programs that answer them; rows no program answers are counted in `skipped`."""
    met: dict[tuple[str, int, int, int, int], list[Found]] = {}
    for one in found:
        why = _not_tried(one, (changed, against))
        if why:
            skipped[why] = skipped.get(why, 0) + one.lines
            continue
        key = (one.reasons, *_places(changed, one), *_places(against, one))
        met.setdefault(key, []).append(one)
    for (reasons, *places), rows in met.items():
        named = frozenset(Reason(reason) for reason in reasons.split("+"))
        programs = Programs(_program(against, places[2:], named), _program(changed, places[:2], named))
        yield Group(
            reasons,
            f"{of_market} AND {_where(reasons, rows, (changed, against))}",
            programs,
            sum(one.lines for one in rows),
            sum(one.joint for one in rows),
        )


def _not_tried(one: Found, sides: Iterable[Rules]) -> str:
    for rules in sides:
        if not rules.book.covered.issuperset(one.reasons.split("+")):
            return "reason_not_covered"
        if rules.place is None and one.placed_day + EPOCH_DAY < rules.book.starts[0]:
            return "before_first_rule"
    return ""


def _places(rules: Rules, one: Found) -> tuple[int, int]:
    """The places of the editions that decide substance and procedure."""
    if rules.place is not None:
        return rules.place, rules.place
    starts = rules.book.starts
    return tuple(max(0, sum(s <= day + EPOCH_DAY for s in starts) - 1) for day in (one.placed_day, one.known_day))  # type: ignore[return-value]


def _program(rules: Rules, places: Iterable[int], reasons: frozenset[Reason]) -> Program:
    substance, procedure = places
    key = ("trial", substance, procedure, reasons)
    found: Program | None = rules.book.programs.get(key)
    if found is None:
        found = rules.book.programs[key] = compile_program(rules.book, substance, procedure, reasons)
    return found


def _where(reasons: str, rows: list[Found], sides: Iterable[Rules]) -> str:
    """Finds the rows of a group: by their reasons and, where each case goes by its own time, by their days."""
    test = f"reasons = {literal(reasons)}"
    if all(rules.place is not None for rules in sides):
        return test
    placed, known = [one.placed_day for one in rows], [one.known_day for one in rows]
    return (
        f"{test} AND placed__day BETWEEN {min(placed)} AND {max(placed)}"
        f" AND known__day BETWEEN {min(known)} AND {max(known)}"
    )


class _Collected:
    """Sums while they come in."""

    def __init__(self) -> None:
        self.in_all = Part("")
        self.parts: dict[str, dict[str, Part]] = {name: {} for name in ("reason", "category", "month", "size")}
        self.heads: dict[str, tuple[int, int]] = {}

    def take(self, reasons: str, summed: Summed) -> None:
        keys = {"reason": reasons, "category": summed.category, "month": summed.month, "size": summed.size}
        for name, key in keys.items():
            _add(self.parts[name].setdefault(key, Part(key)), summed.figures)
        _add(self.in_all, summed.figures)
        for head in Head:
            before, after = self.heads.get(head.value, (0, 0))
            figures = summed.figures
            pair = (before + figures[f"before_head_{head}"], after + figures[f"after_head_{head}"])
            if any(pair):
                self.heads[head.value] = pair

    def report(
        self, changed: Rules, against: Rules, skipped: dict[str, int], affected: list[Affected], seconds: float
    ) -> Report:
        book = changed.book
        sizes = [name for _, name in SIZES]
        return Report(
            market=book.market,
            currency=book.currency,
            edition=changed.name,
            against=against.name,
            in_all=self.in_all,
            by_reason=_ranked(self.parts["reason"]),
            by_category=_ranked(self.parts["category"]),
            by_month=[self.parts["month"][key] for key in sorted(self.parts["month"])],
            by_size=[self.parts["size"][key] for key in sizes if key in self.parts["size"]],
            heads=self.heads,
            skipped=skipped,
            affected=affected,
            seconds=round(seconds, 3),
        )


def _ranked(parts: dict[str, Part]) -> list[Part]:
    """What changes most comes first."""
    return sorted(parts.values(), key=lambda part: (-abs(part.delta_minor), -part.changed, -part.cases, part.key))


def _add(part: Part, figures: dict[str, int]) -> None:
    for name in ("cases", "lines", "changed", "more", "less", "lost", "gained", "moved", "open_before", "open_after"):
        setattr(part, name, getattr(part, name) + figures[name])
    part.before += _sums("before", figures)
    part.after += _sums("after", figures)
    part.paid_minor += figures["paid"]
    part.advanced_minor += figures["advanced"]


def _sums(side: str, figures: dict[str, int]) -> Sums:
    return Sums(*(figures[f"{side}_{name}"] for name in Sums._fields))
