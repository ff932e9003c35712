"""What `makewhole verify` looks at in this room."""

from collections.abc import Callable, Iterator
from uuid import UUID

from makewhole.core.case.claim import answer_sha256, claim_of, paid_for
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


def complete(walked: WalkedCase) -> bool:
    return len(walked.events) == walked.case.sequence


def answers_again() -> CheckResult:
    """Recompute the answer at each opening and ruling, as the order and the rules stood then."""
    checked = wrong = 0
    first = ""
    for batch in checking.walk():
        readable = [walked for walked in batch if isinstance(walked, WalkedCase)]
        records = orders.orders(list({UUID(walked.case.order_id) for walked in readable}))
        for walked in readable:
            record = records[UUID(walked.case.order_id)]
            for case, event in moments_of_answers(walked.events):
                checked += 1
                if not same_answer(case, event, record):
                    wrong += 1
                    first = first or f"case {walked.case.id}, event {event.sequence}"
    return CheckResult(checked, wrong, first)


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
