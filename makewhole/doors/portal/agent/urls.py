"""Addresses of the agent's portal."""

from django.urls import URLPattern, URLResolver, path

from makewhole.doors.portal.agent import cases, desk, evidence, precedents, ruling

app_name = "agent"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.show_desk, name="desk"),
    path("unassigned/", desk.show_desk, {"view": "unassigned"}, name="unassigned"),
    path("all/", desk.show_desk, {"view": "all"}, name="all"),
    path("next/", desk.take_next, name="next"),
    path("cases/", precedents.show_cases, name="cases"),
    path("cases/<uuid:case_id>/", cases.show_case, name="case"),
    path("cases/<uuid:case_id>/take/", desk.take, name="take"),
    path("cases/<uuid:case_id>/release/", desk.release, name="release"),
    path("cases/<uuid:case_id>/precedents/", precedents.show_precedents, name="precedents"),
    path("cases/<uuid:case_id>/rule/", ruling.show_ruling, {"name": "rule"}, name="rule"),
    path("cases/<uuid:case_id>/rule-appeal/", ruling.show_ruling, {"name": "rule_appeal"}, name="rule_appeal"),
    path("cases/<uuid:case_id>/<slug:name>/", cases.act, name="act"),
    path("evidence/<uuid:exhibit_id>/", evidence.show, name="exhibit"),
    path("evidence/<uuid:exhibit_id>/<str:form>/", evidence.serve, name="exhibit_file"),
]
