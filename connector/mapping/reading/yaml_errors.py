"""The YAML parser's complaints in an administrator's words, with what to do."""

from __future__ import annotations

import re
from typing import Final

import yaml

from connector.errors import Problem

QUOTING: Final = (
    'a value that begins with a quote, brace or bracket, or contains ": " or " #", '
    "or has brackets or a comma inside {…}, stands in quotes"
)
_OPENS: Final = re.compile(r"""(?:^|: |- )[ ]*["'\[{]""")
_CURLY: Final = re.compile("[:-] *[\u2018\u2019\u201a\u201c\u201d\u201e]")
_ODD_BLANK: Final = re.compile("(?:^ *|[:-])([\u00a0\u2007\u202f])")
_COLONS: Final = re.compile(r":(?= |$)")
_TAGGED: Final = re.compile(r"![^ ]* $")
_IN_LINE: Final = {
    "block sequence entries": ("- ", "put the value in quotes, or begin a list on the next line"),
    "mapping keys are not allowed": ("? ", "put the value in quotes"),
}
"""What the parser takes for the beginning of a list or a key, and is meant as a text."""


def explain(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """The problem that the parser stumbled over: M107 where quotes are missing, else M106."""
    said, mark = error.problem or "", error.problem_mark or error.context_mark
    if mark is None:
        return Problem(file, 0, 0, "M106", f"the file cannot be read as YAML: {said}")
    lines, opened = text.split("\n"), error.context_mark or mark
    if begun := _begun(said, error.context or "", _line(lines, opened.line)[: opened.column]):
        return _at(opened, file, *begun)
    if blank := _odd_blank(lines, file, mark.line):
        return blank
    if "expected ':'" in said and error.context_mark is not None:
        message = "this line is no key with a value"
        return _at(error.context_mark, file, "M106", message, "write a colon and a blank behind the key")
    line = _line(lines, mark.line)
    code, message, hint = _read(said, line, mark.column)
    return _at(mark, file, code, message, hint)


def _line(lines: list[str], number: int) -> str:
    """The line; nothing where the parser, which knows other line ends, counts further."""
    return lines[number] if number < len(lines) else ""


def _begun(said: str, context: str, before: str) -> tuple[str, str, str] | None:
    """What is wrong with a value whose beginning says it already."""
    if "unexpected end of stream" in said and context:
        return "M106", "a quote that is opened here and never closed", "close it"
    if re.search("alias|anchor|tag", context):
        return "M107", "a value that begins with *, & or ! and has no quotes", "put the value in quotes"
    if "block scalar" in context and _TAGGED.search(before):
        return (
            "M111",
            "a tag stands before this",
            'put the value in quotes; in a condition it is "not" that says no',
        )
    if "block scalar" in context:
        message = "| or > begins a text of several lines, and something stands behind it"
        return "M107", message, "put the value in quotes"
    return None


def _read(said: str, line: str, column: int) -> tuple[str, str, str]:
    if "mapping values are not allowed" in said:
        return _colon(line)
    if begins := _no_beginning(said, line[column : column + 1]):
        return "M107", f'a value cannot begin with "{begins[0]}"', begins[1]
    if "',' or" in said:
        return _bracket(line, column)
    if ("find expected key" in said or "block end" in said) and _OPENS.search(line[:column]):
        return "M107", "something stands behind the end of a quoted or bracketed value", QUOTING
    if "expected key" in said or "block end" in said or "'-' indicator" in said:
        return "M106", "this line does not fit the lines above", "keys of one table begin in the same column"
    return "M106", f"the file cannot be read as YAML: {said}", QUOTING


def _no_beginning(said: str, sign: str) -> tuple[str, str] | None:
    """The sign that no value can begin with, and what to do instead."""
    if "cannot start any token" in said:
        return sign, "put the value in quotes"
    return next((what for words, what in _IN_LINE.items() if words in said), None)


def _odd_blank(lines: list[str], file: str, line: int) -> Problem | None:
    """The blank that is none for YAML, in this line or the one before: texts from websites hold such."""
    for index in (line - 1, line):
        found = _ODD_BLANK.search(lines[index]) if 0 <= index < len(lines) else None
        if found:
            message = f"a blank that is none (U+{ord(found[1]):04X})"
            return Problem(file, index + 1, found.start(1) + 1, "M104", message, "write an ordinary blank")
    return None


def _colon(line: str) -> tuple[str, str, str]:
    if _CURLY.search(line):
        return "M107", "curly quotes do not hold a value together", 'use straight ones: "…"'
    if len(_COLONS.findall(line)) > 1:
        return "M107", "a colon inside a value that has no quotes", QUOTING
    return (
        "M106",
        "a key where none can be",
        "the line above has a value already, or this line is indented too far",
    )


def _bracket(line: str, column: int) -> tuple[str, str, str]:
    if line[column : column + 1] in ("[", "{", '"', "'"):
        return "M107", "brackets inside a value that has no quotes", QUOTING
    return (
        "M106",
        "a brace or bracket that is opened and not closed before here",
        "close it on this or an earlier line, or write the comma that is missing between two values",
    )


def _at(mark: yaml.Mark, file: str, code: str, message: str, hint: str) -> Problem:
    return Problem(file, mark.line + 1, mark.column + 1, code, message, hint)
