"""How a notice is worded: a line on what it is about, a sentence for each reader, and what comes next."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from makewhole.core.words import WRITTEN, Language, Party, Text

Said = str | Text
"""A value put into a sentence: the same in both languages, or a text."""


class Template(NamedTuple):
    """The subject, and one sentence for each party that may be told. `{names}` are filled from the notice's data."""

    subject: Text
    buyer: Text | None = None
    merchant: Text | None = None
    platform: Text | None = None

    def lead(self, party: Party) -> Text:
        """The sentence for a party. Raises KeyError when it is never told of this."""
        found = {Party.BUYER: self.buyer, Party.MERCHANT: self.merchant}.get(party, self.platform)
        if found is None:
            raise KeyError(f"{party.value} is never told of {self.subject.en!r}")
        return found


class Worded(NamedTuple):
    subject: Text
    body: Text


def word(template: Template, party: Party, data: Mapping[str, Said]) -> Worded:
    """The notice as it is kept. The body ends with `next`: what comes next, who does it, by when.

    Raises KeyError when the data lacks something that is said.
    """
    lead = template.lead(party)
    subjects, bodies = [], []
    for language in WRITTEN:
        values = _Values(data, language)
        subjects.append(template.subject.say(language).format_map(values))
        bodies.append(f"{lead.say(language).format_map(values).strip()}\n{values['next']}")
    return Worded(Text(*subjects), Text(*bodies))


class _Values(Mapping[str, str]):
    """The data in one language, said only as a sentence asks for it: each asks for two or three of ten."""

    def __init__(self, data: Mapping[str, Said], language: Language) -> None:
        self._data = data
        self._language = language

    def __getitem__(self, name: str) -> str:
        value = self._data[name]
        return value if isinstance(value, str) else value.say(self._language)

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)
