"""Updates of many contacts at once, in one request where it can be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connector.errors import DispatchError
from connector.platforms.base import Addressee, Done, Outcome
from connector.platforms.hubspot.answers import Record
from connector.platforms.hubspot.arguments import UpdateContact
from connector.platforms.hubspot.contacts import STAGE, Contacts, Write, settle_stage
from connector.platforms.hubspot.values import as_texts

MOST_TEXT = 64 * 1024
"""Letters of all values of a batch: HubSpot repeats them in its answer, whose size the transport bounds."""


class Updates:
    """Setting properties: in batches by e-mail address.

    One by one by HubSpot's id for those who have no address, or another one than HubSpot may know: an upsert
    would make a second contact of them.
    """

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    def run(self, wishes: Sequence[tuple[Addressee, UpdateContact]]) -> list[Outcome]:
        """One outcome each, in order. Two updates of one contact go in two requests, in order too."""
        outcomes: dict[int, Outcome] = {}
        writes: list[Write] = []
        for place, (addressee, wanted) in enumerate(wishes):
            properties = as_texts(wanted.fields)
            is_certain = not (addressee.has_moved and addressee.platform_id)
            if addressee.email and properties and is_certain:
                writes.append(Write(str(place), addressee.email.lower(), properties))
            else:
                outcomes[place] = self._alone(addressee, properties)
        for batch in _apart(writes):
            written = self._contacts.upsert(batch)
            outcomes |= {int(one.trace): self._settled(written[one.trace], one.properties) for one in batch}
        return [outcomes[place] for place in range(len(wishes))]

    def _alone(self, addressee: Addressee, properties: dict[str, str]) -> Outcome:
        try:
            contact_id = self._contacts.id_of(addressee)
            if not properties:
                return Done(platform_id=contact_id)
            return self._settled(self._contacts.patch(contact_id, properties), properties)
        except DispatchError as error:
            return error

    def _settled(self, written: Record | DispatchError, properties: Mapping[str, str]) -> Outcome:
        if isinstance(written, DispatchError):
            return written
        if STAGE not in properties:
            return Done(platform_id=written.id)
        try:
            became = settle_stage(self._contacts.patch, written, properties[STAGE])
        except DispatchError as error:
            return error
        return Done(platform_id=written.id, became={STAGE: became})


def _apart(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """Batches of a bounded size, in order; HubSpot refuses one that names an address twice."""
    while writes:
        batch: dict[str, Write] = {}
        left: list[Write] = []
        size = 0
        for one in writes:
            size += sum(map(len, one.properties.values()))
            if batch and (size > MOST_TEXT or one.email in batch):
                left.append(one)
            else:
                batch[one.email] = one
        yield list(batch.values())
        writes = left
