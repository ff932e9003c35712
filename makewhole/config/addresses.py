"""The settings that are addresses, and the ones that name files: looked at before anything starts.

An address may hold a password, so what was set is told only where it cannot.
"""

from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from makewhole.config import environment, home
from makewhole.config.environment import BadSetting


def public_url() -> str:
    """Where people reach makewhole, without the last slash; empty when nobody says. Raises BadSetting."""
    name = "MAKEWHOLE_PUBLIC_URL"
    url = environment.text(name).rstrip("/")
    parts = _parts(url)
    if url and (parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.path):
        raise BadSetting(f"{name} is not the address of a site; write https://aftersales.example.com, without a path.")
    return url


def allowed_hosts() -> list[str]:
    """Host names under which pages are served. Raises BadSetting for none, and for addresses instead of names."""
    name = "MAKEWHOLE_ALLOWED_HOSTS"
    hosts = environment.listed(name)
    wrong = [host for host in hosts if "/" in host or any(character.isspace() for character in host)]
    if wrong or not hosts:
        told = f"holds {wrong[0]!r}" if wrong else "names no host"
        raise BadSetting(f"{name} {told}; write host names separated by commas: aftersales.example.com,10.0.0.5")
    return hosts


def files_url() -> str:
    """Where files of evidence are kept; a folder is made at once. Raises BadSetting when it cannot be."""
    name = "MAKEWHOLE_FILES_URL"
    url = environment.text(name)
    if not url:
        return (home.home() / "files").as_uri()
    parts = _parts(url)
    if parts is not None and parts.scheme == "s3" and parts.hostname:
        return url
    if parts is None or parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        raise BadSetting(f"{name} is not where files can be kept; write file:///folder or s3://bucket/prefix.")
    folder = Path(unquote(parts.path))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"{name}: the folder {folder} cannot be made ({error.strerror}); name one you may write to."
        ) from error
    return url


def scanner_url() -> str:
    """Where a clamd listens; empty when there is none. Raises BadSetting."""
    name = "MAKEWHOLE_SCANNER_URL"
    url = environment.text(name)
    parts = _parts(url)
    by_socket = parts is not None and parts.scheme == "unix" and parts.path
    by_network = parts is not None and parts.scheme == "tcp" and parts.hostname and parts.port
    if url and not by_socket and not by_network:
        raise BadSetting(f"{name} is not where a clamd listens; write tcp://host:3310 or unix:///path/of/the.sock.")
    return url


def sms_url() -> str:
    """The gateway for text messages; empty when there is none. Raises BadSetting."""
    name = "MAKEWHOLE_SMS_URL"
    url = environment.text(name)
    parts = _parts(url)
    by_network = parts is not None and parts.scheme in {"http", "https"} and parts.hostname
    if url and not url.startswith("console:") and not by_network:
        raise BadSetting(f"{name} is not a gateway's address; write https://user:password@host/path or console:")
    return url


def mail_from() -> str:
    """The sender of mail. Raises BadSetting when it is no address."""
    name = "MAKEWHOLE_MAIL_FROM"
    sender = environment.text(name)
    local, at, domain = parseaddr(sender)[1].rpartition("@")
    if not (local and at and domain) or not sender.isprintable():
        raise BadSetting(f"{name} is {sender!r}; write an address such as aftersales@example.com.")
    return sender


def check_clock() -> None:
    """Raises BadSetting when a rehearsal's clock is set whose file holds no moment."""
    name = "MAKEWHOLE_CLOCK"
    path = environment.text(name)
    if not path:
        return
    try:
        if datetime.fromisoformat(Path(path).read_text(encoding="utf-8").strip()).tzinfo is None:
            raise ValueError("the moment has no offset")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no moment stands in it"
        raise BadSetting(
            f"{name}: {path} cannot be read ({why}); write one moment into it, such as 2026-11-21T18:00:00+08:00."
        ) from error


def _parts(url: str) -> SplitResult | None:
    """The parts of an address, or None where its port or brackets are wrong."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
