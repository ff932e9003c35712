from django.apps import AppConfig


class BuyerPortalConfig(AppConfig):
    name = "makewhole.doors.portal.buyer"
    label = "portal_buyer"
