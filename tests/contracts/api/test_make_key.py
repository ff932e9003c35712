"""The first key: made on the machine itself, since no key is there yet to make it with."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from makewhole.rooms.identity import service
from makewhole.rooms.identity.models import ApiKey, Scope

pytestmark = pytest.mark.django_db


def test_the_printed_key_is_recognised() -> None:
    printed = StringIO()
    call_command("make_key", "My shop", "--scope", "shop", "--shop", "my-shop", stdout=printed)
    caller = service.caller_of_bearer(printed.getvalue().strip(), now())
    assert caller.scopes == {Scope.SHOP}
    assert ApiKey.objects.get().shop_id == "my-shop"


def test_a_key_that_cannot_be_is_refused_and_nothing_is_stored() -> None:
    with pytest.raises(CommandError, match="must name the merchant"):
        call_command("make_key", "ERP", "--scope", "merchant")
    with pytest.raises(CommandError, match="has a name"):
        call_command("make_key", " ", "--scope", "shop")
    with pytest.raises(CommandError, match="such as my-shop"):
        call_command("make_key", "Shop", "--scope", "shop", "--shop", "My Shop")
    with pytest.raises(CommandError, match=r"invalid choice: 'all' \(choose from '?shop'?, "):
        call_command("make_key", "Shop", "--scope=all")
    assert not ApiKey.objects.exists()
