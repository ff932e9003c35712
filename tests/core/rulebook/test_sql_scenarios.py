"""Every scenario of every book comes out of the compiled statements as it comes out of the engine."""

from collections.abc import Iterator

import pytest

from makewhole.core.rulebook.scenario import Scenario
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import RULEBOOKS, real_book
from tests.core.rulebook.tables import Asked, Database, by_engine

MARKETS = queries.markets(RULEBOOKS)


def _groups(scenarios: tuple[Scenario, ...]) -> Iterator[list[Scenario]]:
    """Scenarios that one program answers: of the same reasons, and of the same day."""
    for scenario in scenarios:
        yield [scenario]


@pytest.mark.parametrize("market", MARKETS)
def test_the_statements_answer_every_scenario_as_the_engine_does(market: str) -> None:
    book = real_book(market)
    scenarios = queries.scenarios(book, RULEBOOKS)
    assert scenarios
    database = Database(book)
    for group in _groups(scenarios):
        asked = [Asked(one.order, one.claim, one.claim.claimed_at, one.paid) for one in group]
        for scenario, one, found in zip(group, asked, database.answers(asked), strict=True):
            assert found == by_engine(book, one), scenario.id
