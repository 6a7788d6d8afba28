"""Which handler answers a method and a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Protocol, TypeAlias
from urllib.parse import unquote

from connector.sandbox.exchange import Answer, Request

Handler: TypeAlias = Callable[..., Answer]
Route: TypeAlias = tuple[str, str, Handler]
"""Method, path with `{name}` for a segment, and what answers: it gets the request, then the segments."""


class Room(Protocol):
    """Some of a platform's calls."""

    def routes(self) -> list[Route]:
        """Which call is answered by what."""


class Router:
    """Routes in order; the first that fits answers. A slash at the end of a path makes no difference."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(method, _pattern(path), handler) for method, path, handler in routes]

    def answer(self, request: Request) -> Answer | None:
        """What the route's handler says, or None where there is no such route."""
        for method, pattern, handler in self._routes:
            if method == request.method and (found := pattern.fullmatch(request.path)):
                return handler(request, *map(unquote, found.groups()))
        return None


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """The same for every sandbox, and after each of its resets: there are more than `re` itself remembers."""
    literal = re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(path.rstrip("/")))
    return re.compile(literal + "/?")
