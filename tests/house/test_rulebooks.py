"""Every rulebook that is shipped was checked, proven and sealed as it is."""

import pytest

from makewhole.rooms.rulebooks import queries
from tests.house.tracked import CHECKOUT

SHIPPED = CHECKOUT / "rulebooks"


@pytest.mark.parametrize("market", queries.markets(SHIPPED))
def test_the_book_is_sealed(market: str) -> None:
    assert queries.book_to_try(market, SHIPPED).sealed, f"run makewhole rulebook check {market} --seal"


@pytest.mark.parametrize("market", queries.markets(SHIPPED))
def test_the_seal_is_part_of_the_project(market: str) -> None:
    assert (SHIPPED / market / "seal").is_file()
