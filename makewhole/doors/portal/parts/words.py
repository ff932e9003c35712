"""What the closed vocabularies of the core are called on screen. Every value of every list has a label.

What answers and notices name as well has its words in the core, so that a reason is called the same everywhere; here
are the words only screens need.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makewhole.core.case.model import Outcome
from makewhole.core.case.say import OUTCOMES, STAGES, STEPS
from makewhole.core.ledger.model import Funding, TransferState
from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.model import ObstacleKind
from makewhole.core.words import Consequence, Head, Layer, Party, Provenance, Reason, Remedy, Role, Stage, Step, Text
from makewhole.doors.portal.parts.times import language, speaks_chinese

LABELS: dict[type[StrEnum], Mapping[Any, Promise | Text]] = {
    Reason: phrases.REASONS,
    Remedy: phrases.REMEDIES,
    Head: phrases.HEADS,
    Party: phrases.PARTIES,
    Layer: phrases.LAYERS,
    Consequence: phrases.CONSEQUENCES,
    Outcome: OUTCOMES,
    Stage: STAGES,
    Step: STEPS,
    Role: {
        "buyer": _("Buyer"),
        "merchant": _("Merchant"),
        "agent": _("Agent"),
        "operator": _("Operator"),
        "system": _("Automatic"),
    },
    Provenance: {
        "alleged": _("Claimed, not proven"),
        "evidenced": _("Backed by evidence"),
        "presumed": _("Presumed true"),
        "found": _("Found by the panel"),
    },
    ObstacleKind: {
        "excluded": _("Not covered"),
        "out_of_time": _("Out of time"),
        "not_yet": _("Not yet"),
        "paid_in_full": _("Already paid in full"),
        "not_claimable": _("Cannot be claimed"),
    },
    TransferState: {
        "pending": _("On its way"),
        "posted": _("Done"),
        "voided": _("Cancelled"),
    },
    Funding: {
        "merchant": _("paid by the merchant"),
        "fund": _("advanced by the guarantee fund"),
    },
}

BY_NAME: dict[str, type[StrEnum]] = {
    "reason": Reason,
    "remedy": Remedy,
    "head": Head,
    "party": Party,
    "role": Role,
    "provenance": Provenance,
    "layer": Layer,
    "stage": Stage,
    "step": Step,
    "consequence": Consequence,
    "obstacle": ObstacleKind,
    "outcome": Outcome,
    "transfer_state": TransferState,
    "funding": Funding,
}

TONES: dict[str, str] = {
    "negotiation": "waiting",
    "performance": "active",
    "mediation": "active",
    "appeal": "active",
    "closed": "quiet",
    "settled": "good",
    "ruled_for_buyer": "good",
    "ruled_in_part": "good",
    "withdrawn": "quiet",
    "lapsed": "quiet",
    "dismissed": "quiet",
    "left_owing": "harm",
    "pending": "waiting",
    "posted": "good",
    "voided": "quiet",
    "alleged": "quiet",
    "evidenced": "active",
    "presumed": "active",
    "found": "good",
    "excluded": "harm",
    "out_of_time": "harm",
    "not_yet": "waiting",
    "paid_in_full": "good",
    "not_claimable": "harm",
    "verified": "quiet",
    "unverified": "waiting",
}
"""The colour of a word as a chip; a word not listed is quiet."""


def label_of(value: StrEnum | str, vocabulary: str = "") -> str:
    """What `value` is called on screen. A plain string needs the name of its vocabulary.

    Raises KeyError when the vocabulary or the value is not known: a code is never shown to people.
    """
    kind = type(value) if isinstance(value, StrEnum) else BY_NAME.get(vocabulary)
    if kind is None or kind not in LABELS:
        raise KeyError(f"no vocabulary for {value!r}; name one of {', '.join(BY_NAME)}")
    try:
        label = LABELS[kind][str(value)]
    except KeyError:
        raise KeyError(f"{vocabulary or kind.__name__} {value!r} has no label") from None
    if not isinstance(label, Text):
        return str(label)
    said = label.say(language())
    # Consequences end a sentence; all other words stand alone and begin with a capital.
    return said if kind is Consequence else said[:1].upper() + said[1:]


def listing(items: Sequence[Any]) -> str:
    """`{{ names|listing }}` → 'a, b' or 'a、b'."""
    return ("、" if speaks_chinese() else ", ").join(str(item) for item in items)


def words_of(values: Sequence[StrEnum]) -> str:
    """`{{ case.reasons|words_of }}` → 'Quality defect, Sent late' or '质量问题、延迟发货'."""
    return listing([label_of(value) for value in values])


def goods(claimed: Sequence[tuple[str, int]]) -> str:
    """`{{ claimed|goods }}` → 'Cup × 2, Tray × 1': titles with how many of each."""
    return listing([f"{title} × {quantity}" for title, quantity in claimed])


def said(label: str, value: str) -> str:
    """What somebody or something is said of: 'Merchant: Answer the claim', '商家：回应诉求'."""
    return f"{label}：{value}" if speaks_chinese() else f"{label}: {value}"


def next_step(debtor: StrEnum | str, step: StrEnum | str, role: str) -> str:
    """Who has to do what: 'Merchant: Answer the claim'; for the reader's own `role` 'Your turn: Answer the offer'."""
    who = gettext("Your turn") if str(debtor) == role else label_of(debtor, "party")
    return said(who, label_of(step, "step"))


def sentence(text: str) -> str:
    """A phrase of the core as a whole sentence: with a capital, and a full stop where it has no end of its own."""
    if not text or text.endswith((".", "。", "!", "！", "?", "？", "…")):
        return text[:1].upper() + text[1:]
    return text[:1].upper() + text[1:] + ("。" if speaks_chinese() else ".")


TITLES_MAX, TITLE_CHARACTERS_MAX = 3, 36


def few(titles: Sequence[str]) -> str:
    """`{{ titles|few }}` → titles as a note beside an amount: long ones are cut, and many are counted."""
    shown = titles if len(titles) <= TITLES_MAX else titles[: TITLES_MAX - 1]
    names = listing([Truncator(title).chars(TITLE_CHARACTERS_MAX) for title in shown])
    if len(shown) == len(titles):
        return names
    return gettext("%(names)s, %(total)d in all") % {"names": names, "total": len(titles)}
