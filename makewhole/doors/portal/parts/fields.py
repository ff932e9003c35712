"""Form fields in one shape, whether they come from a Django form or from an action's JSON Schema."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

KINDS = frozenset(
    {"text", "textarea", "money", "number", "choice", "radio", "checks", "checkbox", "date", "datetime-local", "file",
     "email", "password", "search", "hidden"}
)  # fmt: skip
LONG_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One control with its label, help and errors. `choices` are (value, label) or (value, label, help)."""

    name: str
    label: str
    kind: str = "text"
    id: str = ""
    required: bool = False
    help: str = ""
    value: Any = ""
    errors: Sequence[str] = ()
    choices: Sequence[tuple[str, ...]] = ()
    currency: str = ""
    accept: str = ""
    capture: str = ""
    multiple: bool = False
    rows: int = 4
    minimum: int | str | None = None
    maximum: int | str | None = None
    length_max: int | None = None
    autocomplete: str = ""
    form: str = ""
    """The id of the form it belongs to, where it stands outside of it."""
    drafts: bool = False
    """Whether it chooses between files just uploaded: drawn anew when more have come."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"field {self.name!r}: kind {self.kind!r} is not one of {', '.join(sorted(KINDS))}")

    @property
    def control_id(self) -> str:
        return self.id or f"id_{self.name}"

    @property
    def described_by(self) -> str:
        """Ids of the help and the errors, for the control's aria-describedby."""
        parts = [f"{self.control_id}_help"] if self.help else []
        return " ".join([*parts, f"{self.control_id}_error"] if self.errors else parts)

    @property
    def input_type(self) -> str:
        return {"money": "text", "number": "number"}.get(self.kind, self.kind)

    @property
    def chosen(self) -> frozenset[str]:
        """The values now chosen, as text."""
        values = self.value if isinstance(self.value, (list, tuple, set, frozenset)) else (self.value,)
        return frozenset(str(value) for value in values if value is not None)


def replaced(field: Field, **changes: Any) -> Field:
    """The same field with some of its settings changed, for example `capture="environment"`."""
    return replace(field, **changes)


WIDGET_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "textarea"),
    (forms.CheckboxInput, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.Select, "choice"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
    (forms.EmailInput, "email"),
    (forms.NumberInput, "number"),
    (forms.DateInput, "date"),
    (forms.DateTimeInput, "datetime-local"),
    (forms.HiddenInput, "hidden"),
)


def from_bound(bound: BoundField) -> Field:
    """A Django form's field in the house's shape. Choices, errors, help and limits are taken along."""
    widget = bound.field.widget
    attributes = widget.attrs
    return Field(
        name=bound.html_name,
        id=bound.auto_id or f"id_{bound.html_name}",
        label=str(bound.label),
        kind=next((kind for type_, kind in WIDGET_KINDS if isinstance(widget, type_)), "text"),
        required=bound.field.required,
        help=str(bound.help_text or ""),
        value="" if bound.value() is None else bound.value(),
        errors=[str(error) for error in bound.errors],
        choices=[(str(value), str(label)) for value, label in getattr(bound.field, "choices", ())],
        accept=str(attributes.get("accept", "")),
        capture=str(attributes.get("capture", "")),
        multiple=bool(getattr(widget, "allow_multiple_selected", False)),
        length_max=getattr(bound.field, "max_length", None),
        autocomplete=str(attributes.get("autocomplete", "")),
    )


def kind_of(schema: Mapping[str, Any]) -> str:
    """Which control suits a JSON Schema; up to five choices all stand open as radio buttons."""
    if "enum" in schema or "oneOf" in schema:
        return "radio" if len(schema.get("enum", schema.get("oneOf", ()))) <= 5 else "choice"
    if schema.get("type") == "array":
        return "checks"
    if schema.get("currency"):
        return "money"
    if schema.get("format") in {"date", "date-time"}:
        return "date" if schema["format"] == "date" else "datetime-local"
    if schema.get("type") == "boolean":
        return "checkbox"
    if schema.get("type") in {"integer", "number"}:
        return "number"
    return "textarea" if schema.get("maxLength", 0) > LONG_TEXT else "text"


def is_nested(schema: Mapping[str, Any]) -> bool:
    """Whether no single control can ask for it: objects, and lists of anything but choices."""
    listed = schema.get("type") == "array" and not choices_of(schema)
    return listed or schema.get("type") == "object"


def choices_of(schema: Mapping[str, Any]) -> Sequence[tuple[str, ...]]:
    """Choices from `oneOf` ({const, title, description}) or a bare `enum`, of the field or of a list's items."""
    schema = schema.get("items", schema)
    if "oneOf" in schema:
        return [
            (str(choice["const"]), str(choice.get("title", choice["const"])), str(choice.get("description", "")))
            for choice in schema["oneOf"]
        ]
    return [(str(value), str(value)) for value in schema.get("enum", ())]


def from_schema(
    schema: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Iterable[str]] | None = None,
    prefix: str = "",
) -> list[Field]:
    """The flat properties of an object schema as fields; `title` is the label, `description` the help.

    An integer with `currency` is an amount, asked in major units; a list of choices is a set of checkboxes. What is
    nested deeper belongs to pages of its own: left out where it is optional, else ValueError.
    """
    required = set(schema.get("required", ()))
    fields = []
    for name, each in schema.get("properties", {}).items():
        if is_nested(each):
            if name in required:
                raise ValueError(f"field {name!r} is nested; give the action's `fields` instead of its schema")
            continue
        field = Field(
            name=name,
            id=f"{prefix}{name}" if prefix else "",
            label=str(each.get("title", name)),
            kind=kind_of(each),
            required=name in required,
            help=str(each.get("description", "")),
            value=(values or {}).get(name, each.get("default", "")),
            errors=[str(error) for error in (errors or {}).get(name, ())],
            choices=choices_of(each),
            currency=str(each.get("currency", "")),
            minimum=None if each.get("currency") else each.get("minimum"),
            maximum=None if each.get("currency") else each.get("maximum"),
            length_max=each.get("maxLength"),
        )
        fields.append(field)
    return fields
