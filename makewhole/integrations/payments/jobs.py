"""The sandbox's own life beside ours: its payments settle and its webhooks go out."""

from datetime import datetime

from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.sweeps import Sweep
from makewhole.rooms.treasury import ports


def _sandbox() -> Sandbox | None:
    found = ports.provider("sandbox")
    return found if isinstance(found, Sandbox) else None


def settle(now: datetime, limit: int) -> int:
    """Payments at the sandbox whose time has come."""
    sandbox = _sandbox()
    return sandbox.advance(now, limit) if sandbox else 0


def deliver(now: datetime, limit: int) -> int:
    """Webhooks of the sandbox that are due."""
    sandbox = _sandbox()
    return sandbox.deliver(now, limit) if sandbox else 0


SWEEPS = [Sweep("sandbox payments to settle", settle), Sweep("sandbox webhooks to deliver", deliver)]
