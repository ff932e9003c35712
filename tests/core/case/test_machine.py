"""Any order of commands by anybody, on several cases of one order: what must always hold, holds.

The purse asserts I2 (paid ≤ due ≤ cap, over all cases of the order) at every payment.
"""

import copy

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from makewhole.core.case import commands as c
from makewhole.core.case.actions import BY_NAME, PARTY_OF, available_actions
from makewhole.core.case.claim import paid_by_case
from makewhole.core.case.clocks import may_run_together
from makewhole.core.case.decide import decide, would_give
from makewhole.core.case.decision import Refusal
from makewhole.core.case.events import seal, write_data
from makewhole.core.case.evolve import fold
from makewhole.core.case.model import SYSTEM, Actor, Case, Finding
from makewhole.core.case.record import read, write
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Head, Party, Reason, Remedy, Role
from tests.core.case.play import AGENT, BUYER, MERCHANT, OPERATOR, SECOND_AGENT, Play, Purse, Refused, an_order

STRANGERS = (Actor(Role.BUYER, "someone-else"), Actor(Role.MERCHANT, "another-shop"), OPERATOR)
PEOPLE = (BUYER, MERCHANT, AGENT, SECOND_AGENT, *STRANGERS)
REASONS = (Reason.ITEM_MISSING, Reason.QUALITY, Reason.PARCEL_LOST, Reason.LATE_DISPATCH, Reason.CHANGED_MIND)
FACT_OF = {Reason.ITEM_MISSING: "item_absent", Reason.QUALITY: "goods_defective", Reason.PARCEL_LOST: "parcel_lost"}

amounts = st.one_of(st.none(), st.integers(1, 25_000))
asked = st.builds(
    c.Asked, st.sampled_from(["1", "2", "*"]), st.sampled_from([Head.GOODS, Head.LATENESS, Head.GOODWILL]),
    st.integers(1, 12_000),
)  # fmt: skip
proposals = st.builds(c.Proposal, remedy=st.sampled_from(Remedy), amount_minor=amounts, dues=st.none()) | st.builds(
    c.Proposal, remedy=st.sampled_from(Remedy), dues=st.lists(asked, min_size=1, max_size=2).map(tuple)
)
notes = st.sampled_from(["", "It was in the box.", "See the photograph."])
findings = st.sampled_from(
    [(), *(tuple(Finding(name, True, "Shown.", ()) for name in FACT_OF.values()),) * 3,
     (Finding("item_absent", False, "It was weighed.", ()),), (Finding("no_such_fact", True, "Shown.", ()),)]
)  # fmt: skip
rulings = {
    "findings": findings,
    "reasons": st.sampled_from(["", "By the rules.", "By the rules and the pictures."]),
    "proposal": st.none() | proposals,
    "beyond_reason": st.sampled_from(["", "In fairness."]),
}
sent = {"carrier": st.just("SF"), "tracking_number": st.just("1")}
COMMANDS: dict[type, st.SearchStrategy[object]] = {
    c.AcceptClaim: st.builds(c.AcceptClaim),
    c.AcceptOffer: st.builds(c.AcceptOffer),
    c.MakeOffer: st.builds(c.MakeOffer, proposal=proposals, note=notes),
    c.RefuseClaim: st.builds(c.RefuseClaim, note=notes),
    c.Escalate: st.builds(c.Escalate),
    c.Withdraw: st.builds(c.Withdraw),
    c.SubmitEvidence: st.builds(c.SubmitEvidence, note=notes),
    c.FinishEvidence: st.builds(c.FinishEvidence),
    c.ShipBack: st.builds(c.ShipBack, **sent, freight_minor=amounts),
    c.ConfirmReturn: st.builds(c.ConfirmReturn),
    c.ContestReturn: st.builds(c.ContestReturn, note=notes),
    c.SendGoods: st.builds(c.SendGoods, **sent),
    c.ConfirmReceipt: st.builds(c.ConfirmReceipt),
    c.ReportNotReceived: st.builds(c.ReportNotReceived, note=notes),
    c.PayNow: st.builds(c.PayNow),
    c.RequestEvidence: st.builds(
        c.RequestEvidence, parties=st.sampled_from([(Party.BUYER,), (Party.FUND,), ()]), question=notes
    ),
    c.Rule: st.builds(c.Rule, **rulings),
    c.RuleAppeal: st.builds(c.RuleAppeal, **rulings),
    c.AcceptRuling: st.builds(c.AcceptRuling),
    c.Appeal: st.builds(c.Appeal, grounds=notes),
}
RARE = frozenset({c.AcceptClaim, c.Withdraw, c.SubmitEvidence})
"""Commands that end the interesting part early, or can always be given; they are drawn more rarely."""


class AnyCourse(RuleBasedStateMachine):
    """Several cases of one order of two lines (three units and one), played by everybody at random."""

    play: Play

    @initialize(
        escrow=st.sampled_from([0, 7_000, 10**9]),
        fund=st.sampled_from([0, 3_000, 10**9]),
        dispatched=st.booleans(),
        late=st.booleans(),
        confirms_later=st.booleans(),
    )
    def sell(self, escrow: int, fund: int, dispatched: bool, late: bool, confirms_later: bool) -> None:
        order = an_order(quantities=(3, 1), price_minor=3_333, dispatched=dispatched, late=late)
        self.play = Play(order, Purse(escrow=escrow, fund=fund, confirms_later=confirms_later))

        self.claim((Reason.ITEM_MISSING,), "1", 2, c.Proposal(remedy=Remedy.REFUND_ONLY))

    @rule(
        reasons=st.lists(st.sampled_from(REASONS), min_size=1, max_size=2, unique=True).map(tuple),
        line=st.sampled_from(["1", "2"]),
        quantity=st.integers(1, 3),
        proposal=st.sampled_from(Remedy).map(lambda remedy: c.Proposal(remedy=remedy)) | proposals,
        granted=st.booleans(),
    )
    def open(self, reasons: tuple[Reason, ...], line: str, quantity: int, proposal: c.Proposal, granted: bool) -> None:
        """Claim anything; half the time a remedy the rules really give."""
        if granted:
            lines = (ClaimLine(line, quantity),)
            answer = would_give(self.play.context(BUYER), reasons, lines, (), self.play.now)
            if isinstance(answer, Refusal) or not answer.plans:
                return
            proposal = c.Proposal(remedy=answer.plans[quantity % len(answer.plans)].remedy)
        self.claim(reasons, line, quantity, proposal)

    def claim(self, reasons: tuple[Reason, ...], line: str, quantity: int, proposal: c.Proposal) -> None:
        if self.play.case is not None:
            self.play.put_away()
        self.give(BUYER, c.OpenCase(reasons=reasons, lines=(ClaimLine(line, quantity),), proposal=proposal))
        if self.play.case is None and self.play.others:
            self.play.take_up(-1)

    @precondition(lambda self: self.play.case is not None)
    @rule(data=st.data(), rare=st.integers(0, 5))
    def do_what_is_offered(self, data: st.DataObject, rare: int) -> None:
        offered = [
            (actor, BY_NAME[each.name].command)
            for actor in (BUYER, MERCHANT, AGENT, SECOND_AGENT)
            for each in available_actions(self.play.case, actor)
            if rare == 0 or BY_NAME[each.name].command not in RARE
        ]
        if offered:
            actor, kind = data.draw(st.sampled_from(offered))
            self.give(actor, data.draw(COMMANDS[kind]))

    @rule(data=st.data())
    def do_more_of_what_is_offered(self, data: st.DataObject) -> None:
        for _ in range(3):
            if self.play.case is not None:
                self.do_what_is_offered(data, 1)

    @precondition(lambda self: self.play.case is not None)
    @rule(actor=st.sampled_from(PEOPLE), command=st.one_of(*COMMANDS.values()))
    def try_anything(self, actor: Actor, command: object) -> None:
        before = self.play.case
        if not self.give(actor, command):
            assert self.play.case is before
        elif actor in STRANGERS:
            raise AssertionError(f"a stranger gave {command}")

    @precondition(lambda self: self.play.case is not None and self.play.case.is_open)
    @rule(patience=st.integers(0, 2))
    def keep_silent(self, patience: int) -> None:
        if patience == 0:
            self.play.silence()

    @precondition(lambda self: self.play.case is not None and self.play.case.awaited)
    @rule(fails=st.booleans())
    def provider_reports(self, fails: bool) -> None:
        (reference, *_) = self.play.case.awaited
        report = c.RefundFailed(reference=reference, why="closed") if fails else c.RefundSettled(reference=reference)
        self.give(SYSTEM, report)

    @precondition(lambda self: len(self.play.others) > 0)
    @rule(data=st.data())
    def take_up_another(self, data: st.DataObject) -> None:
        self.play.take_up(data.draw(st.integers(0, len(self.play.others) - 1)))

    @rule(minor=st.sampled_from([1, 2_000, 10**6]))
    def merchant_sells_something(self, minor: int) -> None:
        self.play.purse.merchant += minor

    def give(self, actor: Actor, command: object) -> bool:
        """Give a command, after deciding it twice alike. False when it was refused."""
        play = self.play
        numbers = copy.copy(play.numbers)
        first = decide(play.case, command, play.context(actor), play.now)
        play.numbers = copy.copy(numbers)
        second = decide(play.case, command, play.context(actor), play.now)
        assert first == second
        play.numbers = numbers
        if isinstance(first, Refusal):
            assert first.what.zh
            assert first.what.en
            assert first.to_do.zh
            assert first.to_do.en
            return False
        try:
            before = play.case, list(play.events), copy.deepcopy(play.purse)
            play.give(actor, command)
        except Refused:
            play.case, play.events, play.purse = before
            return False
        return True

    def cases(self) -> list[tuple[Case, list[object]]]:
        here = [] if self.play.case is None else [(self.play.case, self.play.events)]
        return [*self.play.others, *here]

    @invariant()
    def never_stuck(self) -> None:
        for case, _ in self.cases():
            assert not case.is_open or may_run_together(case.stage, case.obligations)
            assert case.is_open is (case.outcome is None)

    @invariant()
    def events_make_the_case(self) -> None:
        for case, events in self.cases():
            assert fold(events) == case
            assert read(Case, write(case)) == case
            assert [event.sequence for event in events] == list(range(1, case.sequence + 1))
            previous = b""
            for event in events:
                previous = seal(previous, case.id, event, write_data(event))

    @invariant()
    def no_more_than_the_price_was_paid(self) -> None:
        paid: dict[tuple[str, Head], int] = {}
        for case, _ in self.cases():
            for place, minor in paid_by_case(case).items():
                paid[place] = paid.get(place, 0) + minor
        assert paid == self.play.purse.paid
        for line in self.play.order.lines:
            assert paid.get((line.id, Head.GOODS), 0) <= line.gross_minor

    @invariant()
    def what_is_offered_is_not_refused_for_who_asks(self) -> None:
        case = self.play.case
        if case is not None:
            for actor in PEOPLE:
                for offered in available_actions(case, actor):
                    assert offered.effect.zh
                    assert offered.effect.en
                    assert actor not in STRANGERS
                    assert PARTY_OF[actor.role] is not None


AnyCourse.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnyCourse = AnyCourse.TestCase
