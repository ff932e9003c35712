from django.apps import AppConfig


class RulebooksConfig(AppConfig):
    name = "makewhole.rooms.rulebooks"
    label = "rulebooks"
    default_auto_field = "django.db.models.BigAutoField"
