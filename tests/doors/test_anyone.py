"""Sign-in, the demo's doors, errors: the pages that need no account."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from makewhole.core.words import Role
from makewhole.doors.portal.anyone.forms import FAILURES_MAX_FROM_ADDRESS
from makewhole.rooms.identity.models import User
from makewhole.rooms.identity.service import make_person
from makewhole.rooms.notices.service.spreading import language_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_earlier_failures() -> None:
    cache.clear()


@pytest.fixture
def buyer() -> User:
    return make_person("lin", Role.BUYER, buyer_id="b-1", password="cups-of-coffee", language="zh-hans")


def test_signing_in_leads_to_the_roles_own_pages(client: Client, buyer: User) -> None:
    answer = client.post("/sign-in/", {"username": "lin", "password": "cups-of-coffee"})
    assert answer.headers["Location"] == "/buyer/"
    assert answer.cookies["django_language"].value == "zh-hans"


def test_after_signing_in_one_is_back_where_one_was(client: Client, buyer: User) -> None:
    page = client.get("/sign-in/?next=/buyer/cases/7/")
    assert 'name="next" value="/buyer/cases/7/"' in page.content.decode()
    answer = client.post("/sign-in/", {"username": "lin", "password": "cups-of-coffee", "next": "/buyer/cases/7/"})
    assert answer.headers["Location"] == "/buyer/cases/7/"


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_away_to_another_site(client: Client, buyer: User, place: str) -> None:
    answer = client.post("/sign-in/", {"username": "lin", "password": "cups-of-coffee", "next": place})
    assert answer.headers["Location"] == "/buyer/"


def test_wrong_name_and_wrong_password_read_the_same(client: Client, buyer: User) -> None:
    wrong_password = client.post("/sign-in/", {"username": "lin", "password": "nope"})
    wrong_name = client.post("/sign-in/", {"username": "nobody", "password": "nope"})
    sentence = "do not fit together"
    assert sentence in wrong_password.content.decode()
    assert sentence in wrong_name.content.decode()


def test_too_many_wrong_attempts_must_wait_even_with_the_right_password(client: Client, buyer: User) -> None:
    for _attempt in range(FAILURES_MAX_FROM_ADDRESS):
        client.post("/sign-in/", {"username": "LIN", "password": "nope"})
    answer = client.post("/sign-in/", {"username": "lin", "password": "cups-of-coffee"})
    assert answer.status_code == 200
    assert "Wait a quarter of an hour" in answer.content.decode()


def test_a_stranger_cannot_lock_a_person_out_from_elsewhere(client: Client, buyer: User) -> None:
    for _attempt in range(FAILURES_MAX_FROM_ADDRESS + 1):
        client.post("/sign-in/", {"username": "lin", "password": "nope"}, REMOTE_ADDR="203.0.113.9")
    answer = client.post("/sign-in/", {"username": "lin", "password": "cups-of-coffee"})
    assert answer.status_code == 302


def test_signing_out_says_so(client: Client, buyer: User) -> None:
    client.force_login(buyer)
    answer = client.post("/sign-out/", follow=True)
    assert "You are signed out" in answer.content.decode()
    assert client.get("/sign-out/").status_code == 405


def test_the_demo_lets_anyone_in_with_one_click(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    merchant = make_person("shanye", Role.MERCHANT, merchant_id="m-1", display_name="山野器物")
    assert "山野器物" in client.get("/sign-in/").content.decode()
    answer = client.post("/demo/enter/", {"person": str(merchant.pk)})
    assert answer.headers["Location"] == "/merchant/"
    assert client.session["_auth_user_id"] == str(merchant.pk)


def test_the_demos_doors_open_only_for_invented_people(client: Client, settings: Settings, buyer: User) -> None:
    settings.DEMO = True
    root = User.objects.create_superuser("root", password=None)
    for person in (str(buyer.pk), str(root.pk), "", "nobody"):
        assert client.post("/demo/enter/", {"person": person}).status_code == 404


def test_outside_the_demo_there_are_no_doors_and_no_gallery(client: Client) -> None:
    invented = make_person("wang", Role.BUYER, buyer_id="b-2", display_name="王建国")
    assert "王建国" not in client.get("/sign-in/").content.decode()
    assert client.post("/demo/enter/", {"person": str(invented.pk)}).status_code == 404
    assert client.get("/parts/").status_code == 404


def test_the_theme_is_remembered_and_leads_back(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()
    assert client.post("/theme/", {"theme": "pink"}).status_code == 400


def test_errors_say_what_to_do_in_both_languages(client: Client) -> None:
    english = client.get("/no-such-page/", headers={"accept-language": "en"})
    chinese = client.get("/no-such-page/", headers={"accept-language": "zh-CN"})
    assert (english.status_code, chinese.status_code) == (404, 404)
    assert "There is no such page" in english.content.decode()
    assert "没有这个页面" in chinese.content.decode()
    assert "回到首页" in chinese.content.decode()


def test_an_expired_form_says_that_nothing_was_sent() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"username": "lin", "password": "x"})
    assert answer.status_code == 403
    assert "Nothing was sent" in answer.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503"])
def test_error_pages_need_neither_request_nor_database(
    name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.template.loader import get_template

    with django_assert_num_queries(0):
        assert "makewhole" in get_template(f"{name}.html").render()


def test_the_landing_page_leads_on_whoever_is_signed_in(client: Client, buyer: User) -> None:
    assert "/sign-in/" in client.get("/").content.decode()
    client.force_login(buyer)
    assert 'href="/buyer/"' in client.get("/").content.decode()
    assert client.get("/sign-in/").headers["Location"] == "/buyer/"


def test_the_language_chosen_on_a_page_is_that_of_the_persons_mail(buyer: User) -> None:
    browser = Client()
    browser.force_login(buyer)
    browser.post("/language/", {"language": "zh-hant", "next": "/"})
    assert language_for(User.objects.get(pk=buyer.pk)) == "zh-hant"
    browser.post("/language/", {"language": "klingon", "next": "/"})
    assert language_for(User.objects.get(pk=buyer.pk)) == "zh-hant"
