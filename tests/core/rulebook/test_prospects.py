"""A certain right never hides a better one that hangs on a fact nobody has told yet."""

import pytest

from makewhole.core.facts import FACTS
from makewhole.core.rulebook.explain import explain
from makewhole.core.rulebook.model import Answer, ClaimLine, Paid, Plan, Prospect, Question
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.scenario import answer_to
from makewhole.core.words import Head, Party, Provenance, Remedy
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import RULEBOOKS, answer, book, found, order, real_book, rule, told

TENTH = rule("tenth", "grant: {remedy: partial_refund, amounts: [{head: goods, of: price, rate: 10%}]}")
SPOILED = "when: {spoiled_percent: {above: 30}}\n"
HALF = rule(
    "half",
    SPOILED + "grant: {remedy: partial_refund, amounts: [{head: goods, of: price, rate: 50%}]}",
)
BOTH = [ClaimLine("1", 1), ClaimLine("2", 2)]


def _plan(given: Answer) -> Plan:
    (plan,) = given.plans
    return plan


def test_the_better_right_is_shown_and_its_fact_is_asked_for() -> None:
    given = answer(book(TENTH, HALF))
    plan = _plan(given)
    assert (plan.total_minor, plan.depends_on, plan.rule_ids) == (1990, (), ("tenth",))
    assert plan.prospect == Prospect(9950, (Question("spoiled_percent", ("half",)),))
    assert given.questions == (Question("spoiled_percent", ("half",)),)


@pytest.mark.parametrize(("spoiled", "total_minor"), [(31, 9950), (30, 1990)])
def test_once_the_fact_is_told_there_is_no_prospect_left(spoiled: int, total_minor: int) -> None:
    given = answer(book(TENTH, HALF), facts=told(spoiled_percent=spoiled))
    assert (_plan(given).total_minor, _plan(given).prospect, given.questions) == (total_minor, None, ())


def test_a_plan_is_final_only_when_nothing_open_could_make_it_more() -> None:
    open_still = _plan(answer(book(TENTH, HALF)))
    assert (open_still.settled, open_still.final) == (True, False)
    assert _plan(answer(book(TENTH, HALF), facts=found(spoiled_percent=20))).final


def test_a_right_that_gives_no_more_is_no_prospect() -> None:
    same = HALF.replace("id: half", "id: same").replace("50%", "10%")
    fifth_less = HALF.replace("id: half", "id: less").replace("50%", "8%")
    given = answer(book(TENTH, same, fifth_less))
    assert (_plan(given).prospect, given.questions) == (None, ())


def test_an_amount_that_is_itself_not_known_leaves_the_prospect_open() -> None:
    shown = rule(
        "shown",
        "grant: {remedy: partial_refund, amounts: [{head: goods, of: price, percent_of: value_lost_percent}]}",
    )
    given = answer(book(TENTH, shown))
    assert _plan(given).prospect == Prospect(None, (Question("value_lost_percent", ("shown",)),))


def test_an_exclusion_in_doubt_hides_nothing_either() -> None:
    whole = rule("whole", "grant: {remedy: partial_refund, amounts: [{head: goods, of: price}]}")
    declared = rule("declared", "when: {flaw_was_declared: yes}\nexclusion: {of: [whole]}")
    given = answer(book(TENTH, whole, declared))
    assert (_plan(given).total_minor, _plan(given).rule_ids) == (1990, ("tenth",))
    assert _plan(given).prospect == Prospect(19900, (Question("flaw_was_declared", ("declared",)),))


def test_of_several_better_rights_the_best_counts_and_all_their_facts_are_asked_for() -> None:
    whole = rule(
        "whole",
        "when: {flaw_was_declared: no, spoiled_percent: {above: 90}}\n"
        "grant: {remedy: partial_refund, amounts: [{head: goods, of: price}]}",
    )
    given = answer(book(TENTH, HALF, whole))
    prospect = _plan(given).prospect
    assert prospect is not None
    assert prospect.total_minor == 19900
    assert {question.fact: question.rule_ids for question in prospect.questions} == {
        "spoiled_percent": ("half", "whole"),
        "flaw_was_declared": ("whole",),
    }


def test_rights_that_add_are_summed_in_the_prospect() -> None:
    sure = rule("sure", "grant: {remedy: compensation, adds: yes, amounts: [{head: damages, fixed: 5.00 CNY}]}")
    maybe = rule(
        "maybe",
        SPOILED + "grant: {remedy: compensation, adds: yes, amounts: [{head: damages, fixed: 7.00 CNY}]}",
    )
    prospect = _plan(answer(book(sure, maybe))).prospect
    assert prospect is not None
    assert prospect.total_minor == 1200


def test_the_prospect_of_several_lines_is_that_of_all_of_them() -> None:
    prospect = _plan(answer(book(TENTH, HALF), lines=tuple(BOTH))).prospect
    assert prospect is not None
    assert prospect.total_minor == 9950 + 3500


def test_what_is_due_once_for_the_order_is_hoped_for_once() -> None:
    sure = rule("sure", "grant: {remedy: compensation, amounts: [{head: damages, fixed: 5.00 CNY, for: order}]}")
    maybe = rule(
        "maybe",
        SPOILED + "grant: {remedy: compensation, amounts: [{head: damages, fixed: 7.00 CNY, for: order}]}",
    )
    prospect = _plan(answer(book(sure, maybe), lines=tuple(BOTH))).prospect
    assert prospect is not None
    assert prospect.total_minor == 700


def test_what_was_paid_before_is_taken_off_the_prospect_as_well() -> None:
    paid = (Paid("1", Head.GOODS, 1000, Party.MERCHANT),)
    plan = _plan(answer(book(TENTH, HALF), paid=paid))
    assert plan.total_minor == 990
    assert plan.prospect is not None
    assert plan.prospect.total_minor == 8950


def test_the_answer_says_so_in_words() -> None:
    rules, of = book(TENTH, HALF), order()
    given = answer(rules, of=of)
    for language, text in (
        ("zh", "最多可能到 ¥99.50，取决于：坏损比例（百分比）"),
        ("en", "It may come to as much as ¥99.50, depending on: "),
    ):
        lines = [line for block in explain(given, rules, of, language) for line in block.lines]
        (told_of,) = [line for line in lines if line.text.startswith(text)]
        assert told_of.rule_id == "half"


def _money(plan: Plan) -> int:
    """What it gives but for the cost of sending back, which is due once it is known."""
    return sum(due.amount_minor for due in plan.dues if due.head is not Head.FREIGHT_BACK)


def _taken_for_granted(name: str, given: Answer) -> bool:
    """Whether an answer goes without the fact: it is taken not to be so until somebody says so, or presumed."""
    presumed = {needed.fact for needed in given.evidence if needed.standing is Provenance.PRESUMED}
    return FACTS[name].assumed is not None or name in presumed


@pytest.mark.parametrize("market", queries.markets(RULEBOOKS))
def test_no_fact_left_out_of_a_scenario_hides_what_it_would_bring(market: str) -> None:
    rules: Rulebook = real_book(market)
    hidden: list[tuple[str, str, Remedy]] = []
    for scenario in queries.scenarios(rules, RULEBOOKS):
        whole = answer_to(scenario, rules)
        for name in scenario.claim.facts:
            facts = {other: fact for other, fact in scenario.claim.facts.items() if other != name}
            given = answer_to(scenario._replace(claim=scenario.claim._replace(facts=facts)), rules)
            for plan in given.plans:
                better = whole.plan(plan.remedy)
                if better is None or name in plan.depends_on or _taken_for_granted(name, given):
                    continue
                prospect = plan.prospect
                if prospect is None:
                    most = _money(plan)
                else:
                    most = _money(better) if prospect.total_minor is None else prospect.total_minor
                if _money(better) > most:
                    hidden.append((scenario.id, name, plan.remedy))
    assert hidden == []
