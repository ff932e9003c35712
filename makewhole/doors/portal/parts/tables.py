"""Tables that are sorted, filtered and paged by their URL, so that a view can be kept, shared and gone back to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict

from makewhole.doors.portal.parts.reading import read

KINDS = frozenset({"text", "money", "number", "share", "when", "clock", "chip", "link"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `key` is read from each row, 'a.b' through two levels.

    `kind` decides how a cell is drawn: money reads `currency` of the row; chip needs `vocabulary`; link is the row's
    own name and leads to the row's `href`; share is a fraction shown in percent.
    """

    key: str
    label: str
    kind: str = "text"
    sortable: bool = False
    vocabulary: str = ""
    note_key: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key!r}: kind {self.kind!r} is not one of {', '.join(sorted(KINDS))}")

    @property
    def is_figure(self) -> bool:
        return self.kind in {"money", "number", "share"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One choice above the table; `choices` are (value, label), the empty value means all."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the URL asks for: sort column, direction, filters, text to search, page (from 1)."""

    sort: str = ""
    descending: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    page: int = 1


def read_wish(query: QueryDict, columns: Sequence[Column], filters: Sequence[Filter] = (), sort: str = "") -> Wish:
    """Read the URL's wish; `sort` is the order when it names none ('-key' descending).

    Raises BadRequest for a column that cannot be sorted, a filter value that is not offered or a page below 1.
    """
    asked = query.get("sort") or sort
    key = asked.removeprefix("-")
    if key and key not in {column.key for column in columns if column.sortable} and asked != sort:
        raise BadRequest(f"this table cannot be sorted by {key!r}")
    chosen = {each.name: value for each in filters if (value := query.get(each.name))}
    for each in filters:
        if each.name in chosen and chosen[each.name] not in {value for value, _ in each.choices}:
            raise BadRequest(f"{chosen[each.name]!r} is not a choice of the filter {each.name!r}")
    page = query.get("page", "1")
    if not page.isascii() or not page.isdigit() or not 0 < int(page) < 1_000_000:
        raise BadRequest(f"page {page!r} is not a whole number from 1")
    return Wish(key, asked.startswith("-"), chosen, query.get("q", "").strip()[:200], int(page))


def value_at(row: Any, path: str) -> Any:
    """The value under 'a.b' of a row of objects or dicts."""
    for name in path.split("."):
        row = read(row, name)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    column: Column
    value: Any
    note: Any
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    href: str
    cells: Sequence[Cell]
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One drawn page of a table. `rows` are already sorted, filtered and cut by whoever asked the database."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    wish: Wish = Wish()
    filters: Sequence[Filter] = ()
    searchable: bool = False
    row_count: int | None = None
    page_size: int = 50
    href_of: Callable[[Any], str] | None = None
    mark: str = ""
    empty_title: str = ""
    empty_text: str = ""

    @property
    def page_count(self) -> int:
        return max(1, -(-(self.row_count or len(self.rows)) // self.page_size))

    @property
    def drawn_rows(self) -> list[Row]:
        return [
            Row(
                href=self.href_of(row) if self.href_of else str(read(row, "href") or ""),
                marked=bool(self.mark and value_at(row, self.mark)),
                cells=[
                    Cell(
                        column=column,
                        value=value_at(row, column.key),
                        note=value_at(row, column.note_key) if column.note_key else None,
                        currency=str(read(row, "currency") or ""),
                    )
                    for column in self.columns
                ],
            )
            for row in self.rows
        ]


def sort_rows(rows: Sequence[Any], wish: Wish) -> list[Any]:
    """Short lists that are whole in memory, in the order of the wish; rows without a value come last."""
    if not wish.sort:
        return list(rows)
    known = [row for row in rows if value_at(row, wish.sort) is not None]
    unknown = [row for row in rows if value_at(row, wish.sort) is None]
    return sorted(known, key=lambda row: value_at(row, wish.sort), reverse=wish.descending) + unknown
