"""Why a file cannot be an export at all: empty, packed, not UTF-8, or with other separators than commas."""

from pathlib import Path

from makewhole.core.words import Text
from makewhole.integrations.shops.rows import RowError

_LOOKED_AT_BYTES = 1 << 16
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"\xfd7zXZ": "xz", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstd"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = {";": "';'", "\t": "tab"}

SAVE_AS_UTF_8 = Text(
    "请另存为 UTF-8（Excel 中选“CSV UTF-8”）再导入", "save it as UTF-8 ('CSV UTF-8' in Excel) and import it again"
)


def unreadable(path: Path) -> RowError | None:
    """Why nothing can be read from this file, by its beginning; None when something may be."""
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT_BYTES)
    if not start:
        return RowError(path.name, Text("是空文件", "is empty"), Text("请重新导出", "export it again"))
    for mark, packer in _PACKED.items():
        if start.startswith(mark):
            return RowError(
                path.name,
                Text(f"是压缩文件（{packer}）", f"is packed ({packer})"),
                Text(
                    "请先解压，或用管道交给 makewhole import -", "unpack it first, or pipe it into makewhole import -"
                ),
            )
    if start.startswith(_UTF_16):
        return RowError(path.name, Text("编码是 UTF-16", "is written in UTF-16"), SAVE_AS_UTF_8)
    first, *more = start.split(b"\n", 1)
    return _table_fault(path, first.decode("utf-8", errors="replace").lstrip("\ufeff"), old_ends=not more)


def _table_fault(path: Path, heading: str, *, old_ends: bool) -> RowError | None:
    """What is wrong with a file whose first line looks like the heading of a table."""
    if heading.lstrip()[:1] in ("{", "["):
        return None
    if old_ends and "\r" in heading.rstrip("\r"):
        return RowError(
            path.name,
            Text("用回车（CR）换行", "ends its lines with CR alone"),
            Text("请以 LF 或 CRLF 换行重新保存", "save it with LF or CRLF at the ends of lines"),
        )
    for separator, shown in _SEPARATORS.items():
        if "," not in heading and separator in heading:
            return RowError(
                path.name,
                Text(f"各列以 {shown} 分隔", f"separates its columns by {shown}"),
                Text("请以逗号分隔重新导出", "export it with commas"),
            )
    return None
