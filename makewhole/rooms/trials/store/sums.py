"""The sums of a trial, one statement: what is alike on both sides is summed up once, and chosen by cell, not by row."""

from collections.abc import Mapping

from makewhole.core.rulebook.sql.terms import FALSE, added, chosen, either, is_constant
from makewhole.core.rulebook.sql.trial import BEARERS, Side, Tried
from makewhole.core.words import Head, Remedy

AFFECTED_MAX = 30
COUNTED = ("cases", "changed", "more", "less", "lost", "gained", "moved", "open_before", "open_after")
"""What may be true of a case, in the order of its bits."""

_OWN = {"lines": "lines", "peak": "peak"}
"""Figures under a column of their own name."""


def changed(made: Tried) -> str:
    """Whether a row's answer changes: another remedy, or another amount from anyone."""
    before, after = made.before, made.after
    given: dict[Remedy, str] = {}
    for remedy in before.gives.keys() & after.gives.keys():
        pairs = [(before.gives[remedy].payers[party], after.gives[remedy].payers[party]) for party in BEARERS]
        given[remedy] = either(*(f"({one} <> {two})" for one, two in pairs if one != two))
    same = before.taken({remedy: given[remedy] for remedy in Remedy if remedy in given}, FALSE)
    return same if before.remedy == after.remedy else either(f"({before.remedy} <> {after.remedy})", same)


def sums_statement(made: Tried, *, joint: bool) -> tuple[str, dict[str, str]]:
    """The statement that sums a trial up by month, category and size of merchant, and which column holds each figure.

    It groups by the remedies taken as well: within such a cell the columns of every remedy are summed up, and which of
    these sums count is chosen once for the cell, not once for each row.
    """
    case, cell = _Case(made, joint=joint), _Cell()
    before, after = (_side_figures(name, side, cell) for name, side in (("before", made.before), ("after", made.after)))
    paid = {"paid": [f"paid_by_{party}_minor" for party in BEARERS], "advanced": ["advanced_minor"]}
    holds = made.layers.source.holds
    sums = {
        name: cell.summed(added([f"COALESCE({column}, 0)" for column in columns if holds(column)]))
        for name, columns in paid.items()
    }
    columns = {"lines": "count(*)"} | {name: f"sum({text})" for text, name in cell.sums.items()}
    cells = {"lines": "sum(lines)"}
    if case.is_changed != FALSE:
        test = f"FILTER (WHERE place = 0 AND {case.is_changed})"
        columns["affected"] = f"arg_max(row_id, abs({case.delta}), {AFFECTED_MAX}) {test}"
        columns["peak"] = f"max(abs({case.delta})) {test}"
        cells |= {"affected": "flatten(list(affected))", "peak": "max(peak)"}
    keys = {"month": "month", "category": "split_part(fact_category, '/', 1)", "size": "size", "code": case.code}
    inner = made.layers.statement(
        f"SELECT {named(keys | {name: text for text, name in cell.keys.items()} | columns)}"  # noqa: S608
        " FROM {last} LEFT JOIN merchant_sizes ON merchant_id = sized_id GROUP BY ALL"
    )
    figures = before | after | sums
    chosen_sums = {text: f"figure_{place}" for place, text in enumerate(dict.fromkeys(figures.values())) if text != "0"}
    cells |= {name: f"sum({text})" for text, name in chosen_sums.items()}
    statement = f"SELECT {', '.join(keys)}, {named(cells)} FROM ({inner}) GROUP BY ALL ORDER BY ALL"  # noqa: S608
    return statement, {name: chosen_sums.get(text, "") for name, text in figures.items()} | dict(_OWN)


def named(texts: Mapping[str, str]) -> str:
    return ", ".join(f"{text} AS {name}" for name, text in texts.items())


class _Cell:
    """What is summed up in a cell, and by what else than its keys cells are told apart; alike is one column."""

    def __init__(self) -> None:
        self.sums: dict[str, str] = {}
        self.keys: dict[str, str] = {}

    def summed(self, text: str) -> str:
        """The column with the sum of an expression over the rows of a cell."""
        return text if text == "0" else self.sums.setdefault(text, f"sum_{len(self.sums)}")

    def key(self, text: str) -> str:
        """The column of an expression that is the same on all rows of a cell."""
        return text if is_constant(text) else self.keys.setdefault(text, f"key_{len(self.keys)}")


def _side_figures(name: str, side: Side, cell: _Cell) -> dict[str, str]:
    """What one side comes to in a cell: expressions over the cell's sums."""
    taken = side._replace(remedy=cell.key(side.remedy))
    by_party = {
        party: {remedy: cell.summed(one.payers[party]) for remedy, one in side.gives.items()} for party in BEARERS
    }
    by_head = {head: {remedy: cell.summed(one.heads[head]) for remedy, one in side.gives.items()} for head in Head}
    total = taken.taken({remedy: cell.summed(one.total) for remedy, one in side.gives.items()})
    return {
        **{f"{name}_{party}": taken.taken(sums) for party, sums in by_party.items()},
        **{f"{name}_head_{head}": taken.taken(sums) for head, sums in by_head.items()},
        f"{name}_open": chosen(cell.key(side.open), total, "0"),
        f"{name}_most": cell.summed(side.most),
    }


class _Case:
    """What is true of a case as a whole; it is counted on its first row."""

    def __init__(self, made: Tried, *, joint: bool) -> None:
        self.layers, self.joint = made.layers, joint
        before, after = made.before, made.after
        self.is_changed = self._flag(changed(made))
        was, now = (self._of_case("SUM", side.total) for side in (before, after))
        had, has = (self._of_case("MAX", side.remedy) for side in (before, after))
        tests = {
            "changed": self.is_changed,
            "open_before": self._flag(before.open),
            "open_after": self._flag(after.open),
        }
        if was != now:
            tests |= {"more": f"{now} > {was}", "less": f"{now} < {was}"}
        if had != has:
            tests |= {
                "lost": f"{had} <> 0 AND {has} = 0", "gained": f"{had} = 0 AND {has} <> 0",
                "moved": f"{had} <> 0 AND {has} <> 0 AND {had} <> {has}",
            }  # fmt: skip
        values: dict[str, int] = {}
        for name, test in tests.items():
            values[test] = values.get(test, 0) + (1 << COUNTED.index(name))
        bits = [chosen(test, str(value), "0") for test, value in values.items()]
        # What is true of a case is one number to group by: counting each truth apart costs more than all the rest.
        self.code = f"CASE WHEN place = 0 THEN {added(['1', *bits])} ELSE 0 END"
        self.delta = f"({now} - {was})"

    def _of_case(self, word: str, text: str) -> str:
        """The sum or the greatest over all lines of a case."""
        return self.layers.column("case", f"{word}({text}) OVER (PARTITION BY case_id)" if self.joint else text)

    def _flag(self, test: str) -> str:
        """Whether it is so on any line of a case."""
        if not self.joint or is_constant(test):
            return self.layers.column("case", test)
        return self.layers.column("case", f"(MAX(CASE WHEN {test} THEN 1 ELSE 0 END) OVER (PARTITION BY case_id) = 1)")
