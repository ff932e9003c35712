from django.apps import AppConfig
from django.conf import settings


class StorageConfig(AppConfig):
    name = "makewhole.integrations.storage"
    label = "storage"

    def ready(self) -> None:
        from makewhole.integrations.storage.clamd import Clamd
        from makewhole.integrations.storage.objects import ObjectFiles
        from makewhole.rooms.evidence import ports

        scanner: ports.Scanner = Clamd(settings.SCANNER_URL) if settings.SCANNER_URL else ports.NoScanner()
        ports.register(ObjectFiles(settings.FILES_URL), scanner)
