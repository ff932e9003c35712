"""What the books' words are called on an operator's screen: kinds of account, business acts, states of payouts."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from makewhole.core.ledger.model import AccountKind
from makewhole.rooms.treasury.models import IntentKind, IntentState

ACCOUNTS: dict[AccountKind, Promise] = {
    AccountKind.PROVIDER: pgettext_lazy("account", "Payment providers"),
    AccountKind.ESCROW: pgettext_lazy("account", "Orders' escrow"),
    AccountKind.MERCHANT: pgettext_lazy("account", "Merchants' balances"),
    AccountKind.DEPOSIT: pgettext_lazy("account", "Merchants' deposits"),
    AccountKind.RECEIVABLE: pgettext_lazy("account", "Owed by merchants"),
    AccountKind.FUND: pgettext_lazy("account", "Guarantee fund"),
    AccountKind.OUTGOING: pgettext_lazy("account", "On its way to buyers"),
    AccountKind.PLATFORM: pgettext_lazy("account", "Platform"),
    AccountKind.WRITE_OFF: pgettext_lazy("account", "Written off"),
    AccountKind.ISSUED: pgettext_lazy("account", "Points and coupons issued"),
    AccountKind.WALLET: pgettext_lazy("account", "Buyers' wallets"),
    AccountKind.ADVANCED: pgettext_lazy("account", "Advanced by the fund"),
    AccountKind.CHARGEBACK: pgettext_lazy("account", "Set aside for chargebacks"),
}

ACTS: dict[str, Promise] = {
    "receive": pgettext_lazy("act", "Payment received"),
    "settle": pgettext_lazy("act", "Order settled to the merchant"),
    "pay": pgettext_lazy("act", "Taken to pay the buyer"),
    "advance": pgettext_lazy("act", "Advance by the fund"),
    "recover": pgettext_lazy("act", "Recovered for the fund"),
    "write_off": pgettext_lazy("act", "Debt written off"),
    "bear": pgettext_lazy("act", "Borne by fund or platform"),
    "fund_in": pgettext_lazy("act", "Fund topped up"),
    "deposit_in": pgettext_lazy("act", "Deposit paid in"),
    "deposit_out": pgettext_lazy("act", "Deposit paid out"),
    "deposit_out_returned": pgettext_lazy("act", "Deposit payout came back"),
    "merchant_out": pgettext_lazy("act", "Paid out to the merchant"),
    "merchant_out_returned": pgettext_lazy("act", "Merchant's payout came back"),
    "refund": pgettext_lazy("act", "Refund sent"),
    "refund_returned": pgettext_lazy("act", "Refund came back"),
    "payout": pgettext_lazy("act", "Payout sent"),
    "payout_returned": pgettext_lazy("act", "Payout came back"),
    "wallet": pgettext_lazy("act", "Into the buyer's wallet"),
    "chargeback": pgettext_lazy("act", "Taken by the buyer's bank"),
    "freeze": pgettext_lazy("act", "Set aside for a chargeback"),
    "unfreeze": pgettext_lazy("act", "Released after a chargeback"),
    "prior": pgettext_lazy("act", "Given by the shop before"),
}

INTENT_KINDS: dict[IntentKind, Promise] = {
    IntentKind.REFUND: pgettext_lazy("payout", "Refund"),
    IntentKind.PAYOUT: pgettext_lazy("payout", "Payout"),
    IntentKind.WALLET: pgettext_lazy("payout", "Into the wallet"),
    IntentKind.CHARGEBACK: pgettext_lazy("payout", "Taken by the bank"),
    IntentKind.PRIOR: pgettext_lazy("payout", "Given by the shop before"),
    IntentKind.DEPOSIT_OUT: pgettext_lazy("payout", "Deposit"),
    IntentKind.MERCHANT_OUT: pgettext_lazy("payout", "Merchant's balance"),
}

INTENT_STATES: dict[IntentState, Promise] = {
    IntentState.HELD: pgettext_lazy("payout", "waits for a chargeback"),
    IntentState.CLAIMED: pgettext_lazy("payout", "set aside"),
    IntentState.SENT: pgettext_lazy("payout", "on its way"),
    IntentState.SETTLED: pgettext_lazy("payout", "arrived"),
    IntentState.FAILED: pgettext_lazy("payout", "failed"),
    IntentState.REPLACED: pgettext_lazy("payout", "took another road"),
}

CHECKS: dict[str, Promise] = {
    "every open case waits for somebody by a date": gettext_lazy("every open case waits for somebody by a date"),
    "no obligation is overdue beyond the sweep's lag": gettext_lazy("no obligation is overdue beyond the sweep's lag"),
    "no two clocks of a case contradict each other": gettext_lazy("no two clocks of a case contradict each other"),
    "units in open cases are held once": gettext_lazy("units in open cases are held once"),
    "no event is missing and each carries the hash of the one before": gettext_lazy(
        "no event is missing and each carries the hash of the one before"
    ),
    "the stored state is what its events make": gettext_lazy("the stored state is what its events make"),
    "what lists, rights and clocks go by is what the state says": gettext_lazy(
        "what lists, rights and clocks go by is what the state says"
    ),
    "every answer given can be given again": gettext_lazy("every answer given can be given again"),
    "every step acknowledged is in the events": gettext_lazy("every step acknowledged is in the events"),
    "exhibits of each case form one unbroken chain": gettext_lazy("exhibits of each case form one unbroken chain"),
    "kept files have the content they were filed with (the newest ones)": gettext_lazy(
        "kept files have the content they were filed with (the newest ones)"
    ),
    "every exhibit was handed in by the side it stands for": gettext_lazy(
        "every exhibit was handed in by the side it stands for"
    ),
    "nothing is marked delivered without a try that arrived": gettext_lazy(
        "nothing is marked delivered without a try that arrived"
    ),
    "a merchant's endpoint hears of that merchant alone": gettext_lazy(
        "a merchant's endpoint hears of that merchant alone"
    ),
    "what an order's lines, discounts and freight make is what was paid": gettext_lazy(
        "what an order's lines, discounts and freight make is what was paid"
    ),
    "the entries of every posted transfer sum to zero per asset": gettext_lazy(
        "the entries of every posted transfer sum to zero per asset"
    ),
    "all accounts of an asset sum to zero": gettext_lazy("all accounts of an asset sum to zero"),
    "every balance is the sum of its entries, without a gap": gettext_lazy(
        "every balance is the sum of its entries, without a gap"
    ),
    "what is reserved is what pending transfers will take": gettext_lazy(
        "what is reserved is what pending transfers will take"
    ),
    "per line and head: paid + under way ≤ due ≤ cap, as the payouts say": gettext_lazy(
        "per line and head: paid + under way ≤ due ≤ cap, as the payouts say"
    ),
    "no payment gives back more than it brought": gettext_lazy("no payment gives back more than it brought"),
    "no account is below its floor": gettext_lazy("no account is below its floor"),
    "what went into escrow is what the payments brought": gettext_lazy(
        "what went into escrow is what the payments brought"
    ),
    "every settled payout has one provider reference and one posted transfer": gettext_lazy(
        "every settled payout has one provider reference and one posted transfer"
    ),
    "every statement line matches one transfer": gettext_lazy("every statement line matches one transfer"),
    "advances = recovered + outstanding + written off, on records and accounts alike": gettext_lazy(
        "advances = recovered + outstanding + written off, on records and accounts alike"
    ),
}
"""The rooms' checks in the reader's language, by the sentence each room gives."""


def account_text(kind: str) -> str:
    return str(ACCOUNTS[AccountKind(kind)])


def act_text(act: str) -> str:
    """A business act in words; one not listed is a movement like any other."""
    return str(ACTS.get(act, _("Movement")))


def check_text(title: str) -> str:
    return str(CHECKS.get(title, title))
