"""Findings as GitHub shows them beside the lines of a pull request: commands of a workflow's log.

Syntax and escaping are those of docs.github.com, "Workflow commands for GitHub Actions", as its toolkit has
them: `%`, CR and LF everywhere, in properties also `:` and `,`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from connector.errors import Problem


def annotated(problems: Iterable[Problem], folder: Path) -> Iterator[str]:
    """A line for each problem; `folder` is the mapping's, seen from where the workflow runs."""
    return (_annotation(problem, folder) for problem in problems)


def _annotation(problem: Problem, folder: Path) -> str:
    place = {"line": problem.line, "col": problem.column} if problem.line else {}
    properties = {"file": _path(problem.file, folder), **place, "title": problem.code}
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    message = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return f"::{problem.severity} {written}::{_text(message)}"


def _path(file: str, folder: Path) -> str:
    """The file as GitHub knows it; what is said of the whole folder names the folder itself."""
    path = folder if file == str(folder) else folder / file
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.as_posix()


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
