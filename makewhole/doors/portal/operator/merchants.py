"""Merchants' money: deposits, debts, balances; one merchant's statement; paying into the deposit; writing debt off."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from makewhole.core.ledger.model import AccountKind
from makewhole.doors.portal.operator.frame import (
    case_href,
    currency_of,
    currency_tabs,
    frame,
    merchant_href,
    operators_only,
    zone_of_currency,
)
from makewhole.doors.portal.operator.money_acts import (
    action,
    amount_of,
    confirmed_once,
    figure,
    reference_of,
    said,
)
from makewhole.doors.portal.operator.tabs import money_tabs
from makewhole.doors.portal.operator.words import act_text
from makewhole.doors.portal.parts.acting import see_other
from makewhole.doors.portal.parts.actions import KEY, is_confirmed, new_key
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.tables import Column, Table, Wish
from makewhole.rooms import clock
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury
from makewhole.rooms.treasury import service
from makewhole.rooms.treasury.queries.people import MerchantMoney

MERCHANTS = "/operator/merchants/"
WHY_CHARACTERS_MAX = 100
CARRIED = frozenset({"amount", "why", "currency", KEY})


@require_GET
@operators_only
def list_merchants(request: HttpRequest) -> HttpResponse:
    """Every merchant with money or debts, by id; found by name or id."""
    currency, text = currency_of(request), request.GET.get("q", "").strip()[:200]
    only = list(orders.merchants_called(text)) if text else None
    page = treasury.merchants(currency, only, request.GET.get("cursor", "")[:200])
    names = orders.merchant_names([row.merchant_id for row in page.merchants])
    columns = [
        Column(key="name", label=_("Merchant"), kind="link", note_key="merchant_id"),
        Column(key="balance_minor", label=_("Balance"), kind="money"),
        Column(key="deposit_minor", label=_("Deposit"), kind="money"),
        Column(key="owed_minor", label=_("Owes the fund"), kind="money"),
        Column(key="written_off_minor", label=_("Written off"), kind="money"),
    ]
    rows = [
        {**row._asdict(), "name": names.get(row.merchant_id, row.merchant_id), "currency": currency,
         "owes": row.owed_minor > 0, "href": merchant_href(row.merchant_id, currency)}
        for row in page.merchants
    ]  # fmt: skip
    table = Table(
        caption=_("Merchants"),
        columns=columns,
        rows=rows,
        wish=Wish(text=text),
        searchable=True,
        mark="owes",
        empty_title=_("No merchant fits"),
        empty_text=_("A merchant appears here with its first order or deposit."),
    )
    context = {
        **frame(request),
        "currency": currency,
        "zone": zone_of_currency(currency),
        "table": table,
        "next_cursor": page.next_cursor,
        "tabs": money_tabs(),
        "currency_tabs": currency_tabs(MERCHANTS),
    }
    return render(request, "operator/merchants.html", context)


def name_of(merchant_id: str, money: MerchantMoney) -> str:
    """What the merchant is called. Raises Http404 for one nobody ever heard of."""
    names = orders.merchant_names([merchant_id])
    if merchant_id not in names and not any(money):
        raise Http404(_("There is no such merchant."))
    return names.get(merchant_id, merchant_id)


@require_GET
@operators_only
def show_merchant(request: HttpRequest, merchant_id: str) -> HttpResponse:
    """One merchant's balances, statement, and what an operator may do."""
    currency = currency_of(request)
    try:
        statement = treasury.merchant_statement(merchant_id, currency, request.GET.get("cursor", ""))
    except treasury.BadCursor as error:
        raise BadRequest(str(error)) from None
    name = name_of(merchant_id, statement.money)
    context = {
        **frame(request),
        "currency": currency,
        "zone": zone_of_currency(currency),
        "merchant_id": merchant_id,
        "name": name,
        "money": statement.money,
        "entries": [
            {"entry": entry, "act": act_text(entry.act), "account": account_text_of(entry.account),
             "case_href": case_href(entry.case_id) if entry.case_id else ""}
            for entry in statement.entries
        ],
        "next_cursor": statement.next_cursor,
        "trail": [(_("Merchants"), f"{MERCHANTS}?currency={currency}")],
        "cases_href": f"/operator/cases/?merchant={merchant_id}",
        "base": f"{merchant_href(merchant_id)}",
        "keys": (new_key(), new_key()),
        **fields_of(currency, statement.money),
    }  # fmt: skip
    return render(request, "operator/merchant.html", context)


def account_text_of(kind: str) -> str:
    """The merchant's own accounts in a word each."""
    return {
        AccountKind.MERCHANT.value: _("Balance"),
        AccountKind.DEPOSIT.value: _("Deposit"),
        AccountKind.RECEIVABLE.value: _("Owed"),
    }[kind]


def fields_of(currency: str, money: MerchantMoney) -> dict[str, Field]:
    return {
        "deposit_field": Field(
            name="amount", label=_("Paid into the deposit"), kind="money", currency=currency, required=True,
            id="deposit-amount", help=_("What the merchant owes the fund is taken from it at once."),
        ),
        "write_off_field": Field(
            name="amount", label=_("Amount to give up"), kind="money", currency=currency, required=True,
            id="write-off-amount",
            help=_("At most what is owed: %(owed)s.") % {"owed": money_text(money.owed_minor, currency)},
        ),
        "why_field": Field(
            name="why", label=_("Why it cannot be collected"), required=True, length_max=WHY_CHARACTERS_MAX,
            id="write-off-why", help=_("Kept in the books with your name."),
        ),
    }  # fmt: skip


@require_POST
@operators_only
def pay_deposit(request: HttpRequest, merchant_id: str) -> HttpResponse:
    """Note money the merchant paid into its deposit, confirmed."""
    currency = currency_of(request)
    money, base = treasury.merchant_money(merchant_id, currency), merchant_href(merchant_id, currency)
    name = name_of(merchant_id, money)
    amount_minor, wrong = amount_of(request, "amount", currency)
    if amount_minor is None:
        messages.error(request, wrong)
        return see_other(base)
    taken_minor = min(money.owed_minor, amount_minor)
    figures = [figure(_("Paid into the deposit"), amount_minor, currency)]
    if taken_minor:
        figures.append(figure(_("Goes to the fund at once"), taken_minor, currency))
    figures.append(figure(_("Deposit then"), money.deposit_minor + amount_minor - taken_minor, currency))
    effect = _("Do this only once the money has arrived. Merchant: %(name)s") % {"name": name}
    shown = action("deposit", _("Enter the deposit"), effect, request.path, figures=figures)

    def act() -> str:
        service.top_up_deposit(merchant_id, currency, amount_minor, reference_of(request), clock.now())
        return said(_("%(amount)s is entered as deposit."), amount_minor, currency)

    return confirmed_once(request, shown, (), base, act)


@require_POST
@operators_only
def write_off(request: HttpRequest, merchant_id: str) -> HttpResponse:
    """Give up collecting a debt: the amount is typed twice, on two pages, and the reason is kept."""
    currency = currency_of(request)
    money, base = treasury.merchant_money(merchant_id, currency), merchant_href(merchant_id, currency)
    name, why = name_of(merchant_id, money), request.POST.get("why", "").strip()[:WHY_CHARACTERS_MAX]
    amount_minor, wrong = amount_of(request, "amount", currency)
    if not wrong and not why:
        wrong = _("Say why the debt cannot be collected.")
    if amount_minor is not None and amount_minor > money.owed_minor:
        wrong = _("The merchant owes %(owed)s; no more can be written off.") % {
            "owed": money_text(money.owed_minor, currency)
        }
    if amount_minor is None or wrong:
        messages.error(request, wrong)
        return see_other(base)
    typed_again = amount_of(request, "again", currency)[0]
    if not is_confirmed(request) or typed_again != amount_minor:
        return ask_twice(request, name, amount_minor, money, currency, why, base)

    def act() -> str:
        service.write_off(merchant_id, currency, amount_minor, reference_of(request, why), clock.now())
        return said(_("%(amount)s is written off."), amount_minor, currency)

    return confirmed_once(request, {}, (), base, act)


def ask_twice(
    request: HttpRequest, name: str, amount_minor: int, money: MerchantMoney, currency: str, why: str, base: str
) -> HttpResponse:
    """The page that wants the amount typed again: a second look that cannot be clicked through."""
    was_wrong = is_confirmed(request)
    context: dict[str, Any] = {
        **frame(request),
        "name": name,
        "why": why,
        "amount_minor": amount_minor,
        "left_minor": money.owed_minor - amount_minor,
        "currency": currency,
        "back_href": base,
        "href": request.path,
        "carried": [
            (key, value) for key, value in request.POST.items() if key in CARRIED
        ],
        "again_field": Field(
            name="again", label=_("Type the amount once more"), kind="money", currency=currency, required=True,
            errors=[_("This is not the same amount. Look at both again.")] if was_wrong else [],
        ),
    }  # fmt: skip
    return render(request, "operator/write_off.html", context, status=422 if was_wrong else 200)
