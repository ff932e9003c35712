"""Faults planted in a small sound book: the prover finds each, with an order that shows it, and the engine agrees.

That the engine agrees is asked here a second time, in other words than the prover's own: by a book with the two rules
written the other way round, by a book of the law alone, by the amounts of the answer.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest

from makewhole.core.rulebook.check import faults_of
from makewhole.core.rulebook.model import Answer, ObstacleKind
from makewhole.core.rulebook.prove import prove
from makewhole.core.rulebook.prove.story import Finding
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.words import Head, Remedy
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import RULEBOOKS, real_book, rule
from tests.core.rulebook.small_book import PLATFORM, PRICE, small_book

Rules = Mapping[str, str | None]


class Planted(NamedTuple):
    """A fault: the rules changed, what is said of it, and how the engine shows it on the order that was found."""

    says: str
    shows: Callable[["Planted", Answer, Finding], bool]
    law: Rules = {}
    platform: Rules = {}

    def book(self) -> Rulebook:
        return small_book(self.law, self.platform)

    def law_alone(self) -> Rulebook:
        return small_book(self.law, {"fund": PLATFORM["fund"]}, reorder=True)


def _nothing_is_said(_fault: Planted, answer: Answer, _found: Finding) -> bool:
    return not answer.plans and all(one.kind is ObstacleKind.NOT_CLAIMABLE for one in answer.obstacles)


def _order_of_the_file_decides(fault: Planted, answer: Answer, found: Finding) -> bool:
    """The same rules, written in the file the other way round, give another answer."""
    assert found.example is not None
    backwards = dict(reversed(list({**PLATFORM, **fault.platform}.items())))
    other = found.example.answer(small_book(fault.law, backwards, reorder=True))
    return _plain(answer) != _plain(other)


def _plain(answer: Answer) -> object:
    dues = [(due.head, due.amount_minor, due.payer, due.form) for plan in answer.plans for due in plan.dues]
    plans = [(plan.remedy, plan.depends_on, plan.settled, plan.freight_back_payer) for plan in answer.plans]
    terms = {
        (term.step, term.debtor, term.remedies): (term.length, term.unit, term.on_silence) for term in answer.terms
    }
    return dues, plans, terms, [one._replace(rule_id="") for one in answer.evidence]


def _less_than_by_law(remedy: Remedy, head: Head) -> Callable[[Planted, Answer, Finding], bool]:
    def shows(fault: Planted, answer: Answer, found: Finding) -> bool:
        assert found.example is not None
        by_law = found.example.answer(fault.law_alone())
        return _in_money(by_law, remedy, head) > _in_money(answer, remedy, head)

    return shows


def _in_money(answer: Answer, remedy: Remedy, head: Head) -> int:
    plan = answer.plan(remedy)
    return sum(due.full_minor for due in plan.dues if due.head is head and due.form == "money") if plan else 0


def _term_differs(fault: Planted, answer: Answer, found: Finding) -> bool:
    assert found.example is not None
    by_law = {step.term.step: step for plan in found.example.answer(fault.law_alone()).plans for step in plan.steps}
    by_all = [step for plan in answer.plans for step in plan.steps if step.term.step in by_law]
    return any((step.term.length, step.term.on_silence)
               != (by_law[step.term.step].term.length, by_law[step.term.step].term.on_silence)
               for step in by_all)  # fmt: skip


def _more_than_paid(head: Head) -> Callable[[Planted, Answer, Finding], bool]:
    def shows(_fault: Planted, answer: Answer, found: Finding) -> bool:
        assert found.example is not None
        price_minor = found.example.order.lines[0].unit_price_minor
        return any(due.full_minor > price_minor for plan in answer.plans for due in plan.dues if due.head is head)

    return shows


GOODWILL = "amounts: [{head: goodwill, of: price, rate: 10%}]"
MISSING, QUALITY, MIND = "[item_missing]", "[quality]", "[changed_mind]"
NOT_FRESH = "when: {goods_defective: yes, category: {not: [fresh]}}\n"

PLANTED: dict[str, Planted] = {
    "fresh goods forgotten": Planted(
        "reason quality has a gap", _nothing_is_said,
        law={
            "law-defect": rule("law-defect", f"{NOT_FRESH}grant: {{remedy: return_and_refund, {PRICE}}}",
                               reasons=QUALITY),
            "law-repair": rule("law-repair", f"{NOT_FRESH}grant: {{remedy: repair}}", reasons=QUALITY),
            "law-freight": None, "law-loss": None,
        },
    ),
    "a deduction that eats everything, in silence": Planted(
        "reason changed_mind has a gap", _nothing_is_said,
        law={"law-fee": rule("law-fee", "deduction: {of: [law-return], head: goods, amount: {of: price}}",
                             reasons=MIND)},
    ),
    "two terms of one length with other consequences": Planted(
        "pay-two conflicts with term-pay-merchant", _order_of_the_file_decides,
        platform={"pay-two": rule(
            "pay-two", "when: {delivered: yes}\n"
            "term: {step: pay, debtor: merchant, within: 72 hours, on_silence: escalated}")},
    ),
    "opposite presumptions": Planted(
        "p-two conflicts with p-one", _order_of_the_file_decides,
        platform={
            "p-one": rule("p-one", "when: {delivered: yes}\npresumption: {fact: goods_intact, burden: merchant}",
                          reasons=MIND),
            "p-two": rule("p-two", "when: {completed: yes}\n"
                          "presumption: {fact: goods_intact, value: no, burden: merchant}", reasons=MIND),
        },
    ),
    "freight borne by two": Planted(
        "l-two conflicts with l-one", _order_of_the_file_decides,
        platform={
            "l-one": rule("l-one", "liability: {freight_back: merchant}", reasons=MIND),
            "l-two": rule("l-two", "when: {completed: no}\nliability: {freight_back: platform}", reasons=MIND),
        },
    ),
    "equal amounts from two payers": Planted(
        "g-two conflicts with g-one", _order_of_the_file_decides,
        platform={
            "g-one": rule("g-one", f"when: {{item_absent: yes}}\ngrant: {{remedy: compensation, {GOODWILL}}}",
                          reasons=MISSING),
            "g-two": rule("g-two", "when: {delivered: yes}\ngrant: {remedy: compensation, payer: platform, "
                          "amounts: [{head: goodwill, fixed: 5.00 CNY}]}", reasons=MISSING),
        },
    ),
    "a sum paid half in points": Planted(
        "amounts that add up have different payers or forms",
        lambda _fault, answer, _found: len([due for plan in answer.plans for due in plan.dues
                                            if due.head is Head.GOODWILL]) == 1,
        platform={
            "g-one": rule("g-one", "when: {item_absent: yes}\n"
                          f"grant: {{remedy: compensation, adds: yes, {GOODWILL}}}", reasons=MISSING),
            "g-two": rule("g-two", "when: {delivered: yes}\ngrant: {remedy: compensation, adds: yes, form: points, "
                          "amounts: [{head: goodwill, fixed: 5.00 CNY}]}", reasons=MISSING),
        },
    ),
    "one head by line and by order": Planted(
        "one head due by line and once for the order",
        lambda _fault, answer, _found: len([due for plan in answer.plans for due in plan.dues
                                            if due.head is Head.GOODWILL]) == 2,
        platform={
            "g-one": rule("g-one", f"when: {{item_absent: yes}}\ngrant: {{remedy: compensation, {GOODWILL}}}",
                          reasons=MISSING),
            "g-two": rule("g-two", "when: {delivered: yes}\ngrant: {remedy: compensation, "
                          "amounts: [{head: goodwill, for: order, of: price, rate: 20%}]}", reasons=MISSING),
        },
    ),
    "the platform excludes what the law gives": Planted(
        "rule no-fruit leaves the buyer with less than the law gives: return and refund is taken away",
        lambda _fault, answer, _found: answer.plan(Remedy.RETURN_AND_REFUND) is None,
        platform={"no-fruit": rule("no-fruit", "when: {category: fresh/fruit}\nexclusion: {of: [law-defect]}",
                                   reasons=QUALITY)},
    ),
    "the platform presumes what the law excludes": Planted(
        "rule presumed leaves the buyer with less than the law gives: return and refund is taken away",
        lambda _fault, answer, _found: answer.plan(Remedy.RETURN_AND_REFUND) is None,
        law={"law-flaw": rule("law-flaw", "when: {flaw_was_declared: yes}\nexclusion: {of: [law-defect]}",
                              reasons=QUALITY)},
        platform={"presumed": rule("presumed", "when: {flaw_declared: yes}\n"
                                   "presumption: {fact: flaw_was_declared, burden: buyer}", reasons=QUALITY)},
    ),
    "the platform takes a fee off": Planted(
        "rule fee leaves the buyer with less than the law gives: price of the goods",
        _less_than_by_law(Remedy.RETURN_AND_REFUND, Head.GOODS),
        platform={"fee": rule("fee", "deduction: {of: [law-return], head: goods, amount: {of: price, rate: 10%}}",
                              reasons=MIND)},
    ),
    "the platform caps damages": Planted(
        "rule damages-cap leaves the buyer with less than the law gives: damages",
        _less_than_by_law(Remedy.COMPENSATION, Head.DAMAGES),
        platform={"damages-cap": rule("damages-cap", "cap: {on: damages, amount: {fixed: 500.00 CNY}}")},
    ),
    "the platform caps the freight back, proof shown or not": Planted(
        "rule freight-cap leaves the buyer with less than the law gives: the freight back",
        _less_than_by_law(Remedy.RETURN_AND_REFUND, Head.FREIGHT_BACK),
        platform={"freight-cap": rule("freight-cap", "cap: {on: freight_back, amount: {fixed: 25.00 CNY}}")},
    ),
    "the platform pays in points": Planted(
        "rule points leaves the buyer with less than the law gives: statutory compensation",
        _less_than_by_law(Remedy.COMPENSATION, Head.STATUTORY),
        law={"law-late": rule("law-late", "when: {item_absent: yes}\ngrant: {remedy: compensation, "
                              "amounts: [{head: statutory, of: price, rate: 10%}]}", reasons=MISSING)},
        platform={"points": rule("points", "when: {item_absent: yes}\ngrant: {remedy: compensation, form: points, "
                                 "amounts: [{head: statutory, of: price, rate: 20%}]}", reasons=MISSING)},
    ),
    "the platform gives the buyer less time": Planted(
        "rule quick goes before the law's law-ship-back", _term_differs,
        law={"law-ship-back": rule(
            "law-ship-back", "term: {step: ship_back, debtor: buyer, within: 7 days, on_silence: case_closed}")},
        platform={"quick": rule(
            "quick", "term: {step: ship_back, debtor: buyer, within: 48 hours, on_silence: case_closed, "
            "remedies: [return_and_refund]}")},
    ),
    "the platform's silence closes the case": Planted(
        "what follows on silence is not what the law says", _term_differs,
        law={"law-respond": rule(
            "law-respond", "term: {step: respond, debtor: merchant, within: 7 days, on_silence: claim_accepted}")},
        platform={"term-respond-merchant": rule(
            "term-respond-merchant",
            "term: {step: respond, debtor: merchant, within: 3 days, on_silence: case_closed}")},
    ),
    "a refund above the price": Planted(
        "rule much can pay price of the goods beyond what was paid", _more_than_paid(Head.GOODS),
        platform={"much": rule("much", "when: {item_absent: yes}\ngrant: {remedy: refund_only, "
                               "amounts: [{head: goods, of: price, rate: 150%}]}", reasons=MISSING)},
    ),
    "a multiple without a ceiling": Planted(
        "rule much can pay goodwill beyond what was paid", _more_than_paid(Head.GOODWILL),
        platform={"much": rule("much", "when: {item_absent: yes}\ngrant: {remedy: compensation, "
                               "amounts: [{head: goodwill, of: price, rate: 3}]}", reasons=MISSING)},
    ),
    "a figure somebody tells, without a ceiling": Planted(
        "rule much can pay damages beyond what was paid", _more_than_paid(Head.DAMAGES),
        platform={"much": rule("much", "when: {item_absent: yes}\ngrant: {remedy: compensation, "
                               "amounts: [{head: damages, of: loss_minor}]}", reasons=MISSING)},
    ),
}  # fmt: skip


def test_the_small_book_is_sound() -> None:
    assert faults_of(small_book()) == ()
    assert prove(small_book()).findings == ()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_told_and_confirmed_by_the_engine(name: str) -> None:
    fault = PLANTED[name]
    book = fault.book()
    assert faults_of(book) == ()
    found = [finding for finding in prove(book).findings if fault.says in finding.what.en]
    assert len(found) == 1, [finding.what.en for finding in prove(book).findings]
    finding = found[0]
    assert finding.confirmed
    assert finding.example is not None
    assert fault.shows(fault, finding.example.answer(book), finding)
    told = finding.problem()
    assert "yaml:" in told.say("en")
    assert "For example, an order of ¥" in told.say("en")
    assert "例如：¥" in told.say("zh")
    assert "2020年" in told.say("zh")


UNREACHABLE: dict[str, tuple[str, str]] = {
    "conditions that exclude each other": (
        "rule never never holds: no order can meet all of this: sent: no; received",
        rule("never", "when: {dispatched: no, goods_intact: yes, delivered: yes}\ngrant: {remedy: repair}",
             reasons=MISSING),
    ),
    "a time that cannot be": (
        "rule never never holds: no order can meet all of this: within 3 days of time of payment; after 7 days",
        rule("never", "when: {within: {term: 3 days, after: paid_at}, past: {term: 7 days, after: paid_at}}\n"
             "grant: {remedy: repair}", reasons=MISSING),
    ),
    "a right that is always excluded": (
        "rule never never counts: it is always excluded",
        rule("never", "when: {delivered: yes}\ngrant: {remedy: repair}", reasons=MISSING) + "\n"
        + rule("always", "when: {delivered: yes}\nexclusion: {of: [never]}", reasons=MISSING),
    ),
    "half of what the law gives anyway": (
        "rule half never counts",
        rule("half", "when: {item_absent: yes, delivered: yes}\ngrant: {remedy: refund_only, "
             "amounts: [{head: goods, of: price, rate: 50%}]}", reasons=MISSING),
    ),
    "an exclusion that never meets its grant": (
        "rule idle never counts against law-missing",
        rule("idle", "when: {item_absent: no}\nexclusion: {of: [law-missing]}", reasons=MISSING),
    ),
    "a longer term beside a shorter one": (
        "rule slow never counts",
        rule("slow", "term: {step: pay, debtor: merchant, within: 9 days, on_silence: fund_advances}"),
    ),
    "a lower cap beside a higher one": (
        "rule low never counts",
        rule("low", "when: {delivered: yes}\ncap: {on: fund, amount: {of: order_paid, rate: 50%}}"),
    ),
    "a cap on what is capped by the price": (
        "rule goods-cap never counts: price of the goods is capped by what was paid",
        rule("goods-cap", "cap: {on: goods, amount: {fixed: 500.00 CNY}}"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREACHABLE)
def test_a_rule_that_never_counts_is_found(name: str) -> None:
    says, text = UNREACHABLE[name]
    book = small_book(platform={"planted": text})
    found = [finding.problem() for finding in prove(book).findings]
    assert [one for one in found if says in one.say("en")], found
    assert all("platform.yaml:" in one.say("zh") for one in found)


def test_a_right_of_the_law_that_the_platform_betters_or_restates_is_no_fault() -> None:
    better = rule(
        "platform-missing", f"when: {{item_absent: yes}}\ngrant: {{remedy: refund_only, {PRICE}}}", reasons=MISSING
    )
    sooner = {
        "law-pay": rule("law-pay", "term: {step: pay, debtor: merchant, within: 7 days, on_silence: fund_advances}")
    }
    assert prove(small_book(sooner, {"restated": better})).findings == ()


def test_a_cap_without_proof_lessens_nothing_the_law_gives() -> None:
    cap = rule("cap", "when: {freight_receipt_shown: no}\ncap: {on: freight_back, amount: {fixed: 25.00 CNY}}")
    assert prove(small_book(platform={"cap": cap})).findings == ()


@pytest.mark.parametrize("market", queries.markets(RULEBOOKS))
def test_the_shipped_books_are_proven(market: str) -> None:
    assert [finding.problem().say("en") for finding in prove(real_book(market)).findings] == []
