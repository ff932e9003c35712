"""The closed vocabularies of the house: one noun per concept, the same in code, screens, API and docs.

Every list here is closed: a value outside it is refused at the door. Texts shown to people are pairs of
Chinese and English; they live beside the word they explain.
"""

from enum import StrEnum
from typing import Literal, NamedTuple

from makewhole.core.traditional import traditional

Language = Literal["zh", "zh-hant", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "zh-hant", "en")
"""What readers may ask for: simplified Chinese, traditional Chinese, English."""
WRITTEN: tuple[Language, ...] = ("zh", "en")
"""What texts are written in; traditional Chinese is derived from simplified."""
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def language_of(tag: str) -> Language | None:
    """The language a tag such as `zh-TW`, `zh_HK.UTF-8` or `en-GB` asks for; None for one that is not spoken here.

    Chinese is traditional where the tag says so or names a place that writes it, unless it names the simplified script.
    """
    primary, *more = tag.lower().partition(".")[0].replace("_", "-").split("-")
    if primary == "zh":
        return "zh-hant" if not _TRADITIONAL.isdisjoint(more) and "hans" not in more else "zh"
    return "en" if primary == "en" else None


class Text(NamedTuple):
    """One sentence or label for people, in Chinese (simplified) and in English."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        """Return the text in the reader's language. What is the same in both is somebody's own words, and stays."""
        if language == "en":
            return self.en
        return self.zh if language == "zh" or self.zh == self.en else traditional(self.zh)


class Reason(StrEnum):
    """What went wrong with an order. Where one ends and the next begins is told in docs/concepts/reasons.md."""

    CHANGED_MIND = "changed_mind"
    QUALITY = "quality"
    DAMAGED = "damaged"
    NOT_AS_DESCRIBED = "not_as_described"
    COUNTERFEIT = "counterfeit"
    FRAUD = "fraud"
    ITEM_MISSING = "item_missing"
    WRONG_ITEM = "wrong_item"
    SHORT_QUANTITY = "short_quantity"
    GIFT_MISSING = "gift_missing"
    LATE_DISPATCH = "late_dispatch"
    NEVER_DISPATCHED = "never_dispatched"
    OUT_OF_STOCK = "out_of_stock"
    LATE_DELIVERY = "late_delivery"
    PARCEL_LOST = "parcel_lost"
    DAMAGED_IN_TRANSIT = "damaged_in_transit"
    PROMISE_BROKEN = "promise_broken"
    AFTER_SALES_REFUSED = "after_sales_refused"
    BAD_SERVICE = "bad_service"
    FAULT_IN_WARRANTY = "fault_in_warranty"
    PRICE_PROTECTION = "price_protection"
    DATA_LEAK = "data_leak"
    ACCOUNT_MISUSE = "account_misuse"
    MALICIOUS_REVIEW = "malicious_review"


class Remedy(StrEnum):
    """What makes the buyer whole. A plan is one remedy; compensation may add to another plan or stand alone."""

    RETURN_AND_REFUND = "return_and_refund"
    REFUND_ONLY = "refund_only"
    PARTIAL_REFUND = "partial_refund"
    EXCHANGE = "exchange"
    RESHIP = "reship"
    SUBSTITUTE = "substitute"
    REPAIR = "repair"
    COMPENSATION = "compensation"


RETURNS_GOODS = frozenset({Remedy.RETURN_AND_REFUND, Remedy.EXCHANGE, Remedy.REPAIR})
"""Remedies under which the goods travel back to the merchant first."""

SENDS_GOODS = frozenset({Remedy.EXCHANGE, Remedy.RESHIP, Remedy.SUBSTITUTE, Remedy.REPAIR})
"""Remedies under which the merchant sends goods to the buyer."""


class Head(StrEnum):
    """Head of loss: what one amount makes good. Amounts due, paid and pending are kept per line and head."""

    GOODS = "goods"
    FREIGHT_OUT = "freight_out"
    FREIGHT_BACK = "freight_back"
    LATENESS = "lateness"
    STATUTORY = "statutory"
    DAMAGES = "damages"
    COSTS = "costs"
    GOODWILL = "goodwill"


class Party(StrEnum):
    """Who owes or bears something."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    PLATFORM = "platform"
    FUND = "fund"


class Role(StrEnum):
    """Who acts. The system acts only when a deadline falls due or an outside effect reports back."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    AGENT = "agent"
    OPERATOR = "operator"
    SYSTEM = "system"


class Provenance(StrEnum):
    """How firmly a fact stands."""

    ALLEGED = "alleged"
    EVIDENCED = "evidenced"
    PRESUMED = "presumed"
    FOUND = "found"


class Layer(StrEnum):
    """Where a rule comes from. The better right for the buyer wins; the law is the floor."""

    LAW = "law"
    PLATFORM = "platform"
    CATEGORY = "category"
    MERCHANT = "merchant"


class RuleStatus(StrEnum):
    """Whether the figures of a rule were checked against the official text."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class Stage(StrEnum):
    """Where a case stands."""

    NEGOTIATION = "negotiation"
    PERFORMANCE = "performance"
    MEDIATION = "mediation"
    APPEAL = "appeal"
    CLOSED = "closed"


class Step(StrEnum):
    """What an obligation asks of its debtor: the kinds of next action a case can wait for."""

    RESPOND = "respond"
    ANSWER_OFFER = "answer_offer"
    REVISE_OR_ESCALATE = "revise_or_escalate"
    SHIP_BACK = "ship_back"
    INSPECT = "inspect"
    SEND_GOODS = "send_goods"
    CONFIRM_RECEIPT = "confirm_receipt"
    PAY = "pay"
    SETTLE_REFUND = "settle_refund"
    GIVE_EVIDENCE = "give_evidence"
    RULE = "rule"
    APPEAL = "appeal"
    RULE_APPEAL = "rule_appeal"


class Consequence(StrEnum):
    """What follows when an obligation's time passes in silence."""

    CLAIM_ACCEPTED = "claim_accepted"
    OFFER_LAPSES = "offer_lapses"
    CASE_CLOSED = "case_closed"
    ESCALATED = "escalated"
    RETURN_ACCEPTED = "return_accepted"
    REFUNDED_INSTEAD = "refunded_instead"
    RECEIPT_CONFIRMED = "receipt_confirmed"
    FUND_ADVANCES = "fund_advances"
    REST_LEFT_OWING = "rest_left_owing"
    RULED_ON_FILE = "ruled_on_file"
    RULING_FINAL = "ruling_final"
    REMINDED = "reminded"
