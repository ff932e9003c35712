from django.apps import AppConfig
from django.conf import settings


class MessagesConfig(AppConfig):
    name = "makewhole.integrations.messages"
    label = "outgoing_messages"

    def ready(self) -> None:
        from makewhole.integrations.messages.mail import Mail
        from makewhole.integrations.messages.sms import sms_courier
        from makewhole.integrations.messages.webhooks import Webhooks
        from makewhole.rooms.notices.ports import Channel, register

        register(Channel.MAIL, Mail() if settings.MAIL_SERVER.backend else None)
        register(Channel.SMS, sms_courier(settings.SMS_URL))
        register(Channel.WEBHOOK, Webhooks(to_private_addresses=settings.WEBHOOKS_TO_PRIVATE_ADDRESSES))
