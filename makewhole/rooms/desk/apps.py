from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "makewhole.rooms.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
