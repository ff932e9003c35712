"""Every sentence for people exists in Chinese, and the compiled catalogues are those of the sources."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from tools.messages import catalogue_folders, catalogue_path, derived_path, extracted, in_traditional, read_catalogue

FOLDERS = catalogue_folders()


def name(folder: Path) -> str:
    return folder.name


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_every_sentence_is_translated(folder: Path) -> None:
    catalogue = read_catalogue(folder)
    missing = [
        message.id
        for message in extracted(folder)
        if message.id
        and not ((entry := catalogue.get(message.id, message.context)) and entry.string and not entry.fuzzy)
    ]
    assert missing == [], "Run `make messages`, translate what it names, and run it again."


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_nothing_is_translated_that_nobody_says(folder: Path) -> None:
    said = {(_key(message.id), message.context) for message in extracted(folder)}
    left = [message.id for message in read_catalogue(folder) if (_key(message.id), message.context) not in said]
    assert left == []


def test_a_sentence_says_the_same_wherever_it_stands() -> None:
    """Django keeps all catalogues as one: of two translations, one would stand in the other's place."""
    said: dict[tuple[object, str | None], dict[object, list[str]]] = {}
    for folder in FOLDERS:
        for message in read_catalogue(folder):
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0], message.context
                said.setdefault(key, {}).setdefault(_key(message.string), []).append(folder.name)
    torn = {key: spoken for key, spoken in said.items() if len(spoken) > 1}
    assert torn == {}, "Give one of them a context, or the same translation."


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_placeholders_survive_translation(folder: Path) -> None:
    wrong = [error for message in read_catalogue(folder) for error in message.check() if message.id]
    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_the_compiled_catalogue_is_that_of_the_source(folder: Path) -> None:
    path = catalogue_path(folder).with_suffix(".mo")
    compiled = _texts(read_mo(BytesIO(path.read_bytes()))) if path.exists() else {}
    assert compiled == _texts(read_catalogue(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_the_traditional_catalogue_is_derived_from_the_simplified_one(folder: Path) -> None:
    path = derived_path(folder)
    compiled = _texts(read_mo(BytesIO(path.read_bytes()))) if path.exists() else {}
    assert compiled == _texts(in_traditional(read_catalogue(folder))), "Run `make messages`."


def _texts(catalogue: Catalog) -> dict[object, object]:
    return {(_key(message.id), _text(message.context)): _key(message.string) for message in catalogue if message.id}


def _text(context: str | bytes | None) -> str | None:
    """A context as text: the reader of compiled catalogues gives it as bytes."""
    return context.decode() if isinstance(context, bytes) else context


def _key(text: object) -> object:
    return tuple(text) if isinstance(text, list | tuple) else text
