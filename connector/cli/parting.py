"""Parts two contacts that had become one, after showing what that does."""

from __future__ import annotations

import click

from connector import bootstrap
from connector.cli.inspecting import NotThereError, existing_store
from connector.cli.show import say
from connector.model.showing import local
from connector.runtime.parting import Parting, preview
from connector.runtime.parting import part as fold_apart
from connector.settings import Settings


def part(settings: Settings, contact_id: str, *, is_sure: bool) -> None:
    """Part them, where the person is sure. Raises NotThereError, MappingError and HeldError."""
    store = existing_store(settings)
    try:
        with store.reading() as tx:
            mapping = bootstrap.live_mapping(settings, tx)
            found = preview(tx, contact_id)
        if found is None:
            raise NotThereError(f"{contact_id} has not become one with another contact")
        _show(found)
        if not is_sure:
            click.confirm("Part them?", abort=True)
        if not store.write(lambda tx: fold_apart(tx, mapping, contact_id, bootstrap.clock())):
            raise NotThereError(f"{contact_id} has been parted meanwhile")
        say(f"they are two: {found.merge.root} and {contact_id}")
    finally:
        store.close()


def _show(found: Parting) -> None:
    merge = found.merge
    known_by = ", ".join(map(str, found.identities)) or "nothing"
    rest = ", ".join(map(str, found.rest.identities)) or "nothing"
    say(f"{merge.younger} became one with {merge.older} {local(merge.at)}, by an event of {merge.connection}")
    say(f"  {merge.younger} gets back: {known_by}; {found.events} event(s)")
    say(f"  {merge.root} stays known by: {rest}")
    say(f"  {found.runs} run(s) of triggers stay with {merge.root}, with what waits to be sent")
    say("  what was done stays done")
    say("  an event that names both by an own id of a shop or platform makes them one again")
