"""What the rooms refuse, as problems."""

import re
from collections.abc import Iterable

from django.db import InterfaceError, OperationalError
from django.http import Http404

from makewhole.core.case.read import BadInput
from makewhole.core.ledger.refusals import MoneyRefused
from makewhole.core.order.faults import OrderError, OrderFault
from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Text
from makewhole.doors.api.frame.problems import TYPES, Fault, Problem, bad_input
from makewhole.doors.api.frame.room_refusals import REFUSALS, name_of
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.queries import listing as cases
from makewhole.rooms.evidence.ports import EvidenceRefused, ScannerUnavailable
from makewhole.rooms.evidence.service import WrongOffset
from makewhole.rooms.identity.service import BadKey
from makewhole.rooms.notices import queries as notices
from makewhole.rooms.notices.ports import NoticeRefused
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error stands for; None for one that nobody foresaw."""
    match error:
        case Problem():
            return error
        case Refused(refusal=refusal):
            return refused(refusal.code, refusal.what, refusal.to_do, refusal.where)
        case BadInput(refusal=refusal):
            return bad_input(Fault(_dotted(refusal.where), refusal.what, refusal.to_do))
        case OrderError():
            return bad_input(*faults_of_order(error.faults))
        case WrongOffset():
            return refused(error.code, error.text, extra={"received_bytes": error.received_bytes})
        case EvidenceRefused() | NoticeRefused():
            return refused(error.code, error.text)
        case MoneyRefused():
            return Problem("money-refused", Text("账目不允许这样做。", str(error)), kind=REFUSALS["money-refused"])
        case BadKey():
            return bad_input(Fault("/scopes", Text("权限组合不成立", "do not go together"), Text(SCOPES, str(error))))
        case orders.BadCursor() | cases.BadCursor() | notices.BadCursor() | treasury.BadCursor():
            return Problem("bad-request", faults=[BAD_CURSOR])
        case ScannerUnavailable():
            return Problem("unavailable", headers={"Retry-After": "60"})
        case OperationalError() | InterfaceError():
            return Problem("unavailable", headers={"Retry-After": "2"})
        case RulebookError():
            return Problem("rules-not-in-service", headers={"Retry-After": "60"})
        case Http404():
            return Problem("not-found")
    return None


SCOPES = "shop、merchant、operator 任选其一，可加 read_only；只有 merchant 须写 merchant_id"
BAD_CURSOR = Fault(
    "cursor",
    Text("不是本接口给出的游标", "was not given out here"),
    Text(
        "使用上一页的 next_cursor，或留空从头开始",
        "use `next_cursor` of the page before, or leave it out to begin anew",
    ),
)


def refused(
    code: str, what: Text, to_do: Text | None = None, where: str = "", extra: dict[str, object] | None = None
) -> Problem:
    """A room's refusal. `where` is the field at fault, its steps joined by dots."""
    name = name_of(code)
    kind = REFUSALS.get(name) or TYPES[name]
    faults = [Fault(_dotted(where), what, to_do)] if where and to_do else []
    return Problem(name, what, kind=kind if to_do is None else kind._replace(to_do=to_do), faults=faults, extra=extra)


def faults_of_order(faults: Iterable[OrderFault]) -> tuple[Fault, ...]:
    """What is wrong with an order document, with JSON pointers."""
    return tuple(Fault(pointer_of(fault.path), fault.wrong, fault.remedy) for fault in faults)


def pointer_of(path: str) -> str:
    """The JSON pointer of a place named by a JSON path (RFC 9535), such as `$.lines[0].quantity`."""
    steps = _STEP.findall(path)
    return "".join(f"/{name or number or quoted}" for name, number, quoted in steps)


def _dotted(where: str) -> str:
    return "".join(f"/{step}" for step in where.split(".")) if where else ""


_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]")
