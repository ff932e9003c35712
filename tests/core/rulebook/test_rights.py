"""Which rights a claim has: they strengthen each other; exclusions, unknown facts and burdens of proof."""

from makewhole.core.order.model import Line, LineFlag
from makewhole.core.rulebook.model import Answer, Claim, ClaimLine, ObstacleKind
from makewhole.core.rulebook.raised import raisable
from makewhole.core.words import Head, Party, Provenance, Reason, Remedy
from tests.core.rulebook.books import NOW, answer, book, found, order, rule, told

RETURN = "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}"
DEFECTIVE = "when: {goods_defective: yes}\n"


def _dues(given: Answer, remedy: Remedy) -> dict[tuple[str, Head], int]:
    plan = given.plan(remedy)
    return {} if plan is None else {(due.line_id, due.head): due.amount_minor for due in plan.dues}


def test_a_right_without_conditions_is_given() -> None:
    given = answer(book(rule("a-rule", RETURN)))
    assert _dues(given, Remedy.RETURN_AND_REFUND) == {("1", Head.GOODS): 19900}
    assert given.plans[0].rule_ids == ("a-rule",)
    assert given.edition == "cn@2020-01-01"


def test_a_reason_alleges_its_fact_and_the_plan_waits_for_proof() -> None:
    given = answer(book(rule("a-rule", DEFECTIVE + RETURN)))
    assert given.plans[0].depends_on == ()
    assert not given.plans[0].settled
    assert [(one.fact, one.burden, one.standing) for one in given.evidence] == [
        ("goods_defective", Party.BUYER, Provenance.ALLEGED)
    ]


def test_a_finding_settles_the_plan_and_needs_no_more_proof() -> None:
    given = answer(book(rule("a-rule", DEFECTIVE + RETURN)), facts=found(goods_defective=True))
    assert given.plans[0].settled
    assert given.evidence == ()


def test_a_finding_against_the_buyer_leaves_nothing_and_says_by_which_fact() -> None:
    given = answer(book(rule("a-rule", DEFECTIVE + RETURN)), facts=found(goods_defective=False))
    assert given.plans == ()
    assert [(one.kind, one.rule_id, one.fact) for one in given.obstacles] == [
        (ObstacleKind.NOT_CLAIMABLE, "a-rule", "goods_defective")
    ]


def test_a_finding_goes_before_the_record_of_the_order() -> None:
    rules = book(rule("a-rule", "when: {delivered: no}\n" + RETURN))
    assert answer(rules).plans == ()
    assert answer(rules, facts=told(delivered=False)).plans == ()
    assert answer(rules, facts=found(delivered=False)).plans[0].settled


def test_what_no_reason_alleges_is_not_so_unless_a_rule_presumes_it() -> None:
    either = "when:\n  any: [{goods_defective: yes}, {goods_damaged: yes}]\n" + RETURN
    disproved = found(goods_defective=False)
    given = answer(book(rule("either", either)), facts=disproved)
    assert (given.plans, given.questions) == ((), ()), "nobody says that the goods are damaged"
    shift = rule("shift", "presumption: {fact: goods_damaged, burden: merchant}")
    assert answer(book(rule("either", either), shift), facts=disproved).plans[0].rule_ids == ("either", "shift")


def test_a_right_that_hangs_on_an_unknown_fact_is_shown_with_the_question() -> None:
    given = answer(book(rule("a-rule", "when: {defect_grave: yes}\n" + RETURN)))
    assert given.plans[0].depends_on == ("defect_grave",)
    assert [(one.fact, one.rule_ids) for one in given.questions] == [("defect_grave", ("a-rule",))]


def test_the_better_right_counts_whatever_layer_grants_it() -> None:
    half = rule("half", "grant: {remedy: partial_refund, amounts: [{head: goods, of: price, rate: 50%}]}")
    third = rule("third", "grant: {remedy: partial_refund, amounts: [{head: goods, of: price, rate: 30%}]}")
    for first, second in ((half, third), (third, half)):
        given = answer(book(first, second))
        assert _dues(given, Remedy.PARTIAL_REFUND) == {("1", Head.GOODS): 9950}
        assert given.plans[0].dues[0].rule_id == "half"


def test_only_marked_rights_add_up() -> None:
    one = "grant: {remedy: compensation, adds: %s, amounts: [{head: statutory, fixed: 10.00 CNY}]}"
    assert _dues(answer(book(rule("a", one % "no"), rule("b", one % "no"))), Remedy.COMPENSATION) == {
        ("1", Head.STATUTORY): 1000
    }
    given = answer(book(rule("a", one % "yes"), rule("b", one % "yes")))
    assert _dues(given, Remedy.COMPENSATION) == {("1", Head.STATUTORY): 2000}
    assert given.plans[0].adds_to_any


def test_a_certain_right_goes_before_one_that_hangs_on_something() -> None:
    sure, unsure = rule("sure", RETURN), rule("unsure", "when: {defect_grave: yes}\n" + RETURN)
    given = answer(book(unsure, sure))
    assert given.plans[0].rule_ids == ("sure",)
    assert given.questions == ()


def test_an_exclusion_stops_the_rights_it_names_and_no_others() -> None:
    grants = rule("law", RETURN), rule("promise", RETURN)
    stop = rule("stop", "when: {is_gift: yes}\nexclusion: {of: [law]}")
    gift = Line("1", "s", "杯", "home", 1, 19900, 0, frozenset({LineFlag.GIFT}))
    given = answer(book(*grants, stop), of=order(gift))
    assert given.plans[0].rule_ids == ("promise",)
    assert given.obstacles == ()
    only = answer(book(grants[0], stop), of=order(gift))
    assert [(one.kind, one.rule_id, one.fact) for one in only.obstacles] == [(ObstacleKind.EXCLUDED, "stop", "is_gift")]


def test_an_exclusion_that_hangs_on_an_unknown_fact_makes_the_right_hang_on_it() -> None:
    stop = rule("stop", "when: {goods_intact: no}\nexclusion: {of: [law]}")
    given = answer(book(rule("law", RETURN), stop))
    assert given.plans[0].depends_on == ("goods_intact",)
    assert [(one.fact, one.rule_ids) for one in given.questions] == [("goods_intact", ("stop",))]


def test_an_exception_nobody_raises_is_neither_asked_for_nor_counted() -> None:
    stop = rule("stop", "when: {force_majeure: yes}\nexclusion: {of: [law]}")
    given = answer(book(rule("law", RETURN), stop))
    assert given.plans[0].depends_on == ()
    assert given.questions == ()
    raised = answer(book(rule("law", RETURN), stop), facts=told(force_majeure=True))
    assert raised.plans == ()


def test_trap_28_lines_are_judged_each_for_itself() -> None:
    fruit, cup = Line("1", "f", "苹果", "fresh/fruit", 1, 5000), Line("2", "c", "杯", "home", 1, 10000)
    stop = rule("fresh", "when: {category: fresh}\nexclusion: {of: [law]}")
    given = answer(book(rule("law", RETURN), stop), of=order(fruit, cup), lines=(ClaimLine("1", 1), ClaimLine("2", 1)))
    assert _dues(given, Remedy.RETURN_AND_REFUND) == {("2", Head.GOODS): 10000}
    assert [(one.kind, one.line_id) for one in given.obstacles] == [(ObstacleKind.EXCLUDED, "1")]


def test_a_burden_on_the_merchant_makes_the_fact_presumed() -> None:
    shift = rule("shift", "when: {category: fresh}\npresumption: {fact: goods_defective, burden: merchant}")
    rules = book(rule("law", DEFECTIVE + RETURN), shift)
    fruit = order(Line("1", "f", "苹果", "fresh", 1, 5000))
    given = answer(rules, of=fruit)
    assert given.plans[0].settled
    assert given.plans[0].rule_ids == ("law", "shift")
    assert [(one.burden, one.standing, one.rule_id) for one in given.evidence] == [
        (Party.MERCHANT, Provenance.PRESUMED, "shift")
    ]
    disproved = answer(rules, of=fruit, facts=found(goods_defective=False))
    assert disproved.plans == ()


def test_a_presumption_resting_on_a_bare_word_settles_nothing() -> None:
    shift = rule("shift", "when: {defect_kind: hidden}\npresumption: {fact: goods_defective, burden: merchant}")
    rules = book(rule("law", DEFECTIVE + RETURN), shift)
    assert not answer(rules, facts=told(defect_kind="hidden")).plans[0].settled
    assert answer(rules, facts=told(Provenance.EVIDENCED, defect_kind="hidden")).plans[0].settled


def test_what_is_not_asked_for_may_be_raised_by_who_can_tell_it_for_goods_like_these() -> None:
    loss = "grant: {remedy: compensation, amounts: [{head: damages, of: loss_minor, for: order}]}"
    rules = book(
        rule("loss", loss),
        rule("fresh", "when: {category: fresh, seller_untraceable: yes}\n" + RETURN),
        rule("stop", "when: {force_majeure: yes}\nexclusion: {of: [loss]}"),
    )

    def raised(line: Line, teller: Party) -> tuple[str, ...]:
        claim = Claim((Reason.QUALITY,), (ClaimLine("1", 1),), {}, NOW)
        return raisable(rules, order(line), claim, NOW, teller)

    fruit, cup = Line("1", "f", "苹果", "fresh/fruit", 1, 5000), Line("1", "c", "杯", "home", 1, 10000)
    assert raised(fruit, Party.BUYER) == ("loss_minor", "seller_untraceable")
    assert raised(cup, Party.BUYER) == ("loss_minor",)
    assert raised(cup, Party.MERCHANT) == ("force_majeure",)
