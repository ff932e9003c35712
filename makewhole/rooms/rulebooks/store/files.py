"""The rulebook files on disk: found by market, read whole and once, never followed out of their folder.

What is read is bounded before it is read, and plain: UTF-8 without a byte order mark, no NUL, lines that end with LF.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from makewhole.core.rulebook.check import CHECKER
from makewhole.core.rulebook.read import Header, read_header, read_rulebook
from makewhole.core.rulebook.rule import Place, Rulebook
from makewhole.core.rulebook.scenario import Scenario, read_scenarios
from makewhole.core.rulebook.source import FILE_CHARACTERS_MAX, fault
from makewhole.core.words import Text

HEADER = "market.yaml"
_BYTES_MAX = 4 * FILE_CHARACTERS_MAX
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class UnknownMarket(LookupError):
    """There is no rulebook for a market. `text` says so and names those there are, in both languages."""

    def __init__(self, market: str, known: tuple[str, ...]) -> None:
        self.text = Text(
            f"没有市场 {market!r} 的规则库；现有：{'、'.join(known) or '无'}",
            f"there is no rulebook for market {market!r}; there is {', '.join(known) or 'none'}",
        )
        super().__init__(self.text.en)


class Files(NamedTuple):
    """The files of one market, read once: what is judged is what the digest stands for.

    `texts` are those of the rules and the calendar, by name. `digest` covers them, the header, that of the market it is
    like, and the checker.
    """

    header: Header
    texts: Mapping[str, str]
    digest: str


def markets(folder: Path) -> tuple[str, ...]:
    """The markets that have a rulebook in this folder, by name."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{HEADER}")))


def read_files(folder: Path, market: str) -> Files:
    """Read the files of a market, without judging the rules in them.

    Raises RulebookError for a file that cannot be read, with file, line and what to do; UnknownMarket for a market
    there is not.
    """
    known = markets(folder)
    if market not in known:
        raise UnknownMarket(market, known)
    name = f"{market}/{HEADER}"
    found = {name: _bytes(folder, name, Place(name, 1))}
    header = _header(name, market, found[name])
    if header.like:
        other = f"{header.like}/{HEADER}"
        found[other] = _bytes(folder, other, Place(name, 1))
        header = header.knowing(_header(other, header.like, found[other]))
    for named in (header.calendar, *header.files):
        found[named] = _bytes(folder, named, header.places[named])
    digest = hashlib.sha256(f"checker {CHECKER}\n".encode())
    for named, content in found.items():
        digest.update(f"{named}\n{len(content)}\n".encode() + content)
    texts = {named: _text(named, found[named]) for named in (header.calendar, *header.files)}
    return Files(header, texts, digest.hexdigest())


def with_text(files: Files, name: str, text: str) -> Files:
    """The files with one that reads otherwise: for a book that is only tried, so nothing is written and no seal fits.

    Raises RulebookError for a text no file may hold, or a name that is none of the files.
    """
    market, known = files.header.market, files.header.files
    if name not in known:
        raise fault(
            Place(name, 1), f"{market} 没有规则文件 {name}", f"{market} has no file of rules {name}",
            f"从这些文件中选：{'、'.join(known)}", f"choose one of {', '.join(known)}",
        )  # fmt: skip
    return files._replace(texts={**files.texts, name: _text(name, text.encode())}, digest="")


def book_of(files: Files) -> Rulebook:
    """The rulebook the files hold. Raises RulebookError with every fault, each with file, line and what to do."""
    return read_rulebook(files.header, files.texts, ZoneInfo)


def scenarios(folder: Path, book: Rulebook) -> tuple[Scenario, ...]:
    """The scenarios kept beside a book. Raises RulebookError for a file that cannot be read."""
    names = sorted(path.name for path in (folder / book.market / "scenarios").glob("*.yaml"))
    found: dict[str, Scenario] = {}
    for name in (f"{book.market}/scenarios/{name}" for name in names):
        for one in read_scenarios(name, _text(name, _bytes(folder, name, Place(name, 1))), book):
            first = found.setdefault(one.id, one)
            if first is not one:
                raise fault(
                    one.place, f"场景编号 {one.id} 重复（已在 {first.place}）",
                    f"there is a scenario {one.id} already (at {first.place})", "换一个编号", "give it another id",
                )  # fmt: skip
    return tuple(found.values())


def _header(name: str, market: str, content: bytes) -> Header:
    header = read_header(name, _text(name, content))
    if header.market != market:
        raise fault(
            Place(name, 1),
            f"市场名 {header.market} 与文件夹 {market} 不一致",
            f"the market is called {header.market}, its folder {market}",
            "两者须相同",
            "give both the same name",
        )
    return header


def _bytes(folder: Path, name: str, named_at: Place) -> bytes:
    """A file's content. Its name is relative to the folder of all rulebooks and may not lead out of it."""
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, RuntimeError, ValueError):
        # A loop of links, a name too long, a name with a NUL in it.
        inside = False
    if not inside:
        raise fault(
            named_at, f"找不到文件 {name}", f"there is no file {name}",
            "写相对于 rulebooks 文件夹的路径，指向其中的普通文件",
            "write its path from the folder rulebooks; it must be a plain file in there",
        )  # fmt: skip
    try:
        with path.open("rb") as opened:
            content = opened.read(_BYTES_MAX + 1)
    except OSError as error:
        raise fault(
            named_at, f"无法读取 {name}（{error.strerror}）", f"{name} cannot be read ({error.strerror})",
            "检查文件权限", "check who may read it",
        ) from None  # fmt: skip
    if len(content) > _BYTES_MAX:
        raise fault(Place(name, 1), "文件过大", "the file is too large", "拆成几个文件", "split it into several files")
    return content


def _text(name: str, content: bytes) -> str:
    """The content as text."""
    if content.startswith(_BYTE_ORDER_MARKS):
        raise fault(
            Place(name, 1), "文件以字节顺序标记（BOM）开头", "the file begins with a byte order mark",
            "另存为不带 BOM 的 UTF-8", "save it as UTF-8 without one",
        )  # fmt: skip
    _refuse(name, content, b"\0", Text("含有 NUL 字节", "there is a NUL byte"), _AS_UTF8)
    _refuse(name, content, b"\r", Text("换行不是 LF", "the line does not end with LF alone"), _WITH_LF)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise fault(
            Place(name, line), "文件不是 UTF-8 文本", "the file is no UTF-8 text", _AS_UTF8.zh, _AS_UTF8.en
        ) from None


_AS_UTF8 = Text("另存为 UTF-8 文本", "save it as UTF-8 text")
_WITH_LF = Text("在编辑器中把换行改为 LF（Unix）再保存", "save it with LF (Unix) line ends")


def _refuse(name: str, content: bytes, unwanted: bytes, what: Text, fix: Text) -> None:
    at = content.find(unwanted)
    if at >= 0:
        raise fault(Place(name, content.count(b"\n", 0, at) + 1), what.zh, what.en, fix.zh, fix.en)
