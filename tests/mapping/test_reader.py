"""A file is read as what was written, or refused with the place and the remedy; nothing else can happen."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.nodes import Items, Table, Tree, Written, node_at, place_at
from connector.mapping.reading.reader import read_bytes, read_text
from connector.mapping.terms import Place
from tests.patience import PATIENCE


def test_every_scalar_is_the_text_that_was_written() -> None:
    text = "on: no\ndate: 2024-13-45\ntime: 12:30:45\nnumber: 012\nnull: ~\nbig: 1e999\n"

    tree, problems = read_text(text, "a.yaml")

    assert not problems
    assert tree == {
        "on": "no",
        "date": "2024-13-45",
        "time": "12:30:45",
        "number": "012",
        "null": "~",
        "big": "1e999",
    }


def test_every_value_knows_where_it_stands() -> None:
    tree, _ = read_text("a:\n  - b\n  - c: 'x'\n", "a.yaml")

    assert tree is not None
    assert place_at(tree, ("a", 0)) == Place("a.yaml", 2, 5)
    assert place_at(tree, ("a", 1, "c")) == Place("a.yaml", 3, 8)


@pytest.mark.parametrize(
    ("value", "line", "column"),
    [("x", 1, 4), ("'x'", 1, 5), ('"x"', 1, 5), ("|\n\n   x", 3, 4), (">-\n  x", 2, 3)],
)
def test_a_text_knows_where_its_first_character_stands(value: str, line: int, column: int) -> None:
    tree, _ = read_text(f"a: {value}\n", "a.yaml")

    assert isinstance(tree, Table)
    assert isinstance(written := tree["a"], Written)
    assert written.text_place == Place("a.yaml", line, column)


@pytest.mark.parametrize(
    ("value", "line", "column"),
    [
        ("one two", 1, 8),
        ("one\n    two", 2, 5),
        ("one\n\n    two", 3, 5),
        ("'a''b two'", 1, 10),
        ('"a\\"b two"', 1, 10),
        ('"one\n   two"', 2, 4),
        (">\n  one\n  two", 3, 3),
    ],
)
def test_a_text_over_several_lines_or_with_escapes_knows_where_each_word_stands(
    value: str, line: int, column: int
) -> None:
    tree, _ = read_text(f"a: {value}\n", "a.yaml")

    assert isinstance(tree, Table)
    assert isinstance(written := tree["a"], Written)
    assert written.place_at(written.index("two")) == Place("a.yaml", line, column)


def test_nothing_written_is_not_an_empty_text() -> None:
    tree, _ = read_text("a:\nb: ''\n", "a.yaml")

    assert tree is not None
    assert [_is_nothing(node_at(tree, (key,))) for key in ("a", "b")] == [True, False]


def _is_nothing(node: Tree) -> bool:
    return isinstance(node, Written) and node.is_nothing


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n...\n", "\ufeff"])
def test_an_empty_file_is_no_problem(text: str) -> None:
    assert read_bytes(text.encode(), "a.yaml")[1] == ()


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "word"),
    [
        ("a: \u200b1\n", "M104", 1, 4, "delete"),
        ("a:\n\tb: 1\n", "M105", 2, 1, "spaces"),
        ("a: 'x\n", "M106", 1, 4, "close"),
        ("a: [1, 2\nb: c\n", "M106", 2, 2, "close"),
        ("a:\n   b: 1\n  c: 2\n", "M106", 3, 3, "same column"),
        ("a: b\n c: d\n", "M106", 2, 3, "indented"),
        ("a: b\n- c\n", "M106", 2, 1, "same column"),
        ("title: Call: now\n", "M107", 1, 12, "quotes"),
        ("title: {{ order.number }}\n", "M107", 1, 8, "quotes"),
        ("title: 'Care' and more\n", "M107", 1, 15, "quotes"),
        ("title: @home\n", "M107", 1, 8, "quotes"),
        ("title: “Call: now”\n", "M107", 1, 13, "straight"),
        ("a: b\nwhen order.total > 5\nc: d\n", "M106", 2, 1, "a colon and a blank"),
        ("a: b\nwhen:order.total > 5\nc: d\n", "M106", 2, 1, "a colon and a blank"),
        ("a: b\nwhen:\u00a0order.total > 5\nc: d\n", "M104", 2, 6, "ordinary blank"),
        ("a:\n  b: c\n\u00a0\u00a0d: e\n  f: g\n", "M104", 3, 1, "ordinary blank"),
        ("when: [x] == 1\n", "M107", 1, 11, "quotes"),
        ("{when: a in ['NL'], add: 1}\n", "M107", 1, 13, "quotes"),
        ("{title: Call {{ x }}, due: 1d}\n", "M107", 1, 14, "quotes"),
        ("{when: f in (a, b)}\n", "M107", 1, 17, "quotes"),
        ("title: order #{{ order.number }}\n", "M108", 1, 14, "comment"),
        ("number: #1001\n", "M108", 1, 9, "quotes"),
        ("a: 1\nb: 2\na: 3\n", "M109", 3, 1, "one of the two"),
        ("a: &x 1\n", "M110", 1, 4, "write the value out"),
        ("a: *\n", "M107", 1, 4, "quotes"),
        ("a: *x\n", "M110", 1, 4, "write the value out"),
        ("a: !!python/object:os.system x\n", "M111", 1, 4, "quotes"),
        ("when: !contact.company\n", "M111", 1, 7, "not"),
        ("a:\n  <<: {b: c}\n", "M112", 2, 3, "write the keys out"),
        ("a: 1\n---\nb: 2\n", "M113", 2, 1, "file of its own"),
        ("[" * 5000, "M114", 1, 21, "bracket"),
        ("- a\n" * 5001, "M115", 5000, 3, "several files"),
    ],
)
def test_what_misleads_is_refused_at_its_place(
    text: str, code: str, line: int, column: int, word: str
) -> None:
    _, problems = read_text(text, "a.yaml")

    assert [(one.code, one.line, one.column) for one in problems] == [(code, line, column)]
    assert word in f"{problems[0].message}; {problems[0].hint}"


def test_a_repeated_key_shows_both_places() -> None:
    _, problems = read_text("a: 1\nb: 2\na: 3\n", "a.yaml")

    assert str(problems[0]) == 'a.yaml:3:1 M109 "a" stands twice here, first in line 1; keep one of the two'


def test_several_problems_of_a_file_are_found_at_once() -> None:
    _, problems = read_text("a: *x\nb: #1\nc: 1\nc: 2\n", "a.yaml")

    assert {one.code for one in problems} == {"M108", "M109", "M110"}


@pytest.mark.parametrize(
    "text", ["a: 1 # see #12\n", "#a: 1\n", "  #a: 1\nb: 'a #b'\n", "a: |\n  x #1\n", "a: b#c\n"]
)
def test_comments_and_quoted_hashes_are_left_alone(text: str) -> None:
    assert read_text(text, "a.yaml")[1] == ()


def test_a_file_that_is_too_large_is_not_read() -> None:
    tree, problems = read_bytes(b"#" * 65_537, "a.yaml")

    assert tree is None
    assert [one.code for one in problems] == ["M103"]


def test_a_file_in_another_encoding_is_refused_where_it_begins_to_differ() -> None:
    _, problems = read_bytes("a: 1\nb: café\n".encode("latin-1"), "a.yaml")

    assert [(one.code, one.line, one.column) for one in problems] == [("M102", 2, 7)]


@given(raw=st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_problems(raw: bytes) -> None:
    tree, problems = read_bytes(raw, "a.yaml")

    assert tree is None or isinstance(tree, Written | Items | Table)
    assert all(one.file == "a.yaml" for one in problems)


@given(text=st.text(alphabet="ab:-?,[]{}&*!|>'\"%@`#~ \n\t0.<=é\\", max_size=60))
def test_any_text_gives_a_tree_or_problems(text: str) -> None:
    tree, problems = read_text(text, "a.yaml")

    assert tree is None or isinstance(tree, Written | Items | Table)
    assert all(len(one.message) < 400 for one in problems)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)),
        "[" * 65_000,
        "{" * 65_000,
        "- " * 32_000,
        "? " * 32_000,
        "a: #x\n" * 10_000,
        "- 'a'\n" * 10_000,
        f"a: {'9' * 5000}\n",
    ],
)
def test_no_file_costs_more_than_a_moment(text: str) -> None:
    """By the square of its length, or by all that it repeats, each would take many minutes."""
    began = time.thread_time()

    read_bytes(text.encode(), "a.yaml")

    assert time.thread_time() - began < PATIENCE
