"""Facts: typed statements the rules read, each with how firmly it stands.

The list of fact names is closed and documented here: rules may read no other. Facts of the order (dates, parcels,
categories, flags) are derived from the order itself by the rulebook and stand as evidenced; facts of the story come
from the parties. `docs/reference/facts.md` is made from this list.
"""

from makewhole.core.facts.allegations import ALLEGED_BY
from makewhole.core.facts.choices import CHOICES
from makewhole.core.facts.closed_list import FACTS, check_value, fact_name, read_value
from makewhole.core.facts.model import (
    COUNT_MAX,
    EXHIBIT_LABELS,
    NEVER,
    ExhibitKind,
    Fact,
    FactError,
    FactName,
    Facts,
    FactType,
    FactValue,
)

__all__ = [
    "ALLEGED_BY", "CHOICES", "COUNT_MAX", "EXHIBIT_LABELS", "FACTS", "NEVER", "ExhibitKind", "Fact", "FactError",
    "FactName", "FactType", "FactValue", "Facts", "check_value", "fact_name", "read_value",
]  # fmt: skip
