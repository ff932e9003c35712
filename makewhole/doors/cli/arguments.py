"""What several commands are told in the same words: a moment, and a line with a quantity."""

from datetime import datetime

import click

from makewhole.core.order.document import OFFSET_MAX, YEARS


def moment(given: str, option: str = "--at") -> datetime:
    """The moment written. Raises BadParameter without an offset, and for one no order could live in."""
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        at = None
    offset = at.utcoffset() if at else None
    if at is None or offset is None or abs(offset) >= OFFSET_MAX:
        raise click.BadParameter(
            f"{given!r} is no time with an offset; write it like 2026-11-21T18:00+08:00", param_hint=option
        )
    if at.year not in YEARS:
        raise click.BadParameter(f"{given!r} is not between the years {YEARS[0]} and {YEARS[-1]}", param_hint=option)
    return at


def quantity(given: str, written: str) -> int:
    """The pieces of a line. Raises BadParameter for what is no number of pieces; `written` is the whole option."""
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise click.BadParameter(
            f"{written!r} is no line and quantity; write it like 1:2 (line 1, 2 pieces)", param_hint="--line"
        )
    return int(given)
