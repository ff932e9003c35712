"""Addresses of the operator's portal."""

from django.urls import URLPattern, URLResolver, path

from makewhole.doors.portal.operator import (
    auditing,
    books,
    cases,
    comparing,
    fund,
    merchants,
    notices,
    people,
    rules,
    today,
    trials,
    webhooks,
)

app_name = "operator"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.show_today, name="today"),
    path("cases/", cases.list_cases, name="cases"),
    path("cases/<uuid:case_id>/", cases.show_case, name="case"),
    path("fund/", fund.show_fund, name="fund"),
    path("fund/top-up/", fund.top_up, name="fund_top_up"),
    path("fund/limit/", fund.set_limit, name="fund_limit"),
    path("merchants/", merchants.list_merchants, name="merchants"),
    path("merchants/<str:merchant_id>/", merchants.show_merchant, name="merchant"),
    path("merchants/<str:merchant_id>/deposit/", merchants.pay_deposit, name="deposit"),
    path("merchants/<str:merchant_id>/write-off/", merchants.write_off, name="write_off"),
    path("books/", books.show_totals, name="books"),
    path("books/accounts/", books.list_accounts, name="accounts"),
    path("books/transfers/", books.list_transfers, name="transfers"),
    path("books/transfers/<uuid:transfer_id>/", books.show_transfer, name="transfer"),
    path("books/payouts/", books.list_payouts, name="payouts"),
    path("books/reconciliation/", auditing.show_reconciliation, name="reconciliation"),
    path("books/reconciliation/run/", auditing.reconcile, name="reconcile"),
    path("books/checks/", auditing.show_checks, name="checks"),
    path("rules/", rules.list_rules, name="rules"),
    path("rules/compare/", comparing.show_comparison, name="compare"),
    path("rules/trials/", trials.list_trials, name="trials"),
    path("rules/trials/ask/", trials.ask, name="trial_ask"),
    path("rules/trials/<uuid:trial_id>/", trials.show_trial, name="trial"),
    path("rules/<slug:market>/", rules.list_rules, name="rules_of"),
    path("rules/<slug:market>/changes/", rules.list_changes, name="rule_changes"),
    path("rules/<slug:market>/<str:rule_id>/", rules.show_rule, name="rule"),
    path("rules/<slug:market>/<str:rule_id>/<str:start>/", rules.show_rule, name="rule_edition"),
    path("people/", people.list_people, name="people"),
    path("keys/", people.show_keys, name="keys"),
    path("keys/<uuid:key_id>/revoke/", people.revoke, name="revoke"),
    path("webhooks/", webhooks.list_endpoints, name="webhooks"),
    path("webhooks/<uuid:endpoint_id>/", webhooks.show_endpoint, name="endpoint"),
    path("webhooks/<uuid:endpoint_id>/<slug:name>/", webhooks.act, name="endpoint_act"),
    path("notices/", notices.list_notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/<uuid:notice_id>/", notices.open_notice, name="notice"),
]
