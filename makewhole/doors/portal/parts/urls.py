"""Addresses of the gallery."""

from django.urls import URLPattern, URLResolver, path

from makewhole.doors.portal.parts import views

app_name = "parts"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show, name="gallery"),
    path("confirm/", views.confirm, name="confirm"),
    path("<slug:section>/", views.show, name="section"),
]
