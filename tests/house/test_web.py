"""What every page is served with: strict headers, versioned files, health, both languages."""

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client
from django.urls import resolve

STRICT = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'")


def policy(client: Client, path: str) -> str:
    return client.get(path).headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    for path in ("/healthz", "/", "/no-such-page"):
        found = policy(client, path)
        for rule in STRICT:
            assert rule in found
        assert "unsafe" not in found
        assert "http" not in found


@pytest.mark.django_db
def test_only_the_back_office_may_compile_expressions(client: Client) -> None:
    found = policy(client, "/admin/login/")
    assert "'unsafe-eval'" in found
    assert "script-src 'self' 'unsafe-eval';" in found


@pytest.mark.django_db
def test_answers_carry_the_other_security_headers(client: Client) -> None:
    headers = client.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_a_foreign_host_name_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_who_watches_knows_the_process_by_its_address_alone(client: Client, path: str) -> None:
    assert client.get(path, headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_the_process_is_up_without_a_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "up"}


@pytest.mark.django_db
def test_ready_means_database_and_tables(client: Client) -> None:
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.django_db
def test_the_language_is_chosen_and_remembered(client: Client) -> None:
    answer = client.post("/language/", {"language": "zh-hans", "next": "/"})
    assert answer.status_code == 302
    assert 'lang="zh' in client.get("/").content.decode()
    client.post("/language/", {"language": "zh-hant", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="zh-hant"' in page
    assert "切换到简体中文" in page
    assert "買家" in page
    assert "买家" not in page
    client.post("/language/", {"language": "en", "next": "/"})
    assert 'lang="en' in client.get("/").content.decode()


def test_a_files_address_changes_with_its_content_and_may_be_kept_for_a_year(client: Client) -> None:
    address = static("parts/tokens.css")
    assert re.fullmatch(r"/static/parts/tokens\.css\?v=[0-9a-f]{12}", address)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer.headers
    found = finders.find("parts/tokens.css")
    assert isinstance(found, str)
    with open(found, "rb") as file:
        assert b"".join(answer) == file.read()


def test_the_old_name_of_the_icon_leads_to_the_mark(client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"].startswith("/static/parts/mark.svg")


def test_the_api_has_its_own_door() -> None:
    assert resolve("/v1/openapi.json").route.startswith("v1/")


@pytest.mark.django_db
def test_pages_and_their_files_travel_packed(client: Client) -> None:
    for path in ("/", static("parts/parts.css"), static("parts/parts.js"), static("parts/mark.svg")):
        plain, packed = client.get(path), client.get(path, headers={"accept-encoding": "gzip"})
        whole, sent = body(plain), body(packed)
        assert "Content-Encoding" not in plain.headers
        if len(whole) < 400:
            continue
        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(sent) < len(whole) / 2
        assert "Accept-Encoding" in packed.headers["Vary"]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content
