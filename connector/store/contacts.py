"""Contacts with their identities, one row of state each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from connector.model.contact import Contact
from connector.model.event import Identity


def owners(tx: Connection, identities: Iterable[Identity]) -> dict[Identity, str]:
    """Which contact each known identity belongs to."""
    raise NotImplementedError


def claim(tx: Connection, wanted: Sequence[tuple[Identity, str]]) -> dict[Identity, str]:
    """Give identities to contacts, in sorted order; who has one keeps it. Returns the owner of each.

    `wanted` pairs an identity with a contact id. On a conflict (also with another worker) the earlier owner
    stays, so a person is made once.
    """
    raise NotImplementedError


def load(tx: Connection, ids: Iterable[str]) -> dict[str, Contact]:
    """The contacts with all their identities, their rows locked in the order of their ids."""
    raise NotImplementedError


def save(tx: Connection, contacts: Sequence[Contact]) -> None:
    """Insert or update the state of contacts (without their identities: see `claim`)."""
    raise NotImplementedError


def find(tx: Connection, identity: Identity) -> Contact | None:
    """The contact that has this identity, unlocked."""
    raise NotImplementedError


def listing(tx: Connection, limit: int = 50) -> list[Contact]:
    """The contacts, newest first."""
    raise NotImplementedError
