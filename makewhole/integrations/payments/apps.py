import base64
import hashlib
import hmac

from django.apps import AppConfig
from django.conf import settings

WEBHOOK_PATH = "/v1/webhooks/payments/sandbox"


class PaymentsConfig(AppConfig):
    name = "makewhole.integrations.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makewhole.integrations.payments.sandbox.provider import Sandbox, in_process, over_http
        from makewhole.rooms.treasury.ports import register_provider

        post = over_http(settings.PUBLIC_URL + WEBHOOK_PATH) if settings.PUBLIC_URL else in_process
        register_provider(Sandbox(webhook_secret("sandbox"), post=post), stands_in=True)


def webhook_secret(provider: str) -> str:
    """The secret a provider of our own signs with: made from the installation's secret key, kept nowhere."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"payments webhook {provider}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(digest).decode()}"
