"""Addresses that need no account."""

from django.urls import URLPattern, URLResolver, path

from makewhole.doors.portal.anyone import views

app_name = "anyone"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.landing, name="landing"),
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("demo/enter/", views.enter_demo, name="enter_demo"),
    path("theme/", views.theme, name="theme"),
]
