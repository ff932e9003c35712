"""Static files whose address changes with their content, without a collect step."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStaticFiles(StaticFilesStorage):
    """Adds `?v=<digest>` to each address, so a browser that keeps files for a year still sees a new one at once."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        if not name or settings.DEBUG:
            return address
        version = _version(name)
        return f"{address}?v={version}" if version else address


@cache
def _version(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12]
