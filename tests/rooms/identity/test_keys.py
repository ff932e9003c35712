"""Programs that call the API: keys, what they may do, and tokens for a shop's buyers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing

from makewhole.core.case.model import Actor
from makewhole.core.words import Role
from makewhole.rooms.identity import service
from makewhole.rooms.identity.models import ApiKey, Scope, User

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    service._forget_keys()


def test_a_key_is_recognised_and_its_secret_is_nowhere_in_the_database() -> None:
    key, text = service.make_key("The shop", [Scope.SHOP], NOW)
    caller = service.caller_of_bearer(text, NOW)
    assert caller.name == f"key:{key.prefix}"
    assert caller.scopes == {Scope.SHOP}
    assert caller.actor is None
    secret = text.split("_", 2)[2]
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret not in str(row)
    assert row["last_used_at"] == NOW


@pytest.mark.parametrize(
    ("scopes", "merchant_id", "actor", "may_write"),
    [
        ([Scope.MERCHANT], "m-1", Actor(Role.MERCHANT, "m-1"), True),
        ([Scope.MERCHANT, Scope.READ_ONLY], "m-1", Actor(Role.MERCHANT, "m-1"), False),
        ([Scope.READ_ONLY], "m-1", Actor(Role.MERCHANT, "m-1"), False),
        ([Scope.OPERATOR], "", Role.OPERATOR, True),
        ([Scope.READ_ONLY], "", Role.OPERATOR, False),
    ],
)
def test_scopes_say_for_whom_and_whether_a_key_writes(
    scopes: list[Scope], merchant_id: str, actor: Actor | Role, may_write: bool
) -> None:
    _, text = service.make_key("Program", scopes, NOW, merchant_id=merchant_id)
    caller = service.caller_of_bearer(text, NOW)
    assert caller.actor is not None
    assert actor in (caller.actor, caller.actor.role)
    assert caller.merchant_id == merchant_id
    assert caller.may_write is may_write


@pytest.mark.parametrize(
    ("scopes", "merchant_id"),
    [
        ([], ""),
        ([Scope.SHOP, Scope.OPERATOR], ""),
        ([Scope.MERCHANT], ""),
        ([Scope.SHOP], "m-1"),
        ([Scope.OPERATOR], "m-1"),
    ],
)
def test_keys_that_make_no_sense_are_not_made(scopes: list[Scope], merchant_id: str) -> None:
    with pytest.raises(service.BadKey):
        service.make_key("Odd", scopes, NOW, merchant_id=merchant_id)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("text", ["", "mw_", "mw__", "mw_abc", "mw_abc_def", "xx_abc_def", "mw_äöü_ß", "mwt_", "mwt_x"])
def test_nonsense_is_not_recognised(text: str) -> None:
    with pytest.raises(service.NotRecognised):
        service.caller_of_bearer(text, NOW)


def test_a_right_prefix_with_a_wrong_secret_is_not_recognised() -> None:
    key, _ = service.make_key("Shop", [Scope.SHOP], NOW)
    _, other = service.make_key("Shop", [Scope.SHOP], NOW)
    with pytest.raises(service.NotRecognised):
        service.caller_of_bearer(f"mw_{key.prefix}_{other.split('_', 2)[2]}", NOW)


def test_a_revoked_key_ends_at_once_in_the_process_that_revoked_it() -> None:
    key, text = service.make_key("Shop", [Scope.SHOP], NOW)
    service.caller_of_bearer(text, NOW)
    service.revoke_key(key, NOW)
    with pytest.raises(service.NotRecognised):
        service.caller_of_bearer(text, NOW)


def test_elsewhere_a_revoked_key_lives_no_longer_than_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(service.time, "monotonic", lambda: clock[0])
    key, text = service.make_key("Shop", [Scope.SHOP], NOW)
    service.caller_of_bearer(text, NOW)
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=NOW)
    clock[0] += service.KEY_CACHE_SECONDS - 1
    assert service.caller_of_bearer(text, NOW).name == f"key:{key.prefix}"
    clock[0] += 2
    with pytest.raises(service.NotRecognised):
        service.caller_of_bearer(text, NOW)


@pytest.fixture
def shop() -> service.Caller:
    _, text = service.make_key("The shop", [Scope.SHOP], NOW)
    return service.caller_of_bearer(text, NOW)


def test_a_shop_acts_for_its_buyer_for_ten_minutes(shop: service.Caller) -> None:
    token = service.make_shop_token(shop, "买家-7", NOW)
    caller = service.caller_of_bearer(token, NOW + timedelta(seconds=599))
    assert caller.actor == Actor(Role.BUYER, "买家-7")
    assert caller.name != shop.name
    with pytest.raises(service.NotRecognised, match="expired"):
        service.caller_of_bearer(token, NOW + timedelta(seconds=600))


def test_a_token_lets_the_buyer_into_the_portal_as_one_and_the_same_person(shop: service.Caller) -> None:
    first, shop_id = service.visit_of_shop_token(service.make_shop_token(shop, "b-7", NOW), NOW)
    again, _ = service.visit_of_shop_token(service.make_shop_token(shop, "b-7", NOW), NOW)
    assert (first, shop_id) == (again, shop.shop_id)
    assert (first.role, first.buyer_id, first.has_usable_password()) == (Role.BUYER, "b-7", False)


def test_a_closed_account_is_not_opened_by_a_token(shop: service.Caller) -> None:
    token = service.make_shop_token(shop, "b-7", NOW)
    person = service.visit_of_shop_token(token, NOW).person
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(service.NotRecognised, match="closed"):
        service.visit_of_shop_token(token, NOW)


def test_a_token_changed_on_the_way_or_signed_for_something_else_is_refused(shop: service.Caller) -> None:
    token = service.make_shop_token(shop, "b-7", NOW)
    foreign = "mwt_" + signing.dumps({"key": shop.name[4:], "buyer": "b-8", "until": 2**40}, salt="another")
    for text in (token[:-1] + ("A" if token[-1] != "A" else "B"), foreign):
        with pytest.raises(service.NotRecognised):
            service.caller_of_bearer(text, NOW)


def test_a_token_dies_with_the_shops_key(shop: service.Caller) -> None:
    token = service.make_shop_token(shop, "b-7", NOW)
    service.revoke_key(ApiKey.objects.get(prefix=shop.name.removeprefix("key:")), NOW)
    with pytest.raises(service.NotRecognised):
        service.caller_of_bearer(token, NOW)


def test_only_a_writing_shop_key_makes_tokens(shop: service.Caller) -> None:
    _, merchant_text = service.make_key("Merchant", [Scope.MERCHANT], NOW, merchant_id="m-1")
    _, reader_text = service.make_key("Reader", [Scope.SHOP, Scope.READ_ONLY], NOW)
    buyer = service.caller_of_bearer(service.make_shop_token(shop, "b-7", NOW), NOW)
    for caller in (
        service.caller_of_bearer(merchant_text, NOW),
        service.caller_of_bearer(reader_text, NOW),
        buyer,
    ):
        with pytest.raises(service.NotRecognised):
            service.make_shop_token(caller, "b-7", NOW)


@pytest.mark.django_db
def test_a_person_acts_themselves_for_the_party_they_stand_for() -> None:
    staff = service.make_person("lin", Role.MERCHANT, merchant_id="m-1")
    agent = service.make_person("wu", Role.AGENT)
    assert service.caller_of_person(staff).actor == Actor(Role.MERCHANT, str(staff.id), "m-1")
    assert service.caller_of_person(agent).actor == Actor(Role.AGENT, str(agent.id))
