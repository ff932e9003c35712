from django.apps import AppConfig


class AnyonePortalConfig(AppConfig):
    name = "makewhole.doors.portal.anyone"
    label = "portal_anyone"
