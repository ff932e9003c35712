"""What `makewhole verify` looks at in this room."""

from collections.abc import Callable, Iterator
from uuid import UUID

from makewhole.core.case.claim import answer_sha256, claim_of, paid_by_case, paid_for
from makewhole.core.case.clocks import may_run_together
from makewhole.core.case.events import Event, Opened, Ruled, seal
from makewhole.core.case.evolve import evolve, fold
from makewhole.core.case.model import SYSTEM, Case
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.model import Claim, Paid
from makewhole.rooms.cases.store import checking
from makewhole.rooms.cases.store.checking import Unreadable, WalkedCase
from makewhole.rooms.checks import Check, CheckResult
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders.queries import OrderRecord
from makewhole.rooms.rulebooks import queries as rulebooks


def checks() -> list[Check]:
    """The invariants this room keeps."""
    return [
        Check("I5", "every open case waits for somebody by a date", lambda: CheckResult(*checking.count_stuck())),
        Check("I5", "no obligation is overdue beyond the sweep's lag", lambda: CheckResult(*checking.count_overdue())),
        Check("I5", "no two clocks of a case contradict each other", lambda: each_case(clocks_agree)),
        Check("I2", "units in open cases are held once", lambda: CheckResult(*checking.count_overheld())),
        Check("I6", "no event is missing and each carries the hash of the one before", lambda: each_case(chained)),
        Check("I6", "the stored state is what its events make", lambda: each_case(folded)),
        Check("I6", "what lists, rights and clocks go by is what the state says", lambda: each_case(as_stated)),
        Check("I7", "every answer given can be given again", answers_again),
        Check("I9", "every step acknowledged is in the events", lambda: each_case(complete)),
    ]


def each_case(holds: Callable[[WalkedCase], bool]) -> CheckResult:
    """Look at every case; the first that does not hold is named."""
    checked = wrong = 0
    first = ""
    for batch in checking.walk():
        for walked in batch:
            checked += 1
            if isinstance(walked, Unreadable):
                wrong += 1
                first = first or f"case {walked.id}, which cannot be read: {walked.why}"
            elif not holds(walked):
                wrong += 1
                first = first or f"case {walked.case.id}"
    return CheckResult(checked, wrong, first)


def clocks_agree(walked: WalkedCase) -> bool:
    return not walked.case.is_open or may_run_together(walked.case.stage, walked.case.obligations)


def chained(walked: WalkedCase) -> bool:
    previous = b""
    for number, (event, plain, sealed) in enumerate(zip(walked.events, walked.plains, walked.seals, strict=True), 1):
        if event.sequence != number or seal(previous, walked.case.id, event, dict(plain)) != sealed:
            return False
        previous = sealed
    return previous == walked.seal


def folded(walked: WalkedCase) -> bool:
    try:
        return fold(walked.events) == walked.case
    except ValueError:
        return False


def as_stated(walked: WalkedCase) -> bool:
    case, first = walked.case, walked.case.next_obligation
    columns = (
        case.merchant_id, case.buyer_id, case.order_id, case.market, case.currency, case.stage, case.opened_at,
        case.closed_at, case.outcome or "", case.wanted.total_minor, case.agreed.total_minor if case.agreed else None,
        sum(paid_by_case(case).values()), case.advanced_minor, first.step if first else "",
        first.debtor if first else "", first.due_at if first else None, case.sequence,
    )  # fmt: skip
    waits = frozenset(
        (each.id, each.step, each.debtor, each.due_at, each.on_silence, case.merchant_id, case.order_id)
        for each in case.obligations
    )
    return columns == walked.columns and waits == walked.obligations and walked.heard_by <= {case.merchant_id}


def complete(walked: WalkedCase) -> bool:
    return len(walked.events) == walked.case.sequence


def answers_again() -> CheckResult:
    """Recompute the answer at each opening and ruling, as the order and the rules stood then."""
    checked = wrong = 0
    first = ""
    for batch in checking.walk():
        readable = [walked for walked in batch if isinstance(walked, WalkedCase)]
        records = records_of(list({UUID(walked.case.order_id) for walked in readable}))
        for walked in readable:
            record = records.get(UUID(walked.case.order_id))
            place = f"case {walked.case.id}"
            try:
                for case, event in moments_of_answers(walked.events):
                    checked += 1
                    place = f"case {walked.case.id}, event {event.sequence}"
                    if record is None or not same_answer(case, event, record):
                        wrong += 1
                        first = first or place
            except ValueError as error:  # events that do not follow on each other, a claim its order does not bear
                wrong += 1
                first = first or f"{place}: {error}"
    return CheckResult(checked, wrong, first)


def records_of(order_ids: list[UUID]) -> dict[UUID, OrderRecord]:
    """The orders by id; one that cannot be read is left out, and keeps no other from being read."""
    try:
        return orders.orders(order_ids)
    except (KeyError, TypeError, ValueError):
        if len(order_ids) == 1:
            return {}
        middle = len(order_ids) // 2
        return records_of(order_ids[:middle]) | records_of(order_ids[middle:])


def moments_of_answers(events: tuple[Event, ...]) -> Iterator[tuple[Case | None, Event]]:
    """Each event that sealed an answer, with the case before it."""
    case: Case | None = None
    for event in events:
        if isinstance(event.data, Opened | Ruled):
            yield case, event
        case = evolve(case, event)


def same_answer(case: Case | None, event: Event, record: OrderRecord) -> bool:
    data = event.data
    claim: Claim
    paid: tuple[Paid, ...]
    if isinstance(data, Opened):
        claim, paid = Claim(data.reasons, data.lines, dict(data.facts), event.at), data.before
    elif isinstance(data, Ruled) and case is not None:
        findings = None if data.ruling.by == SYSTEM.id else data.ruling.findings
        claim, paid = claim_of(case, findings), paid_for(case)
    else:
        return False
    order = data.seen.put_back(record.order)
    book = rulebooks.book(order.market)
    return answer_sha256(assess(book, order, record.allocation, claim, event.at, paid)) == data.answer_sha256
