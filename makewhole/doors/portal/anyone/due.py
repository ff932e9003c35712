"""What am I due? Without an account: an order told by hand, judged by the same engine; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from makewhole.core.allocation.allocate import allocate
from makewhole.core.facts import Fact, FactValue
from makewhole.core.order.model import (
    Freight,
    Line,
    Means,
    Order,
    Parcel,
    ParcelEvent,
    ParcelEventKind,
    Payment,
    Promises,
)
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.model import Answer, Claim, ClaimError, ClaimLine
from makewhole.core.rulebook.raised import raisable
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.words import Party, Provenance, Reason
from makewhole.doors.portal.anyone.pages import tabs
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.form_body import read_amount
from makewhole.doors.portal.parts.markets import all_books, rules_on, zone_of
from makewhole.doors.portal.parts.questions import asked, question_fields, read_facts
from makewhole.doors.portal.parts.rule_pages import market_of
from makewhole.doors.portal.parts.times import speaks_chinese
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.rulebooks import queries as rulebooks

LINE = "1"
UNITS_MAX = 999
PRICE_MINOR_MAX = 10**12
YEARS_BACK = 10
HOURS = {"placed": 9, "sent": 12, "received": 18, "send_by": 23, "arrive_by": 23}
"""A day told by hand stands for one moment of it, in the order things happen."""
DATES = {
    "placed": gettext_lazy("Ordered on"),
    "sent": gettext_lazy("Sent on"),
    "received": gettext_lazy("Received on"),
    "send_by": gettext_lazy("Promised to be sent by"),
    "arrive_by": gettext_lazy("Promised to arrive by"),
}
OTHER_GOODS = "other"


@dataclass(slots=True)
class Told:
    """The order and what went wrong, as told by the address; `errors` by field."""

    market: str
    book: Rulebook
    now: datetime
    reason: Reason | None = None
    category: str = OTHER_GOODS
    quantity: int = 1
    price_minor: int = 0
    freight_minor: int = 0
    days: dict[str, date] = field(default_factory=dict)
    facts: dict[str, FactValue] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    fact_errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.market)

    def moment(self, name: str) -> datetime | None:
        """The moment a day stands for; never later than now for what has happened."""
        day = self.days.get(name)
        if day is None:
            return None
        moment = datetime.combine(day, time(HOURS[name]), self.zone)
        has_happened = name in ("placed", "sent", "received")
        step = timedelta(minutes=list(HOURS).index(name))
        return min(moment, self.now - timedelta(minutes=5) + step) if has_happened else moment

    def order(self) -> Order:
        """The order as told: one line, paid in one payment, in one parcel."""
        placed_at = self.moment("placed") or self.now
        events = [
            ParcelEvent(kind, at)
            for kind, name in ((ParcelEventKind.DISPATCHED, "sent"), (ParcelEventKind.SIGNED, "received"))
            if (at := self.moment(name)) is not None
        ]
        category = "" if self.category == OTHER_GOODS else self.category
        unpaid = Order(
            id="-",
            merchant_id="-",
            merchant_name="",
            buyer_id="-",
            market=self.market,
            currency=self.book.currency,
            placed_at=placed_at,
            lines=(Line(LINE, "", _("the goods"), category or OTHER_GOODS, self.quantity, self.price_minor),),
            freight=Freight(self.freight_minor),
            promises=Promises(dispatch_by=self.moment("send_by"), deliver_by=self.moment("arrive_by")),
            parcels=(Parcel("1", "", "", tuple(events)),) if events else (),
        )
        paid = Payment("1", Means.MONEY, unpaid.due_minor, paid_at=placed_at)
        return unpaid._replace(payments=(paid,))

    def answer(self) -> Answer | None:
        """What the rules give; None while something needed is missing or wrong."""
        if self.errors or self.fact_errors or self.reason is None or not self.price_minor or "placed" not in self.days:
            return None
        order = self.order()
        return assess(self.book, order, allocate(order), self.claim(self.reason), self.now, ())

    def claim(self, reason: Reason) -> Claim:
        """What is claimed, on nothing but the buyer's word."""
        facts = {name: Fact(value, Provenance.ALLEGED) for name, value in self.facts.items()}
        return Claim((reason,), (ClaimLine(LINE, self.quantity),), facts, self.now)


def read_told(data: QueryDict) -> Told:
    """Everything the address tells. What is missing is an error once the form was sent; a link may fill in a part."""
    market, book = market_of(data.get("market", "") if data.get("market", "") in rulebooks.markets() else "")
    told = Told(market, book, clock.now())
    read_choices(told, data)
    read_figures(told, data)
    for name in DATES:
        read_day(told, data, name)
    check_days(told)
    told.facts, told.fact_errors = read_facts(data, book.currency, told.zone)
    if "price" in data:
        for name, is_there in (
            ("reason", told.reason),
            ("price", told.price_minor),
            ("placed", told.days.get("placed")),
        ):
            if not is_there and name not in told.errors:
                told.errors[name] = [_("This is needed.")]
    return told


def read_choices(told: Told, data: QueryDict) -> None:
    reason = data.get("reason", "")
    if reason in {each.value for each in told.book.reasons}:
        told.reason = Reason(reason)
    elif reason:
        told.errors["reason"] = [_("There are no rules for this in this market. Choose another reason.")]
    category = data.get("category", OTHER_GOODS)
    told.category = category if category in told.book.categories else OTHER_GOODS


def read_figures(told: Told, data: QueryDict) -> None:
    for name in ("price", "freight"):
        written = data.get(name, "").strip()
        if not written:
            continue
        try:
            amount_minor = read_amount(written, told.book.currency)
        except ValueError:
            told.errors[name] = [_("This is not an amount.")]
            continue
        if amount_minor > PRICE_MINOR_MAX:
            told.errors[name] = [_("This is more than any order costs.")]
        elif name == "price":
            told.price_minor = amount_minor
        else:
            told.freight_minor = amount_minor
    written = data.get("quantity", "").strip() or "1"
    if written.isascii() and written.isdigit() and 0 < int(written[:9]) <= UNITS_MAX:
        told.quantity = int(written)
    else:
        told.errors["quantity"] = [_("Write how many, from 1 to %(most)d.") % {"most": UNITS_MAX}]


def read_day(told: Told, data: QueryDict, name: str) -> None:
    written = data.get(name, "").strip()
    if not written:
        return
    today = told.now.astimezone(told.zone).date()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        told.errors[name] = [_("This is not a date.")]
        return
    if name in ("placed", "sent", "received") and day > today:
        told.errors[name] = [_("This day has not come yet.")]
    elif not today.year - YEARS_BACK <= day.year <= today.year + 2:
        told.errors[name] = [_("This is too long ago, or too far ahead.")]
    else:
        told.days[name] = day


def check_days(told: Told) -> None:
    """Things happen one after the other: ordered, sent, received."""
    for earlier, later in (("placed", "sent"), ("placed", "received"), ("sent", "received"), ("placed", "send_by")):
        first, second = told.days.get(earlier), told.days.get(later)
        if first and second and second < first:
            told.errors[later] = [_("This is before '%(other)s'. Check both days.") % {"other": str(DATES[earlier])}]
    if "received" in told.days and "sent" not in told.days and "received" not in told.errors:
        told.days["sent"] = told.days.get("placed", told.days["received"])


def fields_of(told: Told, data: QueryDict) -> dict[str, Any]:
    """The controls, each with what was typed and what is wrong."""
    book, wrong = told.book, told.errors
    markets = [(market, say(other.name)) for market, other in all_books()]
    categories = [(path, say(name)) for path, name in book.categories.items()]
    later = {
        name: Field(
            name=name, label=str(label), kind="date", required=name == "placed", value=data.get(name, ""),
            errors=wrong.get(name, ()), help=help_of(name),
        )
        for name, label in DATES.items()
    }  # fmt: skip
    return {
        "first_fields": [
            Field(name="market", label=_("Where did you buy?"), kind="radio", required=True, choices=markets,
                  value=told.market),
            Field(name="reason", label=_("What went wrong?"), kind="choice", required=True,
                  value=data.get("reason", ""), errors=wrong.get("reason", ()),
                  choices=[("", _("Choose")), *((each.value, label_of(each)) for each in book.reasons)]),
            Field(name="category", label=_("What kind of goods?"), kind="choice", required=True, value=told.category,
                  choices=[(OTHER_GOODS, _("Other goods")), *categories]),
            Field(name="price", label=_("Price of one, as you paid it"), kind="money", currency=book.currency,
                  required=True, value=data.get("price", ""), errors=wrong.get("price", ())),
            Field(name="quantity", label=_("How many"), kind="number", required=True, minimum=1, maximum=UNITS_MAX,
                  value=data.get("quantity", "") or "1", errors=wrong.get("quantity", ())),
            Field(name="freight", label=_("Delivery charge you paid"), kind="money", currency=book.currency,
                  value=data.get("freight", ""), errors=wrong.get("freight", ())),
        ],
        "day_fields": [later["placed"], later["sent"], later["received"]],
        "promise_fields": [later["send_by"], later["arrive_by"]],
    }  # fmt: skip


def help_of(name: str) -> str:
    return {
        "sent": _("Leave empty if it was not sent."),
        "received": _("Leave empty if it has not arrived."),
    }.get(name, "")


@require_GET
def show_due(request: HttpRequest) -> HttpResponse:
    """The form and, once enough is told, the answer."""
    told = read_told(request.GET)
    fault = ""
    answer: Answer | None = None
    try:
        answer = told.answer()
    except ClaimError as error:
        between = "。" if speaks_chinese() else ". "
        fault = f"{say(error.text)}{between}{say(error.fix)}"
    context: dict[str, Any] = {
        "now": told.now,
        "zone": told.zone,
        "tabs": tabs(),
        "told": told,
        "answer": answer,
        "fault": fault,
        "rules": rules_on(told.market, told.days.get("placed")),
        "lines": {LINE: _("the goods")},
        "question_fields": questions_of(told, answer, request.GET),
        "more_fields": more_of(told) if answer is not None else [],
        **fields_of(told, request.GET),
    }
    return render(request, "anyone/due.html", context)


def questions_of(told: Told, answer: Answer | None, typed: Mapping[str, str]) -> list[Field]:
    """What the rules still want to know from the buyer, with what was said so far."""
    if answer is None and not told.fact_errors:
        return []
    known = [*told.facts, *told.fact_errors]
    names = asked(answer, known, Party.BUYER) if answer is not None else known
    return question_fields(names, told.facts, told.book.currency, told.zone, told.fact_errors, typed)


def more_of(told: Told) -> list[Field]:
    """What may be said though nobody asks: exceptions and losses the rules would listen to."""
    if told.reason is None:
        return []
    heard = raisable(told.book, told.order(), told.claim(told.reason), told.now, Party.BUYER)
    return question_fields([name for name in heard if name not in told.facts], {}, told.book.currency, told.zone)
