"""Says what publishing leaves as it is: what has happened is not decided anew."""

from __future__ import annotations

from connector.cli.terminal.show import say
from connector.mapping.mapping import Mapping
from connector.runtime.clockwork import of_history
from connector.store import contacts
from connector.store.database import Store


def show(store: Store, before: Mapping | None, after: Mapping) -> None:
    """Say so where the one mapping makes something else of what has happened than the one before."""
    if before is None or of_history(before) == of_history(after):
        return
    with store.reading() as tx:
        is_anybody_known = bool(contacts.page(tx, "", 1))
    if is_anybody_known:
        say(
            "moves or scores change: what has happened is not decided anew; "
            "`loods recompute` shows what that would mean"
        )
