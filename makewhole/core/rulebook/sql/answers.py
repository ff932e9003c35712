"""What each remedy gives on each row: amounts by head and payer, less what was paid before, as the engine gives them.

The patterns met stand in the statement as a table of small numbers: which remedies there are, and by which variant of
a sum each head is reckoned. What two sets of rules reckon alike becomes one column, for a column is known by what it
says. Claims of one line and of several are two statements: only the latter look at other rows.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from makewhole.core.rulebook.pattern import HeadPattern, Pattern, RemedyPattern
from makewhole.core.rulebook.sql.amounts import PAYERS, AmountWriter, Reckoned, SumColumns
from makewhole.core.rulebook.sql.conditions import Facts
from makewhole.core.rulebook.sql.layers import Layers
from makewhole.core.rulebook.sql.met import MetTable
from makewhole.core.rulebook.sql.terms import FALSE, TRUE, added, both, by_number, chosen, either, least, negated
from makewhole.core.words import SENDS_GOODS, Head, Remedy

_RR, _RO = Remedy.RETURN_AND_REFUND, Remedy.REFUND_ONLY
_REPLACES = (Remedy.EXCHANGE, Remedy.RESHIP, Remedy.SUBSTITUTE)
NUMBERS: Mapping[Remedy, int] = {remedy: place for place, remedy in enumerate(Remedy, 1)}
"""Remedies by number, as columns hold them; 0 is none."""


class RemedyColumns(NamedTuple):
    """Columns of one remedy: whether the row has it, whether it hangs on facts not known, amounts and payers by head.

    `alive` says the same as `has` before it is asked whether anything is due. Amounts due once for the order stand
    apart, on the first row of the claim that has a right to them.
    """

    has: str
    alive: str
    open: str
    lines: Mapping[Head, Reckoned]
    orders: Mapping[Head, Reckoned]

    @property
    def dues(self) -> list[tuple[Head, str, str]]:
        """Head, amount and payer of everything due under the remedy."""
        return [(head, *due) for side in (self.lines, self.orders) for head, due in side.items()]

    @property
    def total(self) -> str:
        return added([minor for _, minor, _ in self.dues])


def add_answers(
    layers: Layers, facts: Facts, table: MetTable, side: int, *, joint: bool
) -> dict[Remedy, RemedyColumns]:
    """Add what each remedy gives by one set of rules, for rows of claims of one line or (`joint`) of several."""
    return _Writer(layers, facts, table, side, joint=joint).answers()


class _Writer:
    def __init__(self, layers: Layers, facts: Facts, table: MetTable, side: int, *, joint: bool) -> None:
        self.layers, self.table, self.joint = layers, table, joint
        self.patterns = table.patterns(side)
        self.amounts = AmountWriter(facts)
        self.remedies = [r for r in Remedy if any(_of(pattern, r) for pattern in self.patterns)]

    def answers(self) -> dict[Remedy, RemedyColumns]:
        drafts = {remedy: _Draft(self, remedy) for remedy in self.remedies}
        for draft in drafts.values():
            draft.reckon()
        self._pay_off(drafts)
        for draft in drafts.values():
            draft.reckon_once()
        return self._granted(drafts)

    def paid(self, *columns: str) -> str:
        """What was paid before; 0 where nobody was paid anything."""
        return added([f"COALESCE({name}, 0)" for name in columns if self.layers.source.holds(name)])

    def left(self, minor: str, before: str) -> str:
        """What is left of an amount after what was paid before."""
        paid = self.paid(before)
        return minor if "0" in (minor, paid) else f"GREATEST({minor} - {paid}, 0)"

    def _pay_off(self, drafts: Mapping[Remedy, "_Draft"]) -> None:
        """Which remedies are left after what was paid on the line's price before."""
        paid = self.paid("before_goods_minor")
        part = FALSE if paid == "0" else f"({paid} > 0 AND price_minor > 0)"
        whole = FALSE if paid == "0" else f"({part} AND {paid} >= price_minor)"
        for remedy, draft in drafts.items():
            closed = either(*(one.closing.get(remedy, FALSE) for one in drafts.values()))
            draft.granted = both(draft.has, negated(closed))
            if remedy is _RO:
                kept = either(negated(whole), draft.rest)
            elif remedy is Remedy.COMPENSATION:
                kept = TRUE
            else:
                kept = negated(part if remedy in _REPLACES else whole)
            draft.alive = self.layers.column("alive", both(draft.granted, kept))
        if _RR in drafts:
            # What is left of a return that was paid for in full is refunded without one.
            draft, other = drafts[_RR], drafts.get(_RO)
            first = either(self._return_first(), negated(both(other.has, other.rest))) if other else TRUE
            draft.instead = self.layers.column("instead", both(draft.granted, whole, draft.rest, first))

    def _return_first(self) -> str:
        """Whether a return stands before a mere refund."""
        places = [[one.remedy for one in pattern.remedies] for pattern in self.patterns]
        return self.table.flag([_RR in p and (_RO not in p or p.index(_RR) < p.index(_RO)) for p in places])

    def _granted(self, drafts: Mapping[Remedy, "_Draft"]) -> dict[Remedy, RemedyColumns]:
        source = drafts.get(_RR)
        if source is None or source.instead == FALSE:
            return {remedy: draft.granted_columns(None) for remedy, draft in drafts.items()}
        wanted = dict(drafts)
        wanted.setdefault(_RO, _Draft(self, _RO))
        return {remedy: draft.granted_columns(source if remedy is _RO else None) for remedy, draft in wanted.items()}


def _of(pattern: Pattern, remedy: Remedy) -> RemedyPattern | None:
    return next((one for one in pattern.remedies if one.remedy is remedy), None)


def _has_head(pattern: RemedyPattern, head: Head) -> bool:
    return any(one.head is head for one in (*pattern.heads, *pattern.order_heads))


class _Draft:
    """One remedy while its columns are written; one that no pattern grants may still stand in for another."""

    def __init__(self, writer: _Writer, remedy: Remedy) -> None:
        self.writer, self.remedy = writer, remedy
        self.alive = self.instead = self.granted = FALSE
        self.lines: dict[Head, Reckoned] = {}
        self.orders: dict[Head, Reckoned] = {}
        self.patterns = [_of(pattern, remedy) for pattern in writer.patterns]
        self._flags()
        self.variants = self._variants("heads", SumColumns())

    def _flags(self) -> None:
        """What the patterns say: granted, open, before a refund, and who pays the way back."""
        table, patterns = self.writer.table, self.patterns
        backs = [PAYERS[p.freight_back_payer] if p and p.freight_back_payer else 0 for p in patterns]
        self.back = table.column(backs)
        self.has = table.flag([p is not None for p in patterns])
        self.open = table.flag([bool(p and p.missing) for p in patterns])
        self.closing = {remedy: text for remedy in Remedy if (text := self._closes(remedy)) != FALSE}

    def _closes(self, remedy: Remedy) -> str:
        """Whether something was paid before under this one that stands in place of another."""
        tests = []
        for head in Head:
            given = [bool(p and remedy in p.closes and _has_head(p, head)) for p in self.patterns]
            paid = self.writer.paid(f"before_{head}_minor", f"before_order_{head}_minor")
            if any(given) and paid != "0":
                tests.append(both(self.writer.table.flag(given), f"({paid} > 0)"))
        return either(*tests)

    def _variants(self, side: str, sums: SumColumns) -> dict[Head, tuple[str, list[Reckoned]]]:
        """For each head the column that tells by which of the sums it is reckoned."""
        found: dict[Head, tuple[str, list[Reckoned]]] = {}
        for head in Head:
            given = [self._head(pattern, side, head) for pattern in self.patterns]
            if not any(given):
                continue
            reckoned = [self.writer.amounts.head(one, sums) if one else None for one in given]
            distinct = list(dict.fromkeys(one for one in reckoned if one is not None))
            numbers = [0 if one is None else distinct.index(one) + 1 for one in reckoned]
            found[head] = (self.writer.table.column(numbers), distinct)
        return found

    def _head(self, pattern: RemedyPattern | None, side: str, head: Head) -> HeadPattern | None:
        heads: Sequence[HeadPattern] = getattr(pattern, side) if pattern else ()
        return next((one for one in heads if one.head is head), None)

    def _back_most(self, cost: str) -> str:
        """The cost of sending back, within its caps."""
        texts = [self.writer.amounts.caps(pattern.back_caps, SumColumns()) for pattern in self.writer.patterns]
        distinct = list(dict.fromkeys(text for text in texts if text))
        numbers = [distinct.index(text) + 1 if text else 0 for text in texts]
        return least(cost, by_number(self.writer.table.column(numbers), list(enumerate(distinct, 1)), cost))

    def reckon(self) -> None:
        """What is due on each line, after what was paid before."""
        for head, (variant, sums) in self.variants.items():
            minor = self.writer.left(_variant(variant, [one.minor for one in sums]), f"before_{head}_minor")
            self.lines[head] = Reckoned(self.writer.layers.column("due", minor), _payer(variant, sums))
        rest = added([one.minor for head, one in self.lines.items() if head is not Head.GOODS])
        self.own_back = self.lines.get(Head.FREIGHT_BACK, Reckoned("0", "0"))
        if self.back != "0":
            self._reckon_back()
        self.rest = FALSE if rest == "0" else f"({rest} > 0)"

    def _reckon_back(self) -> None:
        """The cost of sending back, where another than the buyer bears it; of goods sent together, once."""
        layers, cost = self.writer.layers, self.writer.amounts.value("return_freight_minor")
        sends = TRUE if self.back.isdigit() else f"({self.back} > 0)"
        if self.writer.joint:
            carrier = f"MIN({chosen(sends, 'place', 'NULL')}) OVER (PARTITION BY case_id)"
            sends = both(sends, f"(place = {layers.column('carrier', carrier)})")
        most = chosen(sends, self._back_most(cost), "0")
        minor = layers.column("back", self.writer.left(most, "before_freight_back_minor"))
        if minor == "0":
            return
        granted = self.lines.get(Head.FREIGHT_BACK)
        if granted is None:
            self.lines[Head.FREIGHT_BACK] = Reckoned(minor, self.back)
        else:
            payer = f"CASE WHEN {granted.minor} > 0 THEN {granted.payer} ELSE {self.back} END"
            both_minor = layers.column("due", added([granted.minor, minor]))
            self.lines[Head.FREIGHT_BACK] = Reckoned(both_minor, layers.column("by", payer))

    def reckon_once(self) -> None:
        """What is due once for the order, on the first line that has a right to it."""
        if not any(pattern and pattern.order_heads for pattern in self.patterns):
            return
        layers, sums = self.writer.layers, SumColumns(per_order=True)
        carries = TRUE
        if self.writer.joint:
            heads = self.writer.table.flag([bool(pattern and pattern.order_heads) for pattern in self.patterns])
            alive = both(either(self.alive, self.instead), heads)
            over = "OVER (PARTITION BY case_id)"
            price, freight = (
                layers.column("whole", f"CAST(SUM({chosen(alive, name, '0')}) {over} AS BIGINT)")
                for name in ("price_minor", "freight_minor")
            )
            first = layers.column("first", f"MIN({chosen(alive, 'place', 'NULL')}) {over}")
            sums, carries = SumColumns(price, freight, whole=True, per_order=True), f"(place = {first})"
        for head, (variant, reckoned) in self._variants("order_heads", sums).items():
            minor = _variant(variant, [one.minor for one in reckoned])
            minor = chosen(carries, self.writer.left(minor, f"before_order_{head}_minor"), "0")
            self.orders[head] = Reckoned(layers.column("once", minor), _payer(variant, reckoned))

    def granted_columns(self, source: "_Draft | None") -> RemedyColumns:
        """The remedy's columns, with what it gives in place of the one it stands in for (`source`)."""
        layers = self.writer.layers
        sides: list[dict[Head, Reckoned]] = []
        for side in ("lines", "orders"):
            own: Mapping[Head, Reckoned] = getattr(self, side)
            others: Mapping[Head, Reckoned] = getattr(source, side) if source else {}
            merged = {h: self._merged(own.get(h), others.get(h), source, h) for h in Head if h in own or h in others}
            sides.append({
                head: Reckoned(layers.column("minor", minor), layers.column("by", by))
                for head, (minor, by) in merged.items()
                if minor != "0"
            })  # fmt: skip
        instead = source.instead if source else FALSE
        is_open = either(both(self.alive, self.open), both(instead, source.open) if source else FALSE)
        alive = layers.column("alive", either(self.alive, instead))
        found = RemedyColumns("", alive, layers.column("open", is_open), *sides)
        pays = FALSE if found.total == "0" else f"({found.total} > 0)"
        exists = alive if self.remedy in SENDS_GOODS else both(alive, either(pays, is_open))
        return found._replace(has=layers.column("has", exists))

    def _merged(
        self, own: Reckoned | None, other: Reckoned | None, source: "_Draft | None", head: Head
    ) -> tuple[str, str]:
        """Amount and payer under a head: this remedy's own, or of the one it stands in for."""
        minor, payer = (chosen(self.alive, own.minor, "0"), own.payer) if own else ("0", "0")
        if source is None or other is None:
            return minor, payer
        given = "0"
        if head is Head.FREIGHT_BACK and other is source.lines.get(head):
            # Nothing travels back any more; what a rule itself grants under this head stays.
            given = source.own_back.minor
        elif head is not Head.GOODS or other is source.orders.get(head):
            given = other.minor
        return chosen(source.instead, given, minor), chosen(source.instead, other.payer, payer)


def _payer(column: str, sums: Sequence[Reckoned]) -> str:
    payers = [one.payer for one in sums]
    return payers[0] if len(set(payers)) == 1 else _variant(column, payers)


def _variant(column: str, texts: Sequence[str]) -> str:
    return by_number(column, list(enumerate(texts, 1)), "0")
