from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "makewhole.doors.api"
    label = "api"
