from django.apps import AppConfig


class OperatorPortalConfig(AppConfig):
    name = "makewhole.doors.portal.operator"
    label = "portal_operator"
