"""The two sides among themselves. Two teapots at ¥100 each and ¥10 freight; one is said to be missing."""

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.model import Outcome
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Head, Reason, Remedy, Stage
from tests.core.case.play import AGENT, BUYER, MERCHANT, OPERATOR, Play, Purse, Refused, shanghai

MISSING, REFUND = Reason.ITEM_MISSING, Remedy.REFUND_ONLY
PARTIAL = c.MakeOffer(proposal=c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=3_000), note="It was nearly full.")


@pytest.fixture
def play() -> Play:
    return Play()


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusal.code


def test_an_opened_case_waits_for_the_merchant_until_the_rulebooks_time(play: Play) -> None:
    case = play.open(MISSING, REFUND)
    assert play.waits_for() == {"merchant: respond"}
    (respond,) = case.obligations
    assert shanghai(play.now) == "03-02 18:00"
    assert shanghai(respond.due_at) == "03-04 18:00"
    assert respond.rule_id == "demo-respond"
    assert case.wanted.total_minor == 10_000


def test_the_merchant_accepts_and_the_money_goes_out_at_once(play: Play) -> None:
    play.open(MISSING, REFUND)
    case = play.give(MERCHANT, c.AcceptClaim())
    assert play.waits_for() == {"platform: settle_refund"}
    assert case.payments[0].total_minor == 10_000
    assert play.settle().outcome is Outcome.SETTLED


def test_silence_accepts_the_claim(play: Play) -> None:
    play.open(MISSING, REFUND)
    assert play.silence().stage is Stage.PERFORMANCE
    assert play.settle().outcome is Outcome.SETTLED


def test_an_offer_waits_for_the_buyer_and_lapses_without_binding_anybody(play: Play) -> None:
    play.open(MISSING, REFUND)
    play.give(MERCHANT, PARTIAL)
    assert play.waits_for() == {"buyer: answer_offer"}
    case = play.silence()
    assert case.offer is None
    assert play.waits_for() == {"buyer: revise_or_escalate"}
    assert play.silence().outcome is Outcome.LAPSED


def test_the_buyer_accepts_an_offer_of_less(play: Play) -> None:
    play.open(MISSING, REFUND)
    play.give(MERCHANT, PARTIAL)
    case = play.give(BUYER, c.AcceptOffer())
    assert case.agreed is not None
    assert (case.agreed.remedy, case.agreed.total_minor) == (Remedy.PARTIAL_REFUND, 3_000)
    assert play.settle().outcome is Outcome.SETTLED


def test_the_buyer_counters_and_the_merchant_may_accept_that(play: Play) -> None:
    play.open(MISSING, REFUND)
    play.give(MERCHANT, PARTIAL)
    play.give(BUYER, c.MakeOffer(proposal=c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=6_000)))
    assert play.waits_for() == {"merchant: answer_offer"}
    case = play.give(MERCHANT, c.AcceptClaim())
    assert case.agreed is not None
    assert case.agreed.total_minor == 6_000


def test_a_lowered_counter_does_not_bind_the_buyer_before_the_platform(play: Play) -> None:
    play.open(MISSING, REFUND)
    play.give(MERCHANT, PARTIAL)
    play.give(BUYER, c.MakeOffer(proposal=c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=6_000)))
    play.give(MERCHANT, c.RefuseClaim(note="The shop camera shows it."))
    case = play.give(BUYER, c.Escalate())
    assert case.demand.total_minor == 10_000


def test_a_refusal_gives_its_reason_and_leaves_the_next_step_to_the_buyer(play: Play) -> None:
    play.open(MISSING, REFUND)
    with pytest.raises(Refused) as refused:
        play.give(MERCHANT, c.RefuseClaim(note="  "))
    assert (code(refused), refused.value.refusal.where) == ("note_missing", "note")
    play.give(MERCHANT, c.RefuseClaim(note="It was in the box."))
    assert play.waits_for() == {"buyer: revise_or_escalate"}


def test_the_merchant_may_still_give_in_after_refusing(play: Play) -> None:
    play.open(MISSING, REFUND)
    play.give(MERCHANT, c.RefuseClaim(note="It was in the box."))
    assert play.give(MERCHANT, c.AcceptClaim()).stage is Stage.PERFORMANCE


def test_the_buyer_withdraws_and_nothing_is_paid(play: Play) -> None:
    play.open(MISSING, REFUND)
    case = play.give(BUYER, c.Withdraw(note="Found it."))
    assert (case.outcome, case.payments) == (Outcome.WITHDRAWN, ())


def test_offers_come_to_an_end(play: Play) -> None:
    play.open(MISSING, REFUND)
    counter = c.MakeOffer(proposal=c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=6_000))
    for _ in range(5):
        play.give(MERCHANT, PARTIAL)
        play.give(BUYER, counter)
    with pytest.raises(Refused) as refused:
        play.give(MERCHANT, PARTIAL)
    assert code(refused) == "offers_exhausted"


@pytest.mark.parametrize(
    ("proposal", "refusal"),
    [
        (c.Proposal(remedy=REFUND, amount_minor=10_001), "more_than_due"),
        (c.Proposal(remedy=REFUND, dues=(c.Asked("2", Head.GOODS, 100),)), "more_than_due"),
        (c.Proposal(remedy=REFUND, dues=(c.Asked("1", Head.GOODWILL, 100),)), "more_than_due"),
        (c.Proposal(remedy=REFUND, dues=(c.Asked("1", Head.GOODS, -1),)), "amount_not_positive"),
        (c.Proposal(remedy=REFUND, dues=()), "nothing_asked"),
        (c.Proposal(remedy=REFUND, dues=(c.Asked("1", Head.GOODS, 1),), amount_minor=1), "two_amounts"),
        (c.Proposal(remedy=Remedy.REPAIR), "not_due"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_claim_asks_for_what_is_due_or_less(play: Play, proposal: c.Proposal, refusal: str) -> None:
    with pytest.raises(Refused) as refused:
        play.give(
            BUYER, c.OpenCase(reasons=(MISSING,), lines=(ClaimLine("1", 1),), proposal=proposal)
        )  # fmt: skip
    assert code(refused) == refusal
    assert play.case is None


def test_asking_less_is_allowed(play: Play) -> None:
    assert play.open(MISSING, REFUND, amount_minor=2_500).wanted.total_minor == 2_500


def test_trap_12_goodwill_is_possible_where_nothing_more_is_due(play: Play) -> None:
    play.open(MISSING, Remedy.RESHIP)
    offer = c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=11_500)
    case = play.give(MERCHANT, c.MakeOffer(proposal=offer))
    assert case.offer is not None
    assert [(due.head, due.amount_minor) for due in case.offer.terms.dues] == [
        (Head.GOODS, 10_000),
        (Head.GOODWILL, 1_500),
    ]
    play.silence()
    with pytest.raises(Refused) as refused:
        play.give(BUYER, c.MakeOffer(proposal=offer))
    assert code(refused) == "more_than_due"


def test_goodwill_is_never_laid_out_by_the_fund() -> None:
    play = Play(purse=Purse(escrow=0))
    play.open(MISSING, REFUND)
    play.give(MERCHANT, c.MakeOffer(proposal=c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=11_000)))
    play.give(BUYER, c.AcceptOffer())
    assert play.waits_for() == {"merchant: pay"}
    case = play.silence()
    assert case.advanced_minor == 10_000
    assert play.waits_for() == {"merchant: pay", "platform: settle_refund"}


@pytest.mark.parametrize(
    ("actor", "command", "refusal"),
    [
        (BUYER, c.AcceptClaim(), "not_yours"),
        (AGENT, c.AcceptClaim(), "not_yours"),
        (OPERATOR, c.AcceptClaim(), "not_yours"),
        (OPERATOR, c.Rule(findings=(), reasons="So."), "not_yours"),
        (AGENT, c.Rule(findings=(), reasons="So."), "not_now"),
        (MERCHANT._replace(party_id="another-shop"), c.AcceptClaim(), "case_unknown"),
        (BUYER._replace(party_id="someone-else"), c.Withdraw(), "case_unknown"),
        (BUYER, c.AcceptOffer(), "not_now"),
        (BUYER, c.Expire(obligation_id="id-2"), "not_yours"),
        (MERCHANT, c.RefundSettled(reference="r"), "not_yours"),
    ],
)
def test_only_who_the_table_names_may_act(play: Play, actor: object, command: object, refusal: str) -> None:
    play.open(MISSING, REFUND)
    with pytest.raises(Refused) as refused:
        play.give(actor, command)  # type: ignore[arg-type]
    assert code(refused) == refusal


def test_a_closed_case_takes_no_more_commands(play: Play) -> None:
    play.open(MISSING, REFUND)
    play.give(BUYER, c.Withdraw())
    with pytest.raises(Refused) as refused:
        play.give(MERCHANT, c.AcceptClaim())
    assert code(refused) == "case_closed"


def test_only_the_buyer_of_the_order_opens_a_case(play: Play) -> None:
    command = c.OpenCase(reasons=(MISSING,), lines=(ClaimLine("1", 1),), proposal=c.Proposal(remedy=REFUND))
    for actor, refusal in ((BUYER._replace(party_id="someone-else"), "order_unknown"), (MERCHANT, "not_yours")):
        with pytest.raises(Refused) as refused:
            play.give(actor, command)
        assert code(refused) == refusal
