"""The rulebook files on disk: found by market, read whole, never followed out of their folder."""

from pathlib import Path
from zoneinfo import ZoneInfo

from makewhole.core.rulebook.read import Header, read_header, read_rulebook
from makewhole.core.rulebook.rule import Place, Rulebook
from makewhole.core.rulebook.scenario import Scenario, read_scenarios
from makewhole.core.rulebook.source import FILE_CHARACTERS_MAX, fault
from makewhole.core.words import Text

HEADER = "market.yaml"


class UnknownMarket(LookupError):
    """There is no rulebook for a market. `text` says so and names those there are, in both languages."""

    def __init__(self, market: str, known: tuple[str, ...]) -> None:
        self.text = Text(
            f"没有市场 {market!r} 的规则库；现有：{'、'.join(known) or '无'}",
            f"there is no rulebook for market {market!r}; there is {', '.join(known) or 'none'}",
        )
        super().__init__(self.text.en)


_BYTES_MAX = 4 * FILE_CHARACTERS_MAX


def markets(folder: Path) -> tuple[str, ...]:
    """The markets that have a rulebook in this folder, by name."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{HEADER}")))


def load(folder: Path, market: str) -> Rulebook:
    """Read the rulebook of a market.

    Raises RulebookError with every fault, each with file, line and what to do; UnknownMarket for one there is not.
    """
    known = markets(folder)
    if market not in known:
        raise UnknownMarket(market, known)
    header = _header(folder, market)
    if header.like:
        header = header.knowing(_header(folder, header.like))
    texts = {name: _read(folder, name, f"{market}/{HEADER}") for name in (header.calendar, *header.files)}
    return read_rulebook(header, texts, ZoneInfo)


def scenarios(folder: Path, book: Rulebook) -> tuple[Scenario, ...]:
    """The scenarios kept beside a book. Raises RulebookError for a file that cannot be read."""
    names = sorted(path.name for path in (folder / book.market / "scenarios").glob("*.yaml"))
    found: list[Scenario] = []
    for name in (f"{book.market}/scenarios/{name}" for name in names):
        found += read_scenarios(name, _read(folder, name, name), book)
    return tuple(found)


def _header(folder: Path, market: str) -> Header:
    name = f"{market}/{HEADER}"
    header = read_header(name, _read(folder, name, name))
    if header.market != market:
        raise fault(
            Place(name, 1),
            f"市场名 {header.market} 与文件夹 {market} 不一致",
            f"the market is called {header.market}, its folder {market}",
            "两者须相同",
            "give both the same name",
        )
    return header


def _read(folder: Path, name: str, named_in: str) -> str:
    """A file's text. Its name is relative to the folder of all rulebooks and may not lead out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise fault(
            Place(named_in, 1), f"找不到文件 {name}", f"there is no file {name}",
            "写相对于 rulebooks 文件夹的路径", "write its path from the folder rulebooks",
        )  # fmt: skip
    if path.stat().st_size > _BYTES_MAX:
        raise fault(Place(name, 1), "文件过大", "the file is too large", "拆成几个文件", "split it into several files")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise fault(
            Place(name, 1), "文件不是 UTF-8 文本", "the file is no UTF-8 text", "另存为 UTF-8", "save it as UTF-8"
        ) from None
