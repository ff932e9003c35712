"""JSON files of any size, record by record, each with the line where it begins.

One object, an array of objects, one object per line, or any of these inside the wrappers of a shop's API: a record is
parsed as soon as it is whole in memory, and nothing but the record at hand is kept.
"""

import codecs
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from makewhole.core.words import Text
from makewhole.integrations.shops.plainness import SAVE_AS_UTF_8
from makewhole.integrations.shops.rows import RowError

CHUNK_BYTES = 1 << 20
RECORD_CHARACTERS_MAX = 64 << 20
"""A record longer than this is taken for a broken file."""

_WRAPPERS_DEEP_MAX = 8
_LOOK_AHEAD = 4096
_FIRST_KEY = re.compile(r'\{\s*"([^"\\]*)"\s*:')
_RECORD_AT_LINE_START = re.compile(r"\n\{")
_NO_BLANK = re.compile(r"[^ \t\n\r]")
_MEND = Text("请修正此处或重新导出；其余各单已读入", "mend this place or export again; the other orders were read")
_BEFORE_WERE_READ = Text("；此前各单已读入", "; the orders before were read")
_CUT_OFF = Text("没有写完", "it is cut off")
_DIGITS_MAX = 4000


class Record(NamedTuple):
    """A JSON object of a file, or the fault that stands in its place. `under` is the wrapper's key it stood under."""

    line_number: int
    value: dict[str, Any] | None
    fault: RowError | None = None
    under: str = ""


class _Broken(Exception):
    def __init__(self, line_number: int, wrong: Text, remedy: Text = _MEND) -> None:
        super().__init__(wrong.en)
        self.line_number, self.wrong, self.remedy = line_number, wrong, remedy


class _NoJson(ValueError):
    """JSON in form that means nothing for sure."""

    def __init__(self, wrong: Text) -> None:
        super().__init__(wrong.en)
        self.wrong = wrong


class CountingFile(io.FileIO):
    """A file that tells how many bytes were read from it."""

    def __init__(self, path: Path, advance: Callable[[int], None]) -> None:
        super().__init__(path)
        self._advance = advance

    def readinto(self, buffer: Any, /) -> int:
        count = super().readinto(buffer) or 0
        self._advance(count)
        return count


def _broken_json(why: Text) -> Text:
    return Text(f"JSON 有误：{why.zh}", f"broken JSON: {why.en}")


def _refuse_constant(word: str) -> Any:
    raise _NoJson(Text(f"{word} 不是 JSON", f"{word} is not JSON"))


def _read_whole_number(digits: str) -> int:
    if len(digits) > _DIGITS_MAX:
        raise _NoJson(Text(f"数字 {digits[:20]}… 太大", f"the number {digits[:20]}… is too large"))
    return int(digits)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in named if names.count(name) > 1)[:80]
        raise _NoJson(Text(f"名称 {twice!r} 在同一对象中出现两次", f"the name {twice!r} stands twice in one object"))
    return named


_decoder = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_read_whole_number, object_pairs_hook=_each_name_once
)


class _Window:
    """The stretch of the file's text that is in memory; what stands before `place` was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._decode = file, codecs.getincrementaldecoder("utf-8-sig")().decode
        self.buffer, self.place, self.line = "", 0, 1
        self._dropped_of_line = 0
        self._ended = self._undecodable = False

    def fill(self) -> bool:
        """Read on, dropping what was read; False when the file has no more. Raises _Broken where it is not UTF-8."""
        if self._ended:
            if self._undecodable:
                line = self.line + self.buffer.count("\n", self.place)
                self._undecodable = False
                remedy = Text(*(how + rest for how, rest in zip(SAVE_AS_UTF_8, _BEFORE_WERE_READ, strict=True)))
                raise _Broken(line, Text("此后的内容不是 UTF-8", "what follows is not UTF-8"), remedy)
            return False
        data = self._file.read(max(CHUNK_BYTES, len(self.buffer) - self.place))
        self._ended = not data
        line_start = self.buffer.rfind("\n", 0, self.place) + 1
        self._dropped_of_line = self.place - line_start + (0 if line_start else self._dropped_of_line)
        self.buffer, self.place = self.buffer[self.place :], 0
        try:
            self.buffer += self._decode(data, self._ended)
        except UnicodeDecodeError as error:
            # What stands before the wrong byte is still to be read; the next call tells of it.
            self.buffer += error.object[: error.start].decode()
            self._ended = self._undecodable = True
            return True
        return not self._ended

    def move(self, place: int) -> None:
        self.line += self.buffer.count("\n", self.place, place)
        self.place = place

    def _column(self, place: int) -> int:
        line_start = self.buffer.rfind("\n", 0, place) + 1
        return place - line_start + 1 + (0 if line_start else self._dropped_of_line)

    def peek(self) -> str:
        """The next character that is no blank, now at `place`; empty at the end of the file."""
        while True:
            found = _NO_BLANK.search(self.buffer, self.place)
            self.move(found.start() if found else len(self.buffer))
            if found:
                return found.group()
            if not self.fill():
                return ""

    def take(self, characters: str) -> str:
        """Read one of these characters. Raises _Broken when another stands there."""
        found = self.peek()
        if not found or found not in characters:
            shown = repr(found) if found else "the end of the file"
            either = " or ".join(repr(character) for character in characters)
            raise _Broken(
                self.line, Text(f"JSON 有误：此处不应为 {shown}", f"broken JSON: {either} must stand, not {shown}")
            )
        self.move(self.place + 1)
        return found

    def first_key(self) -> str | None:
        """The first key of the object that begins at `place`, or None; nothing is read."""
        while len(self.buffer) - self.place < _LOOK_AHEAD and not self._ended and self.fill():
            pass
        found = _FIRST_KEY.match(self.buffer, self.place)
        return found.group(1) if found else None

    def value(self) -> Any:
        """Read the JSON value that begins at `place`. Raises _Broken."""
        while True:
            try:
                value, end = _decoder.raw_decode(self.buffer, self.place)
            except json.JSONDecodeError as error:
                cut_off = error.pos >= len(self.buffer) - 16 or error.msg.startswith("Unterminated string")
                if cut_off and len(self.buffer) - self.place <= RECORD_CHARACTERS_MAX and self.fill():
                    continue
                line = self.line + self.buffer.count("\n", self.place, error.pos)
                column = self._column(error.pos)
                at_end = error.pos >= len(self.buffer) or error.msg.startswith("Unterminated string")
                told = (
                    Text("没有写完", "it is cut off") if at_end else Text(f"见第 {column} 列", f"see column {column}")
                )
                raise _Broken(line, Text(f"JSON 有误：{told.zh}", f"broken JSON: {told.en}")) from error
            except _NoJson as error:
                raise _Broken(
                    self.line, Text(f"JSON 有误：{error.wrong.zh}", f"broken JSON: {error.wrong.en}")
                ) from error
            except RecursionError as error:
                raise _Broken(self.line, Text("嵌套过深", "is nested too deeply")) from error
            if end < len(self.buffer) or not self.fill():
                self.move(end)
                return value

    def seek_record(self) -> bool:
        """Move to the next object that begins a line; False when there is none."""
        while True:
            found = _RECORD_AT_LINE_START.search(self.buffer, self.place)
            if found:
                self.move(found.start() + 1)
                return True
            self.move(max(self.place, len(self.buffer) - 1))
            if not self.fill():
                return False


def json_records(path: Path, advance: Callable[[int], None], wrappers: frozenset[str]) -> Iterator[Record]:
    """The records of a file. An object whose first key is one of `wrappers` is opened, and what stands under the
    wrappers' keys is read instead; its other keys are skipped.

    A broken record is given as a fault; reading goes on at the next object that begins a line.
    """
    with io.BufferedReader(CountingFile(path, advance), CHUNK_BYTES) as file:
        window = _Window(file)
        mended = False
        while True:
            try:
                first = window.peek()
                if not first:
                    return
                if mended and first in ",]}":
                    # Reading began anew in the middle of an array; its commas and ends have no meaning any more.
                    window.take(",]}")
                    continue
                yield from _any(window, wrappers, "", 0)
            except _Broken as broken:
                place = f"line {broken.line_number}"
                yield Record(window.line, None, RowError(place, broken.wrong, broken.remedy))
                mended = True
                if not window.seek_record():
                    return


def _any(window: _Window, wrappers: frozenset[str], under: str, deep: int) -> Iterator[Record]:
    first = window.peek()
    line = window.line
    if deep > _WRAPPERS_DEEP_MAX:
        raise _Broken(line, Text("嵌套过深", "wrappers are nested too deeply"))
    if first == "[":
        yield from _elements(window, wrappers, under, deep)
    elif first == "{" and window.first_key() in wrappers:
        yield from _wrapper(window, wrappers, deep)
    else:
        value = window.value()
        if isinstance(value, dict):
            yield Record(line, value, None, under)
        elif value is not None:
            wrong = Text("不是对象", "is not an object")
            yield Record(line, None, RowError(f"line {line}", wrong, _MEND), under)


def _elements(window: _Window, wrappers: frozenset[str], under: str, deep: int) -> Iterator[Record]:
    window.take("[")
    if window.peek() == "]":
        window.take("]")
        return
    while True:
        yield from _any(window, wrappers, under, deep + 1)
        if window.take(",]") == "]":
            return


def _wrapper(window: _Window, wrappers: frozenset[str], deep: int) -> Iterator[Record]:
    window.take("{")
    while True:
        window.peek()
        key = window.value()
        window.take(":")
        opened = window.peek() in ("[", "{") and key in wrappers
        if opened:
            yield from _any(window, wrappers, key, deep + 1)
        else:
            window.value()
        if window.take(",}") == "}":
            return
