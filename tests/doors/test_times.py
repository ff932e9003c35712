"""Times on pages go by the clock of the market, on every page, whichever time the server keeps."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from makewhole.core.case.model import Case
from makewhole.core.words import Role
from makewhole.doors.portal.parts.markets import all_books
from makewhole.doors.portal.parts.times import ZONES
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.rulebooks import queries as rulebooks
from tests.doors.forms import text
from tests.doors.panel import disputed

pytestmark = pytest.mark.django_db
BEIJING = ZoneInfo("Asia/Shanghai")
TIME = re.compile(r'<time[^>]*datetime="([^"]+)"[^>]*>([^<]+)</time>')
PAGES = {
    Role.BUYER: ("/buyer/", "/buyer/cases/", "/buyer/notices/", "/buyer/cases/{case}/"),
    Role.MERCHANT: ("/merchant/open/", "/merchant/notices/", "/merchant/statement/", "/merchant/cases/{case}/"),
    Role.AGENT: ("/agent/all/", "/agent/cases/{case}/"),
    Role.OPERATOR: ("/operator/cases/", "/operator/books/transfers/", "/operator/cases/{case}/"),
}


@pytest.fixture
def case(sandbox: Sandbox, db: None) -> Case:
    return disputed("D-1", timezone.now(), photos=True)


@pytest.mark.parametrize("role", PAGES)
def test_every_time_of_a_page_is_that_of_the_market(
    case: Case, browser_of: Callable[[Role], Client], role: Role
) -> None:
    browser = browser_of(role)
    for address in PAGES[role]:
        page = browser.get(address.format(case=case.id))
        assert "All times are in Beijing time." in text(page), address
        told = [
            (datetime.fromisoformat(stamp).astimezone(BEIJING), words)
            for stamp, words in TIME.findall(page.content.decode())
        ]
        assert told or address == "/merchant/statement/", address
        assert not [(at, words) for at, words in told if ":" in words and f"{at:%H:%M}" not in words], address


def test_every_market_has_a_clock_that_people_have_a_name_for() -> None:
    assert rulebooks.home_market() == "cn"
    assert [market for market, book in all_books() if str(book.calendar.zone) not in ZONES] == []
    assert [market for market, _book in all_books()][:2] == ["cn", "jd"], "the home market first, then its variants"
