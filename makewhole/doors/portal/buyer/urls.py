from django.urls import URLPattern, URLResolver, path

from makewhole.doors.portal.buyer import cases, claim, due, evidence, money, notices, orders

app_name = "buyer"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", orders.list_orders, name="orders"),
    path("orders/<uuid:order_id>/", orders.show_order, name="order"),
    path("orders/<uuid:order_id>/due/", due.show_due, name="due"),
    path("orders/<uuid:order_id>/claim/", claim.begin, name="claim"),
    path("orders/<uuid:order_id>/claim/<slug:step>/", claim.show_step, name="claim_step"),
    path("cases/", cases.list_cases, name="cases"),
    path("cases/<uuid:case_id>/", cases.show_case, name="case"),
    path("cases/<uuid:case_id>/<slug:name>/", cases.act, name="act"),
    path("evidence/add/<uuid:order_id>/", evidence.add, name="evidence_add"),
    path("evidence/<uuid:exhibit_id>/", evidence.show, name="exhibit"),
    path("evidence/<uuid:exhibit_id>/drop/", evidence.drop, name="evidence_drop"),
    path("evidence/<uuid:exhibit_id>/<str:form>/", evidence.serve, name="exhibit_file"),
    path("money/", money.show_money, name="money"),
    path("notices/", notices.list_notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/<uuid:notice_id>/", notices.open_notice, name="notice"),
]
