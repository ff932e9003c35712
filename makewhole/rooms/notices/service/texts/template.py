"""How a notice is worded: a line on what it is about, a sentence for each reader, and what comes next."""

from collections.abc import Mapping
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
        values = {name: _in(value, language) for name, value in data.items()}
        subjects.append(template.subject.say(language).format_map(values))
        bodies.append(f"{lead.say(language).format_map(values).strip()}\n{values['next']}")
    return Worded(Text(*subjects), Text(*bodies))


def _in(value: Said, language: Language) -> str:
    return value if isinstance(value, str) else value.say(language)
