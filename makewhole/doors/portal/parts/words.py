"""What the closed vocabularies of the core are called on screen. Every value of every list has a label."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makewhole.core.case.model import Outcome
from makewhole.core.ledger.model import Funding, TransferState
from makewhole.core.rulebook.model import ObstacleKind
from makewhole.core.words import Consequence, Head, Layer, Party, Provenance, Reason, Remedy, Role, Stage, Step

LABELS: dict[type[StrEnum], dict[str, Promise]] = {
    Reason: {
        "changed_mind": _("Changed my mind"),
        "quality": _("Quality defect"),
        "damaged": _("Arrived damaged"),
        "not_as_described": _("Not as described"),
        "counterfeit": _("Counterfeit"),
        "fraud": _("False advertising or fraud"),
        "item_missing": _("Item missing from the parcel"),
        "wrong_item": _("Wrong item sent"),
        "short_quantity": _("Fewer or less than ordered"),
        "gift_missing": _("Gift missing"),
        "late_dispatch": _("Sent late"),
        "never_dispatched": _("Never sent"),
        "out_of_stock": _("Out of stock"),
        "late_delivery": _("Delivered late"),
        "parcel_lost": _("Parcel lost"),
        "damaged_in_transit": _("Damaged on the way"),
        "promise_broken": _("Promise not kept"),
        "after_sales_refused": _("After-sales refused or stalled"),
        "bad_service": _("Bad service"),
        "fault_in_warranty": _("Fault within warranty"),
        "price_protection": _("Price protection"),
        "data_leak": _("Personal data leaked"),
        "account_misuse": _("Account misused"),
        "malicious_review": _("Malicious review or harassment"),
    },
    Remedy: {
        "return_and_refund": _("Return and refund"),
        "refund_only": _("Refund, keep the goods"),
        "partial_refund": _("Partial refund"),
        "exchange": _("Exchange"),
        "reship": _("Send it again"),
        "substitute": _("Equal-value substitute"),
        "repair": _("Repair"),
        "compensation": _("Compensation"),
    },
    Head: {
        "goods": _("Price of the goods"),
        "freight_out": _("Delivery charge"),
        "freight_back": _("Return freight"),
        "lateness": _("Compensation for lateness"),
        "statutory": _("Statutory compensation"),
        "damages": _("Damages"),
        "costs": _("Costs"),
        "goodwill": _("Goodwill"),
    },
    Party: {
        "buyer": _("Buyer"),
        "merchant": _("Merchant"),
        "platform": _("Platform"),
        "fund": _("Guarantee fund"),
    },
    Role: {
        "buyer": _("Buyer"),
        "merchant": _("Merchant"),
        "agent": _("Agent"),
        "operator": _("Operator"),
        "system": _("Automatic"),
    },
    Provenance: {
        "alleged": _("Claimed, not proven"),
        "evidenced": _("Backed by evidence"),
        "presumed": _("Presumed true"),
        "found": _("Found by the panel"),
    },
    Layer: {
        "law": _("Law"),
        "platform": _("Platform rule"),
        "category": _("Category rule"),
        "merchant": _("Merchant's promise"),
    },
    Stage: {
        "negotiation": _("With the merchant"),
        "performance": _("Being carried out"),
        "mediation": _("With the platform"),
        "appeal": _("On appeal"),
        "closed": _("Closed"),
    },
    Step: {
        "respond": _("Respond to the claim"),
        "answer_offer": _("Answer the offer"),
        "revise_or_escalate": _("Change the claim or ask the platform"),
        "ship_back": _("Send the goods back"),
        "inspect": _("Inspect the return"),
        "send_goods": _("Send the goods"),
        "confirm_receipt": _("Confirm receipt"),
        "pay": _("Pay"),
        "settle_refund": _("Complete the refund"),
        "give_evidence": _("Hand in evidence"),
        "rule": _("Rule on the case"),
        "appeal": _("Appeal, if you wish"),
        "rule_appeal": _("Rule on the appeal"),
    },
    Consequence: {
        "claim_accepted": _("the claim counts as accepted"),
        "offer_lapses": _("the offer lapses"),
        "case_closed": _("the case is closed"),
        "escalated": _("the case goes to the platform"),
        "return_accepted": _("the return counts as accepted"),
        "refunded_instead": _("the money is refunded instead"),
        "receipt_confirmed": _("receipt counts as confirmed"),
        "fund_advances": _("the guarantee fund pays at once"),
        "ruled_on_file": _("the platform rules on what is on file"),
        "ruling_final": _("the ruling becomes final"),
        "reminded": _("a reminder is sent"),
    },
    ObstacleKind: {
        "excluded": _("Not covered"),
        "out_of_time": _("Out of time"),
        "not_yet": _("Not yet"),
        "paid_in_full": _("Already paid in full"),
        "not_claimable": _("Cannot be claimed"),
    },
    Outcome: {
        "withdrawn": _("Withdrawn"),
        "lapsed": _("Lapsed"),
        "settled": _("Settled between both sides"),
        "ruled_for_buyer": _("Ruled for the buyer"),
        "ruled_in_part": _("Ruled in part"),
        "dismissed": _("Dismissed"),
    },
    TransferState: {
        "pending": _("On its way"),
        "posted": _("Done"),
        "voided": _("Cancelled"),
    },
    Funding: {
        "merchant": _("paid by the merchant"),
        "fund": _("advanced by the guarantee fund"),
    },
}

BY_NAME: dict[str, type[StrEnum]] = {
    "reason": Reason,
    "remedy": Remedy,
    "head": Head,
    "party": Party,
    "role": Role,
    "provenance": Provenance,
    "layer": Layer,
    "stage": Stage,
    "step": Step,
    "consequence": Consequence,
    "obstacle": ObstacleKind,
    "outcome": Outcome,
    "transfer_state": TransferState,
    "funding": Funding,
}

TONES: dict[str, str] = {
    "negotiation": "waiting",
    "performance": "active",
    "mediation": "active",
    "appeal": "active",
    "closed": "quiet",
    "settled": "good",
    "ruled_for_buyer": "good",
    "ruled_in_part": "good",
    "withdrawn": "quiet",
    "lapsed": "quiet",
    "dismissed": "quiet",
    "pending": "waiting",
    "posted": "good",
    "voided": "quiet",
    "alleged": "quiet",
    "evidenced": "active",
    "presumed": "active",
    "found": "good",
    "excluded": "harm",
    "out_of_time": "harm",
    "not_yet": "waiting",
    "paid_in_full": "good",
    "not_claimable": "harm",
    "verified": "quiet",
    "unverified": "waiting",
}
"""The colour of a word as a chip; a word not listed is quiet."""


def label_of(value: StrEnum | str, vocabulary: str = "") -> str:
    """What `value` is called on screen. A plain string needs the name of its vocabulary.

    Raises KeyError when the vocabulary or the value is not known: a code is never shown to people.
    """
    kind = type(value) if isinstance(value, StrEnum) else BY_NAME.get(vocabulary)
    if kind is None or kind not in LABELS:
        raise KeyError(f"no vocabulary for {value!r}; name one of {', '.join(BY_NAME)}")
    try:
        return str(LABELS[kind][str(value)])
    except KeyError:
        raise KeyError(f"{vocabulary or kind.__name__} {value!r} has no label") from None
