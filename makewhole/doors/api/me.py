"""Who am I to the API?"""

from typing import Any

from ninja import Router

from makewhole.doors.api.frame.callers import standing_of
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.routes import reads
from makewhole.doors.api.shapes.plain import Answered

router = Router(tags=["me"])


class Me(Answered):
    """As what the caller comes, and for whom it acts."""

    caller: str
    standing: str
    acts_for: str
    scopes: list[str]
    merchant_id: str
    shop_id: str
    may_write: bool


EXAMPLE: dict[str, Any] = {
    "caller": "key:3f9a1c02b7de",
    "standing": "merchant",
    "acts_for": "m-1024",
    "scopes": ["merchant"],
    "merchant_id": "m-1024",
    "shop_id": "",
    "may_write": True,
}


@reads(router, "/me", answers=Me, example=EXAMPLE)
def read_me(call: Call) -> Reply:
    """Who am I to the API?

    `standing` is `shop`, `buyer`, `merchant`, `agent` or `operator`; `acts_for` the buyer or merchant whose rights
    are used, empty for a shop that acts for nobody in particular.
    """
    caller = call.caller
    return Reply(
        {
            "caller": caller.name,
            "standing": standing_of(caller).value,
            "acts_for": caller.actor.stands_for if caller.actor else "",
            "scopes": sorted(scope.value for scope in caller.scopes),
            "merchant_id": caller.merchant_id,
            "shop_id": caller.shop_id,
            "may_write": caller.may_write,
        }
    )
