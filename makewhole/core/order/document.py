"""The order format as a document: its fields, their types and bounds. `docs/reference/order.md` explains them.

Only shape is judged here; what the fields say together is judged in `checks`.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from makewhole.core.money import DECIMALS
from makewhole.core.order.model import LineFlag, Means, ParcelEventKind
from makewhole.core.words import Head

AMOUNT_MAX_MINOR = 10**15
QUANTITY_MAX = 1_000_000
LINES_MAX = 2_000
RECORDS_MAX = 500
ID_CHARACTERS_MAX = 128
YEARS = range(1970, 2200)
"""Years a time may be in: none that sells anything is outside, and terms reckoned from it stay dates."""
OFFSET_MAX = timedelta(hours=16)
"""No clock on earth is so far from UTC; PostgreSQL takes no time that is."""

REFUND_HEADS = (Head.GOODS, Head.FREIGHT_OUT, Head.GOODWILL)

NO_BLANK_ENDS = r"^\S(.*\S)?$"
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _read_time(value: Any) -> datetime:
    wrong = PydanticCustomError("order_time", "not an RFC 3339 time")
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise wrong
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        raise wrong from None  # a day or hour that does not exist
    offset = moment.utcoffset()
    if offset is None or abs(offset) >= OFFSET_MAX:
        raise wrong
    if moment.year not in YEARS:
        raise PydanticCustomError("order_year", "a year far away")
    return moment


def _printable(value: Any) -> Any:
    if isinstance(value, str) and _CONTROL.search(value):
        raise PydanticCustomError("order_control_character", "holds a control character")
    return value


def _known(value: Any) -> Any:
    if isinstance(value, str) and value not in DECIMALS:
        raise PydanticCustomError("order_currency", "currency not known")
    return value


def _choice(values: type[LineFlag] | type[Means] | type[ParcelEventKind] | tuple[Head, ...]) -> BeforeValidator:
    by_word = {str(value): value for value in values}

    def read(value: Any) -> Any:
        if isinstance(value, str) and value in by_word:
            return by_word[value]
        raise PydanticCustomError("order_choice", "not a word of the list", {"choices": ", ".join(by_word)})

    return BeforeValidator(read)


def _words(values: type[LineFlag] | type[Means] | type[ParcelEventKind] | tuple[Head, ...]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [str(value) for value in values]})


Time = Annotated[datetime, BeforeValidator(_read_time), WithJsonSchema({"type": "string", "format": "date-time"})]
Id = Annotated[
    str, BeforeValidator(_printable), Field(min_length=1, max_length=ID_CHARACTERS_MAX, pattern=NO_BLANK_ENDS)
]
Phrase = Annotated[str, BeforeValidator(_printable), Field(max_length=500)]
Amount = Annotated[int, Field(ge=0, le=AMOUNT_MAX_MINOR)]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
Days = Annotated[int, Field(ge=0, le=36_500)]
Market = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,15}$")]
Currency = Annotated[
    str, BeforeValidator(_known), WithJsonSchema({"type": "string", "enum": sorted(DECIMALS), "minLength": 3})
]
Category = Annotated[
    str, BeforeValidator(_printable), Field(max_length=200, pattern=r"^[^/\s][^/]*(/[^/\s][^/]*)*$")
]  # fmt: skip


class Document(BaseModel):
    """What every part of the document shares: nothing is guessed, nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class LineDocument(Document):
    """One line: so many units of one product at one price."""

    id: Id = Field(description="The line's id, unique in the order.")
    sku: Id = Field(description="The merchant's article number.")
    title: Phrase = Field(description="Name of the product as shown to the buyer.")
    category: Category = Field(description="Path of the category, most general first: `fresh/fruit`.")
    quantity: Quantity = Field(description="Units ordered.")
    unit_price_minor: Amount = Field(description="Price of one unit, before discounts.")
    discount_minor: Amount = Field(default=0, description="The line's own discount, over its whole quantity.")
    surcharge_minor: Amount = Field(
        default=0, description="Charged on top of the price over the whole quantity: sales tax, instalment interest. "
        "0 where prices include it.",
    )  # fmt: skip
    flags: list[Annotated[LineFlag, _choice(LineFlag), _words(LineFlag)]] = Field(
        default_factory=list, max_length=len(LineFlag), description="What was declared and confirmed at purchase."
    )


class DiscountDocument(Document):
    """A discount on the whole order, shared over its lines by value."""

    id: Id = Field(description="The discount's id or code, unique in the order.")
    amount_minor: Amount = Field(description="How much it took off.")
    threshold_minor: Amount | None = Field(default=None, description="Sum of goods from which it was granted, if any.")
    kind: Id = Field(default="promotion", description="The shop's own word for it.")


class FreightDocument(Document):
    """Freight for sending out. The buyer paid `amount_minor` less `discount_minor` plus `surcharge_minor`."""

    amount_minor: Amount = Field(default=0, description="Freight before discounts.")
    discount_minor: Amount = Field(default=0, description="Discount given on freight.")
    surcharge_minor: Amount = Field(default=0, description="Tax charged on top of freight.")


class PaymentDocument(Document):
    """One payment. Points and coupons are stated at their value in the order's currency, with their own units."""

    id: Id = Field(description="The payment's id, unique in the order.")
    means: Annotated[Means, _choice(Means), _words(Means)] = Field(description="By what it was paid.")
    amount_minor: Annotated[int, Field(ge=1, le=AMOUNT_MAX_MINOR)] = Field(description="Its value.")
    provider: Phrase = Field(default="", description="Payment provider, for money.")
    reference: Phrase = Field(default="", description="Provider's reference, coupon code or points account.")
    units: Amount = Field(default=0, description="How many points or coupons; 0 for money.")
    paid_at: Time | None = Field(default=None, description="When it was paid.")


class PromisesDocument(Document):
    """What the merchant undertook on this order. What is absent was not promised."""

    dispatch_by: Time | None = Field(default=None, description="Latest dispatch.")
    deliver_by: Time | None = Field(default=None, description="Latest delivery.")
    no_reason_return_days: Days | None = Field(default=None, description="Days for a return without giving a reason.")
    freight_insurance: bool = Field(default=False, description="Whether return freight is insured.")
    warranty_days: Days | None = Field(default=None, description="Days of warranty.")


class ParcelEventDocument(Document):
    """One record of the carrier, or of the shop for dispatch."""

    kind: Annotated[ParcelEventKind, _choice(ParcelEventKind), _words(ParcelEventKind)] = Field(
        description="What happened."
    )
    at: Time = Field(description="When it happened.")
    note: Phrase = Field(default="", description="What the carrier wrote.")


class ContentDocument(Document):
    """So many units of one line, packed in one parcel."""

    line_id: Id = Field(description="A line of this order.")
    quantity: Quantity = Field(description="Units of it in this parcel.")


class ParcelDocument(Document):
    """One parcel and its journey."""

    id: Id = Field(description="The parcel's id, unique in the order.")
    carrier: Phrase = Field(default="", description="Name or code of the carrier.")
    tracking_number: Phrase = Field(default="", description="The carrier's number.")
    events: list[ParcelEventDocument] = Field(
        default_factory=list, max_length=RECORDS_MAX, description="Its journey, oldest first."
    )
    contents: list[ContentDocument] = Field(
        default_factory=list, max_length=LINES_MAX, description="What is inside; empty means the whole order."
    )


class RefundDocument(Document):
    """What the shop itself gave back before the order was imported, for one line and head of loss."""

    id: Id = Field(description="The refund's id, unique in the order.")
    line_id: Id = Field(description="A line of this order.")
    head: Annotated[Head, _choice(REFUND_HEADS), _words(REFUND_HEADS)] = Field(description="What it made good.")
    amount_minor: Amount = Field(description="How much was given back.")
    quantity: Annotated[int, Field(ge=0, le=QUANTITY_MAX)] = Field(
        default=0, description="Units that came back or were cancelled; 0 when only money was given."
    )
    refunded_at: Time | None = Field(default=None, description="When it was given back.")


class OrderDocument(Document):
    """One order of one merchant, as the shop sold it."""

    model_config = ConfigDict(title="makewhole order")

    id: Id = Field(description="The shop's own order number, unique within the shop.")
    merchant_id: Id = Field(description="Id of the one merchant who sold it.")
    merchant_name: Phrase = Field(description="The merchant's name as shown to the buyer.")
    buyer_id: Id = Field(description="The shop's id of the buyer.")
    buyer_name: Phrase = Field(default="", description="The buyer's name, if the shop gives it.")
    return_address: Phrase = Field(
        default="", description="Where goods go back to: the merchant's address for returns, with name and telephone."
    )
    market: Market = Field(description="Market whose rules apply, such as `cn`, `eu` or `us`: one that has a rulebook.")
    currency: Currency = Field(description="ISO 4217 code; every amount is in its minor units.")
    placed_at: Time = Field(description="When the order was placed.")
    checkout_id: Annotated[str, BeforeValidator(_printable), Field(max_length=128)] = Field(
        default="", description="Shared by the orders that one checkout over several merchants became."
    )
    lines: list[LineDocument] = Field(min_length=1, max_length=LINES_MAX, description="What was bought.")
    discounts: list[DiscountDocument] = Field(
        default_factory=list, max_length=RECORDS_MAX, description="Discounts on the whole order."
    )
    freight: FreightDocument = Field(default_factory=FreightDocument, description="Freight for sending out.")
    payments: list[PaymentDocument] = Field(
        default_factory=list, max_length=RECORDS_MAX, description="How it was paid."
    )
    promises: PromisesDocument = Field(default_factory=PromisesDocument, description="What the merchant undertook.")
    parcels: list[ParcelDocument] = Field(default_factory=list, max_length=RECORDS_MAX, description="How it travelled.")
    refunds: list[RefundDocument] = Field(
        default_factory=list, max_length=LINES_MAX, description="What was given back before import."
    )
    completed_at: Time | None = Field(default=None, description="When the shop regarded the order as done.")
    cancelled_at: Time | None = Field(default=None, description="When the order was cancelled.")
