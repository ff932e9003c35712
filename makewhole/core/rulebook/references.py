"""Faults between rules: editions that overlap, grants that do not exist, reasons and presumptions out of place."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from makewhole.core.rulebook.rule import (
    AnyOf,
    Between,
    Condition,
    Deduction,
    Exclusion,
    Grant,
    Is,
    Presumption,
    PromiseDefault,
    Rule,
    Window,
)
from makewhole.core.rulebook.source import Problem
from makewhole.core.words import Reason, Text


def facts_read(conditions: Sequence[Condition]) -> frozenset[str]:
    """Names of all facts the conditions look at."""
    names: set[str] = set()
    for condition in conditions:
        if isinstance(condition, AnyOf):
            for branch in condition.branches:
                names |= facts_read(branch)
        elif isinstance(condition, Is):
            names.add(condition.fact)
        elif isinstance(condition, Between):
            names.add(condition.fact)
            names |= {end for end in (condition.at_least, condition.at_most) if isinstance(end, str)}
        else:
            names |= _of_window(condition)
    return frozenset(names)


def _of_window(window: Window) -> set[str]:
    length = {window.length} if isinstance(window.length, str) else set()
    return ({window.after, window.moment, window.paused_by, window.unless, window.restarted_by} | length) - {""}


def cross_faults(rules: Sequence[Rule], reasons: Sequence[Reason]) -> Iterator[Problem]:
    """Everything that is wrong between the rules of a book."""
    yield from _overlaps(rules)
    yield from _exclusions(rules)
    yield from _strange_reasons(rules, reasons)
    yield from _chains(rules)
    yield from _conditional_promises(rules)


def _overlaps(rules: Sequence[Rule]) -> Iterator[Problem]:
    by_id: dict[str, list[Rule]] = {}
    for rule in rules:
        by_id.setdefault(rule.id, []).append(rule)
    for editions in by_id.values():
        editions.sort(key=lambda rule: rule.start)
        for earlier, later in pairwise(editions):
            if earlier.end is None or earlier.end >= later.start:
                yield Problem(
                    later.place,
                    Text(f"规则 {later.id} 的两个版本在 {later.start} 重叠（另一版在 {earlier.place}）",
                         f"two editions of rule {later.id} overlap on {later.start} (the other is at {earlier.place})"),
                    Text("给较早一版写上 to:", "end the earlier one with to:"),
                )  # fmt: skip


def _exclusions(rules: Sequence[Rule]) -> Iterator[Problem]:
    grants = [rule for rule in rules if isinstance(rule.outcome, Grant)]
    for rule in rules:
        if not isinstance(rule.outcome, (Exclusion, Deduction)):
            continue
        for name in rule.outcome.of:
            named = [grant for grant in grants if grant.id == name]
            together = [
                grant
                for grant in named
                if (grant.end is None or grant.end >= rule.start) and (rule.end is None or grant.start <= rule.end)
            ]
            if not together:
                why = (
                    Text("从未同时施行", "is never in force with it") if named else Text("不是授予规则", "is no grant")
                )
                yield Problem(
                    rule.place,
                    Text(f"规则 {rule.id} 针对的 {name} {why.zh}", f"rule {rule.id} is against {name}, which {why.en}"),
                    Text("改正规则编号或日期", "correct the id or the dates"),
                )


def _strange_reasons(rules: Sequence[Rule], reasons: Sequence[Reason]) -> Iterator[Problem]:
    for rule in rules:
        strange = sorted(rule.reasons - set(reasons))
        if strange:
            yield Problem(
                rule.place,
                Text(f"规则 {rule.id} 的原因 {', '.join(strange)} 不在 market.yaml 的 reasons 中",
                     f"rule {rule.id} has the reason {', '.join(strange)}, which market.yaml does not list"),
                Text("在 market.yaml 补上或从规则删去", "add it to market.yaml or take it out of the rule"),
            )  # fmt: skip


def _chains(rules: Sequence[Rule]) -> Iterator[Problem]:
    presumed = {rule.outcome.fact for rule in rules if isinstance(rule.outcome, Presumption)}
    for rule in rules:
        if isinstance(rule.outcome, Presumption):
            chained = sorted((facts_read(rule.when) & presumed) - {rule.outcome.fact})
            if chained:
                yield Problem(
                    rule.place,
                    Text(f"推定规则 {rule.id} 依赖另一项推定 {chained[0]}",
                         f"presumption {rule.id} rests on another presumption, {chained[0]}"),
                    Text("推定不得层层相因，改用已知事实", "presumptions do not rest on each other; use known facts"),
                )  # fmt: skip


def _conditional_promises(rules: Sequence[Rule]) -> Iterator[Problem]:
    for rule in rules:
        if isinstance(rule.outcome, PromiseDefault) and rule.when:
            yield Problem(
                rule.place,
                Text(f"承诺规则 {rule.id} 不能有 when", f"promise {rule.id} has no when"),
                Text("默认承诺适用于所有订单；例外写在订单的承诺里", "a default promise holds for every order"),
            )
