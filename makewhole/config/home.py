"""The folder in which one installation of makewhole keeps its data and secrets."""

import os
import secrets
import tempfile
from pathlib import Path

from makewhole.config import environment
from makewhole.config.environment import BadSetting

SECRET_CHARACTERS_MIN = 32


def home() -> Path:
    """Absolute path of the data folder, which need not exist yet.

    `MAKEWHOLE_HOME` when set; otherwise `/var/lib/makewhole` for root (PostgreSQL runs as another user, who may not
    enter root's own home) and `$XDG_DATA_HOME/makewhole` or `~/.local/share/makewhole` for everyone else.
    """
    chosen = environment.text("MAKEWHOLE_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/makewhole")
    data_home = os.environ.get("XDG_DATA_HOME", "").strip()
    return Path(data_home or "~/.local/share").expanduser().absolute() / "makewhole"


def made_home() -> Path:
    """The data folder, created when missing (0755: what is secret inside carries its own mode).

    Raises `BadSetting` when it cannot be created or written.
    """
    folder = home()
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"The data folder {folder} cannot be created ({error.strerror}). "
            "Set MAKEWHOLE_HOME to a folder you may write to."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadSetting(
            f"The data folder {folder} cannot be written by this user. "
            "Set MAKEWHOLE_HOME to a folder you may write to, or change its owner."
        )
    return folder


def secret_key() -> str:
    """What signs sessions and tokens: `MAKEWHOLE_SECRET_KEY`, or one made on first use.

    Raises `BadSetting` for one that is short enough to be guessed.
    """
    chosen = environment.text("MAKEWHOLE_SECRET_KEY")
    if chosen and len(chosen) < SECRET_CHARACTERS_MIN:
        raise BadSetting(
            f"MAKEWHOLE_SECRET_KEY is too short to be safe; write at least {SECRET_CHARACTERS_MIN} random characters, "
            "or leave it out to have one made."
        )
    return chosen or kept_secret("secret-key")


def kept_secret(name: str) -> str:
    """A random secret of 256 bits, made on first use and kept in the data folder with mode 0600.

    Programs starting at the same time agree on one value: the file is linked into place whole, and who comes second
    reads the first one's.
    """
    path = made_home() / name
    if not path.exists():
        try:
            _publish_once(path, secrets.token_urlsafe(32))
        except OSError as error:
            raise BadSetting(
                f"The secret {path} cannot be written ({error.strerror}). Free some space or fix its "
                "folder's permissions, then start again."
            ) from error
    value = path.read_text(encoding="ascii").strip()
    if len(value) < SECRET_CHARACTERS_MIN:
        raise BadSetting(f"The secret in {path} is too short to be safe. Remove the file to have a new one made.")
    return value


def _publish_once(path: Path, value: str) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        os.unlink(temporary)


def rulebooks_directory(package: Path) -> Path:
    """Where the rulebooks lie: `MAKEWHOLE_RULEBOOKS`, the checkout's own folder, or the installed package's copy.

    Raises `BadSetting` for a folder without any rulebook.
    """
    chosen = environment.text("MAKEWHOLE_RULEBOOKS")
    if chosen:
        folder = Path(chosen).expanduser().absolute()
        if not any(folder.glob("*/market.yaml")):
            raise BadSetting(
                f"MAKEWHOLE_RULEBOOKS: {folder} holds no rulebook; name a folder with one folder for each market, "
                "such as cn/market.yaml."
            )
        return folder
    checkout = package.parent / "rulebooks"
    return checkout if checkout.is_dir() else package / "rulebooks_shipped"


def market(rulebooks: Path) -> str:
    """The market that is meant where nobody names one: `MAKEWHOLE_MARKET`. Raises `BadSetting` without rules for it."""
    chosen = environment.text("MAKEWHOLE_MARKET")
    known = sorted(path.parent.name for path in rulebooks.glob("*/market.yaml"))
    if "MAKEWHOLE_MARKET" in os.environ and chosen not in known:
        raise BadSetting(f"MAKEWHOLE_MARKET is {chosen!r}; there are rulebooks for {', '.join(known)}.")
    return chosen
