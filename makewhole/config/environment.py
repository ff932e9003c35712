"""The environment variables makewhole reads; every other module asks here.

`docs/reference/settings.md` lists the same table, and a test compares the two.
"""

import os
from difflib import get_close_matches

VARIABLES: dict[str, str] = {
    "MAKEWHOLE_HOME": "",
    "DATABASE_URL": "",
    "MAKEWHOLE_SECRET_KEY": "",
    "MAKEWHOLE_ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    "MAKEWHOLE_PUBLIC_URL": "",
    "MAKEWHOLE_HTTPS": "0",
    "MAKEWHOLE_DEMO": "0",
    "MAKEWHOLE_DEBUG": "0",
    "MAKEWHOLE_LANGUAGE": "en",
    "MAKEWHOLE_FILES_URL": "",
    "MAKEWHOLE_SCANNER_URL": "",
    "MAKEWHOLE_MAIL_URL": "",
    "MAKEWHOLE_MAIL_FROM": "makewhole@localhost",
    "MAKEWHOLE_SMS_URL": "",
    "MAKEWHOLE_WEBHOOKS_TO_PRIVATE_ADDRESSES": "0",
    "MAKEWHOLE_RULEBOOKS": "",
    "MAKEWHOLE_MARKET": "cn",
    "MAKEWHOLE_LOG_LEVEL": "INFO",
    "MAKEWHOLE_WEB_PROCESSES": "2",
    "MAKEWHOLE_WEB_THREADS": "8",
    "MAKEWHOLE_DATABASE_FSYNC": "1",
    "MAKEWHOLE_SETTLE_AFTER_DAYS": "10",
    "MAKEWHOLE_CLOCK": "",
}
"""Name and default. An empty default is worked out by the module that uses it."""

OF_THE_SUITE = ("MAKEWHOLE_REQUIRE_BROWSER", "MAKEWHOLE_TEST_")
"""What variables begin with that speak to the tests alone."""


class BadSetting(ValueError):
    """A setting cannot be used as it is; the message says which, why and what to do."""


class DatabaseFailed(RuntimeError):
    """The database cannot be made, started, reached or stopped; the message says why and what to do."""


def text(name: str) -> str:
    """The variable's value without surrounding blanks, or its default."""
    return os.environ.get(name, "").strip() or VARIABLES[name]


def flag(name: str) -> bool:
    """A yes-or-no variable, written 1 or 0.

    Raises `BadSetting` for anything else, so that `MAKEWHOLE_HTTPS=yes` is not silently a no.
    """
    value = text(name)
    if value not in {"0", "1"}:
        raise BadSetting(f"{name} is {value!r}; write 1 for yes or 0 for no.")
    return value == "1"


def listed(name: str) -> list[str]:
    """A comma-separated variable as a list without empty items."""
    return [item.strip() for item in text(name).split(",") if item.strip()]


def choice(name: str, *choices: str) -> str:
    """A variable that is one of these words.

    Raises `BadSetting` when it is not.
    """
    value = text(name)
    if value not in choices:
        raise BadSetting(f"{name} is {value!r}; write one of {', '.join(choices)}.")
    return value


def misspelt() -> dict[str, str]:
    """Variables that begin like the house's own and are not of them, each with the one that may be meant, or ''."""
    unknown = sorted(
        name for name in os.environ if name.startswith("MAKEWHOLE_") and name not in VARIABLES
        and not name.startswith(OF_THE_SUITE)
    )  # fmt: skip
    return {name: next(iter(get_close_matches(name, VARIABLES, 1, 0.8)), "") for name in unknown}


def whole_number(name: str, *, least: int, most: int) -> int:
    """A whole number between `least` and `most`, both included.

    Raises `BadSetting` when it is not one.
    """
    value = text(name)
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise BadSetting(f"{name} is {value!r}; write a whole number from {least} to {most}.")
    return int(value)
