"""Who is asking, and has this very request been answered before?"""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction

from makewhole.core.case.model import Actor
from makewhole.core.words import Role
from makewhole.rooms import prepared
from makewhole.rooms.identity import store
from makewhole.rooms.identity.models import ApiKey, Scope, User

KEY_CACHE_SECONDS = 30
"""How long a process trusts a key it has looked up: a revoked key may live this long in other processes."""

SHOP_TOKEN_SECONDS = 600
TOKENS_REMEMBERED = 4096
ONLY_SHOP = "shop"
"""The shop's id in an installation that serves one shop."""
RECEIPT_DAYS = 7
IDEMPOTENCY_KEY_LENGTH_MAX = 255

_KEY_MARK = "mw"
_TOKEN_MARK = "mwt_"  # noqa: S105 - the public beginning of every token, not a secret
_TOKEN_SALT = "makewhole.shop-token"  # noqa: S105 - keeps these signatures apart from Django's others


class NotRecognised(Exception):
    """The key or token is not valid; the message says why in words that give nothing away."""


class BadKey(ValueError):
    """A key cannot be made as asked: no name, unknown scopes, or a merchant that is missing or superfluous."""


class KeyReused(Exception):
    """The idempotency key was used before for another request."""


class Caller(NamedTuple):
    """Whoever makes a request.

    `name` is stable and unique among callers: it scopes idempotency keys. `actor` is in whose place they act on cases;
    None for a shop that acts for nobody in particular. `merchant_id` limits what is seen to one merchant; empty means
    no such limit. `shop_id` is the shop whose orders a shop's key hands in; empty for everybody else.
    """

    name: str
    actor: Actor | None
    scopes: frozenset[Scope]
    merchant_id: str
    may_write: bool
    shop_id: str = ""


class Answer(NamedTuple):
    """An HTTP answer as it is kept: status, the headers worth repeating, and the body's bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    repeated: bool = False


def caller_of_person(person: User) -> Caller:
    """The caller that a signed-in person is: they act themselves, for the buyer or merchant they stand for."""
    actor = Actor(Role(person.role), str(person.id), person.buyer_id or person.merchant_id)
    return Caller(f"person:{person.id}", actor, frozenset(), person.merchant_id, True)


def make_person(
    username: str,
    role: Role,
    *,
    buyer_id: str = "",
    merchant_id: str = "",
    display_name: str = "",
    password: str | None = None,
    language: str = "",
) -> User:
    """Make a person who can sign in, or, without a password, only be let in by a shop or the demo.

    Raises `django.db.IntegrityError` when the name is taken or the party does not fit the role.
    """
    return User.objects.create_user(
        username,
        password=password,
        role=role,
        buyer_id=buyer_id,
        merchant_id=merchant_id,
        first_name=display_name,
        language=language,
        is_staff=role is Role.OPERATOR,
    )


def set_person_language(person: User, language: str) -> None:
    """Keep the language somebody reads, such as `zh-hant`, for pages and for what is sent to them."""
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])


def make_key(
    name: str, scopes: Iterable[Scope], now: datetime, *, merchant_id: str = "", shop_id: str = ""
) -> tuple[ApiKey, str]:
    """Make an API key and return it with its text, which nobody can read again afterwards.

    A key with the scope merchant must name its merchant; a shop's or an operator's must not. A shop's key hands in
    the orders of `shop_id`, which may be left out where there is one shop. Raises `BadKey`.
    """
    wanted = frozenset(scopes)
    if not name.strip():
        raise BadKey("A key has a name: what people call the program that uses it.")
    if len(wanted - {Scope.READ_ONLY}) > 1 or not wanted:
        raise BadKey("A key has one of the scopes shop, merchant and operator, with or without read_only.")
    if Scope.MERCHANT in wanted and not merchant_id:
        raise BadKey("A key with the scope merchant must name the merchant it acts for.")
    if wanted & {Scope.SHOP, Scope.OPERATOR} and merchant_id:
        raise BadKey("Only keys with the scopes merchant or read_only are bound to a merchant.")
    if shop_id and Scope.SHOP not in wanted:
        raise BadKey("Only keys with the scope shop are bound to a shop.")
    prefix = secrets.token_hex(6)
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        secret_sha256=hashlib.sha256(secret.encode()).digest(),
        scopes=sorted(wanted),
        merchant_id=merchant_id,
        shop_id=(shop_id or ONLY_SHOP) if Scope.SHOP in wanted else "",
        created_at=now,
    )
    return key, f"{_KEY_MARK}_{prefix}_{secret}"


def revoke_key(key: ApiKey, now: datetime) -> None:
    """End a key: at once in this process, within `KEY_CACHE_SECONDS` in others."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)
    _forget_keys()


def caller_of_bearer(text: str, now: datetime) -> Caller:
    """The caller behind the text after `Authorization: Bearer`: an API key or a shop token.

    Raises `NotRecognised`.
    """
    if text.startswith(_TOKEN_MARK):
        return _valid(text, now)[0].caller
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != _KEY_MARK or not prefix or not secret or not text.isascii():
        raise NotRecognised("This is not a makewhole API key; keys begin with mw_.")
    key = _key(prefix, now)
    digest = hashlib.sha256(secret.encode()).digest()
    if key is None or key.revoked_at is not None or not hmac.compare_digest(digest, key.secret_sha256):
        raise NotRecognised("This API key is unknown or was revoked. Ask the operator for a new one.")
    return _caller_of_key(prefix, key)


def make_shop_token(shop: Caller, buyer_id: str, now: datetime, *, seconds: int = SHOP_TOKEN_SECONDS) -> str:
    """A signed text with which a shop acts for its buyer for `seconds`, in the API and to open the portal.

    `shop` must be the caller of a key with the scope shop. Raises `NotRecognised` otherwise.
    """
    if Scope.SHOP not in shop.scopes or not shop.may_write:
        raise NotRecognised("Only an API key with the scope shop can act for buyers.")
    if not buyer_id or seconds <= 0:
        raise ValueError("A shop token needs a buyer's id and a time to live of at least a second.")
    prefix = shop.name.removeprefix("key:")
    content = {"key": prefix, "buyer": buyer_id, "until": int(now.timestamp()) + seconds}
    return _TOKEN_MARK + signing.dumps(content, salt=_TOKEN_SALT)


class Visit(NamedTuple):
    """A buyer at the portal's door, and the shop that sent them."""

    person: User
    shop_id: str


def visit_of_shop_token(text: str, now: datetime) -> Visit:
    """The buyer whom a shop sends to the portal, made on the first visit. Raises `NotRecognised`."""
    token, key = _valid(text, now)
    person, _ = User.objects.get_or_create(
        username=f"buyer:{_digest(token.buyer_id)}",
        defaults={"role": Role.BUYER, "buyer_id": token.buyer_id, "password": make_password(None)},
    )
    if not person.is_active:
        raise NotRecognised("This account is closed. Ask the shop for help.")
    return Visit(person, key.shop_id)


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """SHA-256 over what makes two requests the same request."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).digest()


def answer_once(caller: Caller, key: str, request_sha256: bytes, now: datetime, act: Callable[[], Answer]) -> Answer:
    """Do the request's work once per caller and key, in one transaction with the receipt of its answer.

    A repetition gets the stored answer with `repeated` set; of two at the same time one works and the other waits for
    its answer. When `act` answers with a refusal (status 400 or more), whatever it wrote is undone and the refusal is
    kept. When `act` raises, nothing is kept and the request may be tried again. Raises `KeyReused` when the key came
    before with another request. Must not be called inside a transaction.
    """
    if not 0 < len(key) <= IDEMPOTENCY_KEY_LENGTH_MAX:
        raise ValueError(f"An idempotency key has 1 to {IDEMPOTENCY_KEY_LENGTH_MAX} characters.")
    try:
        with transaction.atomic(durable=True):
            if not store.claim_receipt(caller.name, key, request_sha256, now):
                return _stored(caller, key, request_sha256)
            answer = act()
            if answer.status >= 400:
                raise _Undo(answer)
            with prepared.together():
                store.fill_receipt(caller.name, key, answer.status, answer.headers, answer.body)
                prepared.commit()
            return answer
    except _Undo as undo:
        refusal = undo.answer
    with transaction.atomic(durable=True):
        if not store.claim_receipt(caller.name, key, request_sha256, now):
            return _stored(caller, key, request_sha256)
        store.fill_receipt(caller.name, key, refusal.status, refusal.headers, refusal.body)
    return refusal


def remove_old_receipts(now: datetime, limit: int) -> int:
    """Forget receipts after `RECEIPT_DAYS` days; at most `limit` of them. Returns how many."""
    return store.remove_receipts(now - timedelta(days=RECEIPT_DAYS), limit)


class _Undo(Exception):
    """Carries a refusal out of the transaction that it undoes."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _stored(caller: Caller, key: str, request_sha256: bytes) -> Answer:
    receipt = store.read_receipt(caller.name, key)
    if receipt is None:
        raise RuntimeError(f"The receipt of {caller.name} for this key vanished while it was read.")
    if not hmac.compare_digest(receipt.request_sha256, request_sha256):
        raise KeyReused("This Idempotency-Key was used for another request. Use a new key for a new request.")
    return Answer(receipt.status, receipt.headers, receipt.body, repeated=True)


_keys: dict[str, tuple[float, store.StoredKey]] = {}
_keys_lock = threading.Lock()


def _key(prefix: str, now: datetime) -> store.StoredKey | None:
    with _keys_lock:
        trusted_until, known = _keys.get(prefix, (0.0, None))
    if known is not None and time.monotonic() < trusted_until:
        return known
    found = store.use_key(prefix, now)
    with _keys_lock:
        if found is None:
            _keys.pop(prefix, None)
        else:
            _keys[prefix] = (time.monotonic() + KEY_CACHE_SECONDS, found)
    return found


def _forget_keys() -> None:
    with _keys_lock:
        _keys.clear()


def _caller_of_key(prefix: str, key: store.StoredKey) -> Caller:
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    actor: Actor | None
    if Scope.SHOP in scopes:
        actor = None
    elif key.merchant_id:
        actor = Actor(Role.MERCHANT, key.merchant_id)
    else:
        actor = Actor(Role.OPERATOR, f"key:{prefix}")
    return Caller(f"key:{prefix}", actor, scopes, key.merchant_id, Scope.READ_ONLY not in scopes, key.shop_id)


class _Token(NamedTuple):
    """What a shop's token says: by whose key, for which buyer, and until when (seconds since 1970)."""

    prefix: str
    buyer_id: str
    until: int
    caller: Caller


def _valid(text: str, now: datetime) -> tuple[_Token, store.StoredKey]:
    """The token, and the key it was made with."""
    token = _content(text)
    if now.timestamp() >= token.until:
        raise NotRecognised("This link has expired. Open it anew from the shop.")
    key = _key(token.prefix, now)
    if key is None or key.revoked_at is not None or Scope.SHOP not in key.scopes:
        raise NotRecognised("The shop's API key was revoked. Ask the shop for help.")
    return token, key


@lru_cache(maxsize=TOKENS_REMEMBERED)
def _content(text: str) -> _Token:
    """A token whose signature is ours; remembered, for it comes with every request of its buyer."""
    try:
        content = signing.loads(text.removeprefix(_TOKEN_MARK), salt=_TOKEN_SALT)
    except signing.BadSignature as error:
        raise NotRecognised("This link was not made by the shop, or was changed on the way. Open it anew.") from error
    prefix, buyer_id = content["key"], content["buyer"]
    name = f"key:{prefix}/buyer:{_digest(buyer_id)}"
    return _Token(prefix, buyer_id, content["until"], Caller(name, Actor(Role.BUYER, buyer_id), frozenset(), "", True))


def _digest(text: str) -> str:
    """A short name for an id of any length and alphabet."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
