"""Files of any size and any state: records one by one, with their line, and good ones kept around broken ones."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makewhole.integrations.shops import streams
from makewhole.integrations.shops.rows import RowError
from makewhole.integrations.shops.streams import Record, json_records
from makewhole.integrations.shops.tables import TableRow, heading, table_rows

WRAPPERS = frozenset({"orders", "order", "count"})


def records(path: Path, content: str | bytes) -> list[Record]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(json_records(path, lambda count: None, WRAPPERS))


def table(path: Path, content: str | bytes) -> list[TableRow]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(table_rows(path, lambda count: None, ["a"]))


SHAPES = [
    # the file                                                   lines and values
    ("", []),
    ("  \n ", []),
    ("[]", []),
    ('{"a": 1}', [(1, {"a": 1})]),
    ('[{"a": 1}, {"a": 2}]', [(1, {"a": 1}), (1, {"a": 2})]),
    ('[\n{"a": 1},\n\n{"a":\n2}\n]\n', [(2, {"a": 1}), (4, {"a": 2})]),
    ('{"a": 1}\n{"a": 2}\n', [(1, {"a": 1}), (2, {"a": 2})]),
    ('\ufeff{"a": 1}', [(1, {"a": 1})]),
    ('{"orders": [{"a": 1}], "count": 1}', [(1, {"a": 1})]),
    ('{"count": 1, "page": {"x": []}, "orders": [{"a": 1}]}', [(1, {"a": 1})]),
    ('{"order": {"a": 1}}\n{"order": {"a": 2}}', [(1, {"a": 1}), (2, {"a": 2})]),
    ('[{"order": {"a": 1}}, {"order": {"a": 2}}]', [(1, {"a": 1}), (1, {"a": 2})]),
    ('{"orders": null}', []),
    ('{"orders": []}', []),
    ('{"a": {"orders": [1]}}', [(1, {"a": {"orders": [1]}})]),
    ("{}", [(1, {})]),
]


@pytest.mark.parametrize(("content", "expected"), SHAPES)
def test_every_shape_gives_its_records(tmp_path: Path, content: str, expected: list[tuple[int, object]]) -> None:
    assert [(record.line_number, record.value) for record in records(tmp_path / "f", content)] == expected


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=40), max_size=4), max_size=30), st.integers(1, 80)
)
def test_where_a_piece_of_the_file_ends_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, values: list[dict[str, str]], chunk: int
) -> None:
    path = tmp_path_factory.mktemp("pieces") / "f"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "CHUNK_BYTES", chunk)
        read = records(path, json.dumps(values, ensure_ascii=False, indent=1))
    plain = [value for value in values if next(iter(value), "") not in WRAPPERS]
    assert [record.value for record in read if record.value is not None] == plain


def test_a_broken_place_is_told_by_its_column_however_long_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHUNK_BYTES", 7)
    content = '[\n{"a": 1}, {"a": 2}, {"a" 3}]'
    *_, fault = records(tmp_path / "f", content)
    assert fault.fault is not None
    assert fault.fault.fault.say() == (
        "line 2: broken JSON: see column 26; mend this place or export again; the other orders were read"
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"a": 1, "a": 2}', "broken JSON: the name 'a' stands twice in one object"),
        ('{"a": ' + "9" * 5000 + "}", "broken JSON: the number 99999999999999999999… is too large"),
        ('{"a": Infinity}', "broken JSON: Infinity is not JSON"),
        ('{"a": "b', "broken JSON: it is cut off"),
        ('{"a":' * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_in_words(tmp_path: Path, content: str, says: str) -> None:
    *_, fault = records(tmp_path / "f", content)
    assert fault.fault is not None
    assert fault.fault.fault.wrong.en == says


def test_a_column_may_stand_once(tmp_path: Path) -> None:
    with pytest.raises(RowError, match="has the column a twice"):
        table(tmp_path / "f.csv", "a,b,a\n1,2,3\n")


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"a\n1\n" + b"x" * 64_000_000)
    tracemalloc.start()
    *_, last = table_rows(path, lambda count: None, ["a"])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last.fault is not None
    assert "cannot be read any further" in last.fault.fault.wrong.en
    assert most < 60_000_000


BROKEN = [
    # the file                                     records read           record begins, fault stands on line
    ('{"a": 1}\n{"a": \n{"a": 3}\n', [{"a": 1}, {"a": 3}], 2, 4),
    ('{"a": 1}\n{"a": "x\n{"a": 3}\n', [{"a": 1}, {"a": 3}], 2, 2),
    ('{"a": 1}\nnonsense\n{"a": 3}\n', [{"a": 1}, {"a": 3}], 2, 2),
    ('[\n{"a": 1},\n{"a" 2},\n{"a": 3}\n]', [{"a": 1}, {"a": 3}], 3, 3),
    ('{"orders": [\n{"a": 1},\n{"a": tru},\n{"a": 3}\n], "count": 3}', [{"a": 1}, {"a": 3}], 3, 3),
    ('[{"a": 1}, {"a": 2', [{"a": 1}], 1, 1),
    ('[{"a": 1} {"a": 2}]', [{"a": 1}], 1, 1),
    ('[{"a": NaN}]', [], 1, 1),
    ("[1, {}]", [{}], 1, 1),
    ('{"a": 1', [], 1, 1),
]


@pytest.mark.parametrize(("content", "values", "begins", "line"), BROKEN)
def test_records_around_a_broken_one_are_read(
    tmp_path: Path, content: str, values: list[object], begins: int, line: int
) -> None:
    read = records(tmp_path / "f", content)
    assert [record.value for record in read if record.value is not None] == values
    fault = next(record for record in read if record.fault)
    assert fault.line_number == begins
    assert fault.fault is not None
    assert fault.fault.fault.path == f"line {line}"


def test_a_record_nested_beyond_reason_is_a_fault(tmp_path: Path) -> None:
    deep = '{"orders": ' * 20 + "[]" + "}" * 20
    (fault,) = records(tmp_path / "f", deep)
    assert fault.fault is not None
    assert "nested too deeply" in fault.fault.fault.wrong.en
    (fault, *_) = records(tmp_path / "f", '{"a": ' + "[" * 100_000)
    assert fault.fault is not None


def test_what_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    read = records(tmp_path / "f", b'{"a": 1}\n' + '{"a": "价"}'.encode("gb18030"))
    good, bad = read
    assert good.value == {"a": 1}
    assert bad.fault is not None
    assert (bad.line_number, bad.fault.fault.wrong.en) == (2, "what follows is not UTF-8")


def test_a_large_file_is_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("w") as file:
        file.write('{"orders": [')
        for number in range(30_000):
            file.write(("," if number else "") + json.dumps({"id": number, "text": "x" * 1000}))
        file.write("]}")
    counted: list[int] = []
    tracemalloc.start()
    try:
        count = sum(1 for record in json_records(path, counted.append, WRAPPERS) if record.value)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 30_000
    assert sum(counted) == path.stat().st_size > 30_000_000
    assert peak < 8_000_000


def test_rows_of_a_table_come_with_the_line_where_they_begin(tmp_path: Path) -> None:
    read = table(tmp_path / "t", '\ufeffa, b\n1,"x\ny"\n\n2,z\n3\n')
    assert [(row.line_number, row.values) for row in read] == [
        (2, {"a": "1", "b": "x\ny"}),
        (5, {"a": "2", "b": "z"}),
        (6, {"a": "3"}),
    ]
    assert heading(tmp_path / "t") == ("a", "b")


def test_a_row_with_too_many_fields_is_a_fault_and_the_rest_is_read(tmp_path: Path) -> None:
    bad, good = table(tmp_path / "t", "a,b\n1,2,3\n4,5\n")
    assert bad.fault is not None
    assert bad.fault.fault.wrong.en == "has 3 fields for 2 columns"
    assert good.values == {"a": "4", "b": "5"}


def test_a_table_that_cannot_be_read_on_ends_with_a_fault(tmp_path: Path) -> None:
    read = table(tmp_path / "t", b"a,b\n1,2\n\xff\xfe,3\n")
    good, bad = read
    assert good.values == {"a": "1", "b": "2"}
    assert bad.fault is not None
    assert bad.fault.fault.wrong.en == "what follows is not UTF-8"


def test_a_table_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RowError, match="has no column a"):
        table(tmp_path / "t", "b,c\n1,2\n")
