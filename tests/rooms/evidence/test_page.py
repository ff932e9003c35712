"""The page on evidence tells the limits the code keeps."""

from pathlib import Path

from makewhole.rooms.evidence.queries import BITS_APART_MAX
from makewhole.rooms.evidence.service import intake
from makewhole.rooms.evidence.service.media import BYTES_MAX, FAMILIES, KIND_NAMES, MEBIBYTE, Family
from makewhole.rooms.evidence.service.pictures import PIXELS_MAX

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "concepts" / "evidence.md").read_text(encoding="utf-8")
WORDS = {Family.PICTURE: "picture", Family.VIDEO: "video", Family.PDF: "PDF", Family.TEXT: "text"}


def test_every_kind_has_its_row_with_the_files_it_may_be() -> None:
    rows = {
        cells[1].strip(): cells[2]
        for line in PAGE.splitlines()
        if line.startswith("| ") and len(cells := line.split("|")) == 5
    }
    for kind, families in FAMILIES.items():
        files = rows["other document" if kind.value == "document" else KIND_NAMES[kind].en]
        if len(families) > 1:
            assert {family for family, word in WORDS.items() if word in files} == families, kind


def test_the_figures_are_those_of_the_code() -> None:
    assert f"{BYTES_MAX[Family.PICTURE] // MEBIBYTE} MB, {PIXELS_MAX // 1_000_000} million pixels" in PAGE
    assert f"{BYTES_MAX[Family.VIDEO] // MEBIBYTE} MB" in PAGE
    assert f"text {BYTES_MAX[Family.TEXT] // MEBIBYTE} MB" in PAGE
    assert f"Up to {intake.PER_UPLOADER_MAX} files" in PAGE
    assert {6: "six"}[BITS_APART_MAX] + " of 64 bits" in PAGE
