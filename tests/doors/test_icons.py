"""The small set of icons, and who names one of them."""

import re
from pathlib import Path

from makewhole.doors.portal import parts
from makewhole.doors.portal.parts.icons import ICONS

NAMED = re.compile(r'{% icon "([^"]+)"|{% (?:empty|nav_item) [^%]*?"([a-z]+)"')


def test_every_icon_a_template_names_exists() -> None:
    """Also those drawn only while a list is empty, which no other test may come by."""
    for template in Path(parts.__file__).parent.parent.rglob("*.html"):
        for icon, last in NAMED.findall(template.read_text(encoding="utf-8")):
            assert (icon or last) in ICONS, f"{template.name}: {icon or last}"
