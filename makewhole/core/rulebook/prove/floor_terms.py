"""Terms above the law never cost the buyer time, or a better consequence of silence.

Of several general terms the better one for the buyer counts, so the law is the floor by construction. Two ways lead
below it: a term for one remedy goes before the law's general one, and a term that counts brings its own consequence.
"""

from collections.abc import Iterator
from itertools import product

from makewhole.core.rulebook.model import Answer, Term
from makewhole.core.rulebook.phrases import CONSEQUENCES, PARTIES, PHRASES, STEPS_TAKEN
from makewhole.core.rulebook.prove.realise import Builder
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import reasons_of, together
from makewhole.core.rulebook.prove.story import Finding, story_of
from makewhole.core.rulebook.prove.variants import of_law_alone
from makewhole.core.rulebook.prove.wishes import wishes
from makewhole.core.rulebook.rule import Rule, TermRule
from makewhole.core.rulebook.terms import better
from makewhole.core.words import Layer, Remedy, Text


def worse_terms_in(space: Space) -> Iterator[Finding]:
    """Every term above the law that goes before one of the law and is worse for the buyer."""
    terms = [rule for rule in space.book.rules if isinstance(rule.outcome, TermRule)]
    of_law = [rule for rule in terms if rule.layer is Layer.LAW]
    told: set[tuple[str, str]] = set()
    for law, other in product(of_law, [rule for rule in terms if rule.layer is not Layer.LAW]):
        wrong = _wrong(law.outcome, other.outcome)
        if wrong is not None and (law.id, other.id) not in told:
            finding = _finding(space, law, other, wrong)
            if finding is not None:
                told.add((law.id, other.id))
                yield finding


def _wrong(law: object, other: object) -> Text | None:
    """What is worse for the buyer where both hold and the other goes before the law's; None: nothing."""
    if not isinstance(law, TermRule) or not isinstance(other, TermRule):
        return None
    if law.step is not other.step or law.debtor is not other.debtor:
        return None
    special = bool(other.remedies) and not law.remedies
    same_scope = bool(set(law.remedies) & set(other.remedies)) or (not law.remedies and not other.remedies)
    if special and better(law, other):
        return Text("期限比法定的对买家不利", "its term is worse for the buyer than the law's")
    if (special or (same_scope and better(other, law))) and other.on_silence is not law.on_silence:
        return Text("逾期后果与法定的不同", "what follows on silence is not what the law says")
    return None


def _finding(space: Space, law: Rule, other: Rule, wrong: Text) -> Finding | None:
    days = together(space.book, (law, other))
    if days is None:
        return None
    claim, reasons, (first_day, last_day) = space.claim, reasons_of(space.book, (law, other)), days
    rules = [rule for rule in space.book.rules if rule.concerns(frozenset(reasons))]
    model = space.find(
        [
            claim.placed_between(first_day, last_day), claim.now.day <= last_day, claim.under(reasons, rules),
            space.views([rule for rule in rules if rule.in_force(law.start) and rule.in_force(other.start)]),
            space.settled.standing(law).holds, space.settled.standing(other).holds,
        ],
        wishes(claim, days, reasons),
    )  # fmt: skip
    if model is None:
        return None
    example = Builder(claim, model).example(reasons, rules)
    shown = _shown(law, other, example.answer(of_law_alone(space.book)), example.answer(space.book))
    return Finding(
        place=other.place,
        what=Text(
            f"规则 {other.id} 优先于法律规则 {law.id}（{law.place}）：{wrong.zh}",
            f"rule {other.id} goes before the law's {law.id} ({law.place}): {wrong.en}",
        ),
        fix=Text("期限不得劣于法定，后果须相同", "make its term no worse and its consequence the same, or remove it"),
        story=story_of(example, space.book, shown or wrong),
        confirmed=shown is not None,
        example=example,
    )  # fmt: skip


def _shown(law: Rule, other: Rule, by_law: Answer, by_all: Answer) -> Text | None:
    """The two terms as the engine takes them for the remedy in question."""
    wanted, given = law.outcome, other.outcome
    if not isinstance(wanted, TermRule) or not isinstance(given, TermRule):
        return None
    remedy: Remedy | None = given.remedies[0] if given.remedies else None
    before, now = (one.term(wanted.step, wanted.debtor, remedy) for one in (by_law, by_all))
    if now.rule_id != other.id or before.rule_id != law.id:
        return None
    who, step = PARTIES[wanted.debtor], STEPS_TAKEN[wanted.step]
    return Text(
        f"{who.zh}{step.zh}，依法 {_long(before).zh}（逾期{CONSEQUENCES[before.on_silence].zh}），"
        f"按整套规则 {_long(now).zh}（逾期{CONSEQUENCES[now.on_silence].zh}）",
        f"the {who.en} {step.en} within {_long(before).en} by law "
        f"(otherwise {CONSEQUENCES[before.on_silence].en}), by the whole book within {_long(now).en} "
        f"(otherwise {CONSEQUENCES[now.on_silence].en})",
    )


def _long(term: Term) -> Text:
    pattern = PHRASES[str(term.unit)]
    return Text(pattern.zh.format(count=term.length), pattern.en.format(count=term.length))
