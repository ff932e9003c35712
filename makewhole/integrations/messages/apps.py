from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "makewhole.integrations.messages"
    label = "outgoing_messages"
