"""How a person, or a thing of theirs, is recognised: canonical values and ready-made identities."""

from __future__ import annotations

import unicodedata

from connector.model.event import Identity

LONGEST_ADDRESS = 254
"""Characters of an e-mail address: the limit of RFC 5321 § 4.5.3.1.3, less the angle brackets."""


def canonical_email(text: str) -> str | None:
    """The address as we compare it: stripped, lower-case, NFC; None where it cannot be an address.

    An address has exactly one @ with something on both sides, and no blank or control character anywhere.
    """
    address = unicodedata.normalize("NFC", text.strip().lower())
    name, at, domain = address.partition("@")
    if not (name and at and domain) or "@" in domain or len(address) > LONGEST_ADDRESS:
        return None
    return address if address.isprintable() and " " not in address else None


def email(text: str) -> Identity | None:
    """The identity of an e-mail address, known everywhere; None where the text is no address."""
    address = canonical_email(text)
    return Identity("email", "", address) if address else None


def person(kind: str, scope: str, value: str) -> Identity:
    """A person's own id within `scope`: a shop's `customer`, a platform's `contact`."""
    return Identity(kind, scope, value)


def belonging(kind: str, scope: str, value: str) -> Identity:
    """Something that belongs to one person within `scope`: an `order`, a `cart`, a `parcel`."""
    return Identity(kind, scope, value, is_person=False)
