"""From what a case's decision wants people told to the notices they get."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from makewhole.core.case.claim import owed
from makewhole.core.case.events import (
    Agreed,
    Appealed,
    ByParty,
    Closed,
    Event,
    EvidenceRequested,
    EvidenceSubmitted,
    OfferMade,
    PaymentMade,
    PaymentShort,
    RefundReport,
    Reminded,
    Ruled,
    Said,
    Sent,
    SentBack,
)
from makewhole.core.case.model import Case, Obligation, Terms
from makewhole.core.case.say import CONSEQUENCES, OUTCOMES, PARTIES, STEPS, amount, terms_text
from makewhole.core.dates import moment_text
from makewhole.core.words import Party, Role, Text
from makewhole.rooms.notices.service.sending import Notice
from makewhole.rooms.notices.service.texts import TEMPLATES
from makewhole.rooms.notices.service.texts import Said as Value

NOTE_SHOWN_MAX = 300
ENDS = ("。", "！", "？", "…", ".", "!", "?")
CLOSED = Text("售后已结束，无需再做什么。", "The case is closed; nothing more is to be done.")
UNDER_WAY = Text("平台正在办理，有结果会立即通知。", "The platform is dealing with it; you will be told the result.")


def about_case(case: Case, told: Sequence[tuple[Party, Event]], *, order_number: str, zone: tzinfo) -> list[Notice]:
    """The notices a decision asks for: `told` says whom of which event (its `notices`).

    `case` is the case after the decision, `order_number` the shop's, `zone` the market's time zone.
    """
    notices = []
    case_id = UUID(case.id)
    said: dict[int, dict[str, Value]] = {}
    following: dict[tuple[Party, datetime], Text] = {}
    for party, event in told:
        if event.sequence not in said:
            said[event.sequence] = _said(case, event)
        if (party, event.at) not in following:
            following[party, event.at] = next_text(case, party, event.at, zone)
        data = {**said[event.sequence], "order_number": order_number, "next": following[party, event.at]}
        notices.append(Notice(*_reader(case, party), _template(event), data, case_id, case.merchant_id))
    return notices


def next_text(case: Case, reader: Party, said_at: datetime, zone: tzinfo) -> Text:
    """What comes next, who does it and by when, as the reader is told; one sentence for each open obligation."""
    if not case.is_open:
        return CLOSED
    sentences = [
        _obligation_text(each, reader, said_at, zone) for each in sorted(case.obligations, key=lambda each: each.due_at)
    ]
    if not sentences:
        return UNDER_WAY
    return Text("\n".join(each.zh for each in sentences), "\n".join(each.en for each in sentences))


def _reader(case: Case, party: Party) -> tuple[Role, str]:
    if party is Party.BUYER:
        return Role.BUYER, case.buyer_id
    if party is Party.MERCHANT:
        return Role.MERCHANT, case.merchant_id
    return Role.OPERATOR, ""


def _template(event: Event) -> str:
    """The template's name: the kind of event, and its turn where that reads differently."""
    name = f"case.{event.kind.value}"
    data = event.data
    turn = ""
    if event.role is Role.SYSTEM:
        turn = "silence"
    if (isinstance(data, Agreed) and data.terms is None) or (isinstance(data, Ruled) and data.ruling.terms is None):
        turn = "dismissed"
    elif isinstance(data, PaymentMade) and data.payment.advanced_minor:
        turn = "advanced"
    elif isinstance(data, PaymentShort) and data.fund_tried:
        turn = "fund_tried"
    elif isinstance(data, Closed):
        turn = data.outcome.value
    return f"{name}.{turn}" if f"{name}.{turn}" in TEMPLATES else name


def _said(case: Case, event: Event) -> dict[str, Value]:
    """Everything a sentence about this event may say."""
    data = event.data
    values: dict[str, Value] = {
        "terms": terms_text(_terms(case, event), case.currency),
        "demand": terms_text(case.demand, case.currency),
        "said": _quote(event),
        "paid_in_all": amount(sum(payment.total_minor for payment in case.payments), case.currency),
    }
    match data:
        case ByParty(party=party):
            values["by"] = _capital(PARTIES[party])
        case Sent(carrier=carrier, tracking_number=number) | SentBack(carrier=carrier, tracking_number=number):
            values |= {"carrier": carrier, "tracking_number": number, "freight": _freight(case, data)}
        case PaymentMade(payment=payment):
            values["paid"] = amount(payment.total_minor, case.currency)
            values["advanced"] = amount(payment.advanced_minor, case.currency)
        case PaymentShort(short_minor=short_minor):
            values["short"] = amount(short_minor, case.currency)
        case RefundReport(reference=reference, why=why):
            values |= {"reference": reference, "why": why}
        case Reminded(step=step, debtor=debtor):
            values |= {"step": STEPS[step], "debtor": PARTIES[debtor]}
        case Closed(outcome=outcome):
            values["outcome"] = OUTCOMES[outcome]
            rest = owed(case)
            values["owing"] = amount(rest.total_minor if rest else 0, case.currency)
        case _:
            pass
    return values


def _terms(case: Case, event: Event) -> Terms:
    """The terms the event is about: proposed, ruled or agreed in it, else those that now hold."""
    match event.data:
        case OfferMade(offer=offer):
            return offer.terms
        case Ruled(ruling=ruling) if ruling.terms is not None:
            return ruling.terms
        case Agreed(terms=Terms() as terms):
            return terms
        case _:
            return case.agreed or case.demand


def _quote(event: Event) -> Text:
    """What somebody wrote with it, as a sentence; empty when nothing was written."""
    match event.data:
        case Said(note=note) | EvidenceSubmitted(note=note):
            written = note
        case OfferMade(offer=offer):
            written = offer.note
        case EvidenceRequested(question=written) | Appealed(grounds=written):
            pass
        case _:
            written = ""
    written = " ".join(written.split())
    if not written:
        return Text("", "")
    if len(written) > NOTE_SHOWN_MAX:
        written = written[: NOTE_SHOWN_MAX - 1] + "…"
    if written.endswith(ENDS):
        return Text(f"留言：“{written}”", f"Their words: “{written}”")
    return Text(f"留言：“{written}”。", f"Their words: “{written}”.")


def _freight(case: Case, data: Sent | SentBack) -> Text:
    """What sending back cost, as a sentence; empty where nobody else bears it."""
    if not isinstance(data, SentBack) or data.freight is None:
        return Text("", "")
    cost = amount(data.freight.amount_minor, case.currency)
    return Text(f"退货运费 {cost}。", f"Return freight: {cost}.")


def _obligation_text(obligation: Obligation, reader: Party, said_at: datetime, zone: tzinfo) -> Text:
    step, otherwise = STEPS[obligation.step], CONSEQUENCES[obligation.on_silence]
    due_at = moment_text(obligation.due_at.astimezone(zone), said_at.astimezone(zone))
    may_move = Text("（节假日安排公布后可能顺延）", " (it may move once the holidays are published)")
    moves = may_move if obligation.provisional else Text("", "")
    if obligation.debtor is reader:
        return Text(
            f"下一步：请您在 {due_at.zh} 前{step.zh}{moves.zh}；逾期则{otherwise.zh}。",
            f"Next: please {step.en} by {due_at.en}{moves.en}; otherwise {otherwise.en}.",
        )
    debtor = PARTIES[obligation.debtor]
    return Text(
        f"下一步：{debtor.zh}须在 {due_at.zh} 前{step.zh}{moves.zh}；逾期则{otherwise.zh}。",
        f"Next: {debtor.en} has until {due_at.en} to {step.en}{moves.en}; otherwise {otherwise.en}.",
    )


def _capital(text: Text) -> Text:
    return Text(text.zh, text.en[:1].upper() + text.en[1:])
