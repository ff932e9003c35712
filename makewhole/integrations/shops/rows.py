"""What every reader takes and gives: files and options in, one row per order out, good or bad."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from makewhole.core.order.faults import OrderFault
from makewhole.core.words import Text


class Row(NamedTuple):
    """One order of a file: its document, or why there is none.

    `line_number` is the line where the order begins. `number` is the shop's order number, empty when unreadable.
    """

    file: str
    line_number: int
    number: str
    document: dict[str, Any] | None
    faults: tuple[OrderFault, ...] = ()


class RowError(Exception):
    """One order cannot be read. `path` is a place in the shop's own record."""

    def __init__(self, path: str, wrong: Text, remedy: Text) -> None:
        super().__init__(f"{path}: {wrong.en}")
        self.fault = OrderFault(path, wrong, remedy)


class MissingOption(ValueError):
    """The reader needs something the files do not tell; `option` is the name of the option to give."""

    def __init__(self, option: str, why: Text) -> None:
        super().__init__(f"{option}: {why.en}")
        self.option, self.why = option, why


def _ignore(count: int) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What files do not tell. `categories` maps a shop's own category, product type or article number to a path of
    makewhole's category tree. `advance` is called with the number of bytes read, for a progress bar.
    """

    shop_id: str
    market: str = ""
    merchant_id: str = ""
    merchant_name: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    advance: Callable[[int], None] = _ignore

    def needed_market(self) -> str:
        """The market given. Raises MissingOption."""
        if not self.market:
            why = Text("文件未写明适用哪个市场的规则", "the files do not say which market's rules apply")
            raise MissingOption("--market", why)
        return self.market

    def category(self, *words: object) -> str:
        """The category path for the first of the shop's words that the mapping knows; otherwise `other`."""
        for word in words:
            if word is not None and (found := self.categories.get(str(word))):
                return found
        return "other"


class Reader(Protocol):
    """Reads a shop's files, one row per order, in the order of the files. Never holds a whole file in memory."""

    def __call__(self, files: Sequence[Path], options: ReadOptions) -> Iterator[Row]: ...
