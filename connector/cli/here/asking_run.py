"""Asks the running `loods run`, which alone writes a SQLite database, by way of the folder it watches."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from connector.errors import LoodsError
from connector.mapping.requests import Request, drop_request, leave_request, request_in
from connector.runtime.publisher import Version

PATIENCE: Final = 3.0
"""Seconds in which a running `loods run` that watches the folder has surely published what stands in it."""


class UnpublishedError(LoodsError):
    """Something would be lost or undone; the message says what, and how to do it all the same."""


def ask_run(folder: Path, request: Request, live: Callable[[], Version | None]) -> Version:
    """Have it done, and wait until it is; what is live then. Raises OSError, and UnpublishedError."""
    leave_request(folder, request)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        is_taken, found = request_in(folder) is None, live()
        if found is not None and _is_done(request, found, is_taken=is_taken):
            return found
        if is_taken:
            raise UnpublishedError("`loods run` has not done what was asked; its log says why")
        time.sleep(0.1)
    drop_request(folder)
    raise UnpublishedError(
        f"{folder} is not published: `loods run` has the database and does not watch this folder; "
        "stop it first, or start it on this folder"
    )


def _is_done(request: Request, live: Version, *, is_taken: bool) -> bool:
    line = live.publication
    is_signed = (line.who, line.why) == (request.who, request.why) and (is_taken or not request.waiting)
    if request.is_rollback:  # a release may have given the same text another name
        return is_signed
    return live.name == request.version and (is_signed or is_taken)
