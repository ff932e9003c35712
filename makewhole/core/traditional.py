"""Simplified Chinese as a reader of traditional Chinese writes it.

Texts are written once, in simplified Chinese; the traditional form is derived, so that the two cannot drift apart. The
forms are those of Taiwan (裡, 為, 群), which readers in Hong Kong and Macau read as well. Words of the law and of the
markets are kept: only the script changes, and the few words of `REVIEWED`. Every conversion that could go either way
(发: 發 or 髮) is reviewed in `tests/house/traditional.txt`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

REVIEWED: Mapping[str, str] = {
    "臺": "台", "賬": "帳", "虛假髮": "虛假發", "換髮動": "換發動", "由髮卡": "由發卡", "鬚髮出": "須發出",
    "多隻能": "多只能", "封簽": "封籤", "算曆史": "算歷史",
    "標明瞭": "標明了", "寫明瞭": "寫明了", "手衝": "手沖", "銷燬": "銷毀", "划出": "劃出", "承諾里": "承諾裡",
    "“": "「", "”": "」",
    "視頻": "影片", "登錄": "登入", "鏈接": "連結", "短信": "簡訊", "默認": "預設", "屏幕": "螢幕",
}  # fmt: skip
"""What the dictionaries give, and what is said instead: the form in use, a word read across the border of two words
(虚假 + 发货 as 假发), the quotation marks, and the few words of screens that differ."""

_REVIEWED = re.compile("|".join(sorted(REVIEWED, key=len, reverse=True)))
_KEPT = 16_384
"""Texts whose traditional form is remembered: a few megabytes, more than all sentences of the house and its rules."""


@lru_cache(maxsize=_KEPT)
def traditional(text: str) -> str:
    """The text in traditional Chinese; whatever is not Chinese stays as it is."""
    return text if text.isascii() else _REVIEWED.sub(lambda found: REVIEWED[found[0]], _dictionaries().convert(text))


@lru_cache(maxsize=1_024)
def simplified(text: str) -> str:
    """The text in simplified Chinese, so that a search finds the same in either script."""
    return text if text.isascii() else _dictionaries("t2s").convert(text)


@lru_cache(maxsize=2)
def _dictionaries(direction: str = "s2tw") -> Any:
    """OpenCC's tables, read on first use: readers of other languages pay nothing for them."""
    from opencc import OpenCC

    return OpenCC(direction)
