"""YAML text as located values: safe, bounded, and every value knows its file and line.

Built from the parser's events, never from its objects: no tag makes an object, no alias repeats one, nesting and size
are bounded before anything is built. Scalars stay text; what they mean is decided by who reads them.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import yaml

from makewhole.core.rulebook.rule import Place
from makewhole.core.words import Language, Text

FILE_CHARACTERS_MAX = 1_000_000
_DEPTH_MAX = 20
_VALUES_MAX = 200_000
_QUOTES = frozenset("'\"|>")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where this build of PyYAML has it; the same parser in Python otherwise."""


class Problem(NamedTuple):
    """One fault of a rulebook: where, what is wrong, what to do."""

    place: Place
    what: Text
    fix: Text

    def say(self, language: Language) -> str:
        told = Text(f"{self.what.zh}；{self.fix.zh}", f"{self.what.en}; {self.fix.en}")
        return f"{self.place}: {told.say(language)}"


class RulebookError(ValueError):
    """A rulebook cannot be used. `problems` holds every fault found, in the order of the files."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(problem.say("en") for problem in problems))
        self.problems = problems


class Value(NamedTuple):
    """A value of the text: exactly one of `text`, `items` and `fields` is set. `quoted`: the text stood in quotes."""

    place: Place
    text: str | None = None
    items: "tuple[Value, ...] | None" = None
    fields: "dict[str, Field] | None" = None
    quoted: bool = False


class Field(NamedTuple):
    """A field of a mapping; `place` is that of its name."""

    place: Place
    value: Value


def fault(place: Place, what_zh: str, what_en: str, fix_zh: str, fix_en: str) -> RulebookError:
    """The error for one fault."""
    return RulebookError((Problem(place, Text(what_zh, what_en), Text(fix_zh, fix_en)),))


def read_text(file: str, text: str) -> Value:
    """The one document of a YAML text. Raises RulebookError with file and line for anything unsafe or malformed."""
    if len(text) > FILE_CHARACTERS_MAX:
        raise fault(
            Place(file, 1),
            f"文件有 {len(text)} 个字符，上限 {FILE_CHARACTERS_MAX}",
            f"the file has {len(text)} characters, the most is {FILE_CHARACTERS_MAX}",
            "拆成几个文件",
            "split it into several files",
        )
    try:
        return _Builder(file, yaml.parse(text, Loader=_Loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise fault(
            Place(file, mark.line + 1 if mark else 1),
            f"不是有效的 YAML（{error.problem}）",
            f"this is no YAML ({error.problem})",
            "检查缩进、冒号与引号",
            "check indentation, colons and quotes",
        ) from None
    except yaml.YAMLError as error:
        raise fault(
            Place(file, 1),
            f"不是有效的 YAML（{error}）",
            f"this is no YAML ({error})",
            "请以 UTF-8 文本保存",
            "save it as UTF-8 text",
        ) from None


class _Builder:
    """Builds values from events without recursion deeper than `_DEPTH_MAX`."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self.file = file
        self.events = events
        self.built = 0

    def document(self) -> Value:
        found: list[Value] = []
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                found.append(self._value(event, 0))
            if isinstance(event, yaml.DocumentStartEvent) and found:
                raise fault(
                    self._place(event), "一个文件只能有一份文档", "a file holds one document", "删去多余的 ---",
                    "remove the second ---",
                )  # fmt: skip
        if not found:
            raise fault(Place(self.file, 1), "文件是空的", "the file is empty", "写入内容或删去", "fill or remove it")
        return found[0]

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1)

    def _value(self, event: Any, depth: int) -> Value:
        place = self._place(event)
        self.built += 1
        if depth > _DEPTH_MAX or self.built > _VALUES_MAX:
            raise fault(place, "嵌套过深或内容过多", "nested too deep or too much", "化简规则", "make it simpler")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise fault(
                place, "不接受锚点与别名", "anchors and aliases are not taken", "把内容完整写出", "write it out in full"
            )
        if event.tag is not None:
            raise fault(
                place,
                f"不接受标签 {event.tag}",
                f"the tag {event.tag} is not taken",
                "删去标签",
                "remove the tag",
            )
        if isinstance(event, yaml.ScalarEvent):
            return Value(place, text=event.value, quoted=event.style in _QUOTES)
        if isinstance(event, yaml.SequenceStartEvent):
            return Value(place, items=tuple(self._rest(yaml.SequenceEndEvent, depth)))
        return Value(place, fields=self._fields(depth))

    def _rest(self, end: type, depth: int) -> Iterator[Value]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield self._value(event, depth + 1)

    def _fields(self, depth: int) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        values = self._rest(yaml.MappingEndEvent, depth)
        for key in values:
            if key.text is None:
                raise fault(key.place, "字段名须是文字", "a field's name is text", "改成文字", "write a word")
            if key.text in fields:
                raise fault(
                    key.place,
                    f"字段 {key.text} 重复（已在第 {fields[key.text].place.line} 行）",
                    f"field {key.text} is there twice (first in line {fields[key.text].place.line})",
                    "只留一个",
                    "keep one",
                )
            fields[key.text] = Field(key.place, next(values))
        return fields


_T = TypeVar("_T")
_D = TypeVar("_D")


class Fields:
    """The fields of one mapping, taken one by one; `done` refuses those nobody took."""

    def __init__(self, value: Value, what: str) -> None:
        if value.fields is None:
            raise fault(
                value.place, f"{what} 须写成“字段: 值”", f"{what} is written as fields with values",
                "参见 docs/reference/rulebook-format.md", "see docs/reference/rulebook-format.md",
            )  # fmt: skip
        self.place = value.place
        self.what = what
        self.fields = dict(value.fields)
        self.asked: list[str] = []

    def has(self, name: str) -> bool:
        return name in self.fields

    def shows(self, name: str, end: str) -> bool:
        """Whether the field is there and its text ends so."""
        return name in self.fields and (self.fields[name].value.text or "").endswith(end)

    def take(self, name: str) -> Value:
        """The field's value. Raises RulebookError when it is not there."""
        found = self.find(name)
        if found is None:
            raise fault(
                self.place, f"{self.what} 缺少字段 {name}", f"{self.what} has no field {name}", f"补上 {name}:",
                f"add {name}:",
            )  # fmt: skip
        return found

    def find(self, name: str) -> Value | None:
        """The field's value, or None when it is not there."""
        self.asked.append(name)
        field = self.fields.pop(name, None)
        return None if field is None else field.value

    def given(self, name: str, read: Callable[[Value], _T], default: _D) -> _T | _D:
        """The field's value as `read` understands it, or the default when it is not there."""
        found = self.find(name)
        return default if found is None else read(found)

    def rest(self) -> dict[str, Field]:
        """All fields not taken yet."""
        rest, self.fields = self.fields, {}
        return rest

    def done(self) -> None:
        """Raises RulebookError for the first field nobody asked for."""
        for name, field in self.fields.items():
            known = ", ".join(sorted(set(self.asked)))
            raise fault(
                field.place,
                f"{self.what} 没有字段 {name}",
                f"{self.what} has no field {name}",
                f"可用字段：{known}",
                f"its fields are {known}",
            )
