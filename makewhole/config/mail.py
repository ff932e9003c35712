"""The mail server that `MAKEWHOLE_MAIL_URL` names, as Django's settings."""

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from makewhole.config.environment import BadSetting


class MailServer(NamedTuple):
    """`backend` is empty when no mail is sent. Exactly one of `tls` (STARTTLS) and `ssl` may hold."""

    backend: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    tls: bool = False
    ssl: bool = False


def mail_server(url: str) -> MailServer:
    """Read `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, `smtp+plain://…:25` or `console:`.

    Empty means that no mail is sent. Raises `BadSetting` for anything else.
    """
    if not url:
        return MailServer()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad() from None
    if parts.scheme == "console":
        return MailServer("django.core.mail.backends.console.EmailBackend")
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
    if parts.scheme not in ports or not parts.hostname:
        raise _bad()
    return MailServer(
        "django.core.mail.backends.smtp.EmailBackend",
        parts.hostname,
        port or ports[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls=parts.scheme == "smtp",
        ssl=parts.scheme == "smtps",
    )


def _bad() -> BadSetting:
    # The address itself may hold a password, so it is not repeated.
    return BadSetting(
        "MAKEWHOLE_MAIL_URL is not the address of a mail server; write smtp://user:password@host:587, "
        "smtps://user:password@host:465, smtp+plain://host:25 or console:"
    )
