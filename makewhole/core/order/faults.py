"""What is wrong with an order document: where, what, and what to do, in Chinese and English."""

from collections.abc import Sequence
from typing import NamedTuple

from makewhole.core.words import Language, Text


class OrderFault(NamedTuple):
    """One fault. `path` is a JSON path into the document, such as `$.lines[0].quantity`."""

    path: str
    wrong: Text
    remedy: Text

    def say(self, language: Language = "en") -> str:
        """One line for people: path, what is wrong, what to do."""
        chinese, english = f"：{self.wrong.zh}；{self.remedy.zh}", f": {self.wrong.en}; {self.remedy.en}"
        return f"{self.path}{Text(chinese, english).say(language)}"


class OrderError(ValueError):
    """The document is no order. `faults` lists everything found wrong with it, at least one."""

    def __init__(self, faults: Sequence[OrderFault]) -> None:
        super().__init__("\n".join(fault.say() for fault in faults))
        self.faults = tuple(faults)
