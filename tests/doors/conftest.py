"""What tests of pages stand on: a sandbox provider of their own, people, and browsers that are signed in."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from makewhole.core.words import Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.identity.models import User
from makewhole.rooms.identity.service import make_person
from makewhole.rooms.treasury import ports
from tests.doors import shop
from tests.rooms.treasury.stage import play


@pytest.fixture(autouse=True)
def _no_language_left_behind() -> None:
    """A request leaves its language in the thread; the next test begins in that of the installation."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A calm payment provider, and no worker."""
    registered = ports.provider("sandbox")
    yield play()
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)


@pytest.fixture
def staff(db: None) -> dict[Role, User]:
    """One person for each role."""
    return shop.people()


@pytest.fixture
def browser_of(staff: dict[Role, User]) -> Callable[[Role], Client]:
    """A browser signed in as the person of a role, reading English."""

    def browser(role: Role) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(staff[role])
        return client

    return browser


@pytest.fixture
def buyer(sandbox: Sandbox, browser_of: Callable[[Role], Client]) -> Client:
    return browser_of(Role.BUYER)


@pytest.fixture
def merchant(sandbox: Sandbox, browser_of: Callable[[Role], Client]) -> Client:
    return browser_of(Role.MERCHANT)


@pytest.fixture
def stranger(sandbox: Sandbox, db: None) -> Client:
    """A signed-in buyer whose none of it is."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_person("stranger", Role.BUYER, buyer_id="somebody-else"))
    return client


@pytest.fixture
def other_merchant(sandbox: Sandbox, db: None) -> Client:
    """A signed-in clerk of another shop."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_person("other-clerk", Role.MERCHANT, merchant_id="another-shop"))
    return client
