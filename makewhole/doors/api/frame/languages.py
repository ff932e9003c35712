"""In which language a caller wants to read, from `Accept-Language` (RFC 9110, 12.5.4)."""

from functools import lru_cache

from django.conf import settings

from makewhole.core.words import Language, language_of

HEADER_CHARACTERS_MAX = 200
"""Longer headers are not read: no browser writes one."""


@lru_cache(maxsize=512)
def preferred(header: str) -> Language:
    """The language the header asks for most; that of the installation when it asks for none the house speaks."""
    best: Language | None = None
    best_weight = 0.0
    for part in header[:HEADER_CHARACTERS_MAX].lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        spoken = _spoken(tag.strip())
        weight = _weight(parameter)
        if spoken is not None and weight > best_weight:
            best, best_weight = spoken, weight
    return best or _own()


def _spoken(tag: str) -> Language | None:
    if tag == "*":
        return _own()
    return language_of(tag)


def _weight(parameter: str) -> float:
    """The quality value, from 0 to 1; what cannot be read counts as not wanted."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    digits = value.strip()
    if name.strip() != "q" or not digits.replace(".", "", 1).isdigit() or not digits.isascii():
        return 0.0
    return min(float(digits), 1.0)


def _own() -> Language:
    return language_of(settings.LANGUAGE_CODE) or "en"
