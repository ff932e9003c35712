"""Check a rulebook: every reason has an outcome, every step a term, in every edition; texts and dates are sound.

What cannot even be read (unknown words, bad dates, missing texts, overlapping editions, dangling references) was
refused by `read`; what needs a solver is proven by `prove`. What is found here makes a book unfit for service.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import (
    Cap,
    Deduction,
    Edition,
    Exclusion,
    Grant,
    Place,
    PromiseDefault,
    Rule,
    Rulebook,
    TermRule,
)
from makewhole.core.rulebook.source import Problem
from makewhole.core.rulebook.terms import DEBTOR_OF
from makewhole.core.words import Party, Reason, Step, Text

CHECKER = 1
"""What a seal says the book was checked by: raised whenever a check is added or tightened, or rules come to mean
something else, so that books sealed before are checked anew."""

BOTH_SIDES = (Step.ANSWER_OFFER, Step.GIVE_EVIDENCE, Step.APPEAL)
"""Steps that fall to either side: a book has a term for buyer and merchant alike."""

_DEBTORS: dict[Step, tuple[Party, ...]] = {
    **{step: (debtor,) for step, debtor in DEBTOR_OF.items()},
    **dict.fromkeys(BOTH_SIDES, (Party.BUYER, Party.MERCHANT)),
    Step.REVISE_OR_ESCALATE: (Party.BUYER,),
    Step.RULE: (Party.PLATFORM,),
    Step.RULE_APPEAL: (Party.PLATFORM,),
}


def faults_of(book: Rulebook) -> tuple[Problem, ...]:
    """Everything that makes the book unfit for service, in a stable order, each fault once."""
    found: dict[tuple[str, str], Problem] = {}
    problems = [*_hole_faults(book), *_text_faults(book)]
    problems += [problem for edition in book.editions for problem in _edition_faults(book, edition)]
    for problem in problems:
        found.setdefault((problem.what.en.partition(" (edition")[0], str(problem.place)), problem)
    return tuple(found.values())


def _hole_faults(book: Rulebook) -> Iterator[Problem]:
    """Days between two editions of one rule on which neither is in force: a slip of the pen, or a rule that lapsed."""
    for editions in book.by_id.values():
        for earlier, later in pairwise(sorted(editions, key=lambda rule: rule.start)):
            if earlier.end is not None and earlier.end + timedelta(days=1) < later.start:
                first, last = earlier.end + timedelta(days=1), later.start - timedelta(days=1)
                yield Problem(
                    later.place,
                    Text(
                        f"规则 {later.id} 在 {first} 至 {last} 没有任何版本施行（上一版在 {earlier.place}）",
                        f"rule {later.id} has no edition in force from {first} to {last} "
                        f"(the one before is at {earlier.place})",
                    ),
                    Text(
                        "让日期相接；若确已失效，给新规则另起编号",
                        "make the dates meet; a rule that lapsed and came back gets a new id",
                    ),
                )


_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")


def _text_faults(book: Rulebook) -> Iterator[Problem]:
    """Texts that stand under the wrong language."""
    head = Place(f"{book.market}/market.yaml", 1)
    texts = [(head, book.name), *((head, name) for name in book.categories.values())]
    texts += [(rule.place, text) for rule in book.rules for text in (rule.sentence, rule.citation.source)]
    fix = Text("每种语言各写一句", "write it in both languages")
    for place, text in texts:
        if not _CHINESE.search(text.zh):
            yield Problem(place, Text(f"zh 不是中文：{text.zh!r}", f"zh is not Chinese: {text.zh!r}"), fix)
        if _CHINESE.search(text.en) or not _LATIN.search(text.en):
            yield Problem(place, Text(f"en 不是英文：{text.en!r}", f"en is not English: {text.en!r}"), fix)


def _edition_faults(book: Rulebook, edition: Edition) -> Iterator[Problem]:
    for reason in book.reasons:
        yield from _outcome_faults(edition, reason)
        yield from _term_faults(edition, reason)
    if not any(isinstance(rule.outcome, Cap) and rule.outcome.head is None and not rule.when for rule in edition.rules):
        yield _fault(
            edition, Text("没有保障基金上限", "there is no cap of the guarantee fund"),
            Text("补一条不带 when 的 cap（on: fund）", "add a cap on: fund without when"),
        )  # fmt: skip
    kinds = [rule.outcome.promise for rule in edition.rules if isinstance(rule.outcome, PromiseDefault)]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield _fault(
            edition, Text(f"默认承诺 {kind} 有两条", f"there are two default promises for {kind}"),
            Text("只留一条", "keep one"),
        )  # fmt: skip
    for rule in edition.rules:
        yield from _rule_faults(rule, edition)


def _outcome_faults(edition: Edition, reason: Reason) -> Iterator[Problem]:
    if not any(isinstance(rule.outcome, Grant) and rule.concerns(frozenset({reason})) for rule in edition.rules):
        yield _fault(
            edition, Text(f"原因 {reason} 没有任何救济", f"reason {reason} has no remedy at all"),
            Text("补一条 grant，或从 reasons 删去", "add a grant, or take it out of reasons"),
        )  # fmt: skip


def _term_faults(edition: Edition, reason: Reason) -> Iterator[Problem]:
    """A step needs a term that always holds: one without conditions and for every remedy."""
    always = {
        (rule.outcome.step, rule.outcome.debtor)
        for rule in edition.rules
        if isinstance(rule.outcome, TermRule)
        and not rule.when
        and not rule.outcome.remedies
        and rule.concerns(frozenset({reason}))
    }
    for step, debtors in _DEBTORS.items():
        for debtor in debtors:
            if (step, debtor) not in always:
                yield _fault(
                    edition,
                    Text(
                        f"{reason}：步骤 {step}（{debtor}）没有期限",
                        f"{reason}: step {step} of the {debtor} has no term",
                    ),
                    Text("补一条不带 when 与 remedies 的 term", "add a term without when and remedies"),
                )


def _rule_faults(rule: Rule, edition: Edition) -> Iterator[Problem]:
    outcome = rule.outcome
    if isinstance(outcome, (Exclusion, Deduction)):
        grants = {r.id: r for r in edition.rules if isinstance(r.outcome, Grant)}
        for name in outcome.of:
            grant = grants.get(name)
            if grant is None:
                yield _of_rule(
                    rule, edition, Text(f"{name} 此时未施行", f"{name} is not in force then"),
                    Text("对齐施行日期", "make the dates meet"),
                )  # fmt: skip
            elif rule.reasons and grant.reasons and rule.reasons.isdisjoint(grant.reasons):
                yield _of_rule(
                    rule, edition, Text(f"与 {name} 没有共同原因", f"it shares no reason with {name}"),
                    Text("更正 reasons", "correct the reasons"),
                )  # fmt: skip
        if isinstance(outcome, Exclusion) and not facts_read(rule.when):
            yield _of_rule(
                rule, edition, Text("无条件排除等于没有该权利", "an exclusion without condition takes the right away"),
                Text("写上 when，或删去该授予", "add when, or remove the grant"),
            )  # fmt: skip


def _fault(edition: Edition, what: Text, fix: Text) -> Problem:
    place = edition.rules[0].place
    return Problem(
        place._replace(line=1), Text(f"{what.zh}（版本 {edition.name}）", f"{what.en} (edition {edition.name})"), fix
    )


def _of_rule(rule: Rule, edition: Edition, what: Text, fix: Text) -> Problem:
    return Problem(
        rule.place,
        Text(
            f"规则 {rule.id}：{what.zh}（版本 {edition.name}）", f"rule {rule.id}: {what.en} (edition {edition.name})"
        ),
        fix,
    )
