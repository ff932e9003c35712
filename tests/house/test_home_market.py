"""The market that is meant where nobody names one."""

from pathlib import Path

import pytest
from django.test import Client, override_settings

from makewhole.config import home
from makewhole.config.environment import BadSetting
from makewhole.doors.portal.operator.frame import currencies
from makewhole.rooms.rulebooks import queries

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"


def test_it_is_the_one_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKEWHOLE_MARKET", raising=False)
    assert home.market(RULEBOOKS) == "cn"
    monkeypatch.setenv("MAKEWHOLE_MARKET", "br")
    assert home.market(RULEBOOKS) == "br"


def test_one_without_rules_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEWHOLE_MARKET", "bra")
    with pytest.raises(BadSetting, match="MAKEWHOLE_MARKET is 'bra'; there are rulebooks for br, cn, eu, jd, uk, us"):
        home.market(RULEBOOKS)


@override_settings(HOME_MARKET="br")
def test_its_rules_and_its_currency_come_first() -> None:
    assert queries.home_market() == "br"
    assert next(iter(currencies())) == "BRL"
    assert "R$" in Client().get("/due/", headers={"Accept-Language": "en"}).content.decode()


@override_settings(HOME_MARKET="xx")
def test_in_a_folder_without_it_the_first_there_is_stands_in() -> None:
    assert queries.home_market() == "br"
