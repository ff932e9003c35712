"""Traditional Chinese of everything the house says: no character that could go two ways comes out unreviewed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

from makewhole.core.traditional import REVIEWED, simplified, traditional
from makewhole.core.words import LANGUAGES, Text, language_of

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LIST = Path(__file__).with_name("traditional.txt")


def sections() -> dict[str, list[str]]:
    """The lines of the reviewed list by section."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(name, []).append(line)
    return found


SECTIONS = sections()
AMBIGUOUS = frozenset("".join(SECTIONS["ambiguous"]))
ONE_READING = {pair[0]: pair[1] for line in SECTIONS["one reading"] for pair in line.split()}
WORDS: dict[str, str] = {line.split()[0]: line.split()[1] for line in SECTIONS["words"]}


def sentences() -> Iterator[tuple[Path, str]]:
    """Every Chinese text of code, catalogues and rulebooks, with the file it stands in."""
    for path in sorted((ROOT / "makewhole").rglob("*.py")):
        if path.name == "traditional.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
                yield path, node.value
    for path in sorted((ROOT / "makewhole").rglob("zh_Hans/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                strings = [message.string] if isinstance(message.string, str) else message.string
                yield from ((path, text) for text in strings if message.id)
    for path in sorted((ROOT / "rulebooks").glob("*/*.yaml")):
        for event in yaml.parse(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.ScalarEvent) and CHINESE.search(event.value):
                yield path, event.value


def unreviewed(text: str) -> list[str]:
    """The ambiguous characters of a text that no entry covers or that come out otherwise, each with what is around."""
    told = traditional(text)
    if len(told) != len(text):
        return [f"{text!r} changes its length: {told!r}"]
    return [
        f"{text[max(0, place - 3) : place + 4]!r} becomes {told[max(0, place - 3) : place + 4]!r}"
        for place, character in enumerate(text)
        if character in AMBIGUOUS and not reviewed(text, told, place)
    ]


def reviewed(text: str, told: str, place: int) -> bool:
    """Whether a word of the list covers the place with this outcome, or the character has one reading and keeps it."""
    for length in (4, 3, 2, 1):
        for start in range(max(0, place - length + 1), place + 1):
            end = start + length
            if WORDS.get(text[start:end]) == told[start:end] and end <= len(text):
                return True
    return ONE_READING.get(text[place]) == told[place]


def test_every_ambiguous_character_of_every_sentence_is_reviewed() -> None:
    seen = dict.fromkeys((text, path.relative_to(ROOT)) for path, text in sentences())
    assert len(seen) > 3_000
    faults = dict.fromkeys(f"{path}: {fault}" for text, path in seen for fault in unreviewed(text))
    assert not faults, "\n".join(["read these, mend or add them to tests/house/traditional.txt:", *faults])


def test_the_list_holds_only_what_is_said() -> None:
    said = "\n".join(text for _path, text in sentences())
    assert [word for word in WORDS if word not in said] == []
    assert [one for one in ONE_READING if one not in said] == []
    told = traditional(said)
    assert [wanted for wanted in REVIEWED.values() if wanted not in told] == []


@pytest.mark.parametrize("text", ["理发店的头发", "皇后", "一万里的里面", "烘干机的干部", "三只皇后", "复仇"])
def test_a_new_ambiguous_word_is_noticed(text: str) -> None:
    assert unreviewed(text)


@pytest.mark.parametrize(
    ("simple", "wanted"),
    [
        ("虚假发货后，商家须发出商品", "虛假發貨後，商家須發出商品"),
        ("箱子里只有一只杯子，行驶里程不足一公里", "箱子裡只有一隻杯子，行駛里程不足一公里"),
        ("若干标明了价值的台灯，由平台后台处理", "若干標明了價值的檯燈，由平台後台處理"),
        ("商家不答复的，账户余额以签收为准", "商家不答覆的，帳戶餘額以簽收為準"),
        ("《中华人民共和国产品质量法》第四十条", "《中華人民共和國產品質量法》第四十條"),
        ("{who}未在 {date} 前答复 %(count)d 条", "{who}未在 {date} 前答覆 %(count)d 條"),
        ("plain English stays", "plain English stays"),
    ],
)
def test_traditional_reads_right(simple: str, wanted: str) -> None:
    assert traditional(simple) == wanted


def test_a_search_finds_either_script() -> None:
    assert simplified("簽收後七日內退貨") == "签收后七日内退货"


def test_a_text_is_said_in_every_language() -> None:
    text = Text("退货后退款", "refund after return")
    assert [text.say(language) for language in LANGUAGES] == ["退货后退款", "退貨後退款", "refund after return"]


def test_somebody_s_own_words_stay_as_they_were_written() -> None:
    assert Text("一半压坏了", "一半压坏了").say("zh-hant") == "一半压坏了"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh", "zh"), ("zh-CN", "zh"), ("zh-Hans-HK", "zh"), ("zh_SG.UTF-8", "zh"), ("zh-Hant", "zh-hant"),
        ("zh-TW", "zh-hant"), ("zh_HK.UTF-8", "zh-hant"), ("zh-MO", "zh-hant"), ("en-GB", "en"), ("fr", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_tag_asks_for_a_language(tag: str, language: str | None) -> None:
    assert language_of(tag) == language
