"""YAML without traps: a file read as texts with places, on the parser's events, nothing constructed.

What misleads is refused with its place and remedy: anchors, aliases, tags, merge keys, repeated keys,
several documents, tabs, a `#` that swallows half a value. So is what costs too much: more than 64 kB, 5,000
values or 20 levels. Any bytes give a tree or problems, never an exception: PyYAML raises RecursionError,
ValueError and OverflowError besides its own errors, and expands nine levels of aliases to gigabytes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

import yaml

from connector.errors import Problem
from connector.mapping.nodes import Tree
from connector.mapping.reading.tree_builder import MOST_PROBLEMS, TooMuch, TreeBuilder
from connector.mapping.reading.yaml_errors import explain

MOST_BYTES: Final = 64 * 1024

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What the parser cannot read, and what nobody can see: other line ends, zero widths, marks of direction."""

_COMMENT: Final = re.compile(r"(?<![^ \n\r])#")


def read_bytes(raw: bytes, file: str) -> tuple[Tree | None, tuple[Problem, ...]]:
    """The tree of a file's bytes; None where it is empty, or where a problem stands in the way."""
    if len(raw) > MOST_BYTES:
        message = f"the file has more than {MOST_BYTES:,} bytes"
        return None, (Problem(file, 0, 0, "M103", message, "split it into several files"),)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _line_and_column(raw[: error.start].decode("utf-8-sig", "replace"))
        problem = Problem(
            file, line, column, "M102", "the file is not UTF-8", "save it with the encoding UTF-8"
        )
        return None, (problem,)
    return read_text(text, file)


def read_text(text: str, file: str) -> tuple[Tree | None, tuple[Problem, ...]]:
    """The tree of a text; None where it is empty, or where a problem stands in the way."""
    if problems := tuple(_unreadable(text, file)):
        return None, problems
    builder = TreeBuilder(file, text)
    if problem := _build(builder, text):
        return None, (*builder.problems[: MOST_PROBLEMS - 1], problem)
    builder.problems.extend(_glued_comments(text, file, builder.literals))
    return builder.root, tuple(builder.problems[:MOST_PROBLEMS])


def _build(builder: TreeBuilder, text: str) -> Problem | None:
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except TooMuch as error:
        return error.problem
    except yaml.MarkedYAMLError as error:
        return explain(error, text, builder.file)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        return Problem(builder.file, 0, 0, "M106", f"the file cannot be read as YAML: {error}"[:300])
    return None


def _unreadable(text: str, file: str) -> Iterator[Problem]:
    if found := _INVISIBLE.search(text):
        line, column = _line_and_column(text[: found.start()])
        message = f"an invisible character (U+{ord(found[0]):04X})"
        yield Problem(file, line, column, "M104", message, "delete it, or write the line anew")
    if (index := text.find("\t")) >= 0:
        line, column = _line_and_column(text[:index])
        yield Problem(file, line, column, "M105", "a tab", "use spaces; a mapping has no tabs")


def _glued_comments(text: str, file: str, literals: Sequence[tuple[int, int]]) -> Iterator[Problem]:
    """Comments glued to a value: `order #{{ order.number }}` would end at `order`."""
    starts, end_of_comment = [start for start, _ in literals], 0
    for found in _COMMENT.finditer(text):
        index, nearest = found.start(), bisect_right(starts, found.start()) - 1
        if index < end_of_comment or (nearest >= 0 and index < literals[nearest][1]):
            continue
        end_of_comment = text.find("\n", index) + 1 or len(text)
        if _is_glued(text, index):
            line, column = _line_and_column(text[:index])
            message = f'"{text[index:end_of_comment].strip()[:40]}" would be read as a comment'
            hint = "put the value in quotes, or a blank behind the # where a comment is meant"
            yield Problem(file, line, column, "M108", message, hint)


def _is_glued(text: str, index: int) -> bool:
    stands_behind_something = bool(text[text.rfind("\n", 0, index) + 1 : index].strip())
    return stands_behind_something and bool(text[index + 1 : index + 2].strip())


def _line_and_column(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")
