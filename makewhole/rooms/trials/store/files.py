"""Exports of past cases: Parquet files written through Arrow a few thousand rows at a time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from makewhole.core.rulebook.sql.columns import ColumnType, all_columns
from makewhole.core.rulebook.sql.layers import literal
from makewhole.core.words import Text
from makewhole.rooms.trials.ports import ANALYTICS_MISSING, TrialError

ROWS_AT_ONCE = 20_000
MEMORY = "512MB"
FORMAT_KEY, FORMAT = b"makewhole", b"past cases 1"


class RowWriter:
    """Writes rows through Arrow, a few thousand at a time, and in the end sorts them by reason into the file."""

    def __init__(self, target: Path) -> None:
        from pyarrow import parquet

        self.target = target
        self.raw = target.with_suffix(".parquet.raw")
        self.sorted = target.with_suffix(".parquet.part")
        self.waiting: list[dict[str, Any]] = []
        self.written = 0
        self.writer = parquet.ParquetWriter(self.raw, schema(), compression="zstd")

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        """Take rows; columns left out are empty. `row_id` is given here."""
        for row in rows:
            row["row_id"] = self.written + len(self.waiting)
            self.waiting.append(row)
        if len(self.waiting) >= ROWS_AT_ONCE:
            self._write()

    def _write(self) -> None:
        import pyarrow as arrow

        self.writer.write_table(arrow.Table.from_pylist(self.waiting, schema=schema()))
        self.written += len(self.waiting)
        self.waiting = []

    def finish(self) -> None:
        """Sort by market and reasons, so that a trial reads each group of cases together, and give the file its name.

        Columns that hold nothing are left out; readers know them as empty.
        """
        import duckdb

        self._write()
        self.writer.close()
        filled = filled_columns([str(self.raw)]) or {"row_id"}
        wanted = ", ".join(name for name in all_columns() if name in filled)
        with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(self.target.parent)}) as connection:
            connection.execute(
                f"COPY (SELECT {wanted} FROM read_parquet({literal(str(self.raw))})"  # noqa: S608
                f" ORDER BY market, reasons, claimed_lines, row_id) TO {literal(str(self.sorted))}"
                f" (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{FORMAT_KEY.decode()}: '{FORMAT.decode()}'}})"
            )
        self.sorted.replace(self.target)
        self.raw.unlink()

    def drop(self) -> None:
        """Leave nothing half-done behind."""
        self.writer.close()
        self.raw.unlink(missing_ok=True)
        self.sorted.unlink(missing_ok=True)


def schema() -> Any:
    """The columns of an export as Arrow knows them, marked with its format."""
    import pyarrow as arrow

    kinds = {
        ColumnType.YES_NO: arrow.bool_(),
        ColumnType.NUMBER: arrow.int64(),
        ColumnType.WORD: arrow.string(),
    }
    fields = [arrow.field(name, kinds[kind]) for name, kind in all_columns().items()]
    return arrow.schema(fields, metadata={FORMAT_KEY: FORMAT})


@contextmanager
def rows_to(target: Path) -> Iterator[RowWriter]:
    """A writer to a new Parquet file. Raises TrialError for a name that is taken or does not end in .parquet."""
    _need_analytics()
    if target.suffix != ".parquet" or target.exists() or not target.parent.is_dir():
        raise TrialError(Text(
            f"{target} 不能写入：文件名须以 .parquet 结尾、尚不存在，且文件夹已存在",
            f"{target} cannot be written: name a new file that ends in .parquet, in a folder that exists",
        ))  # fmt: skip
    writer = RowWriter(target)
    try:
        yield writer
        writer.finish()
    except BaseException:
        writer.drop()
        raise


def files_of(export: Path) -> Sequence[Path]:
    """The files of an export. Raises TrialError when there is none or it is none of ours."""
    _need_analytics()
    from pyarrow import ArrowInvalid, parquet

    found = sorted(export.glob("*.parquet")) if export.is_dir() else [export]
    if not found or not all(path.is_file() for path in found):
        raise TrialError(Text(
            f"{export} 不是历史案件的导出；先运行 makewhole export cases {export}",
            f"{export} is no export of past cases; make one with: makewhole export cases {export}",
        ))  # fmt: skip
    for path in found:
        try:
            told = parquet.read_schema(path).metadata or {}
        except (ArrowInvalid, OSError) as error:
            raise TrialError(
                Text(
                    f"{path} 不是导出的案件；请用 makewhole export cases {path.stem}.parquet 导出",
                    f"{path} holds no exported cases; write them with makewhole export cases {path.stem}.parquet",
                )
            ) from error
        if told.get(FORMAT_KEY) != FORMAT:
            raise TrialError(Text(
                f"{path} 不是 makewhole 导出的历史案件；用 makewhole export cases 重新导出",
                f"{path} was not written by makewhole export cases; export the cases anew",
            ))  # fmt: skip
    return found


def filled_columns(files: Sequence[str]) -> frozenset[str]:
    """The columns in which any row holds a value, by what the files say of themselves."""
    from pyarrow import parquet

    filled: set[str] = set()
    for file in files:
        told = parquet.read_metadata(file)
        for number in range(told.num_row_groups):
            group = told.row_group(number)
            for place in range(group.num_columns):
                column = group.column(place)
                counted = column.statistics
                if counted is None or not counted.has_null_count or counted.null_count < column.num_values:
                    filled.add(column.path_in_schema)
    return frozenset(filled)


def _need_analytics() -> None:
    try:
        import duckdb  # noqa: F401
        import pyarrow  # noqa: F401
    except ModuleNotFoundError as error:
        raise TrialError(ANALYTICS_MISSING) from error
