"""Bad files: each is refused with file, line and what to do, in bounded time and memory, and leads nowhere."""

import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from makewhole.core.rulebook.source import RulebookError
from makewhole.rooms.rulebooks import queries, service
from tests.rooms.rulebooks.conftest import Spoil

LAW = "br/law.yaml"
SECONDS_MAX, BYTES_MAX = 10.0, 60_000_000
# Counting memory makes everything several times slower; left alone, the slowest file here takes half a second.


def _refusal(folder: Path, market: str = "br") -> str:
    """What is said against the book, told within bounds."""
    started = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(RulebookError) as refusal:
            queries.unchecked_book(market, folder)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < SECONDS_MAX
    assert peak < BYTES_MAX
    for problem in refusal.value.problems:
        assert problem.place.line >= 1
        assert problem.fix.zh
        assert problem.fix.en
    return str(refusal.value)


def _text(lines: str) -> bytes:
    return f"layer: law\nrules: []\n{lines}".encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfel\x00a\x00w\x00", "br/law.yaml:1: the file begins with a byte order mark"),
        (b"\xfe\xff\x00l\x00a\x00w", "br/law.yaml:1: the file begins with a byte order mark"),
        (b"\xef\xbb\xbflayer: law", "br/law.yaml:1: the file begins with a byte order mark"),
        ("layer: law\nrules: []".encode("utf-16-le"), "br/law.yaml:1: there is a NUL byte"),
        (_text("note: a\0b"), "br/law.yaml:3: there is a NUL byte"),
        (_text("note: caf\xe9").replace("é".encode(), b"\xe9"), "br/law.yaml:3: the file is no UTF-8 text"),
        (b"layer: law\nrules: []\r\nnote: x", "br/law.yaml:2: the line does not end with LF alone"),
        (b"layer: law\rrules: []", "br/law.yaml:1: the line does not end with LF alone"),
        (b"", "br/law.yaml:1: the file is empty"),
        (b"a" * 10_000_000, "br/law.yaml:1: the file is too large"),
        (b"a: " + "中".encode() * 1_100_000, "br/law.yaml:1: the file has 1100003 characters"),
        (b"[" * 900_000, "nested too deep"),
        (b"- " * 400_000, "nested too deep"),
        (b"{a: " * 200_000, "nested too deep"),
        (b"[" + b"x," * 450_000 + b"]", "too much"),
        (b"a: &a [" + b"x," * 9 + b"]\nb: *a", "br/law.yaml:1: anchors and aliases are not taken"),
        (b"<<: {a: 1}\nlayer: law\nrules: []", "br/law.yaml:1: rule file has no field <<"),
        (b"layer: !!python/name:os.system law", "br/law.yaml:1: the tag tag:yaml.org,2002:python/name:os.system"),
        (b"%YAML 9.9\n---\nlayer: law", "br/law.yaml:"),
        (b"layer: law\nlayer: platform\nrules: []", "br/law.yaml:2: field layer is there twice"),
        (b"? [a, b]\n: c", "br/law.yaml:1: a field's name is text"),
    ],
)  # fmt: skip
def test_content_that_is_no_plain_rulebook_is_refused(folder: Path, content: bytes, said: str) -> None:
    (folder / LAW).write_bytes(content)
    assert said in _refusal(folder)


def _nothing(path: Path) -> None:
    path.unlink()


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _link_out(path: Path) -> None:
    outside = path.parents[2] / "outside.yaml"
    path.rename(outside)
    path.symlink_to(outside)


def _endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [_nothing, _directory, _loop, _pipe, _link_out, _endless])
def test_what_is_no_plain_file_in_the_folder_is_told_where_it_was_named(
    folder: Path, put: Callable[[Path], None]
) -> None:
    put(folder / LAW)
    said = _refusal(folder)
    assert "br/market.yaml:7: there is no file br/law.yaml; write its path from the folder rulebooks" in said


@pytest.mark.parametrize("name", ["../outside.yaml", "/etc/hostname", "br/../../outside.yaml", "br", "x" * 900])
def test_a_name_that_leads_out_of_the_folder_or_nowhere_is_refused(folder: Path, spoil: Spoil, name: str) -> None:
    (folder.parent / "outside.yaml").write_text("layer: law\nrules: []", encoding="utf-8")
    spoil("br/market.yaml", "- br/law.yaml", f"- {name}")
    assert f"br/market.yaml:7: there is no file {name}" in _refusal(folder)


def test_a_market_that_is_a_link_to_elsewhere_is_refused(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere"
    (folder / "br").rename(elsewhere)
    (folder / "br").symlink_to(elsewhere)
    assert "there is no file br/market.yaml" in _refusal(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (LAW, "goods_defective: yes", "goods_brokn: yes", "there is no fact 'goods_brokn'"),
        (LAW, "{from: 1991-03-11}", "{from: 1991-02-29}", "'1991-02-29' is no date"),
        (LAW, "{from: 1991-03-11}", "{from: 1991-03-11, to: 9999-12-31}", "'9999-12-31' is no date"),
        (LAW, "{from: 1991-03-11}", "{from: 1991-03-11, to: 2999-12-31}", "leave out to where there is none"),
        (LAW, "id: br-cdc-49-freight", "id: br-cdc-49-withdrawal", "two editions of rule br-cdc-49-withdrawal overlap"),
        (LAW, "0.01 BRL", "0.01 CNY", "this book's currency is BRL"),
        ("br/market.yaml", "currency: BRL", "currency: BRR", "there is no currency 'BRR'"),
        ("br/market.yaml", "calendar: br/calendar.yaml", "calendar: br/calender.yaml", "there is no file br/calender"),
        ("br/calendar.yaml", "timezone: ", "timezone: ../", "there is no time zone"),
        ("br/market.yaml", "  - br/platform.yaml", "  - br/law.yaml", "this is in the list twice"),
    ],
)
def test_rules_that_say_what_cannot_be_are_refused(
    folder: Path, spoil: Spoil, file: str, old: str, new: str, said: str
) -> None:
    spoil(file, old, new)
    found = _refusal(folder)
    assert said in found
    assert file in found or "br/market.yaml" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reasons: [changed_mind]", "reasons: [boredom]", "this cannot be read ('boredom' is not a valid Reason)"),
        ("at: 2018-03-25T10:00}", "at: some day}", "this cannot be read (Invalid isoformat string"),
        ("facts: {unrepaired_days: 0", "facts: {unrepaired_days: many", "fact unrepaired_days cannot be 'many'"),
        ('lines: ["1:1"]', 'lines: ["1:one"]', "this cannot be read (invalid literal"),
        ("  - id: br-withdrawal-last-day", "  - id: br-withdrawal", "there is a scenario br-withdrawal already"),
    ],
)
def test_a_scenario_that_cannot_be_read_is_told_with_its_line(
    folder: Path, spoil: Spoil, old: str, new: str, said: str
) -> None:
    spoil("br/scenarios/small.yaml", old, new)
    found = " ".join(problem.say("en") for problem in service.check(folder, "br").faults)
    assert said in found
    assert "br/scenarios/small.yaml:" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("90.00 + 15.50 = 105.50", "(" * 5_000 + "1 = 1", "is no sum"),
        ("90.00 + 15.50 = 105.50", "1 / 0 = 1", "is no sum"),
        ("90.00 + 15.50 = 105.50", "1 + = 2", "is no sum"),
        ('lines: ["1:1"]', 'lines: ["9:1"]', "it cannot be run as written"),
        (
            "plans:\n        - {remedy: return_and_refund, total",
            "plans:\n        - {total",
            "it cannot be run as written",
        ),
    ],
)
def test_a_scenario_that_cannot_be_run_is_told(folder: Path, spoil: Spoil, old: str, new: str, said: str) -> None:
    spoil("br/scenarios/small.yaml", old, new)
    wrong = service.check(folder, "br").wrong
    assert [one.id for one in wrong if said in one.difference] == ["br-withdrawal"]
