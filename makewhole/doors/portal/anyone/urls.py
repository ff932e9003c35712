"""Addresses that need no account."""

from django.urls import URLPattern, URLResolver, path

from makewhole.doors.portal.anyone import due, entering, pages, views

app_name = "anyone"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.landing, name="landing"),
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("enter/", entering.enter_from_shop, name="enter"),
    path("demo/enter/", views.enter_demo, name="enter_demo"),
    path("due/", due.show_due, name="due"),
    path("rights/", pages.show_rights, name="rights"),
    path("rights/<slug:market>/", pages.show_rights, name="rights_of"),
    path("rules/", pages.list_rules, name="rules"),
    path("rules/<slug:market>/", pages.list_rules, name="rules_of"),
    path("rules/<slug:market>/changes/", pages.list_changes, name="rule_changes"),
    path("rules/<slug:market>/<str:rule_id>/", pages.show_rule, name="rule"),
    path("rules/<slug:market>/<str:rule_id>/<str:start>/", pages.show_rule, name="rule_edition"),
    path("theme/", views.theme, name="theme"),
    path("language/", views.choose_language, name="language"),
]
