"""HubSpot's contacts: written in batches by e-mail address or id, never searched for.

A search finds a new contact only after some seconds, so that searching before creating makes duplicates
(developers.hubspot.com, CRM search); the batch upsert has no such gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee
from connector.platforms.hubspot.answers import Record, proven, read_record
from connector.platforms.hubspot.batching import Way, about, write
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.parts import Part, Told
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

Values: TypeAlias = tuple[str, Mapping[str, str]]
"""An e-mail address or an id, and the properties to set."""


class Contacts:
    """Reading and writing contacts; every write is repeatable."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    def upsert(self, values: Mapping[str, Values]) -> Told:
        """What became of each, by its trace: `values` has e-mail addresses and what to set."""
        parts = [
            Part(trace, email.lower(), properties, {"idProperty": "email", "id": email.lower()})
            for trace, (email, properties) in values.items()
        ]
        api = self._client.sdk.crm.contacts.batch_api
        return write(parts, Way(lambda inputs: api.upsert({"inputs": inputs}, _preload_content=False)))

    def update(self, values: Mapping[str, Values]) -> Told:
        """The same by HubSpot's ids; a merged contact answers with the id that it has now."""
        api = self._client.sdk.crm.contacts.batch_api
        parts = [Part(trace, id_, properties, {"id": id_}) for trace, (id_, properties) in values.items()]
        told = write(parts, Way(lambda inputs: api.update({"inputs": inputs}, _preload_content=False)))
        return {one.trace: about(one, told[one.trace]) for one in parts}

    def read(self, addressee: Addressee, properties: Sequence[str]) -> Record | None:
        """The contact with these properties, by HubSpot's id or else by e-mail address; None if unknown."""
        found = None
        if addressee.platform_id:
            found = self.one(addressee.platform_id, properties)
        if found is None and addressee.email:
            found = self.one(addressee.email, properties, id_property="email")
        return found

    def known_id(self, addressee: Addressee) -> str | None:
        """HubSpot's id of the person; None where HubSpot does not know them."""
        if addressee.platform_id:
            return addressee.platform_id
        found = self.read(addressee, ["email"])
        return found.id if found else None

    def id_of(self, addressee: Addressee) -> str:
        """HubSpot's id of the person, who is created where needed; before the call that counts.

        Whom HubSpot knows is only read: writing the address would make an additional one the main one.
        """
        if known := self.known_id(addressee):
            return known
        if not addressee.email:
            raise nobody()
        with preparing():
            made = self.upsert({"0": (addressee.email, {"email": addressee.email})})["0"]
            if isinstance(made, DispatchError):
                raise made
        return made.id

    def one(self, key: str, properties: Sequence[str], **how: str) -> Record | None:
        """The contact with this id, or this value of the `id_property`; None where there is none."""
        with preparing():
            answer: Answer = self._client.sdk.crm.contacts.basic_api.get_by_id(
                key, properties=list(properties), _preload_content=False, **how
            )
            if is_absent(answer):
                return None
            if found := read_record(proven(answer, 200)):
                return found
            raise unproven(answer, "no contact")


def nobody() -> Rejected:
    """There is no way to name the person to HubSpot."""
    return Rejected("the contact has neither an e-mail address nor an id at HubSpot")
