"""How a person, or a thing of theirs, is recognised: canonical values and ready-made identities."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from connector.model.event import Identity
from connector.model.values import Value

LONGEST_ADDRESS = 254
"""Characters of an e-mail address: the limit of RFC 5321 § 4.5.3.1.3, less the angle brackets."""

LONGEST_ID: Final = 200
"""Characters of an id; databases cannot find things again by much longer ones."""

THINGS: Final = frozenset({"order", "cart", "deal", "complaint", "parcel"})
"""Kinds of identity that are of something that belongs to a person; all others are the person's own."""

WEAK: Final = frozenset({"cookie", "device", "phone", "session", "token"})
"""Kinds that several people may share: a browser, a telephone in the hall."""

RECORD: Final = "contact"
"""The kind of a platform's own id of a person: the record that our actions write."""

OWN, ADDRESS, SHARED, THING = range(4)
"""How far an identity says who a person is, the surest first; see `rank`."""

OWNED: Final[Mapping[str, Mapping[str, str]]] = {
    "order": {"id": "order", "cart": "cart", "checkout": "cart"},
    "cart": {"id": "cart", "token": "cart"},
    "deal": {"id": "deal"},
    "complaint": {"id": "complaint"},
}
"""Subjects that belong to one person: which of their fields names what.

Carts and checkouts are one kind of thing: which of their ids and tokens an order repeats differs by shop.
"""

NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {"order": ("id",), "cart": ("id", "token"), "deal": ("id",)}
"""Subjects that are nothing without a name, and the fields that may give one."""


def canonical_email(text: str) -> str | None:
    """The address as we compare it: stripped, lower-case, NFC; None where it cannot be an address.

    An address has exactly one @ with something on both sides, a domain of several labels, and no blank or
    control character anywhere.
    """
    address = unicodedata.normalize("NFC", text.strip().lower())
    name, at, domain = address.partition("@")
    labels = domain.split(".")
    if (
        not (name and at)
        or "@" in domain
        or len(labels) < 2
        or not all(labels)
        or len(address) > LONGEST_ADDRESS
    ):
        return None
    return address if address.isprintable() and " " not in address else None


def email(text: str) -> Identity | None:
    """The identity of an e-mail address, known everywhere; None where the text is no address."""
    address = canonical_email(text)
    return Identity("email", "", address) if address else None


def rank(identity: Identity) -> int:
    """How far it says who a person is: their own id at a shop or platform first, then an e-mail address, then
    what people may share, and last what belongs to them."""
    if not identity.is_person:
        return THING
    if identity.kind in WEAK:
        return SHARED
    return ADDRESS if identity.kind == "email" else OWN


def person(kind: str, scope: str, value: str) -> Identity:
    """A person's own id within `scope`: a shop's `customer`, a platform's `contact`."""
    return Identity(kind, scope, value)


def belonging(kind: str, scope: str, value: str) -> Identity:
    """Something that belongs to one person within `scope`: an `order`, a `cart`, a `parcel`."""
    return Identity(kind, scope, value, is_person=False)


def belongings_in(subjects: Mapping[str, Mapping[str, Value]], scope: str) -> tuple[Identity, ...]:
    """The things of a person that the subjects name, each once; `scope` is where their ids are known.

    A token that is too long for an id names nothing.
    """
    found = [
        belonging(kind, scope, value)
        for name, fields in subjects.items()
        for field, kind in OWNED.get(name, {}).items()
        if isinstance(value := fields.get(field), str) and len(value) <= LONGEST_ID
    ]
    return tuple(dict.fromkeys(found))
