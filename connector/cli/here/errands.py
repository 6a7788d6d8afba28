"""What is asked of the process that may write the database, whichever that is."""

from __future__ import annotations

from connector.errors import LoodsError
from connector.runtime.errands import Errand, ask
from connector.store.database import Store

PATIENCE = 5.0
"""Seconds in which a `loods run` beside us has surely done what is asked of it."""


class StillAskedError(LoodsError):
    """What was asked is not done yet; the message says where it stands."""


def done(store: Store, errand: Errand) -> None:
    """Have it done. Raises StillAskedError where the process that writes does not answer."""
    if not ask(store, errand, PATIENCE):
        raise StillAskedError(
            "`loods run` has the database and has not done it yet; it stays asked for, and is done as soon "
            "as that process can"
        )
