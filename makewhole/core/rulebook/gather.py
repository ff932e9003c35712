"""Gather what the rules give, line by line, into plans, obstacles, evidence and questions.

A line's price paid back in full closes every remedy that would give goods back or give goods again; what is still due
on it (freight) is then refunded without a return. A part paid back closes only the remedies that would replace the
whole item.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from makewhole.core.allocation.model import Allocation, LineShare
from makewhole.core.calendar import Deadline
from makewhole.core.facts import FACTS
from makewhole.core.order.model import Means, Order
from makewhole.core.rulebook.amounts import Sums, reckon, units_of
from makewhole.core.rulebook.compile import CapRule, DeductionRule, GrantRule, LiabilityRule, Program
from makewhole.core.rulebook.draft import Draft, Entitled, merged_until
from makewhole.core.rulebook.fill import ALLEGED, PRESUMED, SOUND, Known
from makewhole.core.rulebook.model import (
    WHOLE_ORDER,
    ClaimLine,
    Due,
    EvidenceNeeded,
    FundCover,
    Obstacle,
    ObstacleKind,
    Paid,
    Plan,
    Question,
    SanctionFaced,
)
from makewhole.core.rulebook.plans import PlanMaker
from makewhole.core.rulebook.windows import begun
from makewhole.core.words import RETURNS_GOODS, SENDS_GOODS, Head, Party, Provenance, Remedy

_REFUNDS_PRICE = frozenset({Remedy.RETURN_AND_REFUND, Remedy.REFUND_ONLY})
_REPLACES = frozenset({Remedy.EXCHANGE, Remedy.RESHIP, Remedy.SUBSTITUTE})
_BY_PLACE = {remedy: place for place, remedy in enumerate(Remedy)}
Candidate = tuple[GrantRule, tuple[str, ...], Any]


def _when(end: Deadline) -> datetime | None:
    found = begun(end)
    return None if found is None else found.at


class LineCase:
    """One claimed line while its rights are worked out."""

    __slots__ = ("deducted", "deductions", "facts", "freight_back", "freight_out", "line_id", "share", "sums")

    def __init__(self, line_id: str, share: LineShare, sums: Sums, facts: Known) -> None:
        self.line_id, self.share, self.sums, self.facts = line_id, share, sums, facts
        self.deductions: list[DeductionRule] = []
        self.deducted: list[str] = []
        self.freight_out: LiabilityRule | None = None
        self.freight_back: LiabilityRule | None = None


class Findings:
    """What the rules give on one claim, while its lines are gone through."""

    def __init__(
        self,
        program: Program,
        order: Order,
        allocation: Allocation,
        lines: Sequence[ClaimLine],
        paid: Sequence[Paid],
    ) -> None:
        self.program, self.order, self.allocation, self.lines = program, order, allocation, lines
        self.paid: dict[tuple[str, Head], int] = {}
        for one in paid:
            self.paid[one.line_id, one.head] = self.paid.get((one.line_id, one.head), 0) + one.amount_minor
        self.drafts: dict[Remedy, Draft] = {}
        self.blocked: list[Obstacle] = []
        self.granted: set[tuple[str, Remedy]] = set()
        self.waiting: dict[str, list[str]] = {}
        self.terms: set[int] = set()
        self.standing: list[int] = []
        self.burdens: dict[int, tuple[Party, str]] = {}
        self.caps: dict[Head | None, tuple[int, str]] = {}
        self.faced: dict[str, SanctionFaced] = {}
        self.first: LineCase | None = None

    def add_line(self, place: int, claimed: ClaimLine, facts: Known, matched: tuple[list[Any], ...]) -> None:
        """Add what the rules that match give on one line."""
        grants, exclusions, deductions, liabilities, terms, caps, sanctions, late, early = matched
        share = self.allocation.share(claimed.line_id)
        sums = Sums(
            units_of(share.goods_minor, share, claimed),
            units_of(share.freight_minor, share, claimed),
            self.order, self.allocation, self.lines, place,
        )  # fmt: skip
        case = LineCase(claimed.line_id, share, sums, facts)
        self._stand(case, facts)
        for rule, missing, _ in terms:
            if not missing:
                self.terms.add(rule)
        if caps:
            self._cap(caps, case)
        for faced, missing, _ in sanctions:
            if not missing:
                self.faced[faced.rule_id] = faced
        for rule, missing, _ in deductions:
            if missing:
                self._wait(rule.id, missing)
            else:
                case.deductions.append(rule)
        if liabilities:
            self._freight(liabilities, case)
        for remedy, candidates in self._open(grants, exclusions, case).items():
            self._take(remedy, candidates, case)
        for rule, end in late:
            self._block(ObstacleKind.OUT_OF_TIME, rule.id, case, rule.grant.remedy, since=_when(end))
        for rule, end in early:
            self._block(ObstacleKind.NOT_YET, rule.id, case, rule.grant.remedy, since=_when(end))

    def _stand(self, case: LineCase, facts: Known) -> None:
        if self.first is None:
            self.first, self.standing, self.burdens = case, facts.standing, facts.burdens
        else:
            self.standing = [max(pair) for pair in zip(self.standing, facts.standing, strict=True)]
            self.burdens |= facts.burdens
        for rule_id, missing in facts.waiting:
            self._wait(rule_id, missing)

    def _wait(self, rule_id: str, missing: Sequence[str]) -> None:
        for fact in missing:
            rules = self.waiting.setdefault(fact, [])
            if rule_id not in rules:
                rules.append(rule_id)

    def _block(self, kind: ObstacleKind, rule_id: str, case: LineCase, remedy: Remedy, **more: Any) -> None:
        self.blocked.append(Obstacle(kind, rule_id, case.line_id, remedy, more.get("fact", ""), more.get("since")))

    def _cap(self, caps: Sequence[tuple[CapRule, tuple[str, ...], Any]], case: LineCase) -> None:
        for rule, missing, _ in caps:
            if not missing:
                minor = reckon(rule.amount, case.sums, case.facts.values, self.program.slots)
                if rule.head not in self.caps or self.caps[rule.head][0] < minor:
                    self.caps[rule.head] = minor, rule.id

    def _freight(self, liabilities: Sequence[tuple[LiabilityRule, tuple[str, ...], Any]], case: LineCase) -> None:
        """Who bears freight: of several rules, one that frees the buyer."""
        for rule, missing, _ in liabilities:
            if missing:
                self._wait(rule.id, missing)
                continue
            out, back = rule.liability
            if out is not None and (case.freight_out is None or case.freight_out.liability.freight_out is Party.BUYER):
                case.freight_out = rule
            if back is not None and (
                case.freight_back is None or case.freight_back.liability.freight_back is Party.BUYER
            ):
                case.freight_back = rule

    def _open(
        self, grants: Sequence[Candidate], exclusions: Sequence[Any], case: LineCase
    ) -> dict[Remedy, list[Candidate]]:
        """The grants that no exclusion stops, by remedy; a possible exclusion adds the facts it waits for."""
        stopped: dict[str, Any] = {}
        doubted: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for rule, missing, _ in exclusions:
            for grant_id in rule.of:
                if missing:
                    doubted.setdefault(grant_id, []).append((rule.id, missing))
                else:
                    stopped.setdefault(grant_id, rule)
        by_remedy: dict[Remedy, list[Candidate]] = {}
        for rule, missing, until in grants:
            stop = stopped.get(rule.id)
            if stop is not None:
                self._block(ObstacleKind.EXCLUDED, stop.id, case, rule.grant.remedy, fact=stop.turns_on)
                continue
            for exclusion_id, facts in doubted.get(rule.id, ()):
                missing = (*missing, *(fact for fact in facts if fact not in missing))
                self._wait(exclusion_id, facts)
            by_remedy.setdefault(rule.grant.remedy, []).append((rule, missing, until))
        return by_remedy

    def _take(self, remedy: Remedy, candidates: list[Candidate], case: LineCase) -> None:
        certain = [candidate for candidate in candidates if not candidate[1]]
        chosen = certain or candidates
        case.deducted.clear()
        entitled = self._best(remedy, chosen, case)
        price_minor = case.sums.price_minor
        given_back = self.paid.get((case.line_id, Head.GOODS), 0) if self.paid else 0
        if given_back and price_minor:
            first = chosen[0][0].id
            if given_back >= price_minor and remedy is not Remedy.COMPENSATION:
                self._block(ObstacleKind.PAID_IN_FULL, first, case, remedy)
                entitled.pop(Head.GOODS, None)
                rest = remedy in _REFUNDS_PRICE and any(self._left(case.line_id, one) for one in entitled.values())
                if not rest:
                    return
                remedy = Remedy.REFUND_ONLY
            elif remedy in _REPLACES:
                self._block(ObstacleKind.NOT_CLAIMABLE, first, case, remedy)
                return
        draft = self.drafts.get(remedy)
        if draft is None:
            draft = self.drafts[remedy] = Draft(remedy, chosen[0][0].grant.adds)
        self.granted.add((case.line_id, remedy))
        for rule, missing, _ in chosen:
            draft.add_grant(rule, missing, case)
            if missing:
                self._wait(rule.id, missing)
        draft.until = merged_until(draft.until, [candidate[2] for candidate in chosen], draft.timed)
        draft.timed = True
        for one in entitled.values():
            due = self._due(case.line_id, one, case.share)
            if due is not None:
                draft.dues.append(due)
        for rule_id in case.deducted:
            draft.rules[rule_id] = None
        if remedy in RETURNS_GOODS:
            self._send_back(draft, case)

    def _best(self, remedy: Remedy, chosen: Sequence[Candidate], case: LineCase) -> dict[Head, Entitled]:
        """Per head the best amount of the grants, line by line; amounts for the whole order are kept for later."""
        best: dict[Head, Entitled] = {}
        slots, values = self.program.slots, case.facts.values
        for rule, _missing, _until in chosen:
            grant = rule.grant
            for head, amount, per_order in grant.amounts:
                if per_order:
                    continue
                minor = reckon(amount, case.sums, values, slots)
                if case.deductions:
                    minor = self._deducted(minor, rule, head, case)
                before = best.get(head)
                if before is not None and grant.adds and before.adds:
                    best[head] = before._replace(minor=before.minor + minor)
                elif before is None or minor > before.minor:
                    best[head] = Entitled(head, minor, grant.payer, rule.id, grant.means, grant.adds)
        liable = case.freight_out
        if liable is not None and remedy in _REFUNDS_PRICE and Head.GOODS in best and case.sums.freight_minor:
            payer = liable.liability.freight_out
            if payer is not None and payer is not Party.BUYER and Head.FREIGHT_OUT not in best:
                best[Head.FREIGHT_OUT] = Entitled(
                    Head.FREIGHT_OUT, case.sums.freight_minor, payer, liable.id, Means.MONEY, False
                )
        return best

    def _deducted(self, minor: int, rule: GrantRule, head: Head, case: LineCase) -> int:
        for against in case.deductions:
            if against.deduction.head is head and rule.id in against.deduction.of:
                off = reckon(against.deduction.amount, case.sums, case.facts.values, self.program.slots)
                if off:
                    case.deducted.append(against.id)
                minor -= off
        return max(0, minor)

    def _left(self, line_id: str, one: Entitled) -> int:
        return max(0, one.minor - self.paid.get((line_id, one.head), 0))

    def _due(self, line_id: str, one: Entitled, share: LineShare | None) -> Due | None:
        """What is still due of an entitlement; None when nothing is."""
        head, full = one.head, one.minor
        cap = self.caps.get(head)
        if share is not None and head is Head.GOODS:
            cap_minor = share.goods_minor
        elif share is not None and head is Head.FREIGHT_OUT:
            cap_minor = share.freight_minor
        else:
            cap_minor = full if cap is None else cap[0]
        full = min(full, cap_minor)
        left = full - self.paid.get((line_id, head), 0) if self.paid else full
        if left <= 0:
            return None
        return Due(line_id, head, left, self.order.currency, one.payer, one.rule_id, full, cap_minor, one.form)

    def _send_back(self, draft: Draft, case: LineCase) -> None:
        rule = case.freight_back
        payer = rule.liability.freight_back if rule is not None else None
        if rule is None or payer is None or payer is Party.BUYER:
            draft.freight_back = draft.freight_back or Party.BUYER
            if rule is not None:
                draft.rules[rule.id] = None
            return
        draft.rules[rule.id] = None
        if draft.freight_back in (None, Party.BUYER):
            draft.freight_back = payer
            slot = self.program.slots.get("return_freight_minor")
            cost = case.facts.values[slot] if slot is not None else None
            if slot is not None and cost:
                entitled = Entitled(Head.FREIGHT_BACK, cost, payer, rule.id, Means.MONEY, False)
                due = self._due(case.line_id, entitled, None)
                draft.slots.add(slot)
                if due is not None:
                    draft.dues.append(due)

    def plans(self, maker: PlanMaker) -> tuple[Plan, ...]:
        """The plans, by remedy, those that hang on nothing unknown first."""
        made: list[Plan] = []
        for draft in self.drafts.values():
            if draft.per_order:
                self._order_dues(draft)
            if not draft.dues and not draft.missing and draft.remedy not in SENDS_GOODS:
                self.granted -= {(line.line_id, draft.remedy) for line in self.lines}
                continue
            rules = dict.fromkeys([*draft.grants, *(due.rule_id for due in draft.dues), *draft.rules])
            unproven = False
            for slot in draft.slots:
                firmness = self.standing[slot]
                unproven = unproven or firmness == ALLEGED
                if firmness != SOUND and slot in self.burdens:
                    rules[self.burdens[slot][1]] = None
            made.append(
                Plan(
                    draft.remedy, tuple(draft.dues), maker.steps(draft.remedy), tuple(rules), tuple(draft.missing),
                    not (unproven or draft.missing), draft.adds, draft.until, draft.freight_back,
                )
            )  # fmt: skip
        made.sort(key=lambda plan: (plan.adds_to_any, bool(plan.depends_on), _BY_PLACE[plan.remedy]))
        return tuple(made)

    def _order_dues(self, draft: Draft) -> None:
        """Amounts due once for the order, reckoned over all lines on which their grant holds."""
        best: dict[Head, Entitled] = {}
        for rule, cases in draft.per_order.values():
            sums = cases[0].sums
            if len(cases) > 1:
                sums = Sums(
                    sum(case.sums.price_minor for case in cases), sum(case.sums.freight_minor for case in cases),
                    self.order, self.allocation, self.lines, None,
                )  # fmt: skip
            grant = rule.grant
            for head, amount, per_order in grant.amounts:
                if per_order:
                    minor = reckon(amount, sums, cases[0].facts.values, self.program.slots)
                    if head not in best or best[head].minor < minor:
                        best[head] = Entitled(head, minor, grant.payer, rule.id, grant.means, grant.adds)
        for one in best.values():
            due = self._due(WHOLE_ORDER, one, None)
            if due is not None:
                draft.dues.append(due)

    def obstacles(self, plans: Sequence[Plan]) -> tuple[Obstacle, ...]:
        """What speaks against remedies that no other rule grants on the same line; of time limits the last."""
        kept: dict[tuple[Any, ...], Obstacle] = {}
        for obstacle in self.blocked:
            if obstacle.remedy is not None and (obstacle.line_id, obstacle.remedy) in self.granted:
                continue
            key = (obstacle.kind, obstacle.line_id, obstacle.remedy)
            before = kept.get(key)
            if before is None or (obstacle.since and before.since and obstacle.since > before.since):
                kept[key] = obstacle
        return tuple(kept.values())

    def evidence(self) -> tuple[EvidenceNeeded, ...]:
        """What must be proven by whom: the facts the plans rest on that no record or finding settles."""
        slots: set[int] = set()
        for draft in self.drafts.values():
            slots |= draft.slots
        needed: list[EvidenceNeeded] = []
        for slot in sorted(slots):
            firmness = self.standing[slot]
            if firmness != SOUND:
                name = self.program.names[slot]
                entry = FACTS[name]
                teller = Party.BUYER if slot in self.program.alleged else entry.tells
                burden, rule_id = self.burdens.get(slot, (teller, ""))
                standing = Provenance.PRESUMED if firmness == PRESUMED else Provenance.ALLEGED
                needed.append(EvidenceNeeded(name, burden, standing, rule_id, entry.proves))
        return tuple(needed)

    def questions(self) -> tuple[Question, ...]:
        """The facts not known, each with the rules that wait for it."""
        return tuple(Question(fact, tuple(rules)) for fact, rules in self.waiting.items())

    def fund(self) -> FundCover | None:
        """How far the guarantee fund stands in."""
        cap = self.caps.get(None)
        return None if cap is None else FundCover(*cap)

    def sanctions(self) -> tuple[SanctionFaced, ...]:
        """What the merchant faces if the claim is right."""
        return tuple(self.faced.values())
