"""Keys of programs, and the tokens with which a shop acts for its buyer."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Router
from pydantic import Field

from makewhole.core.words import Text
from makewhole.doors.api.frame.callers import OPERATORS, Standing
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.faults import Shape
from makewhole.doors.api.frame.problems import Problem
from makewhole.doors.api.frame.routes import reads, settles, writes
from makewhole.doors.api.shapes.plain import Answered, Time, time, time_or_none
from makewhole.rooms.identity import queries, service
from makewhole.rooms.identity.models import ApiKey, Scope

router = Router(tags=["keys"])
UTC = ZoneInfo("UTC")

Name = Annotated[str, Field(min_length=1, max_length=200)]
PartyId = Annotated[str, Field(min_length=1, max_length=128)]


class NewKey(Shape):
    """A key to be made: one of shop, merchant and operator, with or without read_only, or read_only alone."""

    name: Name = Field(description="What people call it: the program that uses it.")
    scopes: Annotated[list[Annotated[Scope, Field(strict=False)]], Field(min_length=1, max_length=4)]
    merchant_id: Annotated[str, Field(max_length=128)] = Field(
        default="", description="The merchant it acts for; for `merchant` (and, if you like, `read_only`) alone."
    )
    shop_id: Annotated[str, Field(max_length=64, pattern=r"^([a-z0-9][a-z0-9_-]*)?$")] = Field(
        default="", description="The shop whose orders a `shop` key hands in; may be left out where there is one shop."
    )


class Key(Answered):
    id: str
    name: str
    prefix: str = Field(description="The public beginning of the key's text.")
    scopes: list[str]
    merchant_id: str
    shop_id: str
    created_at: Time
    revoked_at: Time | None
    last_used_at: Time | None


class MadeKey(Key):
    """A key with its text, which nobody can read again afterwards: a repeated request gets null."""

    key: str | None


class Keys(Answered):
    items: list[Key]


class NewToken(Shape):
    buyer_id: PartyId = Field(description="The shop's own id of the buyer.")


class Token(Answered):
    """A shop's token for its buyer; use it as `Authorization: Bearer`."""

    token: str
    buyer_id: str
    expires_at: Time


KEY_EXAMPLE: dict[str, Any] = {
    "id": "019ab3c2-7a10-7c11-8f00-5d2f1c9b0a01",
    "name": "ERP of 青山食品",
    "prefix": "3f9a1c02b7de",
    "scopes": ["merchant"],
    "merchant_id": "m-1024",
    "shop_id": "",
    "created_at": "2026-11-21T10:00:00+00:00",
    "revoked_at": None,
    "last_used_at": None,
}


@settles(
    router,
    "POST",
    "/tokens",
    answers=Token,
    example={"token": "mwt_eyJrZXkiOiI…", "buyer_id": "b-7", "expires_at": "2026-11-21T10:10:00+00:00"},
    body=NewToken,
    body_example={"buyer_id": "b-7"},
    who=frozenset({Standing.SHOP}),
    status=201,
)
def make_token(call: Call) -> Reply:
    """Get a short-lived token with which to act for one of the shop's buyers.

    It works for ten minutes, in the API and to open the portal from the shop's own pages: lead the buyer to
    `/enter/?token=…&order=…` with the shop's number of the order. Nothing is stored, so no Idempotency-Key is needed.
    """
    token = service.make_shop_token(call.caller, call.body.buyer_id, call.now)
    expires_at = call.now + timedelta(seconds=service.SHOP_TOKEN_SECONDS)
    return Reply({"token": token, "buyer_id": call.body.buyer_id, "expires_at": time(expires_at, UTC)}, 201)


@reads(router, "/keys", answers=Keys, example={"items": [KEY_EXAMPLE]}, who=OPERATORS)
def list_keys(call: Call) -> Reply:
    """List the keys that were not revoked, newest first."""
    return Reply({"items": [_key(key) for key in queries.live_keys()]})


@writes(
    router,
    "/keys",
    answers=MadeKey,
    example={**KEY_EXAMPLE, "key": "mw_3f9a1c02b7de_…"},
    body=NewKey,
    body_example={"name": "ERP of 青山食品", "scopes": ["merchant"], "merchant_id": "m-1024"},
    who=OPERATORS,
    status=201,
)
def make_key(call: Call) -> Reply:
    """Make a key for a program.

    Its text is in this answer only: it is stored as a digest and cannot be read again. Who lost the answer revokes
    the key and makes another.
    """
    wanted: NewKey = call.body
    key, text = service.make_key(
        wanted.name, wanted.scopes, call.now, merchant_id=wanted.merchant_id, shop_id=wanted.shop_id
    )
    told = _key(key)
    return Reply({**told, "key": text}, 201, kept={**told, "key": None})


@settles(
    router,
    "POST",
    "/keys/{uuid:key_id}/revoke",
    answers=Key,
    example={**KEY_EXAMPLE, "revoked_at": "2026-11-22T09:00:00+00:00"},
    who=OPERATORS,
)
def revoke_key(call: Call, key_id: UUID) -> Reply:
    """End a key for good, and every token made with it.

    Revoking it again changes nothing, so no Idempotency-Key is needed. Other web processes notice within 30 seconds.
    """
    key = queries.key(key_id)
    if key is None:
        raise Problem("not-found", Text("没有这个密钥。", "There is no such key."))
    service.revoke_key(key, call.now)
    key.refresh_from_db()
    return Reply(_key(key))


def _key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": str(key.id),
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "merchant_id": key.merchant_id,
        "shop_id": key.shop_id,
        "created_at": time(key.created_at, UTC),
        "revoked_at": time_or_none(key.revoked_at, UTC),
        "last_used_at": time_or_none(key.last_used_at, UTC),
    }
