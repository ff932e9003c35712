"""What each remedy gives on each row: amounts by head and payer, less what was paid before, as the engine gives them.

The patterns met stand in the statement as a table of small numbers: which remedies there are, and by which variant of
a sum each head is reckoned. Claims of one line and of several are two statements: only the latter look at other rows.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from makewhole.core.rulebook.compile import Program
from makewhole.core.rulebook.pattern import HeadPattern, Pattern, RemedyPattern
from makewhole.core.rulebook.sql.amounts import PAYERS, AmountWriter, Reckoned, SumColumns
from makewhole.core.rulebook.sql.layers import Layers
from makewhole.core.rulebook.sql.match import Matched
from makewhole.core.words import SENDS_GOODS, Head, Remedy

_RR, _RO = Remedy.RETURN_AND_REFUND, Remedy.REFUND_ONLY
_REPLACES = (Remedy.EXCHANGE, Remedy.RESHIP, Remedy.SUBSTITUTE)
NUMBERS: Mapping[Remedy, int] = {remedy: place for place, remedy in enumerate(Remedy, 1)}
"""Remedies by number, as columns hold them; 0 is none."""


class RemedyColumns(NamedTuple):
    """Columns of one remedy: whether the row has it, whether it hangs on facts not known, amounts and payers by head.

    Amounts due once for the order stand apart, on the first row of the claim that has a right to them.
    """

    has: str
    open: str
    lines: Mapping[Head, tuple[str, str]]
    orders: Mapping[Head, tuple[str, str]]

    @property
    def dues(self) -> list[tuple[Head, str, str]]:
        """Head, amount and payer of everything due under the remedy."""
        return [(head, *columns) for side in (self.lines, self.orders) for head, columns in side.items()]

    @property
    def total(self) -> str:
        return " + ".join(minor for _, minor, _ in self.dues) or "0"


def add_answers(
    layers: Layers, program: Program, matched: Matched, patterns: Mapping[tuple[int, ...], Pattern], *, joint: bool
) -> dict[Remedy, RemedyColumns]:
    """Add layers with what each remedy gives, for rows of claims of one line or (`joint`) of several."""
    return _Writer(layers, program, matched, patterns, joint=joint).answers()


class _Table:
    """The patterns as a table: one row each, with the columns asked for; what is alike for all is a constant."""

    def __init__(self, patterns: Mapping[tuple[int, ...], Pattern]) -> None:
        self.patterns = list(patterns.values())
        self.columns: dict[str, list[int]] = {}
        self.rows = [list(words) for words in patterns]

    def column(self, name: str, values: Sequence[int]) -> str:
        """The column of this name, or the number itself where every pattern has the same."""
        if len(set(values)) == 1:
            return str(values[0])
        self.columns[name] = list(values)
        return name

    def flag(self, name: str, values: Sequence[bool]) -> str:
        """Whether the pattern is one of those."""
        column = self.column(name, [int(value) for value in values])
        return {"0": "FALSE", "1": "TRUE"}.get(column, f"({column} = 1)")

    def text(self, words: Sequence[str]) -> str:
        rows = [[*row, *(values[place] for values in self.columns.values())] for place, row in enumerate(self.rows)]
        names = [f"key{place}" for place in range(len(words))] + list(self.columns)
        values = ", ".join(f"({', '.join(map(str, row))})" for row in rows)
        return f"(SELECT * FROM (VALUES {values}) AS given({', '.join(names)}))"  # noqa: S608 (numbers and own names)


class _Writer:
    def __init__(
        self,
        layers: Layers,
        program: Program,
        matched: Matched,
        patterns: Mapping[tuple[int, ...], Pattern],
        *,
        joint: bool,
    ) -> None:
        self.layers, self.program, self.matched, self.joint = layers, program, matched, joint
        self.prefix = layers.prefix
        self.table = _Table(patterns)
        self.amounts = AmountWriter(matched.facts)
        self.remedies = [r for r in Remedy if any(_of(pattern, r) for pattern in self.table.patterns)]

    def answers(self) -> dict[Remedy, RemedyColumns]:
        drafts = {remedy: _Draft(self, remedy) for remedy in self.remedies}
        self._join()
        for draft in drafts.values():
            draft.reckon()
        self._pay_off(drafts)
        for draft in drafts.values():
            draft.reckon_once()
        return self._granted(drafts)

    def _join(self) -> None:
        """A layer with the columns of each row's pattern."""
        if not self.table.columns:
            return
        name = f"{self.prefix}patterns"
        self.layers.layers.append(f"{name} AS {self.table.text(self.matched.words)}")
        keys = " AND ".join(f"{word} = key{place}" for place, word in enumerate(self.matched.words))
        columns = ", ".join(f"{name}.{column}" for column in self.table.columns)
        self.layers.keep(f"{self.layers.last}.*, {columns}", f" LEFT JOIN {name} ON {keys}")

    def _pay_off(self, drafts: Mapping[Remedy, "_Draft"]) -> None:
        """Which remedies are left after what was paid on the line's price before."""
        paid = "COALESCE(before_goods_minor, 0)"
        whole = f"({paid} > 0 AND price_minor > 0 AND {paid} >= price_minor)"
        part = f"({paid} > 0 AND price_minor > 0)"
        columns: dict[str, str] = {}
        for remedy, draft in drafts.items():
            draft.closed = " OR ".join(text for one in drafts.values() if (text := one.closing.get(remedy))) or "FALSE"
            test = f"{draft.has} AND NOT ({draft.closed})"
            if remedy is _RO:
                test += f" AND (NOT {whole} OR {draft.rest})"
            elif remedy in _REPLACES:
                test += f" AND NOT {part}"
            elif remedy is not Remedy.COMPENSATION:
                test += f" AND NOT {whole}"
            draft.alive = f"{draft.name}alive"
            columns[draft.alive] = f"({test})"
        if _RR in drafts:
            # What is left of a return that was paid for in full is refunded without one.
            draft, other = drafts[_RR], drafts.get(_RO)
            draft.instead = f"{draft.name}instead"
            first = f" AND ({draft.first} OR NOT ({other.has} AND {other.rest}))" if other else ""
            columns[draft.instead] = f"({draft.has} AND NOT ({draft.closed}) AND {whole} AND {draft.rest}{first})"
        self.layers.add(columns)

    def _granted(self, drafts: Mapping[Remedy, "_Draft"]) -> dict[Remedy, RemedyColumns]:
        columns: dict[str, str] = {}
        found: dict[Remedy, RemedyColumns] = {}
        wanted = dict(drafts)
        if _RR in drafts and _RO not in drafts:
            wanted[_RO] = _Draft.empty(self, _RO)
        for remedy, draft in wanted.items():
            source = drafts.get(_RR) if remedy is _RO else None
            has, is_open = f"{self.prefix}has{NUMBERS[remedy]}", f"{self.prefix}open{NUMBERS[remedy]}"
            sides: list[dict[Head, tuple[str, str]]] = []
            for side in ("lines", "orders"):
                own: Mapping[Head, Reckoned] = getattr(draft, side)
                others: Mapping[Head, Reckoned] = getattr(source, side) if source else {}
                named: dict[Head, tuple[str, str]] = {}
                for head in [h for h in Head if h in own or h in others]:
                    minor = f"{self.prefix}m{NUMBERS[remedy]}_{side}_{head}"
                    columns[minor], payer = draft.merged(own.get(head), others.get(head), source, head)
                    named[head] = (minor, payer if payer.isdigit() else f"{minor}_by")
                    if not payer.isdigit():
                        columns[f"{minor}_by"] = payer
                sides.append(named)
            instead = f" OR {source.instead}" if source else ""
            total = " + ".join(minor for side in sides for minor, _ in side.values()) or "0"
            open_text = f"({draft.alive} AND {draft.open})"
            if source:
                open_text += f" OR ({source.instead} AND {source.open})"
            columns[is_open] = f"({open_text})"
            alive = f"({draft.alive}{instead})"
            found[remedy] = RemedyColumns(has, is_open, *sides)
            columns[f"{has}_alive"] = alive
            draft.exists = alive if remedy in SENDS_GOODS else f"({alive} AND ({total} > 0 OR {is_open}))"
        self.layers.add(columns)
        self.layers.add({f"{self.prefix}has{NUMBERS[remedy]}": draft.exists for remedy, draft in wanted.items()})
        return found


def _of(pattern: Pattern, remedy: Remedy) -> RemedyPattern | None:
    return next((one for one in pattern.remedies if one.remedy is remedy), None)


def _has_head(pattern: RemedyPattern, head: Head) -> bool:
    return any(one.head is head for one in (*pattern.heads, *pattern.order_heads))


class _Draft:
    """One remedy while its columns are written."""

    def __init__(self, writer: _Writer, remedy: Remedy) -> None:
        self.writer, self.remedy = writer, remedy
        self.name = f"{writer.prefix}r{NUMBERS[remedy]}_"
        self.alive = self.instead = self.exists = self.closed = "FALSE"
        self.lines: dict[Head, Reckoned] = {}
        self.orders: dict[Head, Reckoned] = {}
        self.patterns = [_of(pattern, remedy) for pattern in writer.table.patterns]
        self._flags()
        self.variants = self._variants("v", "heads", SumColumns())
        together = SumColumns(per_order=True)
        if writer.joint:
            together = SumColumns(f"{self.name}price", f"{self.name}freight", whole=True, per_order=True)
        self.once = self._variants("o", "order_heads", together)
        self.back_caps = self._back_caps()

    @classmethod
    def empty(cls, writer: _Writer, remedy: Remedy) -> "_Draft":
        """A remedy no pattern grants, which only stands in for another."""
        draft = cls.__new__(cls)
        draft.writer, draft.remedy, draft.name = writer, remedy, f"{writer.prefix}r{NUMBERS[remedy]}_"
        draft.alive = draft.instead = draft.exists = draft.open = "FALSE"
        draft.lines, draft.orders = {}, {}
        return draft

    def _flags(self) -> None:
        """Columns of the patterns' table: granted, open, before a refund, and who pays the way back."""
        table, patterns = self.writer.table, self.patterns
        backs = [PAYERS[p.freight_back_payer] if p and p.freight_back_payer else 0 for p in patterns]
        self.back = table.column(f"{self.name}back", backs) if any(backs) else ""
        self.has = table.flag(f"{self.name}has", [p is not None for p in patterns])
        self.open = table.flag(f"{self.name}open", [bool(p and p.missing) for p in patterns])
        self.closing = {remedy: text for remedy in Remedy if (text := self._closes(remedy))}
        if self.remedy is _RR:
            places = [[one.remedy for one in pattern.remedies] for pattern in table.patterns]
            first = [_RR in p and (_RO not in p or p.index(_RR) < p.index(_RO)) for p in places]
            self.first = table.flag(f"{self.name}first", first)

    def _closes(self, remedy: Remedy) -> str:
        """Whether something was paid before under this one that stands in place of another; '' where it never does."""
        tests = []
        for head in Head:
            given = [bool(p and remedy in p.closes and _has_head(p, head)) for p in self.patterns]
            if any(given):
                flag = self.writer.table.flag(f"{self.name}closes{NUMBERS[remedy]}_{head}", given)
                paid = f"COALESCE(before_{head}_minor, 0) + COALESCE(before_order_{head}_minor, 0) > 0"
                tests.append(f"({flag} AND {paid})")
        return " OR ".join(tests)

    def _variants(self, kind: str, side: str, sums: SumColumns) -> dict[Head, tuple[str, list[Reckoned]]]:
        """For each head the column that tells by which of the sums it is reckoned."""
        found: dict[Head, tuple[str, list[Reckoned]]] = {}
        for head in Head:
            given = [self._head(pattern, side, head) for pattern in self.patterns]
            if not any(given):
                continue
            reckoned = [self.writer.amounts.head(one, sums) if one else None for one in given]
            distinct = list(dict.fromkeys(one for one in reckoned if one is not None))
            numbers = [0 if one is None else distinct.index(one) + 1 for one in reckoned]
            column = self.writer.table.column(f"{self.name}{kind}_{head}", numbers)
            found[head] = (column, distinct)
        return found

    def _head(self, pattern: RemedyPattern | None, side: str, head: Head) -> HeadPattern | None:
        heads: Sequence[HeadPattern] = getattr(pattern, side) if pattern else ()
        return next((one for one in heads if one.head is head), None)

    def _back_caps(self) -> tuple[str, list[str]]:
        texts = [self.writer.amounts.caps(pattern.back_caps, SumColumns()) for pattern in self.writer.table.patterns]
        distinct = list(dict.fromkeys(text for text in texts if text))
        if not self.back or not distinct:
            return "", []
        numbers = [distinct.index(text) + 1 if text else 0 for text in texts]
        return self.writer.table.column(f"{self.name}backcap", numbers), distinct

    def reckon(self) -> None:
        """Layers with what is due on each line, after what was paid before."""
        columns: dict[str, str] = {}
        for head, (variant, sums) in self.variants.items():
            name = f"{self.name}{head}"
            columns[name] = _left(_case(variant, [one.minor for one in sums]), f"before_{head}_minor")
            self.lines[head] = Reckoned(name, _payer(variant, sums))
        self.writer.layers.add(columns)
        if self.back:
            self._reckon_back()
        rest = [one.minor for head, one in self.lines.items() if head is not Head.GOODS and head in self.variants]
        self.rest = f"({' + '.join(rest)} > 0)" if rest else "FALSE"

    def _reckon_back(self) -> None:
        """The cost of sending back, where another than the buyer bears it; of goods sent together, once."""
        layers, cost = self.writer.layers, self.writer.amounts.value("return_freight_minor")
        sends = f"{self.back} > 0"
        if self.writer.joint:
            carrier = f"{self.name}carrier"
            layers.add({carrier: f"MIN(CASE WHEN {sends} THEN place END) OVER (PARTITION BY case_id)"})
            sends += f" AND place = {carrier}"
        column, caps = self.back_caps
        most = f"LEAST({cost}, {_case(column, caps, cost)})" if caps else cost
        name = f"{self.name}back_minor"
        layers.add({name: _left(f"CASE WHEN {sends} THEN {most} ELSE 0 END", "before_freight_back_minor")})
        granted = self.lines.get(Head.FREIGHT_BACK)
        if granted is None:
            self.lines[Head.FREIGHT_BACK] = Reckoned(name, self.back)
        else:
            payer = f"CASE WHEN {granted.minor} > 0 THEN {granted.payer} ELSE {self.back} END"
            self.lines[Head.FREIGHT_BACK] = Reckoned(f"({granted.minor} + {name})", payer)

    def reckon_once(self) -> None:
        """Layers with what is due once for the order, on the first line that has a right to it."""
        if not self.once:
            return
        layers, name = self.writer.layers, self.name
        carries = "TRUE"
        if self.writer.joint:
            any_head = " + ".join(variant for variant, _ in self.once.values())
            alive = f"(({self.alive} OR {self.instead}) AND {any_head} > 0)"
            over = "OVER (PARTITION BY case_id)"
            layers.add({
                f"{name}price": f"CAST(SUM(CASE WHEN {alive} THEN price_minor ELSE 0 END) {over} AS BIGINT)",
                f"{name}freight": f"CAST(SUM(CASE WHEN {alive} THEN freight_minor ELSE 0 END) {over} AS BIGINT)",
                f"{name}first_line": f"MIN(CASE WHEN {alive} THEN place END) {over}",
            })  # fmt: skip
            carries = f"place = {name}first_line"
        columns: dict[str, str] = {}
        for head, (variant, sums) in self.once.items():
            minor = _left(_case(variant, [one.minor for one in sums]), f"before_order_{head}_minor")
            columns[f"{name}once_{head}"] = f"CASE WHEN {carries} THEN {minor} ELSE 0 END"
            self.orders[head] = Reckoned(f"{name}once_{head}", _payer(variant, sums))
        layers.add(columns)

    def merged(
        self, own: Reckoned | None, other: Reckoned | None, source: "_Draft | None", head: Head
    ) -> tuple[str, str]:
        """Amount and payer under a head: this remedy's own, or of the one it stands in for."""
        minor, payer = f"CASE WHEN {self.alive} THEN {own.minor} ELSE 0 END" if own else "0", own.payer if own else "0"
        if source is None or other is None:
            return minor, payer
        given = "0"
        if head is Head.FREIGHT_BACK and source.back and other is source.lines.get(head):
            # Nothing travels back any more; what a rule itself grants under this head stays.
            granted = source.variants.get(head)
            given = f"{source.name}{head}" if granted else "0"
        elif head is not Head.GOODS or other is source.orders.get(head):
            given = other.minor
        chosen = f"CASE WHEN {source.instead} THEN {given} ELSE {minor} END"
        return chosen, f"CASE WHEN {source.instead} THEN {other.payer} ELSE {payer} END"


def _left(minor: str, before: str) -> str:
    return f"GREATEST({minor} - COALESCE({before}, 0), 0)"


def _payer(column: str, sums: Sequence[Reckoned]) -> str:
    payers = [one.payer for one in sums]
    return payers[0] if len(set(payers)) == 1 else _case(column, payers)


def _case(column: str, texts: Sequence[str], otherwise: str = "0") -> str:
    if column.isdigit():
        return [otherwise, *texts][int(column)]
    tests = " ".join(f"WHEN {number} THEN {text}" for number, text in enumerate(texts, 1))
    return f"CASE {column} {tests} ELSE {otherwise} END"
