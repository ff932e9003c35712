"""The page on actions is made from the table; nobody edits it by hand."""

from pathlib import Path

from makewhole.core.case.draw import PAGE, page

REPOSITORY = Path(__file__).parents[3]


def test_the_page_on_actions_is_the_table() -> None:
    assert (REPOSITORY / PAGE).read_text(encoding="utf-8") == page(), "make it anew: makewhole case table > " + PAGE
