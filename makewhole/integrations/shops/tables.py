"""CSV files of any size, row by row, each with the line where it begins."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from makewhole.core.words import Text
from makewhole.integrations.shops.plainness import SAVE_AS_UTF_8
from makewhole.integrations.shops.rows import RowError
from makewhole.integrations.shops.streams import CHUNK_BYTES, CountingFile

FIELD_CHARACTERS_MAX = 4 << 20
LINE_BYTES_MAX = 16 << 20
"""A line longer than this is taken for a broken file."""

_ROWS_BEFORE = Text("；之前各行已读入", "; the rows before were read")
_EXPORT_AGAIN = Text("请重新导出此文件", "export the file again")
_NO_UTF_8 = Text("此后的内容不是 UTF-8", "what follows is not UTF-8")
_BROKEN = Text(
    "无法继续读取：引号没有闭合，或字段过长",
    "cannot be read any further: a quote is never closed, or a field is too long",
)


class TableRow(NamedTuple):
    """One row as column → value, or the fault that stands in its place."""

    line_number: int
    values: dict[str, str]
    fault: RowError | None = None


def heading(path: Path) -> tuple[str, ...]:
    """The column names of a CSV file; empty when its first line is no text."""
    with path.open("rb") as file:
        first = file.readline(1 << 16)
    try:
        names = next(csv.reader([codecs.decode(first, "utf-8-sig")]), [])
    except (UnicodeDecodeError, csv.Error):
        return ()
    return tuple(name.strip() for name in names)


def table_rows(path: Path, advance: Callable[[int], None], required: Sequence[str]) -> Iterator[TableRow]:
    """The rows of a CSV file with a heading. Raises RowError when a required column is missing.

    A row with more fields than columns is given as a fault. Text that is not UTF-8, or a quote that never ends, ends
    the reading with a fault.
    """
    csv.field_size_limit(FIELD_CHARACTERS_MAX)
    with io.BufferedReader(CountingFile(path, advance), CHUNK_BYTES) as file:
        reader = csv.reader(_lines(file))
        began = 1
        try:
            names = [name.strip() for name in next(reader, [])]
            missing = [name for name in required if name not in names]
            twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
            if twice:
                raise RowError(
                    path.name,
                    Text(f"列 {'、'.join(twice)} 出现两次", f"has the column {', '.join(twice)} twice"),
                    Text("保留一列即可", "keep one of the two"),
                )
            if missing:
                raise RowError(
                    path.name,
                    Text(f"缺少列 {'、'.join(missing)}", f"has no column {', '.join(missing)}"),
                    Text("请检查 --format 与导出内容", "check --format and the export"),
                )
            while True:
                began = reader.line_num + 1
                values = next(reader, None)
                if values is None:
                    return
                if values:
                    yield _row(began, names, values)
        except UnicodeDecodeError:
            yield TableRow(began, {}, _ended(began, _NO_UTF_8, SAVE_AS_UTF_8))
        except csv.Error:
            yield TableRow(began, {}, _ended(began, _BROKEN, _EXPORT_AGAIN))


def _ended(line_number: int, wrong: Text, remedy: Text) -> RowError:
    return RowError(f"line {line_number}", wrong, Text(remedy.zh + _ROWS_BEFORE.zh, remedy.en + _ROWS_BEFORE.en))


def _lines(file: IO[bytes]) -> Iterator[str]:
    """The file's lines, each decoded by itself, so that a wrong byte spoils nothing that stands before it."""
    encoding = "utf-8-sig"
    while line := file.readline(LINE_BYTES_MAX + 1):
        if len(line) > LINE_BYTES_MAX:
            raise csv.Error("line too long")
        yield line.decode(encoding)
        encoding = "utf-8"


def _row(line_number: int, names: list[str], values: list[str]) -> TableRow:
    if len(values) > len(names):
        wrong = Text(
            f"有 {len(values)} 个字段，而只有 {len(names)} 列", f"has {len(values)} fields for {len(names)} columns"
        )
        remedy = Text("检查引号与逗号", "check quotes and commas")
        return TableRow(line_number, {}, RowError(f"line {line_number}", wrong, remedy))
    return TableRow(line_number, dict(zip(names, values, strict=False)))
