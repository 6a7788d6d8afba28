"""Parts two contacts that had become one, after showing what that does."""

from __future__ import annotations

from typing import NoReturn

from connector import bootstrap
from connector.cli.here.existing import NotThereError, contact_of, existing_store
from connector.cli.terminal.asking import confirm
from connector.cli.terminal.show import say, several
from connector.model.showing import local
from connector.runtime.parting import Parting, preview
from connector.runtime.parting import part as fold_apart
from connector.settings import Settings
from connector.store import families
from connector.store.database import Transaction


def part(settings: Settings, contact_id: str, *, is_sure: bool) -> None:
    """Part them, where the person is sure.

    Raises NotThereError, MappingError, UnansweredError and HeldError.
    """
    store = existing_store(settings)
    try:
        with store.reading() as tx:
            mapping = bootstrap.live_mapping(settings, tx)
            found = preview(tx, contact_id) or _none(tx, contact_id)
        _show(found)
        if not is_sure:
            confirm("Part them?")
        if not store.write(lambda tx: fold_apart(tx, mapping, contact_id, bootstrap.clock())):
            raise NotThereError(f"{contact_id} has been parted meanwhile")
        say(f"they are two: {found.merge.root} and {contact_id}")
    finally:
        store.close()


def _none(tx: Transaction, asked: str) -> NoReturn:
    """Raises NotThereError, which names the ids that can be parted from whoever was asked for."""
    known = contact_of(tx, asked)
    ids = [one.younger for one in families.of_contact(tx, known.id)]
    if not ids:
        raise NotThereError(f"{asked} has not become one with another contact")
    commands = " or ".join(f"`loods contact part {one}`" for one in ids)
    raise NotThereError(f"{asked} is the older, which stays; who became one with it is parted by {commands}")


def _show(found: Parting) -> None:
    merge = found.merge
    known_by = ", ".join(map(str, found.identities)) or "nothing"
    rest = ", ".join(map(str, found.rest.identities)) or "nothing"
    since = f"on {local(merge.at)}, by an event of {merge.connection}"
    say(f"{merge.younger} became one with {merge.older} {since}")
    say(f"  {merge.younger} gets back: {known_by}; {several(found.events, 'event')}")
    say(f"  {merge.root} stays known by: {rest}")
    say(f"  with {merge.root} stay: {several(found.runs, 'run')} of triggers, and what waits to be sent")
    say("  what was done stays done")
    say("  an event that names both by an own id of a shop or platform makes them one again")
