"""What the rooms refuse, as problems: their own codes are the types."""

import re

from django.db import InterfaceError, OperationalError
from django.http import Http404
from ninja.errors import ValidationError as NinjaValidationError

from makewhole.core.order.faults import OrderError
from makewhole.core.words import Text
from makewhole.doors.api.frame.problems import Fault, Problem, ProblemType, bad_input
from makewhole.rooms.identity.service import BadKey

REFUSALS: dict[str, ProblemType] = {}
"""What the rooms refuse, by their own codes."""


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error stands for; None for one that nobody foresaw."""
    match error:
        case Problem():
            return error
        case Http404() | NinjaValidationError():
            return Problem("not-found")
        case OrderError():
            return bad_input(*(Fault(pointer_of(one.path), one.wrong, one.remedy) for one in error.faults))
        case OperationalError() | InterfaceError():
            return Problem("unavailable", headers={"Retry-After": "2"})
        case BadKey():
            return bad_input(
                Fault(
                    "/scopes",
                    Text("权限组合不成立", "do not go together"),
                    Text(
                        "shop、merchant、operator 任选其一，可加 read_only；只有 merchant 须写 merchant_id",
                        str(error),
                    ),
                )
            )
    return None


def pointer_of(path: str) -> str:
    """The JSON pointer of a place named by a JSON path (RFC 9535), such as `$.lines[0].quantity`."""
    steps = _STEP.findall(path)
    return "".join(f"/{name or number or quoted}" for name, number, quoted in steps)


_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]")
