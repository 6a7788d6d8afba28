"""The records of a file: a list, an object with a list in it, one object, or one a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sources.records import LARGEST, RecordsError, records

ORDERS = [{"id": 1, "note": 'Zoë, "so"\n[{'}, {"id": 2, "line_items": [{"id": 3}, {"id": 4}]}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.json"


def read(file: Path, text: str | bytes) -> list[object]:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return [json.loads(one.body) for one in records(file)]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_an_object_with_a_list_and_lines_have_the_same_records(file: Path, indent: int | None) -> None:
    lines = "\n\n".join(json.dumps(one) for one in ORDERS)
    wrapped = {"next": {"page": [1]}, "orders": ORDERS, "total": 2}

    assert read(file, json.dumps(ORDERS, indent=indent)) == ORDERS
    assert read(file, json.dumps(wrapped, indent=indent)) == ORDERS
    assert read(file, lines) == ORDERS


@pytest.mark.parametrize("indent", [None, 2])
def test_one_object_is_one_record_be_it_with_lists_of_its_own(file: Path, indent: int | None) -> None:
    assert read(file, json.dumps(ORDERS[1], indent=indent)) == [ORDERS[1]]


@pytest.mark.parametrize("text", ["", " \n", "[]", '{"orders": []}', "\ufeff[ ]"])
def test_a_file_without_records_has_none(file: Path, text: str) -> None:
    assert read(file, text) == []


def test_a_record_comes_in_the_bytes_in_which_it_stands_there(file: Path) -> None:
    file.write_text('[ {"total": 12.50,  "id":1} ,\n {"id" : 2}]', encoding="utf-8")

    found = list(records(file))

    assert [one.body for one in found] == [b'{"total": 12.50,  "id":1}', b'{"id" : 2}']
    assert [one.place for one in found] == ["record 1, line 1", "record 2, line 2"]


def test_a_file_that_is_longer_than_what_is_in_hand_is_read_to_its_end(file: Path) -> None:
    many = [{"id": number, "note": "é" * 700} for number in range(1000)]

    assert read(file, json.dumps({"orders": many}, ensure_ascii=False)) == many


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[{"id": 1},\n{"id": ]', "line 2, behind record 1: this is no JSON"),
        ('[{"id": 1}\n{"id": 2}]', "line 2, behind record 1: ] is wanted"),
        ('[{"id": 1}] x', "line 1, behind record 1: something stands behind"),
        ("orders", "neither a list nor an object"),
        (b'[{"id": "\xff"}]', "not UTF-8"),
        ("[" * 100_000, "this is no JSON"),
    ],
)
def test_a_file_that_is_broken_says_where(file: Path, text: str | bytes, where: str) -> None:
    with pytest.raises(RecordsError, match=where.replace("]", r"\]")):
        read(file, text)


def test_what_is_no_object_and_what_is_too_large_is_no_record(file: Path) -> None:
    long = json.dumps({"note": "x" * LARGEST})
    file.write_text(f'{{"id": 1}}\n{long}\n{{"id": 2}}\n', encoding="utf-8")
    by_line = [(one.place, one.problem) for one in records(file)]
    file.write_text('[{"id": 1}, 5]', encoding="utf-8")
    of_list = [one.problem for one in records(file)]

    assert by_line == [
        ("record 1, line 1", ""),
        ("record 2, line 2", "it has more than 1,048,576 bytes"),
        ("record 3, line 3", ""),
    ]
    assert of_list == ["", "it is no object"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="No such file"):
        list(records(tmp_path / "nowhere.json"))


@given(st.binary(max_size=300))
def test_any_bytes_give_records_or_an_error_that_says_why(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_bytes(text)

    try:
        found = list(records(file))
    except RecordsError as error:
        assert str(file) in str(error)  # noqa: PT017 - either is right
    else:
        assert all(one.number for one in found)
