"""What someone may do now, as forms: built from the entries of `available_actions`, never from page code.

An entry (object or dict) has: `name`, `label`, `href` (where the form posts), `effect` (what pressing will cause),
`due_at`, `on_silence`, `schema` (JSON Schema of its input) or ready `fields`, and optionally `confirm` (ask once more),
`figures` (label, amount_minor, currency), `final` (cannot be undone), `harm` (takes something away), `icon`, `values`,
`errors`, `draft` (key under which unsent input is kept).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, QueryDict

from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.fields import Field, from_schema
from makewhole.doors.portal.parts.reading import read
from makewhole.doors.portal.parts.words import label_of

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
    icon: str
    draft: str

    @property
    def has_files(self) -> bool:
        return any(field.kind == "file" for field in self.fields)

    @property
    def is_plain(self) -> bool:
        """Whether the action asks for nothing, so that one button is the whole form."""
        return all(field.kind == "hidden" for field in self.fields)


def action_view(action: Any) -> ActionView:
    """An entry of the action table ready to be drawn. Raises ValueError when name, label or href is missing."""
    if isinstance(action, ActionView):
        return action
    for needed in ("name", "label", "href"):
        if not read(action, needed):
            raise ValueError(f"action {read(action, 'name', '?')!r} has no {needed}")
    name = str(read(action, "name"))
    fields = read(action, "fields")
    if fields is None:
        schema = read(action, "schema") or {}
        fields = from_schema(schema, read(action, "values"), read(action, "errors"), prefix=f"{name}-")
    silence = read(action, "on_silence") or ""
    return ActionView(
        name=name,
        label=say(read(action, "label")),
        href=str(read(action, "href")),
        effect=say(read(action, "effect", "")),
        due_at=read(action, "due_at"),
        on_silence=label_of(silence, "consequence") if silence else "",
        fields=fields,
        figures=read(action, "figures") or (),
        confirm=bool(read(action, "confirm", False)),
        final=bool(read(action, "final", False)),
        harm=bool(read(action, "harm", False)),
        icon=str(read(action, "icon") or ""),
        draft=str(read(action, "draft") or ""),
    )


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
