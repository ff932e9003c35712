from django.apps import AppConfig


class MerchantPortalConfig(AppConfig):
    name = "makewhole.doors.portal.merchant"
    label = "portal_merchant"
