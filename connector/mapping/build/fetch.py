"""What completes a payload: where it is read, and that its connection has an address to read it at."""

from __future__ import annotations

from connector.mapping.checker import Checker, Names
from connector.mapping.nodes import Written
from connector.mapping.schema.connections import ConnectionPart
from connector.mapping.schema.sources import FetchPart
from connector.mapping.source import Fetch, Source
from connector.mapping.terms import Text


def build_fetch(part: FetchPart, names: Names, checker: Checker) -> Fetch:
    """What is fetched, by these names; what is wrong is told to the checker, and that it is not done yet."""
    if not part.path.startswith("/") or part.path.startswith("//"):
        hint = 'begin it with one /, as in "/api/orders/{{ body.id }}"; the connection says the rest by url:'
        checker.refuse(part.path.place, "M144", f'"path" cannot be "{part.path[:60]}"', hint)
    checker.later(part.place, "fetch")
    return Fetch(_path(part.path, names, checker), checker.condition(part.when, names), part.place)


def _path(written: Written, names: Names, checker: Checker) -> Text:
    """The text, without doubts about gaps: where a value is missing, nothing is there to be fetched."""
    told = len(checker.problems)
    text = checker.text(written, names)
    checker.problems[told:] = [one for one in checker.problems[told:] if one.severity == "error"]
    return text


def check_address(name: Written, part: ConnectionPart, source: Source, checker: Checker) -> None:
    """That a connection whose source fetches says where."""
    if source.fetch is not None and part.url is None:
        hint = "add url: with the address of its API"
        checker.refuse(
            name.place, "M143", f'"{name}" needs "url" to fetch what {source.name} leaves out', hint
        )
