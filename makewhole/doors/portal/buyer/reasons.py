"""What went wrong, in a buyer's words, and which of it is likely for an order as it stands."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makewhole.core.order.model import Order, ParcelEventKind
from makewhole.core.words import Reason

SENTENCES: dict[Reason, Promise] = {
    Reason.CHANGED_MIND: _("I do not want it any more"),
    Reason.QUALITY: _("It is faulty or stopped working"),
    Reason.DAMAGED: _("It arrived broken"),
    Reason.NOT_AS_DESCRIBED: _("It is not what the page described"),
    Reason.COUNTERFEIT: _("It is a fake"),
    Reason.FRAUD: _("I was deceived"),
    Reason.ITEM_MISSING: _("Something is missing from the parcel"),
    Reason.WRONG_ITEM: _("I got the wrong thing"),
    Reason.SHORT_QUANTITY: _("I got fewer or less than I ordered"),
    Reason.GIFT_MISSING: _("The free gift is missing"),
    Reason.LATE_DISPATCH: _("It was sent late, or is still not sent"),
    Reason.NEVER_DISPATCHED: _("It was never sent"),
    Reason.OUT_OF_STOCK: _("They say it is out of stock"),
    Reason.LATE_DELIVERY: _("It arrives too late"),
    Reason.PARCEL_LOST: _("I never got the parcel"),
    Reason.DAMAGED_IN_TRANSIT: _("It was damaged on the way"),
    Reason.PROMISE_BROKEN: _("A promise was not kept"),
    Reason.AFTER_SALES_REFUSED: _("They refuse or stall after-sales"),
    Reason.BAD_SERVICE: _("They treated me badly"),
    Reason.FAULT_IN_WARRANTY: _("It broke within the warranty"),
    Reason.PRICE_PROTECTION: _("The price fell after I bought it"),
    Reason.DATA_LEAK: _("My personal data got out"),
    Reason.ACCOUNT_MISUSE: _("My account was misused"),
    Reason.MALICIOUS_REVIEW: _("I am being harassed"),
}

BEFORE_SENDING = (Reason.LATE_DISPATCH, Reason.NEVER_DISPATCHED, Reason.OUT_OF_STOCK, Reason.CHANGED_MIND)
ON_THE_WAY = (Reason.PARCEL_LOST, Reason.LATE_DELIVERY, Reason.LATE_DISPATCH, Reason.CHANGED_MIND)
RECEIVED = (
    Reason.QUALITY, Reason.DAMAGED, Reason.ITEM_MISSING, Reason.WRONG_ITEM, Reason.NOT_AS_DESCRIBED,
    Reason.SHORT_QUANTITY, Reason.CHANGED_MIND, Reason.LATE_DELIVERY, Reason.DAMAGED_IN_TRANSIT, Reason.GIFT_MISSING,
    Reason.FAULT_IN_WARRANTY, Reason.COUNTERFEIT, Reason.AFTER_SALES_REFUSED,
)  # fmt: skip


def likely(order: Order) -> tuple[Reason, ...]:
    """What usually goes wrong at this point of an order."""
    if order.signed_at is not None:
        return RECEIVED
    sent = any(parcel.when(ParcelEventKind.DISPATCHED) for parcel in order.parcels)
    return ON_THE_WAY if sent else BEFORE_SENDING


def choices(order: Order, known: Sequence[Reason]) -> list[tuple[str, str]]:
    """The reasons the market has rules for as choices, the likely ones first."""
    first = [reason for reason in likely(order) if reason in known]
    return [(str(reason), str(SENTENCES[reason])) for reason in dict.fromkeys([*first, *known])]
