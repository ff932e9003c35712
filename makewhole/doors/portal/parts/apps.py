from django.apps import AppConfig


class PartsPortalConfig(AppConfig):
    name = "makewhole.doors.portal.parts"
    label = "portal_parts"
