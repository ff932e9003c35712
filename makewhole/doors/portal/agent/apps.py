from django.apps import AppConfig


class AgentPortalConfig(AppConfig):
    name = "makewhole.doors.portal.agent"
    label = "portal_agent"
