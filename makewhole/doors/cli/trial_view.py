"""A trial's report on a terminal, as JSON, and as CSV tables."""

import csv
from collections.abc import Sequence
from pathlib import Path

from makewhole.core.money import to_major
from makewhole.core.rulebook import phrases
from makewhole.core.words import Head, Language, Party, Reason, Remedy, Text
from makewhole.doors.cli import console
from makewhole.rooms.trials.ports import Part, Report, SideOf, Sums

AFFECTED_SHOWN = 10
_WORDS = {
    "title": Text("{edition} 对照 {against}", "{edition} against {against}"),
    "cases": Text("案件", "cases"), "changed": Text("有变化", "change"), "share": Text("占比", "share"),
    "more": Text("买家得多", "buyer gets more"), "less": Text("买家得少", "buyer gets less"),
    "before": Text("对照", "against"), "after": Text("试用", "tried"), "delta": Text("差额", "difference"),
    "reason": Text("按原因", "By reason"), "category": Text("按类目", "By category"), "month": Text("按月", "By month"),
    "size": Text("按商家（历史案件数）", "By merchant (past cases)"), "none": Text("（无）", "(none)"),
    "who": Text("由谁承担", "Who pays"), "in_all": Text("合计", "In all"), "per_month": Text("平均每月", "a month"),
    "head": Text("按损失项", "By head of loss"), "case": Text("案件", "Case"), "wanted": Text("要求", "asked for"),
    "affected": Text("变化最大的案件", "Cases that change most"), "rules": Text("规则", "rules"),
    "lost": Text("不再有任何救济：{count}；原来没有、现在有：{gained}；改为其他救济：{moved}",
                 "left without a remedy: {count}; with one that had none: {gained}; with another one: {moved}"),
    "open": Text("取决于未知事实的案件：对照 {before}，试用 {after}；涉及 {minor}，未必发生",
                 "cases that hang on facts nobody knows: {before} against, {after} tried; {minor} may not fall due"),
    "paid": Text("这些案件实际付了 {paid}，是当时规则所给的 {share}；照此比例，实际差额约 {expected}",
                 "these cases were really paid {paid}, {share} of what those rules give; at that rate the difference "
                 "is about {expected}"),
    "fund": Text("实付中由保障基金先垫的占 {share}；照此，商家承担的差额中约 {minor} 由基金先垫",
                 "of what was paid the fund laid out {share} first; so of the merchants' difference about {minor}"),
    "skipped": Text("{count} 行未试：{why}", "{count} rows were not tried: {why}"),
    "reason_not_covered": Text("规则库没有其原因", "their reason has no rules in the book"),
    "before_first_rule": Text("订单早于规则库", "their order is older than the book"),
}  # fmt: skip


class _Speaker:
    def __init__(self, report: Report, language: Language) -> None:
        self.report, self.language = report, language

    def say(self, word: str, **parts: object) -> str:
        return _WORDS[word].say(self.language).format(**parts)

    def money(self, minor: float, *, signed: bool = False) -> str:
        amount = to_major(round(minor), self.report.currency)
        return f"{amount:+,}" if signed and minor else f"{amount:,}"

    def key(self, kind: str, key: str) -> str:
        if not key:
            return self.say("none")
        if kind == "reason":
            return ", ".join(phrases.REASONS[Reason(one)].say(self.language) for one in key.split("+"))
        return key

    def remedy(self, name: str) -> str:
        return phrases.REMEDIES[Remedy(name)].say(self.language) if name else self.say("none")


def print_report(report: Report, language: Language) -> None:
    """The report as tables for people, what matters most first."""
    speaker = _Speaker(report, language)
    _print_totals(speaker)
    for kind, parts in report.tables:
        _print_parts(speaker, kind, parts)
    _print_heads(speaker)
    _print_affected(speaker)


def _print_totals(speaker: _Speaker) -> None:
    report, in_all, say = speaker.report, speaker.report.in_all, speaker.say
    months = max(1, report.months)
    columns = {say("who"): "left", say("before"): "right", say("after"): "right", say("delta"): "right",
               say("per_month"): "right"}  # fmt: skip
    rows = []
    for party in (Party.MERCHANT, Party.PLATFORM, Party.FUND):
        before, after = getattr(in_all.before, party.value), getattr(in_all.after, party.value)
        if before or after:
            rows.append(_money_row(speaker, phrases.PARTIES[party].say(speaker.language), before, after, months))
    rows.append(_money_row(speaker, say("in_all"), in_all.before.total, in_all.after.total, months))
    title = f"{say('title', edition=report.edition, against=report.against)} · {report.currency}"
    console.print_table(title, columns, rows)
    share = f"{in_all.changed / in_all.cases:.1%}" if in_all.cases else "-"
    for line in (
        f"{say('cases')}: {in_all.cases:,}; {say('changed')}: {in_all.changed:,} ({share}); "
        f"{say('more')}: {in_all.more:,}; {say('less')}: {in_all.less:,}",
        say("lost", count=f"{in_all.lost:,}", gained=f"{in_all.gained:,}", moved=f"{in_all.moved:,}"),
        *_outlook(speaker),
        *(say("skipped", count=f"{count:,}", why=say(why)) for why, count in report.skipped.items()),
    ):
        console.out.print(line, soft_wrap=True)


def _money_row(speaker: _Speaker, name: str, before: int, after: int, months: int) -> tuple[str, ...]:
    delta = after - before
    return (name, speaker.money(before), speaker.money(after), speaker.money(delta, signed=True),
            speaker.money(delta / months, signed=True))  # fmt: skip


def _outlook(speaker: _Speaker) -> list[str]:
    """What is not certain, and what the past says of how much really falls due."""
    in_all = speaker.report.in_all
    lines = []
    if in_all.open_before or in_all.open_after:
        minor = speaker.money(max(in_all.before.open, in_all.after.open))
        lines.append(speaker.say("open", before=f"{in_all.open_before:,}", after=f"{in_all.open_after:,}", minor=minor))
    share = in_all.paid_share
    if share is not None:
        expected = speaker.money(in_all.delta_minor * share, signed=True)
        paid = speaker.money(in_all.paid_minor)
        lines.append(speaker.say("paid", paid=paid, share=f"{share:.0%}", expected=expected))
        merchants = in_all.after.merchant - in_all.before.merchant
        laid_out = speaker.money(merchants * share * in_all.fund_share, signed=True)
        lines.append(speaker.say("fund", share=f"{in_all.fund_share:.1%}", minor=laid_out))
    return lines


def _print_parts(speaker: _Speaker, kind: str, parts: Sequence[Part]) -> None:
    say = speaker.say
    columns = {say(kind): "left", say("cases"): "right", say("changed"): "right", say("more"): "right",
               say("less"): "right", say("before"): "right", say("after"): "right", say("delta"): "right"}  # fmt: skip
    rows = [
        (
            speaker.key(kind, part.key), f"{part.cases:,}", f"{part.changed:,}", f"{part.more:,}", f"{part.less:,}",
            speaker.money(part.before.total), speaker.money(part.after.total),
            speaker.money(part.delta_minor, signed=True),
        )
        for part in parts[:25]
    ]  # fmt: skip
    console.print_table("", columns, rows)


def _print_heads(speaker: _Speaker) -> None:
    say = speaker.say
    rows = [
        (phrases.HEADS[Head(head)].say(speaker.language), speaker.money(before), speaker.money(after),
         speaker.money(after - before, signed=True))
        for head, (before, after) in speaker.report.heads.items()
    ]  # fmt: skip
    columns = {say("head"): "left", say("before"): "right", say("after"): "right", say("delta"): "right"}
    console.print_table("", columns, rows)


def _print_affected(speaker: _Speaker) -> None:
    if not speaker.report.affected:
        return
    say = speaker.say
    columns = {say("case"): "left", say("reason"): "left", say("before"): "left", say("after"): "left",
               say("delta"): "right"}  # fmt: skip
    rows = [
        (one.case_id, speaker.key("reason", one.reasons), _told(speaker, one.before), _told(speaker, one.after),
         speaker.money(one.delta_minor, signed=True))
        for one in speaker.report.affected[:AFFECTED_SHOWN]
    ]  # fmt: skip
    console.print_table(say("affected"), columns, rows)


def _told(speaker: _Speaker, side: SideOf) -> str:
    return f"{speaker.remedy(side.remedy)} {speaker.money(side.total_minor)}\n{side.rules[0] if side.rules else ''}"


def write_tables(report: Report, folder: Path) -> None:
    """Every table as a CSV file, amounts in the currency's major unit."""
    folder.mkdir(parents=True, exist_ok=True)
    head = ("key", "cases", "changed", "more", "less", "lost", "gained", "moved", "open_before", "open_after")
    for kind, parts in [("all", [report.in_all]), *report.tables]:
        rows: list[Sequence[object]] = [(
            *head, *(f"{side}_{name}" for side in ("before", "after") for name in (*Sums._fields, "total")),
            "difference", "really_paid", "laid_out_by_fund",
        )]  # fmt: skip
        for part in parts:
            sums = [getattr(side, name) for side in (part.before, part.after) for name in (*Sums._fields, "total")]
            money = [*sums, part.delta_minor, part.paid_minor, part.advanced_minor]
            amounts = [to_major(minor, report.currency) for minor in money]
            rows.append((*(getattr(part, name) for name in head), *amounts))
        _write(folder / f"by_{kind}.csv", rows)
    cases: list[Sequence[object]] = [("case", "line", "merchant", "reasons", "month", "asked_for", "remedy_before",
                                      "before", "rules_before", "remedy_after", "after", "rules_after")]  # fmt: skip
    for one in report.affected:
        sides = [
            (side.remedy, to_major(side.total_minor, report.currency), " ".join(side.rules))
            for side in (one.before, one.after)
        ]
        cases.append((one.case_id, one.line_id, one.merchant_id, one.reasons, one.month, one.wanted_remedy,
                      *sides[0], *sides[1]))  # fmt: skip
    _write(folder / "affected.csv", cases)


def _write(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
