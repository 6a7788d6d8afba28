"""The database that there is, and who of it is meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector.errors import LoodsError
from connector.model.contact import Contact
from connector.model.event import Identity
from connector.model.identities import canonical_email
from connector.settings import Settings
from connector.store import contacts, families
from connector.store.database import Place, Store, Transaction, open_store


class NotThereError(LoodsError):
    """What the command line names does not exist; the message says what was looked for."""


def contact_of(tx: Transaction, email: str) -> Contact:
    """The person with this address, or with this id of ours; who has become another is that one.

    Raises NotThereError.
    """
    address = canonical_email(email)
    if address is None:
        contact_id = families.root(tx, email)
        if by_id := contacts.peek(tx, [contact_id]).get(contact_id):
            return by_id
        raise NotThereError(f"{email!r} is neither an e-mail address nor the id of a contact")
    found = contacts.find(tx, Identity("email", "", address))
    if found is None:
        raise NotThereError(f"nobody is known as {address}")
    return found


@contextmanager
def reading(settings: Settings) -> Iterator[Transaction]:
    """A look at the database, also while another process writes. Raises NotThereError where there is none."""
    store = existing_store(settings)
    try:
        with store.reading() as tx:
            yield tx
    finally:
        store.close()


def existing_store(settings: Settings) -> Store:
    """The database that there is. Raises NotThereError where there is none."""
    path = settings.database_url.removeprefix("sqlite:///")
    if path != settings.database_url and not Path(path).exists():
        raise NotThereError(
            f"there is no database at {path}; `loods run` makes one, DATABASE_URL names another"
        )
    return open_store(settings.database_url, Place.GUEST)
