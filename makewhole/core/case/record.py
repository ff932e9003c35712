"""How the values of a case are written down as JSON and read back.

Every value type has one plain form: named tuples become objects, tuples arrays, times UTC in
ISO 8601. Fields that hold their default are left out, so records stay small and a field added later leaves the
written form of older records (and therefore their hashes) as it was.
"""

import types
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
Writer = Callable[[Any], Any]
Reader = Callable[[Any], Any]
NO_DEFAULT = object()


def write(value: Any) -> Any:
    """The plain form of a value."""
    kind: Any = type(value)
    return writer(kind)(value)


def read(kind: type[Value], plain: Any) -> Value:
    """The value of this type written as `plain`. Raises KeyError or ValueError when it is no such value."""
    wanted: Any = kind
    result: Value = reader(wanted)(plain)
    return result


def write_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def same(value: Any) -> Any:
    return value


def optional(kind: Any) -> Any:
    """The type inside `X | None`, or None when `kind` is no such type."""
    inner = [each for each in get_args(kind) if each is not types.NoneType]
    return inner[0] if len(inner) == 1 and len(get_args(kind)) == 2 else None


def members(kind: type) -> list[tuple[str, Any, Any]]:
    """Name, type and default of each field of a named tuple."""
    hints = get_type_hints(kind)
    defaults = kind._field_defaults  # type: ignore[attr-defined]
    return [(name, hints[name], defaults.get(name, NO_DEFAULT)) for name in kind._fields]  # type: ignore[attr-defined]


@cache
def writer(kind: Any) -> Writer:
    """The function that writes values of a type. Raises TypeError for a type that has no plain form."""
    if get_origin(kind) in (Union, types.UnionType):
        return optional_writer(kind)
    if get_origin(kind) is tuple:
        return tuple_writer(get_args(kind))
    if kind in (str, int, bool):
        return same
    if kind is datetime:
        return write_time
    if issubclass(kind, StrEnum):
        return str
    if hasattr(kind, "_fields"):
        return object_writer(kind)
    raise TypeError(f"{kind!r} has no plain form")


def optional_writer(kind: Any) -> Writer:
    inner = optional(kind)
    if inner is None:
        return same
    write_inner = writer(inner)
    return lambda value: None if value is None else write_inner(value)


def tuple_writer(arguments: tuple[Any, ...]) -> Writer:
    if arguments[-1] is Ellipsis:
        write_each = writer(arguments[0])
        return lambda value: [write_each(each) for each in value]
    each_writer = tuple(writer(each) for each in arguments)
    return lambda value: [put(each) for put, each in zip(each_writer, value, strict=True)]


def object_writer(kind: type) -> Writer:
    plan = [(name, writer(hint), default) for name, hint, default in members(kind)]

    def write_object(value: Any) -> dict[str, Any]:
        # Side by side, as named tuples are tuples: asking for each field by its name takes twice as long.
        plain: dict[str, Any] = {}
        for (name, put, default), member in zip(plan, value, strict=True):
            if member is not default and member != default:
                plain[name] = member if put is same else put(member)
        return plain

    return write_object


@cache
def reader(kind: Any) -> Reader:
    """The function that reads values of a type. Raises TypeError for a type that has no plain form."""
    if get_origin(kind) in (Union, types.UnionType):
        return optional_reader(kind)
    if get_origin(kind) is tuple:
        return tuple_reader(get_args(kind))
    if kind in (str, int, bool):
        return same
    if kind is datetime:
        return datetime.fromisoformat
    if issubclass(kind, StrEnum):
        return {member.value: member for member in kind}.__getitem__
    if hasattr(kind, "_fields"):
        return object_reader(kind)
    raise TypeError(f"{kind!r} has no plain form")


def optional_reader(kind: Any) -> Reader:
    inner = optional(kind)
    if inner is None:
        return same
    read_inner = reader(inner)
    return lambda plain: None if plain is None else read_inner(plain)


def tuple_reader(arguments: tuple[Any, ...]) -> Reader:
    if arguments[-1] is Ellipsis:
        read_each = reader(arguments[0])
        return lambda plain: tuple([read_each(each) for each in plain])
    each_reader = tuple(reader(each) for each in arguments)
    return lambda plain: tuple([get(each) for get, each in zip(each_reader, plain, strict=True)])


def object_reader(kind: type) -> Reader:
    plan = {name: (place, reader(hint)) for place, (name, hint, _) in enumerate(members(kind))}
    defaults = [default for _, _, default in members(kind)]
    required = {name for name, _, default in members(kind) if default is NO_DEFAULT}

    def read_object(plain: dict[str, Any]) -> Any:
        # The fields in their places at once: naming them to the type costs twice as much, and cases have many.
        values = defaults.copy()
        for name, each in plain.items():
            place, get = plan[name]
            values[place] = each if get is same else get(each)
        if not required <= plain.keys():
            raise KeyError(f"{kind.__name__} without {', '.join(sorted(required - plain.keys()))}")
        return tuple.__new__(kind, values)

    return read_object
