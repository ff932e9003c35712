"""Which of the fund's accounts an act uses: spread by what it is about, so that thousands of acts queue on no row."""

import zlib
from collections.abc import Sequence
from uuid import UUID

from makewhole.core.ledger.model import AccountKey
from makewhole.rooms.treasury.store.money import DEFAULT_TERMS, FundTerms, fund_terms, open_fund, stripe_keys


def terms_of(asset: str) -> FundTerms:
    """The fund's terms; a fund nobody set up yet starts with the default."""
    terms = fund_terms(asset)
    if terms is None:
        open_fund(asset, DEFAULT_TERMS)
        terms = fund_terms(asset)
    return terms or DEFAULT_TERMS


def all_stripes(asset: str) -> tuple[AccountKey, ...]:
    return stripe_keys(asset, terms_of(asset).stripes)


def stripe_for(what: UUID | str, stripes: Sequence[tuple[AccountKey, int]], asset: str) -> AccountKey:
    """The stripe that belongs to this order or reference."""
    keys = [stripe for stripe, _ in stripes] or list(all_stripes(asset))
    return keys[own_stripe(what, len(keys))]


def own_stripe(what: UUID | str, count: int) -> int:
    return zlib.crc32(what.bytes if isinstance(what, UUID) else what.encode()) % count


def first_stripes(
    order_id: UUID, stripes: Sequence[tuple[AccountKey, int]], wanted_minor: int
) -> tuple[AccountKey, ...]:
    """As few stripes as hold the amount: the order's own first, so that orders spread over them, then the fullest."""
    if not stripes:
        return ()
    own = own_stripe(order_id, len(stripes))
    others = sorted((index for index in range(len(stripes)) if index != own), key=lambda index: -stripes[index][1])
    chosen: list[AccountKey] = []
    for index in (own, *others):
        stripe, available_minor = stripes[index]
        chosen.append(stripe)
        wanted_minor -= max(0, available_minor)
        if wanted_minor <= 0:
            break
    return tuple(chosen)
