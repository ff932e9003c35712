"""The groups of pages that stand behind one entry of the navigation each: money, rules, and the house itself."""

from django.utils.translation import gettext as _


def money_tabs() -> list[tuple[str, str, str]]:
    return [
        ("fund", _("Fund"), "/operator/fund/"),
        ("merchants", _("Merchants"), "/operator/merchants/"),
        ("accounts", _("Books"), "/operator/books/"),
        ("transfers", _("Transfers"), "/operator/books/transfers/"),
        ("payouts", _("Payouts"), "/operator/books/payouts/"),
        ("reconciliation", _("Reconciliation"), "/operator/books/reconciliation/"),
        ("checks", _("Checks"), "/operator/books/checks/"),
    ]


def rules_tabs() -> list[tuple[str, str, str]]:
    return [
        ("rules", _("Rules in force"), "/operator/rules/"),
        ("compare", _("Compare editions"), "/operator/rules/compare/"),
        ("trials", _("Try on past cases"), "/operator/rules/trials/"),
    ]


def house_tabs() -> list[tuple[str, str, str]]:
    return [
        ("notices", _("Messages"), "/operator/notices/"),
        ("people", _("People"), "/operator/people/"),
        ("keys", _("API keys"), "/operator/keys/"),
        ("webhooks", _("Webhooks"), "/operator/webhooks/"),
    ]
