"""The search for an order and a claim that break a property; none means that the property is proven.

Effort is bounded by the solver's own count of steps, not by a clock, so a book is judged alike on every machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import z3

from makewhole.core.rulebook.prove.amounts import Amounts
from makewhole.core.rulebook.prove.claim import Formula, SymbolicClaim
from makewhole.core.rulebook.prove.encode import Encoder, shifts
from makewhole.core.rulebook.prove.ends import Ends
from makewhole.core.rulebook.prove.refusal import Unprovable
from makewhole.core.rulebook.prove.spans import Span, spans
from makewhole.core.rulebook.rule import Presumption, Rule, Rulebook
from makewhole.core.words import Layer, Reason, Text

_STEPS_MAX = 40_000_000
_CORRECTIONS_MAX = 200


class Space:
    """All claims under one book: their unknowns, three views of their facts, and the solver that searches them.

    `told` are facts as told and recorded, `settled` as they stand after all presumptions of the book, `lawful` after
    those of the law alone.
    """

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.claim = SymbolicClaim(book)
        self.ends = Ends(self.claim)
        self.amounts = Amounts(self.claim)
        presumed = {
            rule.outcome.fact: rule.layer
            for rule in sorted(book.rules, key=lambda rule: rule.layer is Layer.LAW)
            if isinstance(rule.outcome, Presumption) and shifts(rule.outcome)
        }
        by_law = [name for name, layer in presumed.items() if layer is Layer.LAW]
        self.told = Encoder(self.claim, self.ends)
        self.settled = Encoder(self.claim, self.ends, "all", presumed)
        self.lawful = Encoder(self.claim, self.ends, "law", by_law)
        self.solver = z3.Solver()
        self.solver.set("rlimit", _STEPS_MAX)
        self.asserted = 0
        self.seen: dict[tuple[int, ...], Formula] = {}
        self.stretches: dict[frozenset[Reason], tuple[Span, ...]] = {}
        self.searches = 0

    def views(self, rules: Sequence[Rule]) -> Formula:
        """What the facts are in each view under these rules."""
        presumptions = [rule for rule in rules if isinstance(rule.outcome, Presumption)]
        key = tuple(map(id, presumptions))
        found = self.seen.get(key)
        if found is None:
            of_law = [rule for rule in presumptions if rule.layer is Layer.LAW]
            found = z3.And(self.settled.view_of(presumptions, self.told), self.lawful.view_of(of_law, self.told))
            self.seen[key] = found
        return found

    def spans(self, reasons: Iterable[Reason]) -> tuple[Span, ...]:
        """The stretches between changes of the rules that concern a claim with these reasons."""
        asked = frozenset(reasons)
        found = self.stretches.get(asked)
        if found is None:
            found = self.stretches[asked] = tuple(spans(self.book, lambda rule: rule.concerns(asked)))
        return found

    def find(self, wanted: Iterable[Formula], preferred: Iterable[Formula] = ()) -> Any | None:
        """A solution that has all that is wanted, and of what is preferred as much as goes; None: there is none.

        Raises Unprovable when the solver gives up.
        """
        sought = list(wanted)
        model = self._solution(sought)
        if model is not None:
            for wish in preferred:
                better = self._solution([*sought, wish])
                if better is not None:
                    model = better
                    sought.append(wish)
        return model

    def _solution(self, sought: Sequence[Formula]) -> Any | None:
        """A solution that is right by the calendar: a wrong one is corrected on the spot, or else learnt from."""
        for _ in range(_CORRECTIONS_MAX):
            model = self._checked(sought)
            if model is None:
                return None
            learnt, exact = self._corrections(model)
            if not learnt:
                return model
            corrected = self._checked([*sought, *exact])
            if corrected is not None and not self._corrections(corrected)[0]:
                return corrected
            self.solver.add(*learnt)
        raise _gave_up()

    def _corrections(self, model: Any) -> tuple[list[Formula], list[Formula]]:
        """What a solution got wrong: as statements true of all claims, and as they come out for this very one."""
        wrong = [*self.ends.wrong(model), *self.amounts.wrong(model)]
        return [one.always for one in wrong], [one.here for one in wrong]

    def _checked(self, sought: Sequence[Formula]) -> Any | None:
        self.searches += 1
        self.solver.add(*self.claim.sound[self.asserted :])
        self.asserted = len(self.claim.sound)
        self.solver.push()
        try:
            self.solver.add(*sought)
            found = self.solver.check()
            if found == z3.unknown:
                raise _gave_up()
            return self.solver.model() if found == z3.sat else None
        finally:
            self.solver.pop()

    def culprits(self, named: Mapping[str, Formula]) -> tuple[str, ...]:
        """Of statements that cannot all hold, the names of a few that already contradict each other."""
        self.solver.push()
        try:
            self.solver.add(*self.claim.sound[self.asserted :])
            marks = {name: z3.Bool(f"because {name}") for name in named}
            self.solver.add(*(z3.Implies(mark, named[name]) for name, mark in marks.items()))
            if self.solver.check(*marks.values()) != z3.unsat:
                return ()
            core = {str(one) for one in self.solver.unsat_core()}
        finally:
            self.solver.pop()
        return tuple(name for name, mark in marks.items() if str(mark) in core)


def _gave_up() -> Unprovable:
    return Unprovable(Text("证明器没能在限定步数内得出结论", "the prover came to no conclusion within its steps"))
