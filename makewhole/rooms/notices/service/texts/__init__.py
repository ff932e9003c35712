"""Every template there is, by name."""

from makewhole.rooms.notices.service.texts.dispute import DISPUTE
from makewhole.rooms.notices.service.texts.performance import HOUSE, PERFORMANCE
from makewhole.rooms.notices.service.texts.template import Said, Template, Worded, word

TEMPLATES: dict[str, Template] = {**DISPUTE, **PERFORMANCE, **HOUSE}

__all__ = ["TEMPLATES", "Said", "Template", "Worded", "word"]
