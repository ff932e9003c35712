"""Questions of fact as simple inputs, and their answers as the rules read them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from makewhole.core.facts import FACTS, FactError, FactName, FactType, FactValue, check_value
from makewhole.core.rulebook.model import Answer
from makewhole.core.words import Party
from makewhole.doors.portal.parts.cards import question_words, say
from makewhole.doors.portal.parts.case_page import choice_label
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.figures import number_text
from makewhole.doors.portal.parts.form_body import read_amount

PREFIX = "fact-"
FIELD_KINDS = {
    FactType.YES_NO: "radio",
    FactType.CHOICE: "radio",
    FactType.COUNT: "number",
    FactType.AMOUNT: "money",
    FactType.TIME: "datetime-local",
    FactType.PATH: "text",
}


def asked(answer: Answer, told: Iterable[str], teller: Party) -> list[str]:
    """The facts to ask this side for: those it has told already (they may be changed), then what is still open."""
    open_facts = [question.fact for question in answer.questions if FACTS[question.fact].tells is teller]
    return list(dict.fromkeys([*told, *open_facts]))


def question_fields(
    names: Iterable[str],
    told: Mapping[str, FactValue],
    currency: str,
    zone: ZoneInfo,
    errors: Mapping[str, list[str]] | None = None,
    typed: Mapping[str, str] | None = None,
) -> list[Field]:
    """One field per fact, with what was told; with `typed`, what was sent last, right or wrong."""
    words = question_words()
    fields = []
    for name in names:
        entry = FACTS[name]
        sent = (typed or {}).get(PREFIX + name)
        written = written_value(entry, told[name], currency, zone) if name in told else ""
        fields.append(
            Field(
                name=PREFIX + name,
                label=words[name]["question"] if name in words else say(entry.question),
                kind=FIELD_KINDS[entry.type],
                value=written if sent is None else sent,
                choices=choices_of(entry),
                currency=currency if entry.type is FactType.AMOUNT else "",
                minimum=0 if entry.type is FactType.COUNT else None,
                errors=(errors or {}).get(name, ()),
            )
        )
    return fields


def choices_of(entry: FactName) -> list[tuple[str, ...]]:
    if entry.type is FactType.YES_NO:
        return [("yes", _("Yes")), ("no", _("No")), ("", _("Not sure"))]
    if entry.type is FactType.CHOICE:
        return [*((choice, choice_label(choice)) for choice in entry.choices), ("", _("Not sure"))]
    return []


def written_value(entry: FactName, value: FactValue, currency: str, zone: ZoneInfo) -> str:
    """A fact's value as its input holds it."""
    if entry.type is FactType.YES_NO:
        return "yes" if value else "no"
    if entry.type is FactType.AMOUNT:
        return number_text(int(value), currency)
    if entry.type is FactType.TIME:
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return str(value)


def read_facts(data: QueryDict, currency: str, zone: ZoneInfo) -> tuple[dict[str, FactValue], dict[str, list[str]]]:
    """The facts told by a form and what is wrong by fact. Times without an offset are those of the market."""
    facts: dict[str, FactValue] = {}
    errors: dict[str, list[str]] = {}
    for key in data:
        name, written = key.removeprefix(PREFIX), data.get(key, "").strip()
        if not key.startswith(PREFIX) or name not in FACTS or not written:
            continue
        entry = FACTS[name]
        try:
            facts[name] = check_value(entry, read_written(entry, written, currency, zone))
        except FactError as error:
            errors[name] = [say(error.text)]
        except ValueError:
            errors[name] = [wrong_value(entry, currency)]
    return facts, errors


def read_written(entry: FactName, written: str, currency: str, zone: ZoneInfo) -> Any:
    """The value in the fact's type. Raises ValueError when the text does not fit it."""
    if entry.type is FactType.YES_NO:
        return {"yes": True, "no": False}.get(written, written)
    if entry.type is FactType.COUNT:
        return int(written)
    if entry.type is FactType.AMOUNT:
        return read_amount(written, currency)
    if entry.type is FactType.TIME:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()
    return written


def wrong_value(entry: FactName, currency: str) -> str:
    if entry.type is FactType.AMOUNT:
        return _("This is not an amount. Write it like %(example)s.") % {"example": number_text(12900, currency)}
    if entry.type is FactType.TIME:
        return _("This is not a date and time.")
    return _("This is not a whole number.")
