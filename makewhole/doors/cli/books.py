"""The rulebooks that commands about rules speak of."""

from pathlib import Path

from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Language, Text
from makewhole.doors.cli import boot, console
from makewhole.rooms.rulebooks import queries

_HAS_FAULTS = Text("规则库 {market} 有错误：\n{faults}", "the rulebook {market} has faults:\n{faults}")


def book_of(market: str, language: Language, folder: Path | None = None) -> Rulebook:
    """The book of a market as its files say. Raises Refused with every fault."""
    try:
        return queries.unchecked_book(market, folder or boot.rulebooks_directory())
    except queries.UnknownMarket as error:
        raise console.Refused(error.text.say(language)) from error
    except RulebookError as error:
        faults = "\n".join(f"  {problem.say(language)}" for problem in error.problems)
        raise console.Refused(_HAS_FAULTS.say(language).format(market=market, faults=faults)) from error
