"""Collects the sentences to translate into the catalogues, and compiles them: `make messages`.

Each portal has a catalogue of its own, and so has any other folder with a `locale` folder; what lies elsewhere goes
into that of `makewhole/locale`. Texts are written in English in the code; the catalogues hold the Chinese. Those of
traditional Chinese are derived, so that they exist in their compiled form only.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from makewhole.core.traditional import traditional

PACKAGE = Path(__file__).resolve().parent.parent / "makewhole"
LANGUAGE, DERIVED = "zh_Hans", "zh_Hant"
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands where the format wants the time of making, so that the same sentences always give the same bytes."""
HEADER = """\
# Simplified Chinese texts of: {folder}.
msgid ""
msgstr ""
"Project-Id-Version: makewhole\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def catalogue_folders() -> list[Path]:
    """Every folder with a catalogue of its own, the general one last."""
    portals = {path.parent for path in (PACKAGE / "doors" / "portal").glob("*/apps.py")}
    others = {path.parent for path in PACKAGE.glob("*/**/locale") if path.is_dir()}
    return [*sorted(portals | others), PACKAGE]


def source_files(folder: Path) -> Iterator[Path]:
    """Python files and templates whose sentences belong into the folder's catalogue."""
    others = [other for other in catalogue_folders() if other != folder and other.is_relative_to(folder)]
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        if not any(path.is_relative_to(other) for other in others):
            yield path


def extracted(folder: Path) -> Catalog:
    """The sentences found in the folder's files, each with the files it stands in."""
    from django.utils.translation.template import templatize

    found = Catalog(locale=LANGUAGE, charset="utf-8")
    for path in source_files(folder):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What Django makes of a template is a row of calls, whose indentation means nothing.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
        for _line, message, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
            found.add(message, locations=[(path.relative_to(folder).as_posix(), 0)], context=context)
    return found


def catalogue_path(folder: Path) -> Path:
    return folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def derived_path(folder: Path) -> Path:
    return folder / "locale" / DERIVED / "LC_MESSAGES" / "django.mo"


def read_catalogue(folder: Path) -> Catalog:
    """The folder's catalogue as committed; an empty one when there is none yet."""
    path = catalogue_path(folder)
    if not path.exists():
        return Catalog(locale=LANGUAGE, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def update(folder: Path) -> int:
    """Bring the folder's catalogue up to date with its files and compile it; how many sentences lack a translation."""
    catalogue = read_catalogue(folder)
    catalogue.update(extracted(folder), no_fuzzy_matching=True)
    write(folder, catalogue)
    return sum(1 for message in catalogue if message.id and not message.string)


def write(folder: Path, catalogue: Catalog) -> None:
    """Write the catalogue's source and its compiled form; the same sentences always give the same bytes."""
    path = catalogue_path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as po:
        po.write(HEADER.format(folder=folder.name).encode())
        write_po(
            po, catalogue, width=120, omit_header=True, sort_by_file=True, include_lineno=False, ignore_obsolete=True
        )
    with path.with_suffix(".mo").open("wb") as mo:
        compiled = read_catalogue(folder)
        compiled.creation_date = NO_DATE
        write_mo(mo, compiled)
    derived = derived_path(folder)
    derived.parent.mkdir(parents=True, exist_ok=True)
    with derived.open("wb") as mo:
        write_mo(mo, in_traditional(read_catalogue(folder)))


def in_traditional(catalogue: Catalog) -> Catalog:
    """The same catalogue in traditional Chinese."""
    derived = Catalog(locale=DERIVED, charset="utf-8", creation_date=NO_DATE)
    for message in catalogue:
        if message.id and message.string:
            strings = message.string
            told = traditional(strings) if isinstance(strings, str) else tuple(map(traditional, strings))
            derived.add(message.id, told, context=message.context)
    return derived


def main() -> None:
    """Update every catalogue and say what is still to be translated."""
    missing = 0
    for folder in catalogue_folders():
        count = update(folder)
        missing += count
        print(f"{catalogue_path(folder).relative_to(PACKAGE.parent)}: {count} without a translation")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
