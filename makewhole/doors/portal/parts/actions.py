"""What someone may do now, as forms: built from the entries of `available_actions`, never from page code.

An entry is the core's `AvailableAction` (or a dict of the same names): `name`, `label`, `effect`, `due_at`,
`on_silence`, `schema`, `primary`, `confirm`, `final`, `harm`. A page may add, per action: `href` (where the form posts;
else `base` + name + '/'), `fields` (instead of those of the schema), `more_fields` (after them), `figures` (label,
amount_minor, currency), `icon`, `values`, `errors`, `draft` (key under which unsent input is kept; else the href),
`is_open` (unfolded, because it was sent and refused).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, QueryDict

from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.fields import Field, from_schema
from makewhole.doors.portal.parts.reading import read
from makewhole.doors.portal.parts.times import language
from makewhole.doors.portal.parts.words import label_of, sentence

CONFIRMED = "confirmed"
KEY = "idempotency_key"
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", CONFIRMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """One action ready to be drawn."""

    name: str
    label: str
    href: str
    effect: str
    due_at: datetime | None
    on_silence: str
    fields: Sequence[Field]
    figures: Sequence[Any]
    confirm: bool
    final: bool
    harm: bool
    primary: bool
    icon: str
    draft: str
    is_open: bool = False

    @property
    def has_files(self) -> bool:
        return any(field.kind == "file" for field in self.fields)


def fields_of(action: Any, added: Mapping[str, Any]) -> list[Field]:
    """The controls of an action: those the page gives, or those of its schema, and what the page adds to them."""
    fields = added.get("fields", read(action, "fields"))
    if fields is None:
        schema = read(action, "schema") or {}
        if callable(schema):
            schema = schema(language())
        prefix = f"{read(action, 'name')}-"
        values, errors = (added.get(name, read(action, name)) for name in ("values", "errors"))
        fields = from_schema(schema, values, errors, prefix=prefix)
    return [*fields, *added.get("more_fields", ())]


def action_view(action: Any, base: str = "", added: Mapping[str, Any] | None = None) -> ActionView:
    """An entry ready to be drawn. Raises ValueError when it has no name or label, or nowhere to post to."""
    if isinstance(action, ActionView):
        return action
    added = added or {}
    name, href = str(read(action, "name") or ""), added.get("href") or read(action, "href")
    if not name or not read(action, "label") or not (href or base):
        raise ValueError(f"action {name or '?'!r} needs a name, a label, and a href or a base to post to")
    href = str(href or f"{base}{name}/")
    silence = read(action, "on_silence") or ""
    return ActionView(
        name=name,
        label=say(read(action, "label")),
        href=href,
        effect=sentence(say(read(action, "effect", ""))),
        due_at=read(action, "due_at"),
        on_silence=label_of(silence, "consequence") if silence else "",
        fields=fields_of(action, added),
        figures=added.get("figures") or read(action, "figures") or (),
        confirm=bool(read(action, "confirm", False)),
        final=bool(read(action, "final", False)),
        harm=bool(read(action, "harm", False)),
        primary=bool(read(action, "primary", True)),
        icon=str(added.get("icon") or read(action, "icon") or ""),
        draft=str(added.get("draft") or read(action, "draft") or href),
        is_open=bool(added.get("is_open", False)),
    )


def action_views(available: Iterable[Any], base: str, **added: Mapping[str, Any]) -> list[ActionView]:
    """The whole of `available_actions` ready to be drawn; keyword arguments add to the action of that name."""
    return [action_view(each, base, added.get(str(read(each, "name")))) for each in available]


def new_key() -> str:
    """A fresh idempotency key: one per drawn form, so that a double tap or a replay has one effect."""
    return str(uuid4())


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the reader has seen the figures and said yes on the confirm page."""
    return request.POST.get(CONFIRMED) == "yes"


def carried(data: QueryDict) -> list[tuple[str, str]]:
    """Everything that was sent, to travel through the confirm page unchanged (its token and answer apart)."""
    return [(name, value) for name, values in data.lists() if name not in NOT_CARRIED for value in values]


def confirm_context(request: HttpRequest, action: Any, sentences: Sequence[str], back_href: str) -> Mapping[str, Any]:
    """Context of `parts/confirm.html`: the figures, what follows, and what was sent so far."""
    return {
        "action": action_view(action),
        "sentences": sentences,
        "back_href": back_href,
        "carried": carried(request.POST),
    }
