from django.urls import URLPattern, URLResolver, path

from makewhole.doors.portal.merchant import cases, evidence, notices, queue, statement

app_name = "merchant"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", queue.show_queue, name="queue"),
    path("open/", queue.show_queue, {"view": "open"}, name="open"),
    path("closed/", queue.show_queue, {"view": "closed"}, name="closed"),
    path("cases/<uuid:case_id>/", cases.show_case, name="case"),
    path("cases/<uuid:case_id>/<slug:name>/", cases.act, name="act"),
    path("evidence/add/<uuid:order_id>/", evidence.add, name="evidence_add"),
    path("evidence/<uuid:exhibit_id>/", evidence.show, name="exhibit"),
    path("evidence/<uuid:exhibit_id>/drop/", evidence.drop, name="evidence_drop"),
    path("evidence/<uuid:exhibit_id>/<str:form>/", evidence.serve, name="exhibit_file"),
    path("statement/", statement.show_statement, name="statement"),
    path("notices/", notices.list_notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/<uuid:notice_id>/", notices.open_notice, name="notice"),
]
