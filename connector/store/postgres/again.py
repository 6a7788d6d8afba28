"""Transactions that are taken again, because the database asks for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError

T = TypeVar("T")

_TRIES: Final = 5
_PAUSE: Final = 0.05
"""Seconds before the second try at most; each further one waits up to twice as long."""

_TAKE_AGAIN: Final = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock, in PostgreSQL's documentation, appendix A: try again."""


def again(once: Callable[[], T], may_go_again: Callable[[DBAPIError], bool]) -> T:
    """What `once` returns, which is tried again, a few times, where the error allows it."""
    for tried in range(_TRIES - 1):
        try:
            return once()
        except DBAPIError as error:
            if not may_go_again(error):
                raise
        time.sleep(random.uniform(0, _PAUSE * 2**tried))
    return once()


def is_to_go_again(error: DBAPIError) -> bool:
    """Whether PostgreSQL has rolled the transaction back for the sake of another."""
    return getattr(error.orig, "sqlstate", None) in _TAKE_AGAIN
