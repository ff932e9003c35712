"""The page on the format is true: its examples are read as it says, and it names every kind of outcome."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from makewhole.core.rulebook.describe import KINDS
from makewhole.core.rulebook.read_calendar import read_calendar
from makewhole.core.rulebook.rule import Base
from tests.core.rulebook.books import ZONE, refused, rule

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "rulebook-format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
OUTCOME = re.compile(
    r"((?:exclusion|deduction|presumption|term|liability|cap|sanction|avenue|promise): .*?)(?:  +#.*)?$", re.M
)
OUTCOMES = [found for block in BLOCKS for found in OUTCOME.findall(block) if "{" in found]
WHEN = PAGE.partition("## `when`")[2].partition("A window may also say")[0]
CONDITIONS = re.findall(r"^\| `((?:[a-z_]+): .*?)` \|", WHEN, re.M)
GRANT = rule("cn-consumer-25-return", "grant: {remedy: return_and_refund, amounts: [{head: goods, of: price}]}")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_on_the_page_is_read(outcome: str) -> None:
    assert refused("layer: law\nrules:\n" + indent("\n".join([GRANT, rule("an-example", outcome)]), "  ")) == []


@pytest.mark.parametrize(
    "condition", [one.replace("{…}", "{goods_intact: yes}", 1).replace("…", "delivered: no") for one in CONDITIONS]
)
def test_a_condition_on_the_page_is_read(condition: str) -> None:
    body = f"when:\n  {condition.replace('food', 'digital')}\ngrant: {{remedy: repair}}"
    assert refused("layer: law\nrules:\n" + indent(rule("an-example", body), "  ")) == []


def test_the_calendar_on_the_page_is_read() -> None:
    calendar = next(block for block in BLOCKS if block.startswith("years:"))
    read = read_calendar("page.yaml", f"timezone: Asia/Shanghai\n{calendar}", lambda name: ZONE)
    assert read.is_published(2026)
    assert len(read.yearly) == 5


def test_the_page_names_every_outcome_and_base() -> None:
    assert len(OUTCOMES) == len(KINDS) - 1
    assert len(CONDITIONS) >= 7
    for name in [*KINDS.values(), *(base.value for base in Base if base not in (Base.FACT,))]:
        assert f"`{name}`" in PAGE or f"\n{name}: " in PAGE, name
