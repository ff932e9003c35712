"""What follows from a pattern of matching rules, worked out once: everything of an answer but figures and dates.

A pattern says which rules hold, may hold, or came too late for one line of a claim. With how firmly each fact stands,
it settles which remedies there are, under which rules, on what proof, and what is still to be asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from makewhole.core.facts import FACTS
from makewhole.core.order.model import Means
from makewhole.core.rulebook.compile import ALLEGED, PRESUMED, SOUND, Program, Ready, facts_used
from makewhole.core.rulebook.derive import RESTS_ON
from makewhole.core.rulebook.fill import Known
from makewhole.core.rulebook.model import AvenueOpen, EvidenceNeeded, Question, SanctionFaced
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rights import Blocked, Candidate, Rights, missing, rights_of
from makewhole.core.rulebook.rule import Amount, Base, Cap, Grant, Presumption, PromiseKind, Rule
from makewhole.core.rulebook.terms import TermSet, term_set
from makewhole.core.words import RETURNS_GOODS, Head, Party, Provenance, Remedy

REFUNDS_PRICE = frozenset({Remedy.RETURN_AND_REFUND, Remedy.REFUND_ONLY})
_PLACE = {remedy: place for place, remedy in enumerate(Remedy)}
_FREIGHT = Amount(Base.FREIGHT_OUT)
_MEASURED_BY = {
    PromiseKind.DISPATCH: frozenset({"dispatch_due_at", "dispatched_late"}),
    PromiseKind.DELIVERY: frozenset({"delivery_due_at", "delivered_late"}),
}
"""Facts reckoned from a promise."""


class Way(NamedTuple):
    """One rule's way to an amount under one head, with what other rules take off it."""

    amount: Amount
    payer: Party
    rule_id: str
    form: Means
    adds: bool
    less: tuple[tuple[Amount, str], ...]
    best_of: str = ""
    by_court: bool = False


class HeadPattern(NamedTuple):
    """How one head of a remedy is reckoned: the best of its ways, within the caps on that head.

    `plain` names the one base that is simply taken over, in the commonest case.
    """

    head: Head
    ways: tuple[Way, ...]
    caps: tuple[Ready[Cap], ...]
    plain: Base | None


class Hope(NamedTuple):
    """The heads of a remedy with rights counted in that hang on more open facts than those it counts with.

    `unsized`: an amount among them is itself not known.
    """

    heads: tuple[HeadPattern, ...]
    order_heads: tuple[HeadPattern, ...]
    questions: tuple[Question, ...]
    unsized: bool


class RemedyPattern(NamedTuple):
    """One remedy. `until` holds each grant's time limits (place of the end, slot that lifts it); empty: none."""

    remedy: Remedy
    heads: tuple[HeadPattern, ...]
    order_heads: tuple[HeadPattern, ...]
    rule_ids: tuple[str, ...]
    missing: tuple[str, ...]
    settled: bool
    adds: bool
    until: tuple[tuple[tuple[int, int], ...], ...]
    freight_back_payer: Party | None
    freight_back_rule: str
    default_promises: tuple[tuple[PromiseKind, str], ...]
    closes: tuple[Remedy, ...] = ()
    hope: Hope | None = None

    @property
    def order(self) -> tuple[bool, bool, int]:
        """Where it stands among the plans: what adds last, what hangs on something unknown after what does not."""
        return self.adds, bool(self.missing), _PLACE[self.remedy]


class Pattern(NamedTuple):
    """Everything that follows from a pattern on one line."""

    remedies: tuple[RemedyPattern, ...]
    blocked: tuple[Blocked, ...]
    questions: tuple[Question, ...]
    evidence: tuple[EvidenceNeeded, ...]
    terms: TermSet
    fund: tuple[Ready[Cap], ...]
    back_caps: tuple[Ready[Cap], ...]
    sanctions: tuple[SanctionFaced, ...]
    avenues: tuple[AvenueOpen, ...]


def pattern_of(program: Program, bits: int, facts: Known) -> Pattern:
    """What follows when the matching function says `bits` and the facts stand as they do."""
    return _Worker(program, bits, facts).pattern()


class _Worker:
    def __init__(self, program: Program, bits: int, facts: Known) -> None:
        self.program, self.bits, self.facts = program, bits, facts
        self.waiting: dict[str, dict[str, None]] = {}
        self.caps = [cap for cap in program.kinds.caps if cap.holds(bits)]
        self.out = self._liable("freight_out")
        self.back = self._liable("freight_back")
        self.debtor = self._liable("dues")
        self.burdens: dict[int, Ready[Presumption]] = {}
        bearing = [one for place, one in enumerate(program.kinds.presumptions) if facts.presumed >> place & 1]
        for ready in sorted(bearing, key=self._weight, reverse=True):
            self.burdens.setdefault(program.slots[ready.outcome.fact], ready)

    def pattern(self) -> Pattern:
        program, bits = self.program, self.bits
        if program.presuming is not None:
            for ready in program.kinds.presumptions:
                self._wait(ready.rule.id, missing(program.presuming, ready, self.facts.presuming_bits, program.slots))
        rights, blocked = rights_of(program, bits)
        remedies = [self._remedy(remedy, found) for remedy, found in rights.items()]
        remedies.sort(key=lambda one: one.order)
        return Pattern(
            remedies=tuple(remedies),
            blocked=blocked,
            questions=tuple(Question(fact, tuple(rules)) for fact, rules in self.waiting.items()),
            evidence=self._evidence(rights),
            terms=term_set([term.rule for term in program.kinds.terms if term.holds(bits)], program.calendar),
            fund=tuple(cap for cap in self.caps if cap.outcome.head is None),
            back_caps=tuple(cap for cap in self.caps if cap.outcome.head is Head.FREIGHT_BACK),
            sanctions=tuple(
                SanctionFaced(one.outcome.points, one.rule.id, one.outcome.on)
                for one in program.kinds.sanctions
                if one.holds(bits)
            ),
            avenues=tuple(AvenueOpen(one.outcome.to, one.rule.id) for one in program.kinds.avenues if one.holds(bits)),
        )

    def _weight(self, ready: Ready[Presumption]) -> tuple[bool, bool]:
        """Of several rules on one fact's burden, one that shifts it goes first, and one that rests on sound facts."""
        shifts = ready.outcome.burden is not FACTS[ready.outcome.fact].tells
        return shifts, all(self.facts.standing[slot] != ALLEGED for slot in self._slots_of(ready.rule))

    def _slots_of(self, rule: Rule) -> set[int]:
        return {self.program.slots[name] for name in facts_read(rule.when) | facts_used(rule)}

    def _missing(self, ready: Ready[Any]) -> tuple[str, ...]:
        return missing(self.program.matching, ready, self.bits, self.program.slots)

    def _wait(self, rule_id: str, facts: Iterable[str]) -> None:
        for fact in facts:
            self.waiting.setdefault(fact, {})[rule_id] = None

    def _liable(self, side: str) -> tuple[Party, str] | None:
        """Who bears a freight, or what the merchant owes, and by which rule: of several, one that frees the buyer."""
        found: tuple[Party, str] | None = None
        for ready in self.program.kinds.liabilities:
            payer: Party | None = getattr(ready.outcome, side)
            if payer is None:
                continue
            if ready.holds(self.bits):
                if found is None or (found[0] is Party.BUYER and payer is not Party.BUYER):
                    found = payer, ready.rule.id
            else:
                self._wait(ready.rule.id, self._missing(ready))
        return found

    def _remedy(self, remedy: Remedy, rights: Rights) -> RemedyPattern:
        for one in rights.counted:
            for rule_id, facts in one.waits:
                self._wait(rule_id, facts)
        grants = [one.grant for one in rights.counted]
        line_heads, order_heads = self._line_heads(remedy, grants), self._heads(grants, per_order=True)
        back = (self.back or (Party.BUYER, "")) if remedy in RETURNS_GOODS else None
        lacking = dict.fromkeys(fact for one in rights.counted for fact in one.lacking)
        lacking |= dict.fromkeys(self._taken_off_unknown(grants))
        slots = self._rests_on(grants)
        rule_ids = dict.fromkeys(grant.rule.id for grant in grants)
        rule_ids |= dict.fromkeys(way.rule_id for one in (*line_heads, *order_heads) for way in one.ways)
        if back is not None and back[1]:
            rule_ids[back[1]] = None
        if self.debtor is not None:
            rule_ids[self.debtor[1]] = None
        rule_ids |= dict.fromkeys(
            self.burdens[slot].rule.id for slot in slots if slot in self.burdens and self.facts.standing[slot] != SOUND
        )
        limits = tuple((*(grant.signs.windows if grant.signs else ()), *self._ended_by(grant)) for grant in grants)
        return RemedyPattern(
            remedy=remedy,
            heads=tuple(line_heads),
            order_heads=tuple(order_heads),
            rule_ids=tuple(rule_ids),
            missing=tuple(lacking),
            settled=not lacking and all(self.facts.standing[slot] != ALLEGED for slot in slots),
            adds=all(grant.outcome.adds for grant in grants),
            until=limits if all(limits) else (),
            freight_back_payer=self._owing(back[0]) if back is not None else None,
            freight_back_rule=back[1] if back is not None else "",
            default_promises=self._default_promises(slots),
            closes=tuple(dict.fromkeys(remedy for grant in grants for remedy in grant.outcome.closes)),
            hope=self._hope(remedy, grants, rights.hoped),
        )

    def _hope(self, remedy: Remedy, grants: Sequence[Ready[Grant]], others: Sequence[Candidate]) -> Hope | None:
        """What the other grants could add to these; None when they give the same."""

        def heads(counted: Sequence[Ready[Grant]]) -> tuple[tuple[HeadPattern, ...], tuple[HeadPattern, ...]]:
            return tuple(self._line_heads(remedy, counted)), tuple(self._heads(counted, per_order=True))

        more = [one for one in others if heads([*grants, one.grant]) != heads(grants)] if others else ()
        if not more:
            return None
        waiting: dict[str, dict[str, None]] = {}
        for rule_id, fact in ((rule_id, fact) for one in more for rule_id, facts in one.waits for fact in facts):
            waiting.setdefault(fact, {})[rule_id] = None
        return Hope(
            *heads([*grants, *(one.grant for one in more)]),
            tuple(Question(fact, tuple(rules)) for fact, rules in waiting.items()),
            any(not facts_used(one.grant.rule).isdisjoint(one.lacking) for one in more),
        )

    def _owing(self, payer: Party) -> Party:
        """Who owes what this payer would: another where a rule makes it answer for the merchant."""
        return self.debtor[0] if self.debtor is not None and payer is Party.MERCHANT else payer

    def _taken_off_unknown(self, grants: Sequence[Ready[Grant]]) -> list[str]:
        """Facts not known on which it hangs what is taken off these grants."""
        ids = {grant.rule.id for grant in grants}
        found: list[str] = []
        for deduction in self.program.kinds.deductions:
            if not ids.isdisjoint(deduction.outcome.of):
                lacking = self._missing(deduction)
                self._wait(deduction.rule.id, lacking)
                found += lacking
        return found

    def _ended_by(self, grant: Ready[Grant]) -> list[tuple[int, int]]:
        """Ends of terms after which an exclusion stops the grant, where nothing but time speaks against that yet."""
        return [
            (exclusion.signs.waits_for[0], -1)
            for exclusion in self.program.kinds.exclusions
            if exclusion.signs is not None
            and self.bits & exclusion.signs.early
            and len(exclusion.signs.waits_for) == 1
            and grant.rule.id in exclusion.outcome.of
        ]

    def _default_promises(self, slots: Iterable[int]) -> tuple[tuple[PromiseKind, str], ...]:
        """The market's default promises the remedy rests on, with their rules: they count where the order has none."""
        names = {self.program.names[slot] for slot in slots}
        return tuple(
            (kind, rule_id) for kind, rule_id in self.program.promise_rules.items() if names & _MEASURED_BY[kind]
        )

    def _line_heads(self, remedy: Remedy, grants: Sequence[Ready[Grant]]) -> list[HeadPattern]:
        """The heads due line by line; a refund takes the freight out along where another than the buyer bears it."""
        heads = self._heads(grants, per_order=False)
        if remedy in REFUNDS_PRICE and self.out is not None and self.out[0] is not Party.BUYER:
            named = {one.head for one in heads}
            if Head.GOODS in named and Head.FREIGHT_OUT not in named:
                payer, rule_id = self.out
                way = Way(_FREIGHT, self._owing(payer), rule_id, Means.MONEY, False, ())
                heads.append(HeadPattern(Head.FREIGHT_OUT, (way,), (), Base.FREIGHT_OUT))
        return heads

    def _heads(self, grants: Sequence[Ready[Grant]], *, per_order: bool) -> list[HeadPattern]:
        ways: dict[Head, list[Way]] = {}
        for grant in grants:
            outcome = grant.outcome
            for head, amount, once in outcome.amounts:
                if once is not per_order:
                    continue
                less = tuple(
                    (deduction.outcome.amount, deduction.rule.id)
                    for deduction in self.program.kinds.deductions
                    if deduction.outcome.head is head
                    and grant.rule.id in deduction.outcome.of
                    and deduction.holds(self.bits)
                )
                payer = self._owing(outcome.payer)
                way = Way(
                    amount, payer, grant.rule.id, outcome.means, outcome.adds, less, outcome.best_of, outcome.by_court
                )  # fmt: skip
                known = ways.setdefault(head, [])
                if way.adds or all(way._replace(rule_id=other.rule_id) != other for other in known):
                    known.append(way)
        return [self._head(head, tuple(found)) for head, found in ways.items()]

    def _head(self, head: Head, ways: tuple[Way, ...]) -> HeadPattern:
        plain = ways[0].amount.base if len(ways) == 1 and not ways[0].less and _is_plain(ways[0].amount) else None
        return HeadPattern(head, ways, tuple(cap for cap in self.caps if cap.outcome.head is head), plain)

    def _rests_on(self, grants: Sequence[Ready[Grant]]) -> list[int]:
        """Slots of the facts the grants read, of exclusions against them, and of presumptions they lean on."""
        ids = {grant.rule.id for grant in grants}
        rules: list[Rule] = [grant.rule for grant in grants]
        rules += [one.rule for one in self.program.kinds.exclusions if not ids.isdisjoint(one.outcome.of)]
        slots = {slot for rule in rules for slot in self._slots_of(rule)}
        for slot in tuple(slots):
            if self.facts.standing[slot] == PRESUMED and slot in self.burdens:
                slots |= self._slots_of(self.burdens[slot].rule)
        return sorted(slots)

    def _evidence(self, rights: Mapping[Remedy, Rights]) -> tuple[EvidenceNeeded, ...]:
        counted = [[one.grant for one in found.counted] for found in rights.values()]
        slots = {slot for grants in counted for slot in self._rests_on(grants)}
        if RETURNS_GOODS & rights.keys() and self.back is not None and self.back[0] is not Party.BUYER:
            slots.add(self.program.slots["return_freight_minor"])
        needed: list[EvidenceNeeded] = []
        for slot in sorted(slots):
            firmness = self.facts.standing[slot]
            if firmness == SOUND:
                continue
            entry = FACTS[self.program.names[slot]]
            if any(self.program.slots.get(time) in slots for time in RESTS_ON.get(entry.name, ())):
                continue
            teller = Party.BUYER if slot in self.program.alleged else entry.tells
            ready = self.burdens.get(slot)
            burden, rule_id = (ready.outcome.burden, ready.rule.id) if ready is not None else (teller, "")
            standing = Provenance.PRESUMED if firmness == PRESUMED else Provenance.ALLEGED
            needed.append(EvidenceNeeded(entry.name, burden, standing, rule_id, entry.proves))
        return tuple(needed)


def _is_plain(amount: Amount) -> bool:
    return amount in (Amount(Base.PRICE), Amount(Base.FREIGHT_OUT))
