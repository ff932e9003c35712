"""What the worker runs again and again for evidence."""

from makewhole.rooms.evidence import service
from makewhole.rooms.sweeps import Sweep

SWEEPS = [
    Sweep("evidence uploads never finished", service.expire_uploads),
    Sweep("evidence drafts never handed in", service.expire_drafts),
    Sweep("evidence files without an exhibit", service.remove_orphans),
]
