"""Findings as forms: which facts a ruling turns on, one control for each, and what was sent read back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from makewhole.core.case.claim import claim_of
from makewhole.core.case.model import Case, Finding
from makewhole.core.facts import ALLEGED_BY, FACTS, FactError, FactType, FactValue, check_value
from makewhole.core.rulebook.model import Answer
from makewhole.core.words import Provenance
from makewhole.doors.portal.parts.cards import question_words, say
from makewhole.doors.portal.parts.case_page import choice_label, value_text
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.questions import FIELD_KINDS, PREFIX, read_written, wrong_value
from makewhole.doors.portal.parts.words import label_of

FOUND_MAX = 60
WHY_CHARACTERS_MAX = 4000


@dataclass(frozen=True, slots=True)
class Market:
    """What values are written in."""

    currency: str
    zone: ZoneInfo


@dataclass(slots=True)
class FindingForm:
    """The finding on one fact as it stands on the page. `value` is None while nothing is found."""

    fact: str
    written: str = ""
    value: FactValue | None = None
    why: str = ""
    exhibit_ids: Sequence[str] = ()
    value_errors: list[str] = field(default_factory=list)
    why_errors: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.value_errors and not self.why_errors

    def finding(self) -> Finding | None:
        """The finding meant, once there is a value that fits."""
        if self.value is None:
            return None
        return Finding(self.fact, self.value, self.why, tuple(self.exhibit_ids))


def facts_to_find(case: Case, answer: Answer) -> list[str]:
    """The facts in dispute, the reasons' own first, then what has to be proven, asked, or was told."""
    alleged = [ALLEGED_BY[reason] for reason in case.reasons if reason in ALLEGED_BY]
    open_ones = [needed.fact for needed in answer.evidence if needed.standing is not Provenance.EVIDENCED]
    asked = [question.fact for question in answer.questions]
    told = [name for name, _fact in case.facts]
    found = [finding.fact for ruling in case.rulings for finding in ruling.findings]
    return [name for name in dict.fromkeys([*alleged, *open_ones, *asked, *told, *found]) if name in FACTS]


def read_findings(data: QueryDict, names: Iterable[str], market: Market, *, strict: bool) -> list[FindingForm]:
    """What the page says on each fact. `strict`: also say what is missing; while still typing, only what is wrong."""
    return [read_finding(data, name, market, strict=strict) for name in list(names)[:FOUND_MAX]]


def read_finding(data: QueryDict, name: str, market: Market, *, strict: bool) -> FindingForm:
    entry = FACTS[name]
    form = FindingForm(
        name,
        data.get(PREFIX + name, "").strip(),
        why=data.get(f"why-{name}", "").strip()[:WHY_CHARACTERS_MAX],
        exhibit_ids=data.getlist(f"exhibits-{name}"),
    )
    if form.written:
        try:
            form.value = check_value(entry, read_written(entry, form.written, market.currency, market.zone))
        except FactError as error:
            form.value_errors.append(say(error.text))
        except ValueError:
            form.value_errors.append(wrong_value(entry, market.currency))
    if strict and form.written and not form.why:
        form.why_errors.append(_("Say why you hold this to be so."))
    if strict and not form.written and (form.why or form.exhibit_ids):
        form.value_errors.append(_("A reason is given but no finding. Choose one, or clear the reason."))
    return form


def body_of(forms: Iterable[FindingForm]) -> list[dict[str, Any]]:
    """The findings as the command's body has them."""
    return [
        {"fact": each.fact, "value": each.value, "why": each.why, "exhibit_ids": list(each.exhibit_ids)}
        for each in forms
        if each.value is not None
    ]


def finding_view(form: FindingForm, case: Case, answer: Answer, market: Market, now: Any) -> dict[str, Any]:
    """One fact ready to be drawn: its controls, who says what, who has to prove it."""
    entry = FACTS[form.fact]
    words = question_words().get(form.fact, {})
    needed = next((each for each in answer.evidence if each.fact == form.fact), None)
    told = claim_of(case, ()).facts.get(form.fact)
    said = ""
    if told is not None:
        said = value_text(entry, told.value, market.currency, now, market.zone)
    elif form.fact in {ALLEGED_BY.get(reason) for reason in case.reasons}:
        said = _("yes")
    return {
        "name": form.fact,
        "label": say(entry.label),
        "said": said,
        "by": label_of(entry.tells, "party"),
        "burden": label_of(needed.burden) if needed else "",
        "standing": needed.standing if needed else "",
        "before": before_text(case, form.fact, market, now),
        "value_field": value_field(form, words.get("question") or say(entry.question), market),
        "why": form.why,
        "why_errors": form.why_errors,
        "chosen": frozenset(form.exhibit_ids),
        "is_open": bool(form.written or form.why or not form.is_sound),
    }  # fmt: skip


def before_text(case: Case, fact: str, market: Market, now: Any) -> str:
    """What the first ruling found on this fact, for whoever rules on the appeal."""
    for ruling in reversed(case.rulings):
        for finding in ruling.findings:
            if finding.fact == fact:
                return value_text(FACTS[fact], finding.value, market.currency, now, market.zone)
    return ""


def value_field(form: FindingForm, question: str, market: Market) -> Field:
    entry = FACTS[form.fact]
    choices: list[tuple[str, ...]] = []
    if entry.type is FactType.YES_NO:
        choices = [("yes", _("Yes")), ("no", _("No")), ("", _("No finding"))]
    elif entry.type is FactType.CHOICE:
        choices = [*((choice, choice_label(choice)) for choice in entry.choices), ("", _("No finding"))]
    return Field(
        name=PREFIX + form.fact,
        label=question,
        kind=FIELD_KINDS[entry.type],
        required=bool(choices),
        value=form.written,
        choices=choices,
        currency=market.currency if entry.type is FactType.AMOUNT else "",
        errors=form.value_errors,
    )


def found_texts(findings: Iterable[Finding], market: Market, now: Any) -> list[Mapping[str, Any]]:
    """Findings in words, for the page that asks once more."""
    return [
        {
            "label": say(FACTS[each.fact].label),
            "value": value_text(FACTS[each.fact], each.value, market.currency, now, market.zone),
            "why": each.why,
            "exhibit_count": len(each.exhibit_ids),
        }
        for each in findings
    ]


def other_facts(shown: Iterable[str]) -> list[tuple[str, str]]:
    """Facts a ruling may also rest on, by label; those on the page are left out."""
    known = set(shown)
    return sorted(
        ((name, say(entry.label)) for name, entry in FACTS.items() if name not in known), key=lambda each: each[1]
    )
